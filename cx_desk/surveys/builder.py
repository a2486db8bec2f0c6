"""What the builder on the survey's form needs: the real page made of what is typed, its mistakes, and its texts.

Nothing is saved. The page is the one that people will see: the same template, texts and style sheet.
"""

import re

import frappe
from frappe import _
from frappe.utils import cint

from cx_desk.core import survey_content, survey_texts
from cx_desk.core.languages import direction
from cx_desk.surveys import answer_page, answering, definition, invitations, question_view, versions
from cx_desk.surveys.invitations import N_

# What is taken of a document that a browser sends; all else is the site's own.
_FIELDS = ("survey_name", "kind", "privacy", "language", "ask_not_solved", "reminder", "expiry_days")
_TEXTS = ("subject", "intro", "thanks")
_ROWS = {
	"questions": (
		"question",
		"question_type",
		"required",
		"low_at_most",
		"options",
		"low_label",
		"high_label",
		"points",
		"look",
		"random_order",
		"minimum",
		"maximum",
		"show_if_question",
		"show_if_at_least",
		"show_if_at_most",
		"show_if_options",
		"key",
	),
	"drivers": ("driver", "band"),
	"translations": ("language", "source_text", "translated_text"),
}
_NUMBERS = (
	"ask_not_solved",
	"reminder",
	"expiry_days",
	"required",
	"low_at_most",
	"random_order",
	"minimum",
	"maximum",
	"show_if_at_least",
	"show_if_at_most",
)
# Types in the order in which they are offered: short name, and what it is for. To be translated.
_OFFERED = {
	survey_content.CSAT: (N_("Satisfaction"), N_("CSAT, 1 to 5: how satisfied")),
	survey_content.RATING: (N_("Rating"), N_("2 to 11 points in numbers, stars or faces")),
	survey_content.CES: (N_("Effort"), N_("CES, 1 to 7: it was made easy")),
	survey_content.NPS: (N_("Recommendation"), N_("NPS, 0 to 10: would recommend")),
	survey_content.CHOICE: (N_("One choice"), N_("One of several answers")),
	survey_content.MANY: (N_("Many choices"), N_("Any of several answers")),
	survey_content.NUMBER: (N_("Whole number"), N_("A number in digits")),
	survey_content.LOST_TIME: (N_("Lost time"), N_("Working time lost, in minutes")),
	survey_content.TEXT: (N_("Text"), N_("An answer in words")),
}
# A page that opens at once on a phone: style sheet, questions and all.
MOST_BYTES = 30 * 1024
_KEY = re.compile(r"[A-Za-z0-9_]{1,40}")


def offered() -> dict:
	"""What can be built, for the screen: nothing of it is written there a second time.

	Keys: types (type, name, what), scales and limits by counted type (core.survey_content), points, usual_points, looks, bands,
	fields (of the survey that `preview` takes), rows (those of its tables) and numbers (which of them are numbers).
	"""
	return {
		"types": [
			{"type": kind, "name": _(name), "what": _(what)} for kind, (name, what) in _OFFERED.items()
		],
		"scales": survey_content.SCALES,
		"limits": survey_content.USUAL_LIMITS,
		"points": list(survey_content.POINTS),
		"usual_points": survey_content.USUAL_POINTS,
		"looks": list(survey_content.LOOKS),
		"bands": [survey_content.ANY, survey_content.LOW, survey_content.MIDDLE, survey_content.HIGH],
		"fields": [*_FIELDS, *_TEXTS],
		"rows": _ROWS,
		"numbers": _NUMBERS,
	}


def preview(doc: dict, language: str = "") -> dict:
	"""The page of an unsaved survey, and what is to be said of it.

	Keys: html, bytes, too_big, language and languages (code, name, direction, and how many texts it lacks), mail (the
	subject), faults (place: number of the question from 0 or None, message), texts (text, where: what it is in words) and
	page_texts (text, app: the app's own translation into this language).
	A language in which the survey is not asked gives the survey's own.
	"""
	content = content_of(doc)
	known = survey_texts.languages(content)
	language = language if language in known else known[0]
	lacking = survey_texts.missing_translations(content)
	faults = definition.faults_of(content)
	with invitations.speaking(language):
		html = _page(content, language)
	return {
		"html": html,
		"bytes": len(html.encode()),
		"too_big": len(html.encode()) > MOST_BYTES,
		"language": language,
		"languages": [
			{
				"code": code,
				"name": frappe.db.get_value("Language", code, "language_name") or code,
				"direction": direction(code),
				"lacking": len(lacking.get(code, ())),
			}
			for code in known
		],
		"mail": survey_texts.translated(content, content["subject"], language),
		"faults": faults,
		"texts": texts_of(content),
		"page_texts": page_texts_of(content, language),
	}


def content_of(doc: dict) -> dict:
	"""The content of a survey as its version would keep it, from what a browser sends. Takes no more than it knows."""
	survey = frappe.new_doc("CX Survey")
	survey.update(_taken(doc, (*_FIELDS, *_TEXTS)))
	for table, fields in _ROWS.items():
		survey.set(table, [])
		rows = doc.get(table)
		for row in rows if isinstance(rows, list) else []:
			if isinstance(row, dict):
				survey.append(table, _taken(row, fields))
	for place, row in enumerate(survey.questions, 1):
		if not _KEY.fullmatch(str(row.key or "")):
			row.key = f"new{place}"
	definition.tidy(survey)
	return versions.content_of(survey)


def _taken(values: dict, fields: tuple[str, ...]) -> dict:
	"""The fields as what they are: numbers as numbers, texts as texts, nothing where something else was sent."""
	found = {name: values.get(name) for name in fields if isinstance(values.get(name), str | int)}
	return {name: cint(value) if name in _NUMBERS else str(value) for name, value in found.items()}


def _page(content: dict, language: str) -> str:
	"""The page as far as it can be shown: a question of a type that there is not is left out."""
	shown = [
		question
		for question in content["questions"]
		if question["type"] in survey_content.TYPES
		and (question["type"] != survey_content.RATING or question["points"] in survey_content.POINTS)
	]
	page = answering.Page(
		answering.FORM,
		version={**content, "questions": shown},
		language=language,
		ticket=_("Printer on the second floor") if content["kind"] == "Ticket" else "",
		number="1234" if content["kind"] == "Ticket" else "",
	)
	return answer_page.document(page, language, "#", with_token=False)


def texts_of(content: dict) -> list[dict]:
	"""Every text of a survey with what it is, in the order of the page: what a translator goes through."""
	wheres = {content["subject"]: _("Subject of the mail"), content["intro"]: _("Introduction")}
	for place, question in enumerate(content["questions"], 1):
		wheres.setdefault(question["question"], _("Question {0}").format(place))
		for text in (question["low_label"], question["high_label"]):
			wheres.setdefault(text, _("Question {0}: word for an end").format(place))
		for text in survey_content.options(question):
			wheres.setdefault(text, _("Question {0}: choice").format(place))
	for name in survey_content.driver_names(content):
		wheres.setdefault(name, _("Reason"))
	wheres.setdefault(content["thanks"], _("Thanks"))
	return [{"text": text, "where": wheres[text]} for text in survey_texts.texts_of(content)]


def page_texts_of(content: dict, language: str) -> list[dict]:
	"""What the page says around the survey's texts, with the app's own translation: text, and app ('' where none)."""
	words = [word for question in content["questions"] for word in survey_content.words_of(question).values()]
	own = set(survey_texts.texts_of(content))
	with invitations.speaking(language):
		found = {
			text: frappe._(text)
			for text in dict.fromkeys((*words, *question_view.PAGE_TEXTS))
			if text not in own
		}
	return [
		{"text": text, "app": said if said != text or language.startswith("en") else ""}
		for text, said in found.items()
	]
