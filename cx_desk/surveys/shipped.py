"""The surveys that come with the app, all off. Made by code that never overwrites an admin's change.

What was once made and then deleted by an admin is not made again.
"""

import frappe

from cx_desk.core import yearly_review
from cx_desk.host import made

TICKET_SURVEY = "Ticket feedback"
RELATIONSHIP_SURVEY = "How is IT doing for you"
VISIT_SURVEY = "How was our visit"
REVIEW_SURVEY = yearly_review.SURVEY
TICKET_TRIGGER = "Ticket resolved: ask the requester"
VISIT_TRIGGER = "Visit report shared: ask the host"
RELATIONSHIP_TRIGGER = "Twice a year: ask everybody"

_GERMAN = {
	"How did we do? {ticket}": "Wie war es? {ticket}",
	"Your request was resolved. One click tells us how it went for you.": (
		"Ihr Anliegen wurde gelöst. Ein Klick sagt uns, wie es für Sie war."
	),
	"A person reads what you wrote.": "Was Sie geschrieben haben, liest ein Mensch.",
	"How satisfied are you with how your request was handled?": (
		"Wie zufrieden sind Sie damit, wie Ihr Anliegen bearbeitet wurde?"
	),
	"How is IT doing for you? Three questions": "Wie macht sich die IT für Sie? Drei Fragen",
	"Twice a year we ask how we do as a whole. It takes less than a minute.": (
		"Zweimal im Jahr fragen wir, wie wir insgesamt arbeiten. Es dauert keine Minute."
	),
	"Overall, how satisfied are you with what IT does for your work?": (
		"Wie zufrieden sind Sie insgesamt mit dem, was die IT für Ihre Arbeit leistet?"
	),
	"IT makes it easy for me to get what I need.": "Die IT macht es mir leicht, zu bekommen, was ich brauche.",
	"What should we do differently?": "Was sollten wir anders machen?",
	"How was our visit?": "Wie war unser Besuch?",
	"You had us as guests. Four words, one click each.": "Wir waren bei Ihnen zu Gast. Vier Worte, je ein Klick.",
	"Was the visit personal?": "War der Besuch persönlich?",
	"Not at all": "Gar nicht",
	"A little": "Wenig",
	"Partly": "Teils",
	"Mostly": "Weitgehend",
	"Fully": "Voll und ganz",
	"Time to solve": "Zeit bis zur Lösung",
	"First answer": "Erste Antwort",
	"Communication": "Kommunikation",
	"Friendliness": "Freundlichkeit",
	"Knowledge": "Wissen",
	"Solution": "Lösung",
	"The service itself": "Der Dienst selbst",
	"Did it come at the right time?": "Kam er zur rechten Zeit?",
	"Was it about what matters to you?": "Ging es um das, was Ihnen wichtig ist?",
	"Was it of value to you?": "Hat er Ihnen etwas gebracht?",
	"Our yearly review: how do you see it?": "Unser Jahresgespräch: Wie sehen Sie es?",
	"Before we meet: where do we stand with you? It takes about three minutes, and your answers open our review.": (
		"Bevor wir uns treffen: Wo stehen wir bei Ihnen? Es dauert etwa drei Minuten, und mit Ihren Antworten beginnt "
		"unser Gespräch."
	),
	"Your liaison reads it and brings it to the review.": "Ihre Ansprechperson liest es und bringt es ins Gespräch mit.",
	"Which of these describes the service desk best, as you see it?": (
		"Welcher Satz beschreibt den Service Desk aus Ihrer Sicht am besten?"
	),
	yearly_review.LADDER[
		0
	]: "Nach Lage: Wir rufen an, wenn etwas nicht geht, und es hängt davon ab, wer abnimmt",
	yearly_review.LADDER[1]: "Auftragnehmer: Er tut, worum wir bitten",
	yearly_review.LADDER[2]: "Dienstleister: Er liefert verlässlich, was vereinbart ist",
	yearly_review.LADDER[3]: "Berater: Wir fragen ihn, bevor wir entscheiden",
	yearly_review.LADDER[4]: "Partner: Er gestaltet unsere Pläne mit",
	"What makes you say so?": "Woran machen Sie das fest?",
	"What would be the next step, from us and from you?": "Was wäre der nächste Schritt, von uns und von Ihnen?",
}

_TO_MEND = ("Time to solve", "First answer", "Communication", "Knowledge", "Solution", "The service itself")
_TO_KEEP = ("Time to solve", "Communication", "Friendliness", "Knowledge")
_AGREEMENT = ("Not at all", "A little", "Partly", "Mostly", "Fully")

_SURVEYS = {
	TICKET_SURVEY: {
		"kind": "Ticket",
		"ask_not_solved": 1,
		"subject": "How did we do? {ticket}",
		"intro": "Your request was resolved. One click tells us how it went for you.",
		"thanks": "A person reads what you wrote.",
		"questions": [
			{
				"question": "How satisfied are you with how your request was handled?",
				"question_type": "CSAT",
				"low_at_most": 2,
			}
		],
		# Asked only of those who have chosen: what to mend after a low answer, what to keep after a high one.
		"drivers": [
			*({"driver": name, "band": band} for name in _TO_MEND for band in ("Low", "Middle")),
			*({"driver": name, "band": "High"} for name in _TO_KEEP),
		],
	},
	RELATIONSHIP_SURVEY: {
		"kind": "Relationship",
		"reminder": 1,
		"ask_not_solved": 0,
		"subject": "How is IT doing for you? Three questions",
		"intro": "Twice a year we ask how we do as a whole. It takes less than a minute.",
		"thanks": "A person reads what you wrote.",
		"questions": [
			{
				"question": "Overall, how satisfied are you with what IT does for your work?",
				"question_type": "CSAT",
				"low_at_most": 2,
			},
			{
				"question": "IT makes it easy for me to get what I need.",
				"question_type": "CES",
				"low_at_most": 2,
			},
			{"question": "What should we do differently?", "question_type": "Text"},
		],
	},
	VISIT_SURVEY: {
		"kind": "Visit",
		"ask_not_solved": 0,
		"subject": "How was our visit?",
		"intro": "You had us as guests. Four words, one click each.",
		"thanks": "A person reads what you wrote.",
		"questions": [
			{
				"question": question,
				"question_type": "Rating",
				"points": "5",
				"options": "\n".join(_AGREEMENT),
				"low_at_most": 2,
			}
			for question in (
				"Was the visit personal?",
				"Did it come at the right time?",
				"Was it about what matters to you?",
				"Was it of value to you?",
			)
		],
	},
	# The questions about each want of the unit come in after the first one when it is sent.
	REVIEW_SURVEY: {
		"kind": "Relationship",
		"reminder": 1,
		"ask_not_solved": 0,
		"subject": "Our yearly review: how do you see it?",
		"intro": (
			"Before we meet: where do we stand with you? It takes about three minutes, and your answers open our review."
		),
		"thanks": "Your liaison reads it and brings it to the review.",
		"questions": [
			{
				"key": yearly_review.LEVEL,
				"question": "Which of these describes the service desk best, as you see it?",
				"question_type": "Choice",
				"options": "\n".join(yearly_review.LADDER),
			},
			{
				"key": yearly_review.EVIDENCE,
				"question": "What makes you say so?",
				"question_type": "Text",
			},
			{
				"key": yearly_review.NEXT_STEP,
				"question": "What would be the next step, from us and from you?",
				"question_type": "Text",
			},
		],
	},
}


def make_shipped_surveys() -> None:
	"""Make the shipped surveys and their trigger where they were never made."""
	for name in _SURVEYS:
		made.once(f"survey {name}", lambda name=name: _make_survey(name))
	for name in _TRIGGERS:
		made.once(f"trigger {name}", lambda name=name: make_trigger(name))


def _make_survey(name: str) -> None:
	if frappe.db.exists("CX Survey", name):
		return
	content = _SURVEYS[name]
	texts = [content["subject"], content["intro"], content["thanks"]]
	for question in content["questions"]:
		texts += [question["question"], *question.get("options", "").splitlines()]
	# A desk that has reasons of its own may have deleted ours.
	known = set(frappe.get_all("CX Driver", filters={"disabled": 0}, pluck="name"))
	drivers = [row for row in content.get("drivers", ()) if row["driver"] in known]
	texts += [row["driver"] for row in drivers]
	frappe.get_doc(
		{
			"doctype": "CX Survey",
			"survey_name": name,
			"enabled": 0,
			"privacy": "Named",
			"language": "en",
			"shipped_as": name,
			**content,
			"drivers": drivers,
			"translations": [
				{"language": "de", "source_text": text, "translated_text": _GERMAN[text]}
				for text in dict.fromkeys(texts)
			],
		}
	).insert(ignore_permissions=True)  # allowed: install


# The triggers of the shipped surveys, all off.
_TRIGGERS = {
	TICKET_TRIGGER: {"survey": TICKET_SURVEY, "event": "Ticket resolved", "respondent": "Requester"},
	# The first day belongs to the report itself.
	VISIT_TRIGGER: {
		"survey": VISIT_SURVEY,
		"event": "Visit report shared",
		"respondent": "Host",
		"delay_hours": 24,
	},
	RELATIONSHIP_TRIGGER: {
		"survey": RELATIONSHIP_SURVEY,
		"event": "On a schedule",
		"respondent": "Everyone of the unit",
		"every_months": 6,
	},
}


def make_trigger(name: str, enabled: bool = False) -> None:
	"""Make a shipped trigger where there is none of its name and its survey is there."""
	content = _TRIGGERS[name]
	if frappe.db.exists("CX Survey Trigger", name) or not frappe.db.exists("CX Survey", content["survey"]):
		return
	frappe.get_doc(
		{
			"doctype": "CX Survey Trigger",
			"trigger_name": name,
			"enabled": int(enabled),
			"audience": "Everyone",
			"sample_percent": 100,
			**content,
		}
	).insert(ignore_permissions=True)  # allowed: install
