"""Doors of the CX dialog on the ticket."""

import frappe
from frappe import _

from cx_desk.host.names import TICKET
from cx_desk.units import contacts, dialog
from cx_desk.units.tickets import choose_unit


@frappe.whitelist(methods=["POST"])
def set_preferred_way(ticket: str, way: str = "", note: str = "") -> dict:
	"""Keep how the ticket's person likes to be reached."""
	frappe.has_permission(TICKET, "read", doc=str(ticket), throw=True)
	facts = _open(ticket).ticket
	contacts.set_preferred_way(facts.raised_by, facts.contact, way, note)
	return {"message": _("Saved.")}


@frappe.whitelist(methods=["POST"])
def set_unit(ticket: str, unit: str = "") -> dict:
	"""Set the ticket's unit by hand; an empty unit goes back to the one that the mapping says."""
	_open(ticket)
	frappe.has_permission(TICKET, "write", doc=str(ticket), throw=True)
	found, rule = choose_unit(str(ticket), unit)
	return {"unit": found, "rule": rule, "message": _("Saved.")}


@frappe.whitelist()
def find_units(text: str = "") -> list[str]:
	"""Names of units that hold the text, for the field in the dialog; at most 20."""
	frappe.has_permission("CX Business Unit", "read", throw=True)
	filters = {"disabled": 0}
	if text.strip():
		filters["name"] = ("like", f"%{text.strip()}%")
	return frappe.get_list("CX Business Unit", filters=filters, pluck="name", order_by="lft", limit=20)


def _open(ticket: str) -> frappe._dict:
	ctx = dialog.open_ticket(str(ticket), frappe.session.user)
	if not ctx or not ctx.may_write:
		frappe.throw(_("You may not change this ticket, or it is gone."), frappe.PermissionError)
	return ctx
