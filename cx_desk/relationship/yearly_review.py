"""Asking the sponsor before the yearly review: whom, and with which questions about the unit's own wants."""

import frappe
from frappe import _
from frappe.utils import escape_html

from cx_desk.core import yearly_review as core
from cx_desk.relationship import wants
from cx_desk.units import review_answers

# The languages into which questions made from wants are translated are those of the catalogue.
LANGUAGES = ("de",)


def request(unit: str, contact: str | None = None) -> dict:
	"""What is to be asked of whom: survey, unit, contact, questions and translations.

	contact: one of the people that matter to the unit, the sponsor where None. ValidationError with what to do where
	there is no such person or no survey.
	"""
	known = people(unit)
	person = next((row for row in known if row.contact == contact or (not contact and row.is_sponsor)), None)
	if person is None:
		frappe.throw(
			_("{0} is not among the people that matter to {1}. Add them to the unit first.").format(
				frappe.bold(escape_html(contact)), escape_html(unit)
			)
			if contact
			else _(
				"{0} has no sponsor. Name one under “People that matter”, or choose somebody else."
			).format(escape_html(unit)),
			title=_("Whom to ask?"),
		)
	surveys = review_answers.surveys()
	if not surveys:
		frappe.throw(
			_(
				"The survey of the yearly review was deleted. Enter what they say in the service review instead."
			),
			title=_("Not asked"),
		)
	asked = wants.questions(unit)
	return {
		"survey": surveys[0],
		"unit": unit,
		"contact": person.contact,
		"questions": [_question(question) for question in asked],
		"translations": {language: _texts(asked, language) for language in LANGUAGES},
	}


def people(unit: str) -> list[frappe._dict]:
	"""The people that matter to a unit, sponsors first: contact, name, role, is_sponsor."""
	rows = frappe.get_all(
		"CX Unit Person",
		filters={"parent": unit, "parenttype": "CX Business Unit", "contact": ["is", "set"]},
		fields=["contact", "contact_name", "role"],
		order_by="idx asc",
	)
	found = [
		frappe._dict(
			contact=row.contact,
			name=row.contact_name or row.contact,
			role=_(row.role or ""),
			is_sponsor=row.role == "Sponsor",
		)
		for row in rows
	]
	return sorted(found, key=lambda row: not row.is_sponsor)


def _question(question: core.Question) -> dict:
	return {
		"key": question.key,
		"question": question.text.format(want=question.want),
		"type": "Choice",
		"required": 0,
		"low_at_most": 0,
		"options": "\n".join(question.choices),
		"low_label": "",
		"high_label": "",
	}


def _texts(questions: list[core.Question], language: str) -> dict[str, str]:
	texts = {}
	for question in questions:
		own = question.text.format(want=question.want)
		texts[own] = _(question.text, language).format(want=question.want)
		texts |= {choice: _(choice, language) for choice in question.choices}
	return texts
