"""Control charts: is this week's point more than the usual noise?

Weekly or monthly points; two rules only, a point outside the limits and eight in a row on one side of the centre
(decisions.md E8). A trend rule adds false alarms and finds little. Rare events are charted as the days between.
Sources: Wheeler, Understanding Variation (XmR: 2.66 and 3.27); Laney 2002, Quality Engineering 14:531 (p');
Nelson 1994, Journal of Quality Technology 26:239 (time between events).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cx_desk.core.intervals import check_count

FEWEST_POINTS = 12
ENOUGH_POINTS = 20
RUN_LENGTH = 8

XMR, P_CHART, LANEY, DAYS_BETWEEN = "XmR", "p-chart", "Laney p'-chart", "days between (Nelson)"
OUTSIDE, RUN = "outside the limits", "eight on one side"

_D2 = 1.128
_LIMIT = 2.66
_RANGE_LIMIT = 3.27
_NELSON = 3.6


@dataclass(frozen=True)
class Signal:
	"""A point that is more than noise: its index, the rule, and whether it lies above the centre."""

	index: int
	rule: str
	above: bool


@dataclass(frozen=True)
class ControlChart:
	"""Points with centre and limits, and the signals among them.

	values: the points. centre: their level. lower, upper: the limits where all points share them (for charts
	whose n varies, those of the mean n); limits: the pair for each point. mean_moving_range: of the points, or of
	the standardised ones for a Laney chart; None for a p-chart. range_upper: the limit of the moving range (XmR).
	frozen: how many of the first points set the limits. standing: whether there are enough points for limits.
	"""

	values: tuple[float, ...]
	centre: float
	lower: float
	upper: float
	limits: tuple[tuple[float, float], ...]
	signals: tuple[Signal, ...]
	method: str
	mean_moving_range: float | None = None
	range_upper: float | None = None
	frozen: int = 0

	@property
	def n(self) -> int:
		return len(self.values)

	@property
	def standing(self) -> str:
		"""'too few points' below 12, 'provisional' below 20, else 'firm'; counted on the points that set limits."""
		if self.frozen < FEWEST_POINTS:
			return "too few points"
		return "provisional" if self.frozen < ENOUGH_POINTS else "firm"


def moving_ranges(values: Sequence[float]) -> list[float]:
	"""The distances between neighbours, one fewer than the values."""
	return [abs(after - before) for before, after in pairwise(values)]


def signals(
	values: Sequence[float], centre: float, limits: Sequence[tuple[float, float]]
) -> tuple[Signal, ...]:
	"""The points that break one of the two rules, in order.

	A run is reported once, at its eighth point, and again only after it has been broken. A point on the centre
	line breaks a run.
	"""
	found = []
	run = 0
	for index, (value, (lower, upper)) in enumerate(zip(values, limits, strict=True)):
		if value < lower or value > upper:
			found.append(Signal(index, OUTSIDE, value > centre))
		side = (value > centre) - (value < centre)
		run = (run + side if side * run >= 0 else side) if side else 0
		if abs(run) == RUN_LENGTH:
			found.append(Signal(index, RUN, run > 0))
	return tuple(found)


def _points(values: Iterable[float]) -> tuple[float, ...]:
	points = tuple(float(value) for value in values)
	if any(not math.isfinite(point) for point in points):
		raise ValueError("every point must be a finite number")
	if len(points) < 2:
		raise ValueError("a control chart needs at least two points")
	return points


def _frozen(frozen: int | None, n: int) -> int:
	if frozen is None:
		return n
	if check_count(frozen, "frozen") < 2 or frozen > n:
		raise ValueError(f"the limits can be frozen on 2 to {n} points; got {frozen}")
	return frozen


def xmr(
	values: Iterable[float],
	*,
	frozen: int | None = None,
	lowest: float = -math.inf,
	highest: float = math.inf,
) -> ControlChart:
	"""Individuals and moving range: centre +- 2.66 mean moving range.

	frozen: set the limits from this many first points and judge the later ones by them. lowest, highest: the ends
	of the scale, beyond which no limit is drawn. ValueError on fewer than two points.
	"""
	points = _points(values)
	base = points[: _frozen(frozen, len(points))]
	centre = math.fsum(base) / len(base)
	moving = math.fsum(moving_ranges(base)) / (len(base) - 1)
	limits = (max(lowest, centre - _LIMIT * moving), min(highest, centre + _LIMIT * moving))
	every = (limits,) * len(points)
	return ControlChart(
		points,
		centre,
		*limits,
		every,
		signals(points, centre, every),
		XMR,
		moving,
		_RANGE_LIMIT * moving,
		len(base),
	)


def _shares(groups: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
	cleaned = []
	for hits, n in groups:
		hits, n = check_count(hits), check_count(n, "n")
		if n == 0:
			raise ValueError("a point without answers cannot be charted: leave the period out")
		if hits > n:
			raise ValueError(f"a count ({hits}) cannot exceed its n ({n})")
		cleaned.append((hits, n))
	if len(cleaned) < 2:
		raise ValueError("a control chart needs at least two points")
	return cleaned


def p_chart(groups: Iterable[tuple[int, int]], *, frozen: int | None = None) -> ControlChart:
	"""Shares (count, n) of each period with limits centre +- 3 sqrt(centre (1 - centre) / n), within 0 and 1."""
	return _share_chart(_shares(groups), frozen, laney=False)


def laney_chart(groups: Iterable[tuple[int, int]], *, frozen: int | None = None) -> ControlChart:
	"""Laney's p' chart: as `p_chart`, the limits stretched by the scatter between neighbouring points.

	sigma_z is the mean moving range of the standardised points over 1.128. It is not let below 1: a run of quiet
	weeks must not make limits narrower than chance.
	"""
	return _share_chart(_shares(groups), frozen, laney=True)


def share_chart(groups: Iterable[tuple[int, int]], *, frozen: int | None = None) -> ControlChart:
	"""`laney_chart` where n varies from period to period, else `p_chart`."""
	cleaned = _shares(groups)
	return _share_chart(cleaned, frozen, laney=len({n for _, n in cleaned}) > 1)


def _share_chart(groups: list[tuple[int, int]], frozen: int | None, laney: bool) -> ControlChart:
	base = groups[: _frozen(frozen, len(groups))]
	centre = sum(hits for hits, _ in base) / sum(n for _, n in base)
	values = tuple(hits / n for hits, n in groups)
	unit = math.sqrt(centre * (1 - centre))
	stretch, moving = 1.0, None
	if laney and unit > 0:
		standard = [(hits / n - centre) * math.sqrt(n) / unit for hits, n in base]
		moving = math.fsum(moving_ranges(standard)) / (len(base) - 1)
		stretch = max(1.0, moving / _D2)

	def around(n: float) -> tuple[float, float]:
		half = 3 * stretch * unit / math.sqrt(n)
		return max(0.0, centre - half), min(1.0, centre + half)

	limits = tuple(around(n) for _, n in groups)
	typical = around(sum(n for _, n in base) / len(base))
	return ControlChart(
		values,
		centre,
		*typical,
		limits,
		signals(values, centre, limits),
		LANEY if laney else P_CHART,
		moving,
		None,
		len(base),
	)


def days_between(days: Iterable[date], *, frozen: int | None = None) -> ControlChart:
	"""Rare events as the days between them; a signal above is a good sign, eight below the centre a bad one.

	The gaps are raised to 1/3.6, which makes exponential gaps nearly normal, charted as XmR and raised back.
	ValueError on fewer than three events or on days out of order.
	"""
	listed = list(days)
	if len(listed) < 3:
		raise ValueError("days between events need at least three events")
	gaps = [(after - before).days for before, after in pairwise(listed)]
	if min(gaps) < 0:
		raise ValueError("events must be given in the order of their days")
	chart = xmr([gap ** (1 / _NELSON) for gap in gaps], frozen=frozen, lowest=0.0)
	limits = (chart.lower**_NELSON, chart.upper**_NELSON)
	return ControlChart(
		tuple(float(gap) for gap in gaps),
		chart.centre**_NELSON,
		*limits,
		(limits,) * len(gaps),
		chart.signals,
		DAYS_BETWEEN,
		chart.mean_moving_range,
		None,
		chart.frozen,
	)


def weighted_score(weights: Sequence[float], counts: Sequence[int]) -> float:
	"""A quality score for ordinal answers: the sum of weight times count (ASQ's Q chart); chart it with `xmr`."""
	if len(weights) != len(counts):
		raise ValueError("every count needs its weight")
	return math.fsum(weight * check_count(count) for weight, count in zip(weights, counts, strict=True))
