"""The guest page of a link or poster that everybody may use: GET shows, POST records. Nobody is known here."""

import time

import frappe

from cx_desk.host import limiter
from cx_desk.surveys import answer_page, answering, links

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the form, or record what was posted and thank for it."""
	request, code = frappe.request, str(frappe.form_dict.get("token") or "")
	wanted = request.args.get("l", "")[:10]
	# By address alone: one link serves a whole works meeting.
	if not limiter.allow_address("link"):
		page = answering.Page(answering.BUSY, shared=True)
	elif request.method == "POST":
		# The host has read already: without this, two posts at once would each see the moment before the other.
		frappe.db.rollback()
		page = links.submit(
			code,
			request.form.to_dict(),
			agent=request.headers.get("User-Agent", ""),
			signed_in=frappe.session.user != "Guest",
			wanted=wanted,
		)
		if page.view == answering.THANKS:
			frappe.local.cookie_manager.set_cookie(
				links.cookie_name(code),
				str(int(time.time())),
				httponly=True,
				max_age=links.cookie_seconds(code),
			)
	else:
		page = links.open_page(code, wanted, request.cookies.get(links.cookie_name(code), ""))
	if page.view == answering.CLOSED:
		limiter.note_unknown("link")
	answer_page.fill(context, page, request.path + (f"?l={wanted}" if wanted.isalnum() else ""))
	return context
