"""What people of a unit answered to the yearly review: read from the answers' rows, for those who look after units."""

from datetime import datetime

import frappe

from cx_desk.core.yearly_review import SURVEY

RESPONSE = "CX Survey Response"


def surveys() -> list[str]:
	"""The surveys that ask the yearly review, under whatever name an admin gave the shipped one."""
	return frappe.get_all("CX Survey", filters={"shipped_as": SURVEY}, pluck="name")


def read(units: list[str] | None = None, since: datetime | None = None) -> list[frappe._dict]:
	"""Answers to the yearly review, the newest last, machines' left out.

	Each with unit, contact, answered_at, changed_at, choices (question key -> number of the choice, 0 for the first)
	and words (question key -> text). units: None for all. since: answered or changed after it.
	"""
	filters: dict = {"survey": ["in", surveys() or [""]], "kind": "Person"}
	if units is not None:
		filters["unit"] = ["in", units or [""]]
	rows = frappe.get_all(
		RESPONSE,
		filters=filters,
		or_filters={"answered_at": [">", since], "edited_at": [">", since]} if since else None,
		fields=["name", "unit", "contact", "survey_version", "answered_at", "edited_at"],
		order_by="answered_at asc",
	)
	answers = frappe.get_all(
		"CX Survey Answer",
		filters={"parenttype": RESPONSE, "parent": ["in", [row.name for row in rows] or [""]]},
		fields=["parent", "question_key", "question_type", "value"],
		order_by="idx asc",
	)
	offered = {version: _choices(version) for version in {row.survey_version for row in rows}}
	found = {
		row.name: frappe._dict(
			response=row.name,
			unit=row.unit,
			contact=row.contact,
			answered_at=row.answered_at,
			changed_at=row.edited_at or row.answered_at,
			version=row.survey_version,
			choices={},
			words={},
		)
		for row in rows
	}
	for answer in answers:
		row = found[answer.parent]
		if answer.question_type == "Text":
			row.words[answer.question_key] = answer.value or ""
			continue
		choices = offered[row.version].get(answer.question_key, [])
		if answer.value in choices:
			row.choices[answer.question_key] = choices.index(answer.value)
	return list(found.values())


def _choices(version: str | None) -> dict[str, list[str]]:
	content = frappe.parse_json(frappe.db.get_value("CX Survey Version", version, "content") or "{}")
	return {
		question["key"]: [
			line.strip() for line in (question.get("options") or "").splitlines() if line.strip()
		]
		for question in content.get("questions", ())
	}
