"""Rules of surveys and triggers as an admin writes them: what is refused, what is warned of, what follows."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from cx_desk.core import answers
from cx_desk.host import feedback
from cx_desk.surveys import triggers, versions


def check_survey(doc) -> None:
	"""Refuse a survey that cannot be answered or counted; each message says what to do."""
	questions = [_as_dict(row) for row in doc.questions]
	for fault, text in answers.check_questions(questions):
		frappe.throw(_fault(fault, text), title=_("Survey cannot be saved"))
	_give_keys(doc)
	if doc.kind == "Ticket" and any(row.question_type == "NPS" for row in doc.questions):
		frappe.msgprint(
			_(
				"A recommendation question (NPS) asks about the whole relationship. After one ticket it measures the "
				"mood of the day: better use it in a relationship survey, and CSAT here."
			),
			title=_("NPS on a ticket"),
			indicator="orange",
		)
	_warn_of_translations(doc)
	_warn_of_new_version(doc)


def _as_dict(row) -> dict:
	return {
		"question": row.question,
		"type": row.question_type,
		"options": row.options,
		"low_at_most": row.low_at_most,
	}


def _fault(fault: str, text: str) -> str:
	messages = {
		"no question": _("This survey asks nothing yet. Add at least one question."),
		"threshold outside the scale": _(
			"'Low at most' of the question {0} lies outside its scale, or holds all of it. CSAT runs from 1 to 5, CES from "
			"1 to 7, NPS from 0 to 10: enter a value below the highest, or 0 for never."
		),
		"threshold without a scale": _(
			"The question {0} has no scale, so 'Low at most' must be 0. Choose CSAT, CES or NPS to have one."
		),
		"too few choices": _("The question {0} needs at least two choices, one per line."),
	}
	return messages[fault].format(frappe.bold(frappe.utils.escape_html(text)))


def _give_keys(doc) -> None:
	"""A question keeps its key through changes of wording; another scale is another question."""
	before = {row.name: row for row in (doc.get_doc_before_save() or frappe._dict(questions=[])).questions}
	seen = set()
	for row in doc.questions:
		old = before.get(row.name)
		if not row.key or row.key in seen or (old and old.question_type != row.question_type):
			row.key = frappe.generate_hash(length=8)
		seen.add(row.key)


def _warn_of_translations(doc) -> None:
	for language, lacking in answers.missing_translations(versions.content_of(doc)).items():
		frappe.msgprint(
			_("Not translated into {0}, so asked as written: {1}").format(
				frappe.bold(language), frappe.utils.escape_html("; ".join(lacking))
			),
			title=_("Translation"),
			indicator="orange",
		)


def _warn_of_new_version(doc) -> None:
	before = doc.get_doc_before_save()
	if not before or versions.content_of(before) == versions.content_of(doc) or not versions.is_out(doc.name):
		return
	frappe.msgprint(
		_(
			"Invitations are out. They keep the wording they were sent with; from now on a new version is sent. Answers "
			"to both are counted by version."
		),
		title=_("New version"),
		indicator="blue",
	)


def keep_asked_survey(doc) -> None:
	"""A survey that was asked cannot be deleted: its answers would lose their words."""
	if frappe.db.exists("CX Survey Invitation", {"survey": doc.name}):
		frappe.throw(
			_(
				"This survey was asked already, and its answers need its words. Switch it off instead of deleting it."
			)
		)


def check_trigger(doc) -> None:
	"""Refuse a trigger without an audience; note since when it is on."""
	if not doc.audience:
		frappe.throw(
			_("Choose the audience: everyone who raised a ticket, or only where the rows below match."),
			title=_("Whom to ask?"),
		)
	if doc.audience == "Everyone who raised a ticket":
		doc.filters = []
	elif not doc.filters:
		frappe.throw(
			_(
				"Add at least one row: a unit, team, type or priority. Without a row nobody would ever be asked."
			),
			title=_("Whom to ask?"),
		)
	if not 0 < (doc.sample_percent or 0) <= 100:
		frappe.throw(
			_(
				"The share asked must lie above 0 and at most at 100 percent. To ask nobody, switch the trigger off."
			)
		)
	survey = frappe.get_cached_doc("CX Survey", doc.survey)
	if survey.kind != "Ticket":
		frappe.throw(
			_(
				"{0} asks about the whole relationship. Choose a survey of the kind 'Ticket', or ask it by hand."
			).format(frappe.bold(frappe.utils.escape_html(doc.survey)))
		)
	before = doc.get_doc_before_save()
	if not doc.enabled:
		doc.enabled_since = None
	elif not (before and before.enabled and before.survey == doc.survey) or not doc.enabled_since:
		doc.enabled_since = now_datetime()
	if doc.enabled:
		_warn_of_nobody(survey)


def _warn_of_nobody(survey) -> None:
	if not survey.enabled:
		frappe.msgprint(
			_("The survey {0} is switched off, so nobody is asked yet. Switch it on as well.").format(
				frappe.bold(frappe.utils.escape_html(survey.name))
			),
			indicator="orange",
		)
	if feedback.host_asks({}):
		frappe.msgprint(
			_(
				"Helpdesk sends its own feedback mail. People who get that one are not asked by CX Desk. Switch it off in "
				"Helpdesk's settings if this survey is to replace it."
			),
			indicator="orange",
		)


def after_change() -> None:
	"""Let every process read the triggers anew."""
	triggers.forget()
