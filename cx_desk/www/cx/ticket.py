"""The page in the CX dialog on a ticket: for people of the desk who may read that ticket."""

import frappe

from cx_desk import __version__
from cx_desk.units.dialog import collect, open_ticket

no_cache = 1
no_sitemap = 1


def get_context(context):
	"""Fill the page; whoever may not read the ticket gets the same page as for a ticket that is not there."""
	user = frappe.session.user
	ctx = None
	if user != "Guest":
		ctx = open_ticket(str(frappe.form_dict.get("name") or ""), user)
	context.no_cache = 1
	context.version = __version__
	context.lang = frappe.local.lang or "en"
	context.signed_in = user != "Guest"
	context.ticket = ctx.ticket if ctx else None
	if not ctx:
		frappe.local.cx_status = 403
		return context
	context.sections = collect(ctx)
	context.may_write = ctx.may_write
	context.person_name = ctx.ticket.person.full_name or ctx.ticket.raised_by or ""
	context.sample_data = frappe.get_cached_value("CX Settings", "CX Settings", "sample_data")
	context.csrf_token = frappe.sessions.get_csrf_token()
	return context
