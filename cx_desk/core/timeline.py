"""Scores over time as a control chart: weekly where weeks hold enough, else monthly (decisions.md E8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cx_desk.core import control
from cx_desk.core.intervals import Estimate
from cx_desk.core.render.text import SHARE

# Weeks are charted from so many answers in the middle one; from so many points the first ones set the limits.
WEEKLY_FROM = 20
FREEZE_FROM = 28


def monday_of(day: date) -> date:
	"""The Monday of the day's week."""
	return day - timedelta(days=day.weekday())


def is_weekly(answers_by_week: Sequence[int]) -> bool:
	"""Whether weeks hold enough to chart them. The middle week, not the mean: a log that thins out has many weeks
	of two or three answers."""
	sizes = sorted(answers_by_week)
	return len(sizes) > 2 and sizes[len(sizes) // 2] >= WEEKLY_FROM


def periods(by_day: Mapping[date, Mapping[int, int]]) -> tuple[str, list[str], list[Counter]]:
	"""Counts by day as weeks or months: ("week" or "month", names, counts by value); empty periods are left out."""
	weeks: dict[date, Counter] = {}
	months: dict[str, Counter] = {}
	for day, counts in by_day.items():
		for value, count in counts.items():
			if count > 0:
				weeks.setdefault(monday_of(day), Counter())[value] += count
				months.setdefault(f"{day.year:04}-{day.month:02}", Counter())[value] += count
	if is_weekly([sum(counts.values()) for counts in weeks.values()]):
		return "week", [week.isoformat() for week in sorted(weeks)], [weeks[week] for week in sorted(weeks)]
	return "month", sorted(months), [months[month] for month in sorted(months)]


def chart(
	by: str,
	names: Sequence[str],
	tables: Sequence[Mapping[int, int]],
	score: Callable[[Mapping[int, int]], Estimate],
	unit: str,
	ends: tuple[float, float],
) -> dict[str, Any] | None:
	"""The control chart of the score of each period as a plain dict; None under two periods.

	unit: share, net or mean; a share is charted by its n (p-chart or Laney), others as XmR within the ends.
	"""
	if len(names) < 2:
		return None
	frozen = control.ENOUGH_POINTS if len(names) >= FREEZE_FROM else None
	if unit == SHARE:
		pairs = []
		for counts in tables:
			result = score(counts)
			pairs.append((round(result.value * result.n), result.n))
		found = control.share_chart(pairs, frozen=frozen)
	else:
		found = control.xmr(
			[score(counts).value for counts in tables], frozen=frozen, lowest=ends[0], highest=ends[1]
		)
	return {
		"by": by,
		"method": found.method,
		"centre": found.centre,
		"standing": found.standing,
		"set_by": found.frozen,
		"points": [
			{"name": name, "value": value, "n": sum(counts.values()), "lower": lower, "upper": upper}
			for name, counts, value, (lower, upper) in zip(
				names, tables, found.values, found.limits, strict=True
			)
		],
		"signals": [
			{
				"index": signal.index,
				"name": names[signal.index],
				"rule": signal.rule,
				"direction": "above" if signal.above else "below",
			}
			for signal in found.signals
		],
	}
