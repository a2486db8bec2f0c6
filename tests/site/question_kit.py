"""Surveys with any questions and an open link to each, without a trigger or a mail."""

import random
import secrets
from html.parser import HTMLParser

import frappe
from frappe.utils import add_days, now_datetime

from cx_desk.core import ledger, survey_content
from cx_desk.surveys import versions

NAME = "Questiontest"
PERSON = "ann@questiontest.example"


def make(*questions: dict, **values):
	"""A survey of these questions (rows of the form), switched on; an earlier one of the name is replaced."""
	name = values.pop("name", NAME)
	if frappe.db.exists("CX Survey", name):
		forget(name)
	return frappe.get_doc(
		{
			"doctype": "CX Survey",
			"survey_name": name,
			"enabled": 1,
			"kind": "Relationship",
			"privacy": "Named",
			"language": "en",
			"subject": "Hello",
			"questions": [{"question": f"Question {at}?", **row} for at, row in enumerate(questions, 1)],
			**values,
		}
	).insert()


def forget(name: str = NAME) -> None:
	"""Remove a survey with everything that hangs on it."""
	for response in frappe.get_all("CX Survey Response", filters={"survey": name}, pluck="name"):
		frappe.db.delete("CX Survey Answer", {"parent": response})
	for doctype in ("CX Survey Response", "CX Survey Invitation", "CX Survey Version", "CX Score Rollup"):
		frappe.db.delete(doctype, {"survey": name})
	frappe.delete_doc("CX Survey", name, force=True, ignore_missing=True, ignore_permissions=True)


def link(survey: str = NAME, language: str = "en", name: str = "") -> tuple[str, str]:
	"""An open invitation to the survey as it is worded now: its name and the token of its link."""
	token, now = secrets.token_urlsafe(24), now_datetime()
	row = {
		"name": name or frappe.generate_hash(length=20),
		"creation": now,
		"modified": now,
		"owner": "Administrator",
		"modified_by": "Administrator",
		"survey": survey,
		"survey_version": versions.current(survey),
		"status": ledger.SENT,
		"event_doctype": "CX Survey",
		"event_name": survey,
		"event_at": now,
		"recipient": PERSON,
		"respondent_key": ledger.address_key(PERSON),
		"language": language,
		"queued_at": now,
		"sent_at": now,
		"expires_at": add_days(now, 14),
		"token_hash": ledger.token_hash(token),
	}
	frappe.db.bulk_insert("CX Survey Invitation", list(row), [tuple(row.values())])
	return row["name"], token


class Form(HTMLParser):
	"""The fields of a page as a browser holds them: values by name, choices by name, ids, and the links inside."""

	def __init__(self, html: str):
		super().__init__()
		self.values: dict[str, str] = {}
		self.choices: dict[str, list[str]] = {}
		self.ids: list[str] = []
		self.links: list[str] = []
		self.labelled: set[str] = set()
		self.inputs: list[dict] = []
		self.area, self.inside_label = None, 0
		self.feed(html)
		self.close()

	def handle_starttag(self, tag, pairs):
		found = {name: value or "" for name, value in pairs}
		if found.get("id"):
			self.ids.append(found["id"])
		if tag == "a":
			self.links.append(found.get("href", ""))
		if tag == "label":
			self.inside_label += 1
			if found.get("for"):
				self.labelled.add(found["for"])
		if tag in ("input", "textarea") and found.get("type") != "hidden":
			self.inputs.append({**found, "tag": tag, "in_label": self.inside_label > 0})
		if tag == "textarea" and "name" in found:
			self.area = found["name"]
			self.values[self.area] = ""
		elif tag == "input" and "name" in found:
			self._input(found)

	def _input(self, found):
		name, kind = found["name"], found.get("type", "text")
		if kind in ("radio", "checkbox"):
			self.choices.setdefault(name, []).append(found.get("value", "on"))
			if "checked" in found:
				self.values[name] = found.get("value", "on")
		else:
			self.values[name] = found.get("value", "")

	def handle_endtag(self, tag):
		if tag == "textarea":
			self.area = None
		elif tag == "label":
			self.inside_label -= 1

	def handle_data(self, data):
		if self.area:
			# A browser drops the line break that begins a text area.
			self.values[self.area] += data.removeprefix("\n") if not self.values[self.area] else data


def any_survey(seed: int) -> list[dict]:
	"""Rows of up to eight questions of every type, some shown only after others."""
	dice, rows = random.Random(seed), []
	for number in range(dice.randint(1, 8)):
		kind = dice.choice(survey_content.TYPES)
		row = {
			"question": f"Question {number} <b>&amp;</b> “ß” 'one' \"two\" مرحبا?",
			"question_type": kind,
			"key": f"k{number}",
			"required": dice.randint(0, 1),
			"look": dice.choice(survey_content.LOOKS),
			"random_order": dice.randint(0, 1),
		}
		if kind == survey_content.RATING:
			row["points"] = str(dice.choice(list(survey_content.POINTS)))
		if kind in (survey_content.CHOICE, survey_content.MANY):
			row["options"] = "\n".join(["One </label>", "Two & three", 'Four "five"'][: dice.randint(2, 3)])
		if kind == survey_content.NUMBER:
			row |= {"minimum": dice.randint(0, 3), "maximum": dice.choice([0, 40])}
		sources = [other for other in rows if other["question_type"] != survey_content.TEXT]
		if sources and dice.random() < 0.5:
			source = dice.choice(sources)
			row["show_if_question"] = source["key"]
			if source.get("options"):
				row["show_if_options"] = source["options"].split("\n")[0]
			else:
				asked = {"type": source["question_type"], "points": int(source.get("points") or 0)}
				low, high = survey_content.scale_of(asked) or (5, 9)
				row |= {"show_if_at_least": low or 1, "show_if_at_most": dice.randint(low or 1, high)}
		rows.append(row)
	return rows
