"""What the counts of one kind of question mean: its scale, which figure it gives, and the words for it.

The rollups name the kind of a question in one word: "CSAT", "CES", "NPS", "Rating 7" (a rating with seven points),
"Choice", "Many", "Number", "Lost time" and "Box" (the box 'It is not solved').
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cx_desk.core import intervals, scores, survey_content
from cx_desk.core.render.text import MEAN, NET, SHARE

CSAT, CES, NPS = survey_content.CSAT, survey_content.CES, survey_content.NPS
CHOICE, MANY, NUMBER, LOST_TIME = (
	survey_content.CHOICE,
	survey_content.MANY,
	survey_content.NUMBER,
	survey_content.LOST_TIME,
)
BOX, DRIVER = "Box", survey_content.DRIVER
# Kinds whose answers are options, and kinds whose answers are amounts.
OPTIONS, AMOUNTS = (CHOICE, MANY), (NUMBER, LOST_TIME)


def scale_of(kind: str) -> tuple[int, int] | None:
	"""The lowest and highest value of a kind that is scored; None of a kind that is not."""
	return survey_content.SCALES.get(kind)


def is_scored(kind: str) -> bool:
	"""Whether answers of this kind make a score."""
	return scale_of(kind) is not None


@cache
def unit_of(kind: str) -> str:
	"""How a score of this kind is written: a share, a net score or a mean. ValueError for a kind without score."""
	if not is_scored(kind):
		raise ValueError(f"{kind!r} has no score")
	return {NPS: NET, CES: MEAN}.get(kind, SHARE)


def ends_of(kind: str) -> tuple[float, float]:
	"""Both ends of the figure itself: 0 and 1 of a share, -100 and 100 of a net score, the scale's of a mean."""
	unit = unit_of(kind)
	if unit == MEAN:
		return scale_of(kind)
	return (0.0, 1.0) if unit == SHARE else (-100.0, 100.0)


@cache
def satisfied_from(kind: str) -> int | None:
	"""The lowest value that counts as satisfied, for kinds whose score is a share: 4 of CSAT, 6 of "Rating 7"."""
	return survey_content.BANDS[kind][1] if is_scored(kind) and unit_of(kind) == SHARE else None


def good_from(kind: str) -> int:
	"""The lowest value that is a good answer: where people come back to after a complaint. ValueError without a scale."""
	if not is_scored(kind):
		raise ValueError(f"{kind!r} has no score")
	return survey_content.BANDS[kind][1]


def estimate(
	kind: str, counts: Mapping[int, int], *, effective: float | None = None, asked: int | None = None
) -> intervals.Estimate:
	"""The score with its interval, from counts by value. ValueError for a kind without score or no answers."""
	if kind == NPS:
		return scores.nps(counts, effective=effective, asked=asked)
	if kind == CES:
		return scores.ces(counts, effective=effective, asked=asked)
	if not is_scored(kind):
		raise ValueError(f"{kind!r} has no score")
	low, high = scale_of(kind)
	# The share is taken on 1 to n; eleven points begin at nought.
	moved = {value + 1 - low: count for value, count in counts.items()}
	top = high - satisfied_from(kind) + 1
	return scores.csat(moved, points=high - low + 1, top=top, effective=effective, asked=asked)


def words_of(kind: str) -> tuple[str, tuple[int, ...]]:
	"""What the figure is, as an English text with places and what stands in them; the caller translates it."""
	if kind == CES:
		return N_("Made it easy (mean of 1 to 7)"), ()
	if kind == NPS:
		return N_("Would recommend (net score)"), ()
	first, (_low, last) = satisfied_from(kind), scale_of(kind)
	if first == last:
		return N_("Best value ({0} of {0})"), (last,)
	if kind == CSAT:
		return N_("Satisfied (4 and 5 of 5)"), ()
	return N_("Best values ({0} to {1} of {1})"), (first, last)


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text
