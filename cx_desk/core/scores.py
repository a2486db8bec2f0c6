"""Scores from counts by scale value, and what may be said of them.

A count table maps each value of the scale to how many people gave it: {1: 3, 2: 0, 3: 5, 4: 12, 5: 30}. Missing
values count as nought. Each score names its method; a top box, a net score and a mean are different numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from cx_desk.core.distributions import two_sided_z
from cx_desk.core.intervals import (
	ALL_ALIKE,
	Estimate,
	adjusted_wald_nps,
	check_count,
	mean_t,
	wilson,
	wilson_bounds,
)

FEW_ANSWERS = 10
GOOD_LIMIT = 0.70

GOOD, POOR, NOT_CLEAR = "Good", "Poor", "Not clear"
MET, MISSED, NOT_SHOWN, TOO_FEW = "Met", "Missed", "Not shown either way", "Too few"

# How many of the best values count as satisfied, by points of the scale (measurement.md section 5).
TOP_BOX = {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 2, 10: 3}


def stars(rating: float, points: int = 5) -> int:
	"""The whole stars of a rating that the host stores as a share of the scale, 0 to 1; halves go up.

	Helpdesk rounds 4.5 to 4 in one widget and to 5 in another; here 0.9 is 5 and 0.5 is 3, always.
	0 is Helpdesk's "not rated" and no answer: ValueError, as for anything outside 0 to 1.
	"""
	if isinstance(rating, bool) or not isinstance(rating, (int, float)) or not 0 < rating <= 1:
		raise ValueError(f"a stored rating lies above 0 and at most at 1; got {rating!r}")
	# The database keeps three decimals; the tiny step keeps 0.3 * 5 = 1.4999999999999998 at its half.
	return max(1, min(points, math.floor(rating * points + 0.5 + 1e-9)))


def _table(counts: Mapping[float, int], low: float, high: float) -> dict[float, int]:
	table: dict[float, int] = {}
	for value, count in counts.items():
		if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
			raise ValueError(f"{value!r} is not on the scale from {low} to {high}")
		table[value] = table.get(value, 0) + check_count(count, f"the count of {value}")
	if not any(table.values()):
		raise ValueError("there are no answers to take a score of")
	return table


def add_counts(tables: Iterable[Mapping[float, int]]) -> dict[float, int]:
	"""One count table from several; order and split change nothing."""
	total: dict[float, int] = {}
	for table in tables:
		for value, count in table.items():
			total[value] = total.get(value, 0) + check_count(count, f"the count of {value}")
	return total


def csat(
	counts: Mapping[float, int],
	confidence: float = 0.95,
	*,
	points: int = 5,
	top: int | None = None,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""Share of answers in the top box, 0 to 1, with Wilson's interval: 4 and 5 of 5.

	points: how many points the scale has (1 to points). top: how many of the best values count; by default 1 of
	2 or 3, 2 of 4 to 7, 3 of 10. ValueError on an empty table or a value outside the scale.
	"""
	if top is None:
		if points not in TOP_BOX:
			raise ValueError(f"say how many values of a scale with {points} points count as satisfied")
		top = TOP_BOX[points]
	if not 0 < top < points:
		raise ValueError("the top box must hold at least one value of the scale, and not all")
	table = _table(counts, 1, points)
	satisfied = sum(count for value, count in table.items() if value >= points - top + 1)
	return wilson(satisfied, sum(table.values()), confidence, effective=effective, asked=asked)


def nps(
	counts: Mapping[float, int],
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""Net promoter score on 0 to 10, from -100 to 100, with the adjusted Wald interval.

	Promoters from 9, passives from 7 to below 9, detractors below 7: the buckets leave no gap for 6.5.
	ValueError on an empty table or a value outside 0 to 10; another scale is never scored as NPS.
	"""
	table = _table(counts, 0, 10)
	promoters = sum(count for value, count in table.items() if value >= 9)
	detractors = sum(count for value, count in table.items() if value < 7)
	passives = sum(table.values()) - promoters - detractors
	return adjusted_wald_nps(promoters, passives, detractors, confidence, effective=effective, asked=asked)


def ces(
	counts: Mapping[float, int],
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""Customer effort 2.0: the mean on 1 to 7 (7 = made it easy) with a t interval, clipped to the scale.

	Where all answers are alike (one answer, or no spread) a t interval would claim certainty: then the far end is
	bound by Wilson's limit for the share of people who would answer otherwise, all at the far end of the scale.
	"""
	return scale_mean(counts, 1, 7, confidence, effective=effective, asked=asked)


def scale_mean(
	counts: Mapping[float, int],
	lowest: float,
	highest: float,
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""The mean of answers on a bounded scale, as `ces` takes it on 1 to 7."""
	table = {value: count for value, count in _table(counts, lowest, highest).items() if count}
	n = sum(table.values())
	if len(table) > 1 and (effective is None or effective > 1):
		result = mean_t(table, confidence, effective=effective, asked=asked)
		low, high = max(float(lowest), result.low), min(float(highest), result.high)
		return Estimate(result.value, low, high, n, result.asked, result.method, effective, confidence)
	mean = math.fsum(value * count for value, count in table.items()) / n
	worth = n if effective is None else effective
	others = 1 - wilson_bounds(1.0, worth, two_sided_z(confidence))[0]
	return Estimate(
		mean,
		mean - others * (mean - lowest),
		mean + others * (highest - mean),
		n,
		None if asked is None else check_count(asked, "asked"),
		ALL_ALIKE,
		effective,
		confidence,
	)


def ces_index(
	counts: Mapping[float, int],
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""Customer effort 2.0 as a net score: % of 6 and 7 less % of 1 to 3, from -100 to 100, adjusted Wald."""
	table = _table(counts, 1, 7)
	easy = sum(count for value, count in table.items() if value >= 6)
	hard = sum(count for value, count in table.items() if value < 4)
	between = sum(table.values()) - easy - hard
	return adjusted_wald_nps(easy, between, hard, confidence, effective=effective, asked=asked)


def happiness(
	counts: Mapping[float, int],
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""Happiness on 0 to 10: % of 9 and 10 less % of 0 to 6, the arithmetic of `nps` on another question."""
	return nps(counts, confidence, effective=effective, asked=asked)


def response_rate(answered: int, asked: int, confidence: float = 0.95) -> Estimate:
	"""Answered over asked, 0 to 1, with Wilson's interval; ValueError where more answered than were asked."""
	if check_count(answered, "answered") > check_count(asked, "asked"):
		raise ValueError(f"more answers ({answered}) than people asked ({asked})")
	return wilson(answered, asked, confidence, asked=asked)


def few_answers(n: int) -> bool:
	"""Whether a figure must be marked "few answers": fewer than 10."""
	return check_count(n, "n") < FEW_ANSWERS


def band(score: Estimate, limit: float = GOOD_LIMIT) -> str:
	"""Good if the low end reaches the limit, Poor if the high end stays below it, else Not clear."""
	if score.low >= limit:
		return GOOD
	if score.high < limit:
		return POOR
	return NOT_CLEAR


def target_state(
	score: Estimate, target: float, *, fewest: int = FEW_ANSWERS, higher_is_better: bool = True
) -> str:
	"""What the score shows about its target: Met, Missed, Not shown either way, or Too few.

	Met where the whole interval is on the good side (the near end may touch the target), Missed where the whole
	of it is on the other. Below `fewest` answers nothing is claimed.
	"""
	if not math.isfinite(target):
		raise ValueError("a target must be a finite number")
	if score.n < fewest:
		return TOO_FEW
	if higher_is_better:
		met, missed = score.low >= target, score.high < target
	else:
		met, missed = score.high <= target, score.low > target
	if met:
		return MET
	return MISSED if missed else NOT_SHOWN
