"""Relationship surveys go on reminding once: whether a survey reminds used to be decided by what it asks about."""

import frappe


def execute() -> None:
	frappe.db.set_value("CX Survey", {"kind": "Relationship"}, "reminder", 1, update_modified=False)
