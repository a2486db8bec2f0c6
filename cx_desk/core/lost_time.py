"""Working time that people say they lost, as a range, and where most of it is lost.

Asked as a free question, so its n is smaller than the score's. What the silent lost is not known: the range runs
from "nothing" to "as much as those who answered", and money only follows from hours and a stated rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cx_desk.core.intervals import Estimate, check_count, mean_t


@dataclass(frozen=True)
class LostTime:
	"""Hours lost by period. mean: hours per answered ticket with interval.

	answered: hours of those who answered, a sum of what was said. at_least: the same, with the silent at nought.
	at_most: with the silent at the mean's high end. likely: with the silent at the mean.
	cost_at_least, cost_likely, cost_at_most: the same times the rate per hour; None without a rate.
	"""

	mean: Estimate
	answered: float
	at_least: float
	likely: float
	at_most: float
	tickets: int
	cost_at_least: float | None = None
	cost_likely: float | None = None
	cost_at_most: float | None = None


def lost_time(
	hours: Sequence[float], tickets: int, *, rate: float | None = None, confidence: float = 0.95
) -> LostTime:
	"""Sum up the hours said to be lost on answered tickets, with bounds for all tickets of the period.

	ValueError on fewer than two answers, negative hours, or more answers than tickets.
	"""
	tickets = check_count(tickets, "tickets")
	if len(hours) > tickets:
		raise ValueError(f"more answers ({len(hours)}) than tickets ({tickets})")
	if any(not 0 <= hour < math.inf for hour in hours):
		raise ValueError("lost hours must be 0 or more")
	if rate is not None and not 0 <= rate < math.inf:
		raise ValueError("a rate per hour must be 0 or more")
	mean = mean_t(hours, confidence)
	answered = math.fsum(hours)
	silent = tickets - len(hours)
	likely, most = answered + silent * mean.value, answered + silent * mean.high
	costs = (None,) * 3 if rate is None else (answered * rate, likely * rate, most * rate)
	return LostTime(mean, answered, answered, likely, most, tickets, *costs)


def concentration(hours: Sequence[float], share: float = 0.8) -> float:
	"""The smallest share of the tickets that makes up this share of all lost hours (0.8 from about 0.13 is usual).

	ValueError where nothing was lost.
	"""
	if not 0 < share <= 1:
		raise ValueError("the share must lie between 0 and 1")
	total = math.fsum(hours)
	if any(not 0 <= hour < math.inf for hour in hours) or total <= 0:
		raise ValueError("lost hours must be 0 or more, and some must be lost")
	reached = 0.0
	for count, hour in enumerate(sorted(hours, reverse=True), start=1):
		reached += hour
		if reached >= share * total * (1 - 1e-12):
			return count / len(hours)
	return 1.0
