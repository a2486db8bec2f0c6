"""What a posted form of a survey means: the check of its fields, the rows that are kept, voices.

The survey itself is described in core.survey_content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cx_desk.core.survey_content import (
	CES,
	CHOICE,
	CSAT,
	DRIVER,
	DRIVERS_KEY,
	HANDY_MINUTES,
	LOST_TIME,
	MANY,
	NOT_SOLVED_KEY,
	NPS,
	NUMBER,
	POINTS,
	RATING,
	SCALES,
	TEXT,
	band_of,
	counted_type,
	driver_names,
	in_range,
	low_at_most,
	main_question,
	number_range,
	offered_drivers,
	offers_comment,
	options,
	scale_of,
)
from cx_desk.core.words import as_text

# The longest comment in characters; more is a document, not a comment.
LONGEST_COMMENT = 5000
OTHER = "other"
# What the form sends of a question whose answer was taken back: a pressed radio button cannot be released.
NO_ANSWER = "none"
# From this value on an answer with a comment is praise.
PRAISE_VALUES = {CSAT: 5, CES: 7, NPS: 9} | {
	f"{RATING} {points}": high if points < 10 else high - 1 for points, (_low, high) in POINTS.items()
}

MISSING, UNKNOWN_VALUE, TOO_LONG, NOTHING = "missing", "unknown value", "too long", "nothing"
NOT_A_NUMBER, TOO_SMALL, TOO_LARGE = "not a number", "too small", "too large"
NOT_AN_ADDRESS = "not an address"


@dataclass(frozen=True)
class Answer:
	"""One question's answer, or one tick of a question that takes many.

	type: as counted (see `counted_type`). score: the value on a scale, the place of the choice among the question's
	options from 0, the number, or the minutes; None for words. value: the words or the choice, in the survey's language.
	"""

	key: str
	question: str
	type: str
	score: int | None = None
	value: str = ""


@dataclass(frozen=True)
class Filled:
	"""A form as it was understood; answers to questions that were not to be seen are left out.

	drivers: the reasons ticked. errors: key of the question (or 'comment', or '' for the form) to what is wrong.
	"""

	answers: tuple[Answer, ...] = ()
	comment: str = ""
	not_solved: bool = False
	errors: Mapping[str, str] = field(default_factory=dict)
	drivers: tuple[str, ...] = ()

	@property
	def main(self) -> Answer | None:
		"""The first answer on a scale: the response's own score."""
		return next((answer for answer in self.answers if answer.type in SCALES), None)

	@property
	def words(self) -> str:
		"""Everything that was written: answers to questions for words, then the comment."""
		written = [answer.value for answer in self.answers if answer.type == TEXT]
		return "\n\n".join(text for text in (*written, self.comment) if text)


def is_shown(question: Mapping, given: Mapping[str, Iterable[Answer]]) -> bool:
	"""Whether a question is to be seen after these answers by key; one that was hidden has none."""
	rule = question.get("show_if")
	if not rule:
		return True
	before = given.get(rule.get("question"), ())
	if "options" in rule:
		return any(answer.value in rule["options"] for answer in before)
	return any(answer.score is not None and in_range(rule, answer.score) for answer in before)


# The form.


def field_name(key: str, part: int | str | None = None) -> str:
	"""The name of a question's field in the form; part: the choice's place, or 'free' for typed minutes.

	No key holds a dot, so that no part of one question has the name of another.
	"""
	return f"q_{key}" if part is None else f"q_{key}.{part}"


def driver_field(place: int) -> str:
	"""The name of a reason's box in the form, by its place among `driver_names`."""
	return f"d_{place}"


def read_form(version: Mapping, form: Mapping[str, str]) -> Filled:
	"""Check a posted form against the version it was shown for. Never raises: errors stand in the result.

	Answers to questions that the other answers hide are neither checked nor kept.
	"""
	given: dict[str, list[Answer]] = {}
	errors: dict[str, str] = {}
	for question in version.get("questions", ()):
		if not is_shown(question, given):
			continue
		found, error = _READERS[question["type"]](question, form)
		if not found and not error and question.get("required"):
			error = MISSING
		if error:
			errors[question["key"]] = error
		elif found:
			given[question["key"]] = found
	answers = tuple(answer for found in given.values() for answer in found)
	comment = clean(_text(form.get("comment"))) if offers_comment(version) else ""
	if len(comment) > LONGEST_COMMENT:
		errors["comment"] = TOO_LONG
	not_solved = bool(version.get("ask_not_solved")) and bool(_text(form.get(NOT_SOLVED_KEY)).strip())
	drivers = _read_drivers(version, given, form)
	if not (answers or comment or not_solved or drivers or errors):
		errors[""] = NOTHING
	return Filled(answers, comment, not_solved, errors, drivers)


def main_band(version: Mapping, given: Mapping[str, Iterable[Answer]]) -> str | None:
	"""The band of the main question's answer, None while there is none."""
	question = main_question(version)
	answer = next(iter(given.get(question["key"], ())), None) if question else None
	return band_of(question, answer.score) if answer else None


def _read_drivers(version: Mapping, given: Mapping[str, Iterable[Answer]], form: Mapping) -> tuple[str, ...]:
	offered = offered_drivers(version, main_band(version, given))
	return tuple(
		name
		for place, name in enumerate(driver_names(version))
		if name in offered and _text(form.get(driver_field(place))).strip()
	)


def _whole(raw: str, most_digits: int) -> int | None:
	"""A whole number in plain digits: isdecimal alone would take those of other scripts, and int() blanks and signs."""
	return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) <= most_digits else None


def _answer(question: Mapping, score: int | None = None, value: str = "") -> list[Answer]:
	return [Answer(question["key"], question["question"], counted_type(question), score, value)]


def _raw(question: Mapping, form: Mapping, part: int | str | None = None) -> str:
	return _text(form.get(field_name(question["key"], part))).strip()


def _pressed(question: Mapping, form: Mapping) -> str:
	"""The radio button that was pressed; empty where none was, or where the answer was taken back."""
	raw = _raw(question, form)
	return "" if raw == NO_ANSWER else raw


def _read_scale(question: Mapping, form: Mapping) -> tuple[list[Answer], str]:
	raw = _pressed(question, form)
	if not raw:
		return [], ""
	score = _whole(raw, 2)
	low, high = scale_of(question)
	if score is None or not low <= score <= high:
		return [], UNKNOWN_VALUE
	return _answer(question, score), ""


def _read_choice(question: Mapping, form: Mapping) -> tuple[list[Answer], str]:
	raw = _pressed(question, form)
	if not raw:
		return [], ""
	offered, place = options(question), _whole(raw, 4)
	if place is None or place >= len(offered):
		return [], UNKNOWN_VALUE
	return _answer(question, place, offered[place]), ""


def _read_many(question: Mapping, form: Mapping) -> tuple[list[Answer], str]:
	"""One answer for each box that was ticked. Each box has a name of its own."""
	offered, start = options(question), field_name(question["key"], "")
	places = set()
	for name in form:
		if name.startswith(start) and _text(form[name]).strip():
			place = _whole(name[len(start) :], 4)
			if place is None or place >= len(offered):
				return [], UNKNOWN_VALUE
			places.add(place)
	return [answer for place in sorted(places) for answer in _answer(question, place, offered[place])], ""


def _read_number(question: Mapping, form: Mapping, part: str | None = None) -> tuple[list[Answer], str]:
	raw = _raw(question, form, part)
	if not raw:
		return [], ""
	least, most = number_range(question)
	number = _whole(raw, 12)
	if number is None:
		return [], NOT_A_NUMBER
	if number < least:
		return [], TOO_SMALL
	if number > most:
		return [], TOO_LARGE
	return _answer(question, number), ""


def _read_lost_time(question: Mapping, form: Mapping) -> tuple[list[Answer], str]:
	"""The minutes of a handy choice; typed ones where 'other' is chosen, or nothing else is.

	A handy choice goes before what was typed: the field for typing may be out of sight by then.
	"""
	raw = _raw(question, form)
	if raw == NO_ANSWER:
		# What was typed before is out of sight by then.
		return [], ""
	if raw in ("", OTHER):
		found, error = _read_number(question, form, "free")
		return found, error or (MISSING if raw and not found else "")
	if _whole(raw, 5) not in HANDY_MINUTES:
		return [], UNKNOWN_VALUE
	return _answer(question, int(raw)), ""


def _read_text(question: Mapping, form: Mapping) -> tuple[list[Answer], str]:
	value = clean(_text(form.get(field_name(question["key"]))))
	if len(value) > LONGEST_COMMENT:
		return [], TOO_LONG
	return _answer(question, value=value) if value else [], ""


_READERS: dict[str, Callable[[Mapping, Mapping], tuple[list[Answer], str]]] = {
	CSAT: _read_scale,
	CES: _read_scale,
	NPS: _read_scale,
	RATING: _read_scale,
	CHOICE: _read_choice,
	MANY: _read_many,
	NUMBER: _read_number,
	LOST_TIME: _read_lost_time,
	TEXT: _read_text,
}


def rows_of(version: Mapping, filled: Filled) -> list[dict]:
	"""A filled form as the rows that are kept and counted: question_key, question, question_type, score, value.

	Reasons are rows of their own, and so is the box 'It is not solved', ticked or not, where it was offered.
	"""
	rows = [
		{
			"question_key": answer.key,
			"question": answer.question,
			"question_type": answer.type,
			"score": answer.score,
			"value": answer.value or None,
		}
		for answer in filled.answers
	]
	places = {name: place for place, name in enumerate(driver_names(version))}
	rows += [
		{
			"question_key": DRIVERS_KEY,
			"question": "What was it about?",
			"question_type": DRIVER,
			"score": places[name],
			"value": name,
		}
		for name in filled.drivers
	]
	if version.get("ask_not_solved"):
		rows.append(
			{
				"question_key": NOT_SOLVED_KEY,
				"question": "It is not solved",
				"question_type": "Box",
				"score": int(filled.not_solved),
				"value": None,
			}
		)
	return rows


def form_values(version: Mapping, rows: Iterable[Mapping]) -> dict[str, str]:
	"""The form's fields as they were answered, from the rows that were kept."""
	questions = {question["key"]: question for question in version.get("questions", ())}
	places = {name: place for place, name in enumerate(driver_names(version))}
	values: dict[str, str] = {}
	for row in rows:
		key, score, value = row["question_key"], row["score"], row["value"] or ""
		if key == NOT_SOLVED_KEY:
			if score:
				values[NOT_SOLVED_KEY] = "1"
		elif key == DRIVERS_KEY:
			if value in places:
				values[driver_field(places[value])] = "1"
		elif key in questions:
			values |= _values_of(questions[key], score, value)
	return values


def _values_of(question: Mapping, score: int | None, value: str) -> dict[str, str]:
	kind, name = question["type"], field_name(question["key"])
	if kind == TEXT:
		return {name: value}
	if kind in (CHOICE, MANY):
		# Answers that were kept before choices were counted have no score.
		offered = options(question)
		if value not in offered:
			return {}
		place = offered.index(value)
		return {field_name(question["key"], place): "1"} if kind == MANY else {name: str(place)}
	if score is None:
		return {}
	if kind == LOST_TIME and score not in HANDY_MINUTES:
		return {name: OTHER, field_name(question["key"], "free"): str(score)}
	return {name: str(score)}


def _text(value) -> str:
	return value if isinstance(value, str) else "" if value is None else str(value)


def clean(text: str) -> str:
	"""The words as they were written, as text, without control characters and the blanks around them."""
	kept = "".join(
		char
		for char in text.replace("\r\n", "\n").replace("\r", "\n")
		if char in "\n\t"
		or (ord(char) >= 32 and not 0x7F <= ord(char) <= 0x9F and not 0xD800 <= ord(char) <= 0xDFFF)
	)
	return as_text(kept.strip())


# What follows from it.


def is_low(version: Mapping, filled: Filled) -> bool:
	"""Whether any answer lies at or below the limit of its question."""
	limits = {question["key"]: low_at_most(question) for question in version["questions"]}
	return any(
		answer.type in SCALES
		and limits.get(answer.key) is not None
		and answer.score is not None
		and answer.score <= limits[answer.key]
		for answer in filled.answers
	)


def asks_for_somebody(version: Mapping, filled: Filled) -> bool:
	"""Whether somebody has to look into an answer: it is low, not solved, or was given words."""
	main = filled.main
	return bool(
		voice_kind(
			is_low(version, filled),
			filled.not_solved,
			filled.words,
			main.type if main else "",
			main.score if main else None,
		)
	)


def voice_kind(low: bool, not_solved: bool, comment: str, main_type: str, score: int | None) -> str | None:
	"""The kind of voice that an answer makes, None where nobody needs to act.

	Not solved goes before low, for it names what to do; a comment beside the best answer is praise.
	"""
	if not_solved:
		return "Not solved"
	if low:
		return "Low answer"
	if not comment:
		return None
	if score is not None and main_type in PRAISE_VALUES and score >= PRAISE_VALUES[main_type]:
		return "Praise"
	return "Comment"
