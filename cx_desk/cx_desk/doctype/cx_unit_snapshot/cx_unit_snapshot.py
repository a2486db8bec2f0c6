"""Distinct people and effective n by unit and period; derived nightly."""

import frappe
from frappe.model.document import Document


class CXUnitSnapshot(Document):
	pass


def on_doctype_update():
	frappe.db.add_index("CX Unit Snapshot", ["unit", "survey", "question", "period"], "cx_what")
	frappe.db.add_index("CX Unit Snapshot", ["survey", "period", "quarter"], "cx_survey_period")
