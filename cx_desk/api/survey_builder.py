"""Doors of the survey builder. Each has types and a permission check, and saves nothing."""

import frappe

from cx_desk.surveys import builder


def _may_build() -> None:
	if not (frappe.has_permission("CX Survey", "write") or frappe.has_permission("CX Survey", "create")):
		frappe.throw(frappe._("Only those who may change surveys can do this."), frappe.PermissionError)


@frappe.whitelist(methods=["POST"])
def preview(doc: str | dict, language: str = "") -> dict:
	"""The page of an unsaved survey with its mistakes and texts; see surveys/builder.preview. Needs to write surveys."""
	_may_build()
	found = frappe.parse_json(doc)
	if not isinstance(found, dict):
		frappe.throw(frappe._("A survey is expected, as its form holds it."))
	return builder.preview(found, language)
