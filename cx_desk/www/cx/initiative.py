"""The business's page of an initiative: by link, or with a portal session. A GET or HEAD changes nothing."""

import time

import frappe

from cx_desk.host.limiter import allow, note_unknown
from cx_desk.initiatives import intake, mailing, page, page_actions, people
from cx_desk.units import guest_page, liaison_card, settling

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show where it stands; take what the person sends."""
	form = frappe.form_dict
	token, name = form.get("token") or "", form.get("name") or ""
	started = time.time()
	doubt = False
	who = people.find(token) if token else None
	frappe.local.lang = _language(who, context)
	if token and not allow("initiative", token):
		shown = page.Page("busy")
		frappe.local.cx_status = 429
	elif frappe.request.method == "POST":
		given = {
			key: form.get(key)
			for key in form
			if key not in ("csrf_token", "stamp", "website", "token", "cmd")
		}
		machine = token and settling.is_machine(
			token, form.get("stamp"), form.get("website"), _agent(), started
		)
		shown = page.open_page(token, name, frappe.session.user)
		if machine:
			doubt, shown.given = True, given
		elif form.get("action") == "begin" and shown.view == "list":
			frappe.local.flags.redirect_location = "/cx/initiative?name=" + intake.begin(frappe.session.user)
			raise frappe.Redirect(303)
		elif shown.view in ("draft", "stands") and shown.who:
			shown = page_actions.act(shown.who, form.get("action") or "", given)
	else:
		shown = page.open_page(token, name, frappe.session.user)
	if shown.view == "unknown":
		note_unknown("initiative")
		frappe.local.cx_status = 404
	context.update(
		{
			"page": shown,
			"it": shown.initiative,
			"who": shown.who,
			"looks_on": bool(shown.who and shown.who.get("looks_on")),
			"card": _card(shown),
			"doubt": doubt,
			**guest_page.frame(),
			"stamp": settling.stamp(token, started) if token else "",
			"signed_in": frappe.session.user != "Guest",
			"base": f"/cx/i/{token}"
			if token
			else f"/cx/initiative?name={frappe.utils.quote(name)}"
			if name
			else "/cx/initiative",
		}
	)
	return context


def _language(who, context) -> str:
	"""The person's language where the link is known, else that of the browser."""
	if not who:
		return frappe.local.lang
	with mailing.language_of(who.email, frappe.db.get_value(people.INITIATIVE, who.initiative, "unit")):
		return frappe.local.lang


def _card(shown: page.Page) -> str:
	"""Whom to ask while the initiative has no lead: the unit's liaison. Two contacts on one page would be one too many."""
	if shown.view == "list":
		return liaison_card.page_html_of(intake.unit_of(shown.who.email))
	if shown.view not in ("draft", "stands") or (shown.view == "stands" and shown.initiative.lead):
		return ""
	return liaison_card.page_html_of(frappe.db.get_value(people.INITIATIVE, shown.who.initiative, "unit"))


def _agent() -> str:
	return frappe.request.headers.get("User-Agent", "")
