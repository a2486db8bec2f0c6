"""The guest page of an anonymous survey: GET shows, POST records and spends the code.

Nothing is written about a request but the answer itself: no error with the form in it, no count by link in the cache.
"""

import sys

import frappe

from cx_desk.host import limiter
from cx_desk.surveys import anonymous_page, answer_page, answering

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the form, or record what was posted and thank for it."""
	request = frappe.request
	token = str(frappe.form_dict.pop("token", "") or "")
	try:
		page = _page(request, token)
		answer_page.fill(context, page, request.path)
	except Exception as error:
		# The host would write the form, the code and the moment into its Error Log.
		frappe.db.rollback()
		_log_place(error)
		context.clear()
		page = answering.Page(answering.BUSY, anonymous=True, language=anonymous_page.language_of(token))
		answer_page.fill(context, page, request.path)
	return context


def _page(request, token: str) -> answering.Page:
	if not limiter.allow_address("anonymous"):
		return answering.Page(answering.BUSY, anonymous=True, language=anonymous_page.language_of(token))
	if request.method != "POST":
		page = anonymous_page.open_page(token)
	else:
		# The host has read already: without this, two tabs at once would each see the moment before the other.
		frappe.db.rollback()
		page = anonymous_page.submit(
			token,
			request.form.to_dict(),
			agent=request.headers.get("User-Agent", ""),
			signed_in=frappe.session.user != "Guest",
		)
	if page.view == answering.CLOSED:
		limiter.note_unknown("anonymous")
	return page


def _log_place(error: Exception) -> None:
	"""Log what went wrong and where, without any value of the request."""
	trace, places = sys.exc_info()[2], []
	while trace:
		places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
		trace = trace.tb_next
	frappe.logger("cx_desk").error("anonymous page: %s at %s", type(error).__name__, " > ".join(places))
