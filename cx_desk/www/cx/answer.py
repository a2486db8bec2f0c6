"""The guest page of a survey: GET shows, POST records. A whole document of its own, without the host's bundles."""

import frappe

from cx_desk.host import limiter
from cx_desk.surveys import answer_page, answering, mine

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the form, or record what was posted and thank for it."""
	request, token = frappe.request, frappe.form_dict.get("token") or ""
	if not limiter.allow("answer", token):
		page = answering.Page(answering.BUSY)
	elif request.method == "POST":
		page = answering.submit(
			token,
			request.form.to_dict(),
			agent=request.headers.get("User-Agent", ""),
			signed_in=frappe.session.user != "Guest",
		)
	else:
		page = answering.open_page(token, request.args.get("r", ""), trap="all" in request.args)
	if page.view == answering.CLOSED:
		limiter.note_unknown("answer")
	# Only after the answer: one question at a time.
	answer_page.fill(context, page, request.path, mine.by_answer(page, token))
	return context
