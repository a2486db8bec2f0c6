"""The page of a visit's host: the report, and a word on it. No sign-in, this visit and nothing else."""

import time

import frappe

from cx_desk.host.limiter import allow, note_unknown
from cx_desk.immersion import sharing
from cx_desk.units import guest_page, liaison_card, message_back, settling

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the page; take the host's word on POST. A GET or HEAD changes nothing."""
	form = frappe.form_dict
	token = form.get("token") or ""
	started = time.time()
	doubt = False
	if name := sharing.find(token):
		row = frappe.db.get_value("CX Visit", name, ["host_contact", "host_email", "unit"], as_dict=True)
		person = frappe._dict(contact=row.host_contact, source_email=row.host_email, unit=row.unit)
		frappe.local.lang = message_back.language(person)
	if not allow("host", token):
		page = sharing.Page("busy")
		context.http_status_code = 429
	elif frappe.request.method == "POST":
		agent = frappe.request.headers.get("User-Agent", "")
		doubt = settling.is_machine(token, form.get("stamp"), form.get("website"), agent, started)
		if doubt:
			page = sharing.look(token, form.get("word"))
		else:
			page = sharing.answer(token, form.get("word"), form.get("sentence"), bool(form.get("knows_us")))
	else:
		page = sharing.look(token, form.get("s"))
	if page.view == "unknown":
		note_unknown("host")
		context.http_status_code = 404
	context.update(
		{
			"page": page,
			"visit": page.visit,
			"card": liaison_card.page_html_of(page.visit.unit if page.visit else None),
			"doubt": doubt,
			"sentence": form.get("sentence") if doubt else "",
			**guest_page.frame(),
			"stamp": settling.stamp(token, started),
		}
	)
	return context
