"""What a survey asks: types, scales and their words, bands, reasons, and what is shown after which answer.

A version is the frozen wording of a survey: {"kind", "privacy", "language", "ask_not_solved", "reminder",
"expiry_days", "subject", "intro", "thanks", "questions": [...], "drivers": [{"driver", "band"}], "translations":
{language: {text: translated}}}. A question is {"key", "question", "type", "required", "low_at_most", "options",
"low_label", "high_label", "points", "look", "random_order", "minimum", "maximum", "show_if"}; show_if is None or
{"question": key, "at_least": n, "at_most": n or None} or {"question": key, "options": [texts]}. Versions that were
frozen before a key was known lack it: every reader here takes that for "not set".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

CSAT, CES, NPS, RATING = "CSAT", "CES", "NPS", "Rating"
CHOICE, MANY, NUMBER, LOST_TIME, TEXT = "Choice", "Many", "Number", "Lost time", "Text"
TYPES = (CSAT, CES, NPS, RATING, CHOICE, MANY, NUMBER, LOST_TIME, TEXT)

# Points of a rating to the lowest and highest value of its scale.
POINTS = {2: (1, 2), 3: (1, 3), 5: (1, 5), 7: (1, 7), 10: (1, 10), 11: (0, 10)}
USUAL_POINTS = 5
LOOKS = NUMBERS, STARS, FACES = "Numbers", "Stars", "Faces"

# Counted type (what counts are kept under) to the lowest and highest value of its scale.
SCALES = {CSAT: (1, 5), CES: (1, 7), NPS: (0, 10)} | {
	f"{RATING} {points}": scale for points, scale in POINTS.items()
}
# Counted type to the highest value that is low, and the lowest that is high, where a survey says nothing else.
# The high ones are the top box of core.scores, promoters for NPS.
BANDS = {
	CSAT: (2, 4),
	CES: (3, 6),
	NPS: (6, 9),
	"Rating 2": (1, 2),
	"Rating 3": (1, 3),
	"Rating 5": (2, 4),
	"Rating 7": (3, 6),
	"Rating 10": (5, 8),
	"Rating 11": (6, 9),
}
LOW, MIDDLE, HIGH, ANY = "Low", "Middle", "High", "Any"
# Counted type to the limit that a new question gets: at or below it somebody looks into an answer. Stricter than the
# bands where these would call half of the scale low.
USUAL_LIMITS = {CSAT: 2, CES: 2, NPS: 6} | {
	f"{RATING} {points}": limit for points, limit in {2: 1, 3: 1, 5: 2, 7: 2, 10: 4, 11: 6}.items()
}

_GOOD_BAD = {1: "Very bad", 2: "Bad", 3: "Neither", 4: "Good", 5: "Very good"}
# The word for each value; where there is none, the number alone. The ends always have one.
WORDS = {
	CSAT: {1: "Very dissatisfied", 2: "Dissatisfied", 3: "Neither", 4: "Satisfied", 5: "Very satisfied"},
	CES: {
		1: "Strongly disagree",
		2: "Disagree",
		3: "Somewhat disagree",
		4: "Neither",
		5: "Somewhat agree",
		6: "Agree",
		7: "Strongly agree",
	},
	NPS: {0: "Not at all likely", 10: "Extremely likely"},
	"Rating 2": {1: "Bad", 2: "Good"},
	"Rating 3": {1: "Bad", 2: "Neither", 3: "Good"},
	"Rating 5": _GOOD_BAD,
	"Rating 7": {1: "Very bad", 7: "Very good"},
	"Rating 10": {1: "Very bad", 10: "Very good"},
	"Rating 11": {0: "Very bad", 10: "Very good"},
}
# The largest number that is taken, and the most minutes that somebody can say to have lost: two weeks.
LARGEST_NUMBER, MOST_MINUTES = 1_000_000, 20_160
# Lost time that is offered with one click, in minutes; anything else is typed.
HANDY_MINUTES = (0, 5, 15, 30, 60, 120, 240, 480)
# The key under which the box 'It is not solved' is counted.
NOT_SOLVED_KEY = "not_solved"
# The key and the counted type of the reasons: one row each, its score being its place among `driver_names`.
DRIVERS_KEY, DRIVER = "drivers", "Driver"


def counted_type(question: Mapping) -> str:
	"""What an answer to the question is counted as: its type, with the points where they make the scale."""
	kind = question.get("type") or ""
	return f"{RATING} {question.get('points') or USUAL_POINTS}" if kind == RATING else kind


def scale_of(question: Mapping | str) -> tuple[int, int] | None:
	"""The lowest and highest value of a question, or of a counted type; None where it has no scale."""
	return SCALES.get(question if isinstance(question, str) else counted_type(question))


def low_at_most(question: Mapping) -> int | None:
	"""The highest value that is a low answer to this question; None where none ever is.

	0 stands for never, as the survey's form says; on a scale that begins at 0 the lowest limit is 1.
	"""
	limit = question.get("low_at_most") or 0
	return limit if limit > 0 and scale_of(question) else None


def main_question(version: Mapping) -> Mapping | None:
	"""The first question on a scale: the one a mail offers as links and a response is listed by."""
	return next((row for row in version.get("questions", ()) if scale_of(row)), None)


def words_of(question: Mapping) -> dict[int, str]:
	"""The words for the values of a question's scale, as the survey is written: own words before the usual ones.

	A rating may carry a word for each point in its options; a word for the lowest and highest goes before all.
	"""
	scale = scale_of(question)
	if not scale:
		return {}
	low, high = scale
	words = dict(WORDS[counted_type(question)])
	own = options(question)
	if question.get("type") == RATING and len(own) == high - low + 1:
		words = dict(zip(range(low, high + 1), own, strict=True))
	for value, label in ((low, question.get("low_label")), (high, question.get("high_label"))):
		if label:
			words[value] = label
	return words


def band_of(question: Mapping, score: int | None) -> str | None:
	"""Low, Middle or High; None without a score or a scale. What the survey calls low goes before the usual limit."""
	if score is None or not scale_of(question):
		return None
	low, high = BANDS[counted_type(question)]
	low = low_at_most(question) or low
	return LOW if score <= low else HIGH if score >= max(high, low + 1) else MIDDLE


def options(question: Mapping) -> list[str]:
	"""The choices of a question, one per line of its setting."""
	return [line.strip() for line in (question.get("options") or "").splitlines() if line.strip()]


def number_range(question: Mapping) -> tuple[int, int]:
	"""The least and the most that a number may be; minutes for lost time."""
	if question.get("type") == LOST_TIME:
		return 0, MOST_MINUTES
	return question.get("minimum") or 0, question.get("maximum") or LARGEST_NUMBER


def shuffled(items: Sequence, seed: str) -> list:
	"""The items in an order that only the seed decides: a reload keeps it, the next person has another."""
	return [
		item
		for _rank, _at, item in sorted(
			(hashlib.sha256(f"{seed}|{at}".encode()).digest(), at, item) for at, item in enumerate(items)
		)
	]


def driver_names(version: Mapping) -> list[str]:
	"""The reasons that a survey offers at any score, each once; a reason's place here is what it is counted under."""
	return list(dict.fromkeys(row["driver"] for row in version.get("drivers") or ()))


def bands_of(version: Mapping, driver: str) -> set[str]:
	"""The bands for which a reason is offered: Low, Middle, High; Any stands alone for whatever the answer is."""
	bands = {row["band"] for row in version.get("drivers") or () if row["driver"] == driver}
	return {ANY} if ANY in bands else bands


def offered_drivers(version: Mapping, band: str | None) -> list[str]:
	"""The reasons offered after an answer of this band; before one is given, those for whatever the answer is."""
	return [name for name in driver_names(version) if bands_of(version, name) & {ANY, band}]


def in_range(rule: Mapping, score: int) -> bool:
	"""Whether a score lies in the range of a condition; no upper end means none."""
	at_most = rule.get("at_most")
	return (rule.get("at_least") or 0) <= score and (at_most is None or score <= at_most)


def offers_comment(version: Mapping) -> bool:
	"""Whether the form has the comment box of its own: not where a question already asks everybody for words."""
	return all(
		question["type"] != TEXT or question.get("show_if") for question in version.get("questions", ())
	)
