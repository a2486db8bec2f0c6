"""Counts by day that every chart reads; derived, rebuilt by a job."""

import frappe
from frappe.model.document import Document


class CXScoreRollup(Document):
	pass


def on_doctype_update():
	# Holds all that a unit's score reads, so that it never touches the rows themselves.
	covering = ["unit", "day", "measure", "survey", "question", "question_type", "score", "`count`"]
	frappe.db.add_index("CX Score Rollup", covering, "cx_unit_counts")
	# A rebuild goes day by day.
	frappe.db.add_index("CX Score Rollup", ["day"], "cx_day")
	frappe.db.add_index("CX Score Rollup", ["survey", "day"], "cx_survey_day")
