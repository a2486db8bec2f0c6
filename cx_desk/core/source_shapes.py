"""How answers of tools outside look, and what they mean for a survey of ours. No network and no database here.

Each tool's message becomes the same `External`; rows of a mapping say which of its fields is which question. Values are
taken as they are or not at all: a scale is never stretched, for 7 of 10 is not 3.5 of 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from math import isfinite

from cx_desk.core import answers, survey_content

STANDARD, FORMBRICKS, TYPEFORM, LIMESURVEY = "Standard Webhooks", "Formbricks", "Typeform", "LimeSurvey"
KINDS = (STANDARD, FORMBRICKS, TYPEFORM, LIMESURVEY)

# What a field can mean. The first is filled in per question.
QUESTION, COMMENT, NOT_SOLVED = "Question", "Comment", "Box 'not solved'"
EMAIL, UNIT, TICKET, LANGUAGE, ANSWERED_AT = "E-mail", "Business unit", "Ticket", "Language", "Answered at"
MEANINGS = (QUESTION, COMMENT, NOT_SOLVED, EMAIL, UNIT, TICKET, LANGUAGE, ANSWERED_AT)

LONGEST_ID = 200
LONGEST_TEXT = 20000
MOST_FIELDS = 500

NO_ID, NO_SHAPE, ANOTHER_SURVEY = "no id", "unknown shape", "another survey"
NOT_A_POINT, NOT_A_CHOICE, NOT_A_NUMBER, NOT_A_DATE = (
	"not a point of the scale",
	"not one of the choices",
	"not a number",
	"not a date",
)


class BadShape(ValueError):
	"""The message is not what this tool sends; str() is one of NO_ID, NO_SHAPE, ANOTHER_SURVEY."""


@dataclass(frozen=True)
class External:
	"""One answer as a tool outside has it.

	values: field of the tool to what was answered (text, number, true/false, or a list of texts). labels: the
	question's words by field, where the tool sends them. finished: false while the person is still answering.
	"""

	id: str
	answered_at: datetime | None = None
	finished: bool = True
	language: str = ""
	values: Mapping[str, object] = field(default_factory=dict)
	labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
	"""One row of a mapping. words: the tool's value to ours, lower-cased, for codes such as 'A2'."""

	field: str
	meaning: str
	question: str = ""
	words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Understood:
	"""An answer in our terms. faults: (field, what is wrong, value) of everything that could not be taken."""

	form: Mapping[str, str]
	email: str = ""
	unit: str = ""
	ticket: str = ""
	language: str = ""
	answered_at: datetime | None = None
	faults: tuple[tuple[str, str, str], ...] = ()


# Reading.


def read_message(kind: str, message: object, survey: str = "", message_id: str = "") -> External:
	"""The answer in a webhook's message. BadShape where it is none of this tool or of another survey.

	survey: the tool's own number of the survey; empty takes any. message_id: the webhook's, for tools whose
	messages name no answer.
	"""
	if not isinstance(message, Mapping):
		raise BadShape(NO_SHAPE)
	if kind == FORMBRICKS:
		return read_formbricks(_mapping(message, "data"), survey)
	if kind == TYPEFORM:
		return read_typeform(_mapping(message, "form_response"), survey)
	if kind == LIMESURVEY:
		return read_limesurvey(message)
	return read_standard(message, survey, message_id)


def read_standard(message: Mapping, survey: str = "", message_id: str = "") -> External:
	"""{"type", "timestamp", "data": {...}} of Standard Webhooks; fields inside fields are named with dots."""
	data = _mapping(message, "data")
	_same_survey(survey, data.get("survey_id", data.get("survey")))
	return External(
		id=_id(data.get("id") or message_id),
		answered_at=read_moment(data.get("answered_at") or message.get("timestamp")),
		finished=data.get("finished", True) is not False,
		language=_text(data.get("language")),
		values=_flat(data),
	)


def read_formbricks(data: Mapping, survey: str = "") -> External:
	"""A response of Formbricks: answers by the question's id in `data`, the person's in `contactAttributes`."""
	_same_survey(survey, data.get("surveyId"))
	values = _flat(_mapping(data, "data"))
	for name in ("contactAttributes", "personAttributes", "variables"):
		if isinstance(data.get(name), Mapping):
			values |= {f"{name}.{key}": value for key, value in _flat(data[name]).items()}
	return External(
		id=_id(data.get("id")),
		answered_at=read_moment(data.get("updatedAt") or data.get("createdAt")),
		finished=data.get("finished") is True,
		language=_text(data.get("language")),
		values=values,
	)


def read_typeform(data: Mapping, survey: str = "") -> External:
	"""A response of Typeform: answers name their field by `ref` where it has one, else by `id`."""
	_same_survey(survey, data.get("form_id"))
	given, hidden = data.get("answers") or [], data.get("hidden") or {}
	if not isinstance(given, list) or not isinstance(hidden, Mapping):
		raise BadShape(NO_SHAPE)
	values, labels = {}, {}
	definition = data.get("definition")
	for row in (definition.get("fields") or []) if isinstance(definition, Mapping) else []:
		if isinstance(row, Mapping):
			labels[_text(row.get("ref") or row.get("id"))] = _text(row.get("title"))
	for row in given[:MOST_FIELDS]:
		if not isinstance(row, Mapping) or not isinstance(row.get("field"), Mapping):
			raise BadShape(NO_SHAPE)
		name = _text(row["field"].get("ref") or row["field"].get("id"))
		value = row.get(_text(row.get("type")))
		if isinstance(value, Mapping):
			value = value.get("labels") or value.get("label") or value.get("other")
		if name:
			values[name] = _value(value)
	values |= {f"hidden.{key}": _value(value) for key, value in list(hidden.items())[:MOST_FIELDS]}
	return External(
		id=_id(data.get("token")),
		answered_at=read_moment(data.get("submitted_at")),
		# An answer without the moment of sending is one that was begun.
		finished=bool(data.get("submitted_at")),
		values=values,
		labels=labels,
	)


def read_limesurvey(data: Mapping) -> External:
	"""A response of LimeSurvey: its columns by code; one without `submitdate` is not finished."""
	own = {"id", "submitdate", "lastpage", "startlanguage", "seed"}
	return External(
		id=_id(data.get("id")),
		answered_at=read_moment(data.get("submitdate")),
		finished=bool(data.get("submitdate")),
		language=_text(data.get("startlanguage")),
		values={key: value for key, value in _flat(data).items() if key not in own},
	)


def read_moment(value: object) -> datetime | None:
	"""A moment as tools write it (ISO 8601, or seconds since 1970); without a zone it is UTC. None where unreadable."""
	try:
		if isinstance(value, (int, float)) and not isinstance(value, bool):
			return datetime.fromtimestamp(value, timezone.utc)
		text = _text(value).strip().replace("Z", "+00:00").replace("z", "+00:00")
		moment = datetime.fromisoformat(text)
	except (ValueError, OverflowError, OSError):
		return None
	return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _mapping(data: Mapping, name: str) -> Mapping:
	if not isinstance(data.get(name), Mapping):
		raise BadShape(NO_SHAPE)
	return data[name]


def _id(value: object) -> str:
	text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)
	if not text.strip() or len(text) > LONGEST_ID:
		raise BadShape(NO_ID)
	return text.strip()


def _same_survey(wanted: str, given: object) -> None:
	if wanted and given is not None and str(given) != wanted:
		raise BadShape(ANOTHER_SURVEY)


def _text(value: object) -> str:
	return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _value(value: object) -> object:
	"""Text, number or truth as it is; a list as texts; nothing else."""
	if isinstance(value, bool) or value is None:
		return value
	if isinstance(value, (int, float)):
		return value if isfinite(value) else None
	if isinstance(value, str):
		return value[:LONGEST_TEXT]
	if isinstance(value, list):
		return [str(one)[:LONGEST_TEXT] for one in value[:MOST_FIELDS] if isinstance(one, (str, int, float))]
	return None


def _flat(data: Mapping, before: str = "", depth: int = 0) -> dict[str, object]:
	values: dict[str, object] = {}
	for key, value in list(data.items())[:MOST_FIELDS]:
		name = f"{before}{key}"
		if isinstance(value, Mapping):
			# Deeper than this nobody puts an answer, and a nest of a thousand is no answer.
			if depth < 4:
				values |= _flat(value, f"{name}.", depth + 1)
		else:
			values[name] = _value(value)
	return values


# Understanding.


def understand(external: External, rows: Iterable[Row], version: Mapping) -> Understood:
	"""An external answer as a form of this version of the survey, with everything that could not be taken."""
	questions = {question["key"]: question for question in version.get("questions", ())}
	answered: list[dict] = []
	own: dict[str, str] = {}
	found = {EMAIL: "", UNIT: "", TICKET: "", LANGUAGE: external.language}
	moment, faults = external.answered_at, []
	for row in rows:
		value = external.values.get(row.field)
		if value is None or value == "" or value == []:
			continue
		value = _in_our_words(value, row.words)
		if row.meaning == QUESTION and row.question in questions:
			question = questions[row.question]
			filled, fault = fill(question, value, _spellings(question, version))
			if fault:
				faults.append((row.field, fault, as_words(value)[:140]))
			else:
				answered += filled
		elif row.meaning == COMMENT:
			own["comment"] = "\n\n".join(text for text in (own.get("comment"), as_words(value)) if text)
		elif row.meaning == NOT_SOLVED:
			if _is_yes(value):
				own[survey_content.NOT_SOLVED_KEY] = "1"
		elif row.meaning == ANSWERED_AT:
			moment = read_moment(value)
			if moment is None:
				faults.append((row.field, NOT_A_DATE, as_words(value)[:140]))
		elif row.meaning in found:
			found[row.meaning] = as_words(value).strip()
	return Understood(
		form=answers.form_values(version, answered) | own,
		email=found[EMAIL],
		unit=found[UNIT],
		ticket=found[TICKET].lstrip("#"),
		language=found[LANGUAGE],
		answered_at=moment,
		faults=tuple(faults),
	)


def fill(question: Mapping, value: object, spellings: Mapping[str, int]) -> tuple[list[dict], str]:
	"""The rows of an answer that this value is: (rows as `answers.form_values` reads them, '') or ([], what is wrong).

	spellings: the choices in every language, lower-cased, with their place.
	"""
	kind, key = question["type"], question["key"]
	scale = survey_content.scale_of(question)
	if scale or kind in (survey_content.NUMBER, survey_content.LOST_TIME):
		number = _number(value)
		if number is None or number != int(number):
			return [], NOT_A_POINT if scale else NOT_A_NUMBER
		if scale and not scale[0] <= number <= scale[1]:
			return [], NOT_A_POINT
		return [{"question_key": key, "score": int(number), "value": ""}], ""
	if kind in (survey_content.CHOICE, survey_content.MANY):
		given = value if isinstance(value, list) else [as_words(value)]
		if kind == survey_content.MANY and len(given) == 1 and given[0].strip().lower() not in spellings:
			given = given[0].replace(";", ",").split(",")
		places = [spellings.get(one.strip().lower()) for one in given if one.strip()]
		if None in places or not places or (kind == survey_content.CHOICE and len(places) != 1):
			return [], NOT_A_CHOICE
		offered = survey_content.options(question)
		return [{"question_key": key, "score": place, "value": offered[place]} for place in places], ""
	return [{"question_key": key, "score": None, "value": as_words(value)}], ""


def _spellings(question: Mapping, version: Mapping) -> dict[str, int]:
	known: dict[str, int] = {}
	for place, option in enumerate(survey_content.options(question)):
		texts = [option, *(table.get(option, "") for table in (version.get("translations") or {}).values())]
		known.update({text.strip().lower(): place for text in texts if text})
	return known


def _in_our_words(value: object, words: Mapping[str, str]) -> object:
	if not words:
		return value
	if isinstance(value, list):
		return [words.get(one.strip().lower(), one) for one in value]
	return words.get(as_words(value).strip().lower(), value)


def _number(value: object) -> float | None:
	if isinstance(value, bool):
		return None
	try:
		number = float(value.strip()) if isinstance(value, str) else float(value)
	except (TypeError, ValueError):
		return None
	return number if isfinite(number) else None


def _is_yes(value: object) -> bool:
	return value is True or as_words(value).strip().lower() in {
		"1",
		"y",
		"yes",
		"true",
		"ja",
		"checked",
		"on",
	}


def as_words(value: object) -> str:
	"""A value as one reads it."""
	if isinstance(value, list):
		return ", ".join(str(one) for one in value)
	if isinstance(value, float) and isfinite(value) and value == int(value):
		return str(int(value))
	return str(value)


def suggest(labels: Mapping[str, str], version: Mapping) -> list[Row]:
	"""Rows that go by themselves: a field whose words are a question's, in any language, or that says 'email'."""
	by_text: dict[str, str] = {}
	for question in version.get("questions", ()):
		text = question["question"]
		tables = (version.get("translations") or {}).values()
		for spelling in (text, question["key"], *(table.get(text, "") for table in tables)):
			if spelling.strip():
				by_text.setdefault(_bare(spelling), question["key"])
	rows, used = [], set()
	for name, label in labels.items():
		key = by_text.get(_bare(label)) or by_text.get(_bare(name))
		last = _bare(name.rsplit(".", 1)[-1])
		if key and key not in used:
			used.add(key)
			rows.append(Row(name, QUESTION, key))
		elif last in {"email", "e mail", "mail"} and EMAIL not in used:
			used.add(EMAIL)
			rows.append(Row(name, EMAIL))
		elif last == "comment" and COMMENT not in used:
			used.add(COMMENT)
			rows.append(Row(name, COMMENT))
	return rows


def _bare(text: str) -> str:
	kept = "".join(char if char.isalnum() else " " for char in text.lower())
	return " ".join(kept.split())


def read_words(text: str) -> dict[str, str]:
	"""'A1 = 1' per line as a table. ValueError names the first line without '='."""
	words = {}
	for line in (text or "").splitlines():
		if not line.strip():
			continue
		theirs, sign, ours = line.partition("=")
		if not sign or not theirs.strip() or not ours.strip():
			raise ValueError(line.strip())
		words[theirs.strip().lower()] = ours.strip()
	return words
