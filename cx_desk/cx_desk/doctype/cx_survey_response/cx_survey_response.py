"""What was answered."""

import frappe
from frappe.model.document import Document


class CXSurveyResponse(Document):
	pass


def on_doctype_update():
	table = "CX Survey Response"
	frappe.db.add_index(table, ["unit", "event_day"], "cx_unit_day")
	frappe.db.add_index(table, ["asked_day"], "cx_asked_day")
