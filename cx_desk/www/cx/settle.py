"""The page behind the link of a message back: what you said, what we did, and two buttons."""

import time

import frappe

from cx_desk.host.limiter import allow, note_unknown
from cx_desk.units import guest_page, liaison_card, message_back, settling

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the page; take the person's word on POST. A GET or HEAD changes nothing."""
	token = frappe.form_dict.get("token") or ""
	wish = frappe.form_dict.get("s")
	started = time.time()
	doubt = False
	with_language(token)
	if not allow("settle", token):
		page = settling.Page("busy")
		context.http_status_code = 429
	elif frappe.request.method == "POST":
		word = frappe.form_dict.get("word")
		form = frappe.form_dict
		if settling.is_machine(token, form.get("stamp"), form.get("website"), user_agent(), started):
			doubt = True
			page = settling.look(token, word)
		else:
			page = settling.answer(token, word, form.get("sentence"))
	else:
		page = settling.look(token, wish)
	if page.view == "unknown":
		note_unknown("settle")
		context.http_status_code = 404
	context.update(
		{
			"page": page,
			"card": liaison_card.page_html_of(page.unit),
			"doubt": doubt,
			"sentence": frappe.form_dict.get("sentence") if doubt else "",
			**guest_page.frame(),
			"stamp": settling.stamp(token, started),
		}
	)
	return context


def with_language(token: str) -> None:
	"""Speak the person's language where the link is known, else that of the browser."""
	if voice := message_back.find(token):
		frappe.local.lang = message_back.language(frappe.get_doc("CX Voice", voice))


def user_agent() -> str:
	return frappe.request.headers.get("User-Agent", "")
