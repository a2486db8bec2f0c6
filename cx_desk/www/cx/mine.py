"""All open questions of a person: by any link of theirs (/cx/m/<token>), or signed in (/cx/mine).

`q` opens one of them here, `ticket` the one about a ticket; `look` answers in one line whether there is one, for the
button on the portal's ticket page.
"""

from http import HTTPStatus

import frappe
from frappe import _

from cx_desk.host import limiter
from cx_desk.surveys import answer_page, answering, mine

no_cache = 1
sitemap = 0


def get_context(context):
	"""List the questions, show one, or record the answer to it. A GET or HEAD changes nothing."""
	request, token = frappe.request, str(frappe.form_dict.get("token") or "")
	if not limiter.allow("mine", token or frappe.session.user):
		answer_page.fill(context, answering.Page(answering.BUSY), request.path)
		return context
	if not token and frappe.session.user == "Guest":
		frappe.local.flags.redirect_location = "/login?redirect-to=/cx/mine"
		raise frappe.Redirect(302)
	person = mine.by_link(token) if token else mine.by_session(frappe.session.user)
	if person is None:
		limiter.note_unknown("mine")
		answer_page.fill(context, answering.Page(answering.CLOSED), request.path)
		return context
	ticket, name = request.args.get("ticket", ""), request.args.get("q", "")
	if ticket:
		name = mine.question_about(person, ticket)
	if "look" in request.args:
		_look(context, name)
	elif name or ticket:
		_one(context, request, person, name)
	else:
		answer_page.fill(context, answering.Page(mine.LIST), request.path, person)
	return context


def _look(context, name: str) -> None:
	"""The button's label where something is asked, nothing where not."""
	frappe.local.cx_status = int(HTTPStatus.OK if name else HTTPStatus.NO_CONTENT)
	context.document = frappe.utils.escape_html(_("How did it go?")) if name else " "


def _one(context, request, person: mine.Person, name: str) -> None:
	claim = mine.claim(person, name)
	if request.method == "POST":
		page = answering.submit(
			claim,
			request.form.to_dict(),
			agent=request.headers.get("User-Agent", ""),
			signed_in=frappe.session.user != "Guest",
			channel=person.channel,
		)
	else:
		page = answering.open_page(claim, trap="all" in request.args)
	if page.view == answering.CLOSED:
		limiter.note_unknown("mine")
	answer_page.fill(context, page, f"{person.base}?q={frappe.utils.quote(name)}", person, without=name)
