"""The door to cx-doctor's findings."""

import frappe

from cx_desk.units import doctor


@frappe.whitelist()
def examine() -> dict:
	"""Every finding and the worst level; for CX Managers and System Managers."""
	frappe.only_for(("CX Manager", "System Manager"))
	findings = doctor.examine()
	return {"findings": findings, "worst": doctor.worst(findings)}
