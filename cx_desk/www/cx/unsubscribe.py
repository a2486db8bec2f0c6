"""One click and no more surveys (RFC 8058): GET shows, POST acts, 200 without a redirect and without a session.

A POST that says nothing acts not: programs that look through a mail try that too.
"""

import frappe

from cx_desk.host import limiter, templates
from cx_desk.surveys import answer_page, answering
from cx_desk.units import guest_page

no_cache = 1
sitemap = 0
# What a mail program's one click sends, and the button of the page.
_OFF = {"List-Unsubscribe", "off"}


def get_context(context):
	"""Show the switch, or turn it. A mail program posts `List-Unsubscribe=One-Click`, a person presses the button."""
	request, token = frappe.request, frappe.form_dict.get("token") or ""
	view, done = "busy", False
	if limiter.allow("unsubscribe", token):
		back = bool(request.form.get("back"))
		done = request.method == "POST" and (back or bool(_OFF & set(request.form)))
		if done:
			answering.unsubscribe(token, back=back)
		state = answering.is_unsubscribed(token)
		view = "unknown" if state is None else "off" if state else "on"
	if view == "unknown":
		limiter.note_unknown("unsubscribe")
	frappe.local.cx_content_security_policy = answer_page.POLICY
	frappe.local.cx_status = {"unknown": 404, "busy": 429}.get(view)
	frappe.local.lang = answering.language_of(token) or frappe.local.lang
	context.document = templates.render(
		"cx_desk/templates/guest/unsubscribe.html",
		{
			"view": view,
			**guest_page.frame(),
			"action": frappe.utils.escape_html(request.path),
			"done": done,
		},
	)
	return context
