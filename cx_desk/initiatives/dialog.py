"""Initiatives in the CX dialog on a ticket: what runs in the person's unit, and the tag."""

import frappe
from frappe import _
from frappe.utils import format_date, get_fullname

from cx_desk.core import initiative as machine
from cx_desk.initiatives import tagging, templates

MOST = 4


def section(ctx) -> dict | None:
	"""Running initiatives of the ticket's unit, each with a button to tag the ticket. Nothing runs: no section."""
	rows = tagging.live_of(ctx.ticket.cx_business_unit)[:MOST]
	if not rows:
		return None
	tagged = {
		row.initiative: row
		for row in frappe.get_all(
			tagging.TAG,
			{"ticket": str(ctx.ticket.name), "removed": 0},
			["initiative", "tagged_by", "missed_criterion"],
		)
	}
	for row in rows:
		row.label = templates.label_of(row, row.stage)
		row.lead_name = get_fullname(row.lead) if row.lead else ""
		row.in_support = row.stage == machine.EARLY_LIFE
		row.until = format_date(row.support_until) if row.in_support and row.support_until else ""
		row.golive = format_date(row.golive_date) if row.golive_date and not row.in_support else ""
		row.tag = tagged.get(row.name)
	return {
		"key": "initiatives",
		"title": _("Initiatives"),
		"template": "cx_desk/templates/dialog/initiatives.html",
		"context": {"rows": rows, "may_write": ctx.may_write},
	}


def may_tag(ticket: str, initiative: str) -> str:
	"""Whether the signed-in person may tag this ticket with this initiative; the ticket's name."""
	from cx_desk.units.dialog import open_ticket

	ctx = open_ticket(str(ticket), frappe.session.user)
	if not ctx or not ctx.may_write:
		frappe.throw(_("You may not change this ticket, or it is gone."), frappe.PermissionError)
	running = {row.name for row in tagging.live_of(ctx.ticket.cx_business_unit)}
	if initiative not in running and not frappe.has_permission("CX Initiative", "read", initiative):
		frappe.throw(_("This initiative does not concern the unit of the ticket."), frappe.PermissionError)
	return str(ctx.ticket.name)
