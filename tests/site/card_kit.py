"""A survey with every type of question and people of a small business who answered it, for tests that read figures."""

import unit_kit

import frappe
from frappe.utils import add_days, now_datetime

from cx_desk.core import answers, ledger, survey_content
from cx_desk.surveys import answering, versions

SURVEY = "Card kit"
DRIVERS = ("Kit waiting", "Kit words")


def make_survey(privacy: str = "Named", name: str = SURVEY) -> str:
	"""A relationship survey with every type of question, its drivers with key words; its name."""
	for driver, words in zip(DRIVERS, ("wait*, tag*", "explain*, word"), strict=True):
		if not frappe.db.exists("CX Driver", driver):
			frappe.get_doc({"doctype": "CX Driver", "driver_name": driver, "keywords": words}).insert()
	if frappe.db.exists("CX Survey", name):
		return name
	asked = [
		{"question": "How satisfied are you?", "question_type": "CSAT", "low_at_most": 2},
		{"question": "How good is the desk?", "question_type": "Rating", "points": "7"},
		{"question": "It was easy", "question_type": "CES"},
		{"question": "Would you recommend us?", "question_type": "NPS"},
		{"question": "Which channel?", "question_type": "Choice", "options": "Phone\nMail\nPortal"},
		{"question": "Which devices?", "question_type": "Many", "options": "Laptop\nPhone\nTablet"},
		{"question": "How many calls?", "question_type": "Number"},
		{"question": "How much time did you lose?", "question_type": "Lost time"},
	]
	frappe.get_doc(
		{
			"doctype": "CX Survey",
			"survey_name": name,
			"kind": "Relationship",
			"enabled": 1,
			"privacy": privacy,
			"language": "en",
			"subject": "Tell us",
			"questions": asked,
			"drivers": [{"driver": driver, "band": "Any"} for driver in DRIVERS],
		}
	).insert()
	frappe.clear_document_cache("CX Survey", name)
	return name


def give(
	number: int,
	value: int = 5,
	*,
	unit: str = unit_kit.RETAIL,
	days_ago: int = 20,
	comment: str = "",
	survey: str = SURVEY,
	person: int | None = None,
	driver: str = "",
	**more,
) -> str:
	"""One answer to every question, the first with `value`; the response's name. person: who, else one per number."""
	version = versions.current(survey)
	content = versions.load(version)
	key = {row["type"]: row["key"] for row in content["questions"]}
	field = answers.field_name
	form = {
		field(key["CSAT"]): value,
		field(key["Rating"]): min(7, value + 2),
		field(key["CES"]): min(7, value + 1),
		field(key["NPS"]): 2 * value,
		field(key["Choice"]): number % 3,
		field(key["Many"], 0): 1,
		field(key["Many"], 1 + number % 2): 1,
		field(key["Number"]): number % 4,
		field(key["Lost time"]): 30 if value < 3 else 5,
		"comment": comment,
	}
	if driver:
		form[answers.driver_field(survey_content.driver_names(content).index(driver))] = "1"
	filled = answers.read_form(content, {name: str(text) for name, text in form.items()})
	assert not filled.errors, filled.errors
	return answering.record_external(
		survey,
		version,
		filled,
		channel="Link",
		unit=unit,
		team=more.pop("team", None),
		respondent_key=ledger.address_key(f"card{number if person is None else person}@firm.example"),
		answered_at=add_days(now_datetime(), -days_ago),
		**more,
	)
