"""Rules of surveys and triggers as an admin writes them: what is refused, what is warned of, what follows."""

import frappe
from frappe import _
from frappe.utils import cint, escape_html

from cx_desk.core import survey_check, survey_content, survey_texts
from cx_desk.surveys import privacy, triggers, versions


def check_survey(doc) -> None:
	"""Refuse a survey that cannot be answered or counted; each message says what to do."""
	tidy(doc)
	_give_keys(doc)
	if messages := faults_of(versions.content_of(doc)):
		frappe.throw(
			"<br><br>".join(message["message"] for message in messages), title=_("Survey cannot be saved")
		)
	privacy.check(doc)
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


def faults_of(version: dict) -> list[dict]:
	"""What is wrong with a survey's content: place (number of the question from 0, None for the survey), code
	(of core.survey_check) and message.
	"""
	return [
		{"place": fault.place, "code": fault.code, "message": _fault(fault)}
		for fault in survey_check.check(version)
	]


def _fault(fault: survey_check.Fault) -> str:
	name = fault.question or _("without text")
	values = {key: escape_html(str(value)) for key, value in fault.values.items()}
	question = frappe.bold(escape_html(f"{fault.place + 1}. {name}" if fault.place is not None else ""))
	return _messages()[fault.code].format(question=question, **values)


def _messages() -> dict[str, str]:
	return {
		survey_check.NO_QUESTION: _("This survey asks nothing yet. Add at least one question."),
		survey_check.TOO_MANY_QUESTIONS: _(
			"A survey has at most {most} questions: nobody answers more. Split it into two."
		),
		survey_check.NO_TEXT: _("Question {question}: write what you want to ask."),
		survey_check.LONG_TEXT: _(
			"The question {question} is longer than {most} characters. Say it shorter, or use the introduction."
		),
		survey_check.BAD_KEY: _(
			"The key of the question {question} may hold only letters, digits and underscores, at most 40. Empty it, and it gets one."
		),
		survey_check.SAME_KEY: _(
			"The question {question} has the same key as an earlier one. Empty it, and it gets one of its own."
		),
		survey_check.UNKNOWN_TYPE: _(
			"The question {question} has the type {type}, which there is not. Choose one."
		),
		survey_check.LIMIT_OUTSIDE: _(
			"'Low at most' of the question {question} lies outside its scale, or holds all of it. The scale runs from {low} "
			"to {high}: enter a value below the highest, or 0 for never."
		),
		survey_check.LIMIT_WITHOUT_SCALE: _(
			"The question {question} has no scale, so 'Low at most' must be 0. Choose CSAT, CES, NPS or Rating to have one."
		),
		survey_check.POINTS_NOT_OFFERED: _(
			"The question {question} wants {points} points. A rating has 2, 3, 5, 7, 10 or 11: choose one of these."
		),
		survey_check.NPS_POINTS: _(
			"The question {question} is a recommendation (NPS), which always runs from 0 to 10. For {points} points choose "
			"the type Rating."
		),
		survey_check.UNKNOWN_LOOK: _(
			"The question {question} has the look {look}, which there is not. Choose numbers, stars or faces."
		),
		survey_check.WORD_FOR_EACH: _(
			"The question {question} has {points} points, but {words} words. Write one word for each point, the lowest "
			"first, or none at all."
		),
		survey_check.TOO_FEW_CHOICES: _("The question {question} needs at least two choices, one per line."),
		survey_check.TOO_MANY_CHOICES: _(
			"The question {question} has more than {most} choices. Nobody reads so many: group them."
		),
		survey_check.SAME_CHOICE: _(
			"The question {question} offers {choice} twice. Take one away, or say how they differ."
		),
		survey_check.LONG_CHOICE: _(
			"The question {question} has a choice longer than {most} characters. Say it shorter."
		),
		survey_check.BELOW_NOUGHT: _(
			"The question {question}: numbers begin at 0. Raise the least and the most."
		),
		survey_check.ABOVE_MOST: _(
			"The question {question}: at most {most} can be entered. Lower the limits."
		),
		survey_check.MINIMUM_ABOVE_MAXIMUM: _(
			"The question {question}: the least, {minimum}, is above the most, {maximum}. Swap them, or set the most to 0 "
			"for no limit."
		),
		survey_check.SHOW_IF_ITSELF: _(
			"The question {question} would be shown only after its own answer, so never. Choose an earlier question."
		),
		survey_check.SHOW_IF_LATER: _(
			"The question {question} is shown after the answer to a later one. Move it below that one, or choose an "
			"earlier question."
		),
		survey_check.SHOW_IF_GONE: _(
			"The question {question} is shown after the answer to a question that is no longer there. Choose another, or "
			"show it to everybody."
		),
		survey_check.SHOW_IF_WORDS: _(
			"The question {question} is shown after the answer to '{source}', which is answered in words. Choose a question "
			"with a scale, a choice or a number."
		),
		survey_check.SHOW_IF_NO_OPTION: _(
			"The question {question} is shown after the answer to '{source}': say after which of its choices."
		),
		survey_check.SHOW_IF_UNKNOWN_OPTION: _(
			"The question {question} is shown after the choice '{choice}' of '{source}', which is not offered there. Choose "
			"again."
		),
		survey_check.SHOW_IF_EMPTY_RANGE: _(
			"The question {question} is shown after no answer to '{source}': the lowest value is above the highest."
		),
		survey_check.SHOW_IF_OUTSIDE: _(
			"The question {question} is shown after values of '{source}' that nobody can give. They run from {low} to {high}."
		),
		survey_check.DRIVER_TWICE: _("The reason {driver} stands twice for the same answers. Take one away."),
		survey_check.DRIVER_WITHOUT_SCALE: _(
			"The reason {driver} is offered by how good the answer is, but no question has a scale. Offer it after any "
			"answer, or add a question with a scale."
		),
		survey_check.TOO_MANY_DRIVERS: _("A survey offers at most {most} reasons: nobody reads more."),
		survey_check.UNKNOWN_BAND: _("The reason {driver}: choose Any, Low, Middle or High, not '{band}'."),
	}


def tidy(doc) -> None:
	"""Settings of another type do not linger: what a question of this type cannot have is emptied."""
	for row in doc.questions:
		scale = survey_content.scale_of({"type": row.question_type, "points": cint(row.points)})
		if row.question_type not in (survey_content.CHOICE, survey_content.MANY, survey_content.RATING):
			row.options = None
		if row.question_type not in (survey_content.CHOICE, survey_content.MANY):
			row.random_order = 0
		if row.question_type != survey_content.NUMBER:
			row.minimum = row.maximum = 0
		if row.question_type not in (survey_content.CSAT, survey_content.RATING):
			row.look = survey_content.NUMBERS
		if row.question_type != survey_content.RATING:
			row.points = str(survey_content.USUAL_POINTS)
		if (
			row.question_type in survey_content.TYPES
			and row.question_type != survey_content.RATING
			and not scale
		):
			row.low_label = row.high_label = None
		if not row.show_if_question:
			row.show_if_at_least = row.show_if_at_most = 0
			row.show_if_options = None


def _give_keys(doc) -> None:
	"""A question keeps its key through changes of wording; another scale is another question.

	Conditions that lean on a question whose key changes go on leaning on it.
	"""
	before = {row.name: row for row in (doc.get_doc_before_save() or frappe._dict(questions=[])).questions}
	seen, renamed = set(), {}
	for row in doc.questions:
		old = before.get(row.name)
		if not row.key or row.key in seen or (old and _scale(old) != _scale(row)):
			key = frappe.generate_hash(length=8)
			if row.key and row.key not in seen:
				renamed[row.key] = key
			row.key = key
		seen.add(row.key)
	for row in doc.questions:
		if row.show_if_question in renamed:
			row.show_if_question = renamed[row.show_if_question]


def _scale(row) -> str:
	return survey_content.counted_type({"type": row.question_type, "points": cint(row.points)})


def _warn_of_translations(doc) -> None:
	for language, lacking in survey_texts.missing_translations(versions.content_of(doc)).items():
		frappe.msgprint(
			_(
				"{0} texts are not translated into {1} and are asked as written: see the tab Translations."
			).format(len(lacking), frappe.bold(language)),
			alert=True,
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


def after_change() -> None:
	"""Let every process read the triggers anew."""
	triggers.forget()
