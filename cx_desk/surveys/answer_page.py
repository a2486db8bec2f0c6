"""What the guest pages show: texts, brand and status code, in the language of the invitation."""

import base64
import hashlib
from http import HTTPStatus

import frappe
from frappe import _
from frappe.translate import get_language
from frappe.utils import format_datetime

from cx_desk.core import answers
from cx_desk.host import templates
from cx_desk.surveys import answering, invitations
from cx_desk.units import guest_page, liaison_card

# Counts what a person does and says so when the form is sent. Nothing depends on it.
SCRIPT = (
	"(function(){var n=0,f=document.querySelector('form.answer'),g=f&&f.elements.gestures;if(!g)return;g.value=0;"
	"['pointerdown','keydown','touchstart','mousemove'].forEach(function(e){addEventListener(e,function(v){"
	"if(v.isTrusted){g.value=++n}},{passive:true})});"
	"var c=f.elements.comment,o=document.getElementById('left');if(c&&o){var m=+o.dataset.most;c.addEventListener("
	"'input',function(){var l=m-c.value.length;o.textContent=l<500?o.dataset.text.replace('{0}',l):''})}"
	"var b=document.querySelector('[role=alert]');if(b){b.focus()}})()"
)
_SCRIPT_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()

POLICY = (
	"default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
	f"script-src 'sha256-{_SCRIPT_HASH}'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)


def fill(context, page: answering.Page, request) -> None:
	"""Put the page into the template's context and set status and policy of the response."""
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
	context.document = templates.render(
		"cx_desk/templates/guest/answer.html",
		{
			"page": page,
			**guest_page.frame(),
			"script": SCRIPT,
			"action": frappe.utils.escape_html(request.path),
			"questions": questions(page, language) if page.view == answering.FORM else [],
			"intro": answers.translated(page.version, page.version.get("intro", ""), language),
			"thanks": answers.translated(page.version, page.version.get("thanks", ""), language),
			"comment": page.values.get("comment", ""),
			"offers_comment": answers.offers_comment(page.version),
			"longest": answers.LONGEST_COMMENT,
			"messages": messages(page, language),
			"until": format_datetime(page.can_edit_until, "short") if page.can_edit_until else "",
			"answered": format_datetime(page.answered_at, "short") if page.answered_at else "",
			"kept": _kept(page),
			"card": liaison_card.page_html_of(page.unit),
		},
	)


def _browser_language() -> str:
	return frappe.local.lang or get_language()


def _kept(page: answering.Page) -> str:
	"""What somebody wrote on a page that can no longer take it: shown back, so that it can be copied."""
	if page.view != answering.CLOSED:
		return ""
	words = [value for key, value in page.values.items() if key == "comment" or key.startswith("q_")]
	return "\n\n".join(value for value in words if len(value) > 2)


def questions(page: answering.Page, language: str) -> list[dict]:
	"""The questions as the form shows them, with what was chosen and what is wrong."""
	shown = []
	for question in page.version.get("questions", ()):
		field = answers.field_name(question["key"])
		row = {
			"key": question["key"],
			"field": field,
			"type": question["type"],
			"text": answers.translated(page.version, question["question"], language),
			"required": bool(question["required"]),
			"value": page.values.get(field, ""),
			"error": page.errors.get(question["key"], ""),
			"choices": [],
		}
		if answers.scale_of(question):
			row["choices"] = invitations.scale_choices(page.version, question, language)
			row["numbers"] = len(row["choices"]) > 7
		elif question["type"] == answers.CHOICE:
			row["choices"] = [
				{"value": number, "word": answers.translated(page.version, option, language)}
				for number, option in enumerate(answers.options(question))
			]
		shown.append(row)
	return shown


def messages(page: answering.Page, language: str) -> dict[str, str]:
	"""What is wrong, by question key; '' holds what concerns the whole form."""
	texts = {
		answers.MISSING: _("Please answer this question."),
		answers.UNKNOWN_VALUE: _("Please choose one of the answers below."),
		answers.TOO_LONG: _(
			"Your text has {0} characters; at most {1} fit. It is still below: please shorten it and send again."
		),
		answers.NOTHING: _("Please choose an answer or write a sentence before you send."),
	}
	found = {}
	for key, error in page.errors.items():
		text = texts[error]
		if error == answers.TOO_LONG:
			field = "comment" if key == "comment" else answers.field_name(key)
			text = text.format(len(answers.clean(page.values.get(field, ""))), answers.LONGEST_COMMENT)
		found[key] = text
	if page.notice == answering.DOUBT:
		found[""] = _("That went very fast. Please send it once more, so that we know it was you.")
	if page.notice == answering.CONFLICT:
		found[""] = _(
			"You have already answered in another window. What you wrote here is kept below: send again to replace "
			"the earlier answer."
		)
	return found
