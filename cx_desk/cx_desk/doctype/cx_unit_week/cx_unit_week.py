"""The two lights of a unit in one week, with what they rest on; derived."""

import frappe
from frappe.model.document import Document


class CXUnitWeek(Document):
	pass


def on_doctype_update():
	frappe.db.add_unique("CX Unit Week", ["unit", "week"], constraint_name="unit_week")
