"""What is wrong with a survey as somebody builds it: one fault for each mistake, at the question that has it.

Nothing here raises: a survey that is half typed has faults, and the builder shows them all at their places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cx_desk.core import survey_content

# More than this nobody answers, and the page would no longer open at once.
MOST_QUESTIONS, MOST_OPTIONS, MOST_DRIVERS = 40, 30, 20
LONGEST_QUESTION, LONGEST_OPTION = 500, 140
# A key stands in names of form fields and in style sheets.
_KEY = re.compile(r"[A-Za-z0-9_]{1,40}")

NO_QUESTION, TOO_MANY_QUESTIONS = "no question", "too many questions"
NO_TEXT, LONG_TEXT, BAD_KEY, SAME_KEY, UNKNOWN_TYPE = (
	"no text",
	"text too long",
	"bad key",
	"same key",
	"unknown type",
)
LIMIT_OUTSIDE, LIMIT_WITHOUT_SCALE = "threshold outside the scale", "threshold without a scale"
POINTS_NOT_OFFERED, NPS_POINTS, UNKNOWN_LOOK, WORD_FOR_EACH = (
	"points not offered",
	"points of NPS",
	"unknown look",
	"a word for each point",
)
TOO_FEW_CHOICES, TOO_MANY_CHOICES, SAME_CHOICE, LONG_CHOICE = (
	"too few choices",
	"too many choices",
	"same choice twice",
	"choice too long",
)
BELOW_NOUGHT, ABOVE_MOST, MINIMUM_ABOVE_MAXIMUM = "below nought", "above the most", "minimum above maximum"
SHOW_IF_ITSELF, SHOW_IF_LATER, SHOW_IF_GONE, SHOW_IF_WORDS = (
	"shown by itself",
	"shown by a later question",
	"shown by a question that is gone",
	"shown by words",
)
SHOW_IF_NO_OPTION, SHOW_IF_UNKNOWN_OPTION, SHOW_IF_EMPTY_RANGE, SHOW_IF_OUTSIDE = (
	"shown by no choice",
	"shown by a choice that is gone",
	"shown by an empty range",
	"shown by values outside the scale",
)
DRIVER_TWICE, DRIVER_WITHOUT_SCALE, TOO_MANY_DRIVERS, UNKNOWN_BAND = (
	"reason twice",
	"reason without a scale",
	"too many reasons",
	"unknown band",
)


@dataclass(frozen=True)
class Fault:
	"""One mistake. place: number of the question from 0, None for the survey. values: what the message names."""

	code: str
	place: int | None = None
	question: str = ""
	values: Mapping = field(default_factory=dict)


def check(version: Mapping) -> list[Fault]:
	"""Everything that is wrong with a survey's content (as core.survey_content describes it), in the order of the questions."""
	questions = version.get("questions") or []
	faults = []
	if not questions:
		faults.append(Fault(NO_QUESTION))
	if len(questions) > MOST_QUESTIONS:
		faults.append(Fault(TOO_MANY_QUESTIONS, values={"most": MOST_QUESTIONS}))
	for place, question in enumerate(questions):
		text = question.get("question") or ""
		for code, values in _of_question(question, questions[:place], questions[place + 1 :]):
			faults.append(Fault(code, place, text, values))
	faults += _of_drivers(version)
	return faults


def _of_question(
	question: Mapping, before: Sequence[Mapping], after: Sequence[Mapping]
) -> Iterator[tuple[str, dict]]:
	text = (question.get("question") or "").strip()
	if not text:
		yield NO_TEXT, {}
	elif len(text) > LONGEST_QUESTION:
		yield LONG_TEXT, {"most": LONGEST_QUESTION}
	key = question.get("key") or ""
	if key and not _KEY.fullmatch(key):
		yield BAD_KEY, {}
	elif key and any(other.get("key") == key for other in before):
		yield SAME_KEY, {}
	kind = question.get("type")
	if kind not in survey_content.TYPES:
		yield UNKNOWN_TYPE, {"type": str(kind or "")}
		return
	yield from _of_scale(question)
	if kind in (survey_content.CHOICE, survey_content.MANY):
		yield from _of_choices(question)
	if kind == survey_content.NUMBER:
		yield from _of_number(question)
	if question.get("show_if"):
		yield from _of_condition(question, before, after)


def _of_scale(question: Mapping) -> Iterator[tuple[str, dict]]:
	kind, points = question["type"], question.get("points") or 0
	if kind == survey_content.NPS and points not in (0, 11):
		yield NPS_POINTS, {"points": points}
	if kind == survey_content.RATING and points and points not in survey_content.POINTS:
		yield POINTS_NOT_OFFERED, {"points": points}
		return
	if (question.get("look") or survey_content.NUMBERS) not in survey_content.LOOKS:
		yield UNKNOWN_LOOK, {"look": str(question["look"])}
	scale, limit = survey_content.scale_of(question), question.get("low_at_most") or 0
	if not scale:
		if limit:
			yield LIMIT_WITHOUT_SCALE, {}
		return
	low, high = scale
	if limit and not low <= limit < high:
		yield LIMIT_OUTSIDE, {"low": low, "high": high}
	own = survey_content.options(question)
	if kind == survey_content.RATING and own and len(own) != high - low + 1:
		yield WORD_FOR_EACH, {"points": high - low + 1, "words": len(own)}


def _of_choices(question: Mapping) -> Iterator[tuple[str, dict]]:
	offered = survey_content.options(question)
	if len(offered) < 2:
		yield TOO_FEW_CHOICES, {}
	if len(offered) > MOST_OPTIONS:
		yield TOO_MANY_CHOICES, {"most": MOST_OPTIONS}
	twice = next((option for at, option in enumerate(offered) if option in offered[:at]), None)
	if twice:
		yield SAME_CHOICE, {"choice": twice}
	if any(len(option) > LONGEST_OPTION for option in offered):
		yield LONG_CHOICE, {"most": LONGEST_OPTION}


def _of_number(question: Mapping) -> Iterator[tuple[str, dict]]:
	least, most = question.get("minimum") or 0, question.get("maximum") or 0
	if least < 0 or most < 0:
		yield BELOW_NOUGHT, {}
	elif max(least, most) > survey_content.LARGEST_NUMBER:
		yield ABOVE_MOST, {"most": survey_content.LARGEST_NUMBER}
	elif most and least > most:
		yield MINIMUM_ABOVE_MAXIMUM, {"minimum": least, "maximum": most}


def _of_condition(
	question: Mapping, before: Sequence[Mapping], after: Sequence[Mapping]
) -> Iterator[tuple[str, dict]]:
	rule = question["show_if"]
	key = rule.get("question")
	source = next((other for other in before if other.get("key") == key), None)
	if source is None:
		if key and key == question.get("key"):
			yield SHOW_IF_ITSELF, {}
		elif any(other.get("key") == key for other in after):
			yield SHOW_IF_LATER, {}
		else:
			yield SHOW_IF_GONE, {}
		return
	kind, source_text = source.get("type"), source.get("question") or ""
	if kind in (survey_content.CHOICE, survey_content.MANY):
		wanted, offered = rule.get("options") or [], survey_content.options(source)
		if not wanted:
			yield SHOW_IF_NO_OPTION, {"source": source_text}
		elif gone := [option for option in wanted if option not in offered]:
			yield SHOW_IF_UNKNOWN_OPTION, {"source": source_text, "choice": gone[0]}
	elif scale := survey_content.scale_of(source) or _range_of(source):
		low, high = scale
		least, most = rule.get("at_least") or 0, rule.get("at_most")
		if "at_least" not in rule or (most is not None and least > most):
			yield SHOW_IF_EMPTY_RANGE, {"source": source_text}
		elif least > high or (most is not None and most < low):
			yield SHOW_IF_OUTSIDE, {"source": source_text, "low": low, "high": high}
	else:
		yield SHOW_IF_WORDS, {"source": source_text}


def _range_of(question: Mapping) -> tuple[int, int] | None:
	if question.get("type") not in (survey_content.NUMBER, survey_content.LOST_TIME):
		return None
	return survey_content.number_range(question)


def _of_drivers(version: Mapping) -> Iterator[Fault]:
	rows = [(row.get("driver") or "", row.get("band") or "") for row in version.get("drivers") or ()]
	if len({driver for driver, _band in rows}) > MOST_DRIVERS:
		yield Fault(TOO_MANY_DRIVERS, values={"most": MOST_DRIVERS})
	main = survey_content.main_question(version)
	for at, (driver, band) in enumerate(rows):
		if band not in (survey_content.LOW, survey_content.MIDDLE, survey_content.HIGH, survey_content.ANY):
			yield Fault(UNKNOWN_BAND, values={"driver": driver, "band": band})
		elif not main and band != survey_content.ANY:
			yield Fault(DRIVER_WITHOUT_SCALE, values={"driver": driver})
		if (driver, band) in rows[:at]:
			yield Fault(DRIVER_TWICE, values={"driver": driver})
