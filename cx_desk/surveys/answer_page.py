"""What the guest pages show: texts, brand and status code, in the language of the invitation."""

from http import HTTPStatus

import frappe
from frappe import _
from frappe.translate import get_language
from frappe.utils import format_datetime

from cx_desk.core import answers, survey_texts
from cx_desk.host import templates
from cx_desk.surveys import answering, invitations, mine, privacy, question_view
from cx_desk.units import guest_page, liaison_card

# Counts what a person does and says so when the form is sent. Nothing depends on it.
SCRIPT = (
	"(function(){var n=0,f=document.querySelector('form.answer'),g=f&&f.elements.gestures;if(!g)return;g.value=0;"
	"['pointerdown','keydown','touchstart','mousemove'].forEach(function(e){addEventListener(e,function(v){"
	"if(v.isTrusted){g.value=++n}},{passive:true})});"
	"var c=f.elements.comment,o=document.getElementById('left');if(c&&o){var m=+o.dataset.most;c.addEventListener("
	"'input',function(){var l=m-c.value.length;o.textContent=l<500?o.dataset.text.replace('{0}',l):''})}"
	# What is asked only after a typed number: a style sheet cannot compare numbers.
	"var w=[].slice.call(f.querySelectorAll('[data-least]'));function see(){w.forEach(function(q){var d=q.dataset,"
	"s=f.querySelector('[name=\"'+d.field+'\"]'),v=f.elements[d.field].value;if(d.free&&(!v||v=='other'))"
	"v=f.elements[d.free].value;q.hidden=!(s.offsetParent&&/^ *\\d+ *$/.test(v)&&+v>=d.least&&+v<=d.most)})}"
	"if(w.length){f.classList.add('js');f.addEventListener('input',see);f.addEventListener('change',see);see()}"
	"var b=document.querySelector('[role=alert]');if(b){b.focus()}})()"
)
POLICY = guest_page.policy(SCRIPT)


def fill(
	context, page: answering.Page, path: str, person: mine.Person | None = None, without: str = ""
) -> None:
	"""Put the page into the template's context and set status and policy of the response.

	path: where the form goes. person: whose other open questions are named, all but the one of the row `without`.
	"""
	language = page.language or _browser_language()
	frappe.local.lang = language
	frappe.local.cx_content_security_policy = POLICY
	if page.view == answering.CLOSED:
		frappe.local.cx_status = int(HTTPStatus.NOT_FOUND)
	elif page.view == answering.BUSY:
		frappe.local.cx_status = int(HTTPStatus.TOO_MANY_REQUESTS)
	elif page.errors:
		frappe.local.cx_status = int(HTTPStatus.UNPROCESSABLE_ENTITY)
	elif page.notice == answering.CONFLICT:
		frappe.local.cx_status = int(HTTPStatus.CONFLICT)
	others = (
		mine.open_questions(person, without)
		if person and page.view in (mine.LIST, answering.FORM, answering.THANKS)
		else []
	)
	context.document = document(page, language, path, others=others)


def document(
	page: answering.Page, language: str, path: str, with_token: bool = True, others: list[dict] | None = None
) -> str:
	"""The whole page as HTML, in the language that is set; path is where its form goes.

	with_token: False for a picture of the page, which is never sent: without token and script.
	"""
	with question_view.speaking_for(page.version, language):
		frame = guest_page.frame(with_token)
		reader_note = invitations.reader_note(page.version, frappe.get_cached_doc("CX Settings"))
		context = {
			"_": question_view._,
			"page": page,
			**frame,
			"action": frappe.utils.escape_html(path),
			"kept": _kept(page),
			"others": others or [],
			"card": "" if others and page.view != answering.FORM else liaison_card.page_html_of(page.unit),
			"reader_note": reader_note,
		}
		if page.view == answering.FORM:
			stored = [] if page.test or not page.version else _stored(page)
			context |= {
				"script": SCRIPT if with_token else "",
				"form": form_of(page, language),
				"intro": survey_texts.translated(page.version, page.version.get("intro", ""), language),
				"stored": stored,
				# Who answers more freely for a promise reads it before the form.
				"promise": stored[0] if stored and page.version.get("privacy") in privacy.PROMISES else "",
				"note": privacy.own_note(frame["brand"].get("privacy_note")),
			}
		elif page.view == answering.THANKS:
			until = page.can_edit_until
			context |= {
				"thanks": survey_texts.translated(page.version, page.version.get("thanks", ""), language),
				"until": format_datetime(until, "short") if until else "",
				"answered": format_datetime(page.answered_at, "short")
				if page.answered_at and not until
				else "",
			}
		return templates.render("cx_desk/templates/guest/answer.html", context)


def _browser_language() -> str:
	return frappe.local.lang or get_language()


def _stored(page: answering.Page) -> list[str]:
	if page.shared:
		return privacy.what_is_stored_of_anybody(getattr(page, "offers_reply", False))
	return privacy.what_is_stored(page.version.get("privacy"), page.asked)


def _kept(page: answering.Page) -> str:
	"""What somebody wrote on a page that can no longer take it: shown back, so that it can be copied."""
	if page.view != answering.CLOSED:
		return ""
	words = [value for key, value in page.values.items() if key == "comment" or key.startswith("q_")]
	pressed = (answers.OTHER, answers.NO_ANSWER)
	return "\n\n".join(value for value in words if len(value) > 2 and value not in pressed)


def form_of(page: answering.Page, language: str) -> dict:
	"""The questions with what was chosen and what is wrong, as the questions' template shows them."""
	return question_view.form_context(
		page.version,
		language,
		page.values,
		page.errors,
		page.seed,
		notice_of(page),
		getattr(page, "offers_reply", False),
	)


def notice_of(page: answering.Page) -> str:
	"""What is to be said about the form as a whole."""
	if page.notice == answering.DOUBT:
		return _("That went very fast. Please send it once more, so that we know it was you.")
	if page.notice == answering.CONFLICT:
		return _(
			"You have already answered in another window. What you wrote here is kept below: send again to replace "
			"the earlier answer."
		)
	return ""
