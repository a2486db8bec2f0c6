"""Counts by day that every chart reads; derived, rebuilt by a job."""

import frappe
from frappe.model.document import Document


class CXScoreRollup(Document):
	pass


def on_doctype_update():
	frappe.db.add_index("CX Score Rollup", ["unit", "day"], "cx_unit_day")
	frappe.db.add_index("CX Score Rollup", ["survey", "day"], "cx_survey_day")
