"""Whom a signed-in person of the business reaches at the desk: the card of their unit's liaison (/cx/contact).

`ticket` takes the unit of that ticket instead of the person's own; `look` answers in one line whether there is a card,
for the button on the portal's ticket page.
"""

from http import HTTPStatus

import frappe
from frappe import _

from cx_desk.host.limiter import allow
from cx_desk.host.names import TICKET
from cx_desk.host.people import contact_of
from cx_desk.units import guest_page, liaison_card, tickets

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the card. Changes nothing."""
	user = frappe.session.user
	if user == "Guest":
		frappe.local.flags.redirect_location = "/login?redirect-to=/cx/contact"
		raise frappe.Redirect(302)
	ticket = frappe.request.args.get("ticket", "")
	card = ""
	if not allow("contact", user):
		frappe.local.cx_status = int(HTTPStatus.TOO_MANY_REQUESTS)
	else:
		card = liaison_card.page_html_of(_unit_of(user, ticket))
	look = "look" in frappe.request.args
	if look:
		frappe.local.cx_status = int(HTTPStatus.OK if card else HTTPStatus.NO_CONTENT)
	context.update(
		{
			**guest_page.frame(with_token=False),
			"card": card,
			"look": look,
			"framed": bool(ticket),
			"label": _("Your contact"),
		}
	)
	return context


def _unit_of(user: str, ticket: str) -> str | None:
	"""The ticket's unit where this person may read the ticket, else the unit of the person."""
	if ticket:
		if not frappe.db.exists(TICKET, ticket) or not frappe.has_permission(
			TICKET, "read", ticket, user=user
		):
			return None
		return frappe.db.get_value(TICKET, ticket, "cx_business_unit")
	address = frappe.db.get_value("User", user, "email")
	person = frappe._dict(contact=contact_of(address), raised_by=address, customer=None, agent_group=None)
	unit, _rule = tickets.unit_for(person)
	return unit
