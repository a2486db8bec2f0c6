"""The door to cx-doctor's findings."""

import frappe
from frappe import _

from cx_desk.units import doctor

ROLES = {"CX Manager", "System Manager"}


def require_manager() -> None:
	"""PermissionError for everybody who neither manages the desk nor the site; `only_for` is off in tests."""
	if not ROLES & set(frappe.get_roles()):
		frappe.throw(_("Only CX Managers and System Managers can examine the site."), frappe.PermissionError)


@frappe.whitelist()
def examine() -> dict:
	"""Every finding and the worst level; for CX Managers and System Managers."""
	require_manager()
	findings = doctor.examine()
	return {"findings": findings, "worst": doctor.worst(findings)}
