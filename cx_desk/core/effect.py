"""Did a visit, or an initiative, change anything? Counts of tickets before and after, honestly compared.

A unit is chosen because it hurts, so some fall always follows: the before-window ends before the window that the
planner read, comparison units of a similar level carry the season, the direction hoped for is fixed beforehand,
and the verdict may be that nothing can be told (decisions.md E10, domain.md 5.13).

A rise in tickets can be good: failures that nobody reported are now reported. That is why the direction is asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cx_desk.core.distributions import (
	beta_quantile,
	binomial_tail,
	check_confidence,
	normal_quantile,
	t_quantile,
	two_sided_z,
)
from cx_desk.core.intervals import check_count

AS_HOPED, OPPOSITE, NO_CLEAR_CHANGE, CANNOT_TELL = "As hoped", "Opposite", "No clear change", "Cannot tell"
FALL, RISE = "fall", "rise"

EXACT = "exact conditional"
LOG_RATIO = "log ratio"

# Where not even a halving would be seen, silence about a change says nothing.
LARGEST_USEFUL_RATIO = 0.5
# From so many comparison units on, how differently places change can be told from chance.
FEWEST_UNITS = 3
_ROUNDING = 0.005


@dataclass(frozen=True)
class RateRatio:
	"""A rate after over a rate before, with its interval.

	value: the ratio (inf where nothing was counted before). low, high: its interval. p_value: two-sided, against
	a ratio of 1. before, after: the counts; n is their sum. variance: that of the logarithm behind a log-ratio
	interval, None for the exact one. degrees: of freedom where t took the place of z. dispersion: how much wider than Poisson the counts were taken to be.
	comparison_variance: the comparison units' part of it. exposure_ratio: exposure after over exposure before.
	"""

	value: float
	low: float
	high: float
	p_value: float
	before: int
	after: int
	method: str
	confidence: float = 0.95
	dispersion: float = 1.0
	variance: float | None = None
	comparison_variance: float = 0.0
	exposure_ratio: float = 1.0
	degrees: float | None = None

	@property
	def n(self) -> int:
		return self.before + self.after

	@property
	def clear(self) -> bool:
		"""Whether the interval excludes 1."""
		return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Effect:
	"""What may be said of a change: the ratio, the verdict fixed by rule, and what could have been seen.

	detectable: the smallest fall that would be seen with 80 % power, as a ratio; None where none would.
	compared: whether comparison units took out the season and what hit everybody.
	"""

	ratio: RateRatio
	verdict: str
	hoped: str
	detectable: float | None
	compared: bool


def _check_exposure(exposure: float, name: str) -> float:
	if isinstance(exposure, bool) or not isinstance(exposure, (int, float)) or not 0 < exposure < math.inf:
		raise ValueError(f"{name} must be above 0; got {exposure!r}")
	return float(exposure)


def rate_ratio(
	before: int,
	after: int,
	exposure_before: float = 1,
	exposure_after: float = 1,
	confidence: float = 0.95,
) -> RateRatio:
	"""The rate after over the rate before, with the exact conditional interval.

	Given the sum, the count after is binomial with chance r e_a / (e_b + r e_a); the interval of Clopper and
	Pearson for that chance becomes the interval of r (Przyborowski and Wilenski 1940; R package rateratio.test).
	Exposures are in any common unit: days, users. The p value doubles the smaller tail.
	ValueError where both counts are 0 or an exposure is not above 0.
	"""
	before, after = check_count(before, "before"), check_count(after, "after")
	exposure_before = _check_exposure(exposure_before, "exposure_before")
	exposure_after = _check_exposure(exposure_after, "exposure_after")
	check_confidence(confidence)
	total = before + after
	if total == 0:
		raise ValueError("nothing was counted before or after: there is no ratio")
	tail = (1 - confidence) / 2
	scale = exposure_before / exposure_after
	low = high = None
	if after == 0:
		low = 0.0
	if before == 0:
		high = math.inf
	if low is None:
		chance = beta_quantile(tail, after, before + 1)
		low = scale * chance / (1 - chance)
	if high is None:
		chance = beta_quantile(1 - tail, after + 1, before)
		high = scale * chance / (1 - chance)
	even = exposure_after / (exposure_before + exposure_after)
	at_least = binomial_tail(after, total, even)
	at_most = 1 - binomial_tail(after + 1, total, even)
	value = math.inf if before == 0 else scale * after / before
	p_value = min(1.0, 2 * min(at_least, at_most))
	return RateRatio(
		value,
		low,
		high,
		p_value,
		before,
		after,
		EXACT,
		confidence,
		exposure_ratio=exposure_after / exposure_before,
	)


def dispersion(*windows: Sequence[int]) -> float:
	"""How much more counts of equal periods scatter than Poisson: Pearson chi-square over its degrees of freedom.

	Each window has its own mean, so that a step between windows is not taken for scatter. Never below 1.
	ValueError where the windows leave no degree of freedom.
	"""
	statistic = 0.0
	degrees = 0
	for window in windows:
		counts = [check_count(count) for count in window]
		mean = sum(counts) / len(counts) if counts else 0
		degrees += max(0, len(counts) - 1)
		if mean:
			statistic += sum((count - mean) ** 2 for count in counts) / mean
	if degrees == 0:
		raise ValueError("scatter needs at least two periods in one window")
	return max(1.0, statistic / degrees)


def _check_dispersion(value: float) -> float:
	if not 1 <= value < math.inf:
		raise ValueError(f"dispersion is 1 (Poisson) or more; got {value!r}")
	return float(value)


def ratio_of_ratios(
	before: int,
	after: int,
	comparison_before: int,
	comparison_after: int,
	*,
	dispersion: float = 1.0,
	comparison_dispersion: float | None = None,
	degrees: float | None = None,
	confidence: float = 0.95,
) -> RateRatio:
	"""The unit's change over the comparison units' change in the same windows.

	exp(log ratio +- z sqrt(variance)) with variance phi (1/before + 1/after) + phi_c (1/comparison_before +
	1/comparison_after). dispersion: phi of the unit's counts, and of the comparison's where that has none of its
	own. degrees: where phi was estimated, on how many degrees of freedom; then t replaces z.
	A count of 0 adds one half to all four (Haldane 1956). ValueError where the unit, or the comparison, has no
	counts at all.
	"""
	counts = [
		check_count(count, name)
		for count, name in (
			(before, "before"),
			(after, "after"),
			(comparison_before, "comparison_before"),
			(comparison_after, "comparison_after"),
		)
	]
	if not counts[0] + counts[1]:
		raise ValueError("nothing was counted before or after: there is no ratio")
	if not counts[2] + counts[3]:
		raise ValueError("the comparison units have no counts: nothing to compare with")
	phi = _check_dispersion(dispersion)
	phi_comparison = phi if comparison_dispersion is None else _check_dispersion(comparison_dispersion)
	add = 0.0 if all(counts) else 0.5
	b, a, cb, ca = (count + add for count in counts)
	fixed = phi_comparison * (1 / cb + 1 / ca)
	variance = phi * (1 / b + 1 / a) + fixed
	result = _log_ratio(a / b / (ca / cb), variance, before, after, phi, degrees, confidence)
	return replace(result, comparison_variance=fixed)


def _log_ratio(
	value: float,
	variance: float,
	before: int,
	after: int,
	phi: float,
	degrees: float | None,
	confidence: float,
	exposure_ratio: float = 1.0,
) -> RateRatio:
	check_confidence(confidence)
	spread = math.sqrt(variance)
	quantile = two_sided_z(confidence) if degrees is None else t_quantile(0.5 + confidence / 2, degrees)
	distance = abs(math.log(value)) / spread
	# The p value stays the normal one: it orders, the interval decides.
	p_value = math.erfc(distance / math.sqrt(2))
	return RateRatio(
		value,
		value * math.exp(-quantile * spread),
		value * math.exp(quantile * spread),
		p_value,
		int(before),
		int(after),
		LOG_RATIO,
		confidence,
		phi,
		variance,
		exposure_ratio=exposure_ratio,
		degrees=degrees,
	)


def detectable_ratio(
	before: int,
	power: float = 0.8,
	*,
	exposure_before: float = 1,
	exposure_after: float = 1,
	comparison_before: int | None = None,
	comparison_after: int | None = None,
	dispersion: float = 1.0,
	comparison_dispersion: float | None = None,
	confidence: float = 0.95,
) -> float | None:
	"""The smallest fall that would be called clear with the given power, as a ratio below 1; None where none is.

	Solves -log r = (z + z_power) sqrt(phi (1/before + 1/(before r)) + the comparison's part), the variance that
	the verdict uses. 126 before: 0.675; 50: about one half; 20: about one quarter.
	"""
	before = check_count(before, "before")
	check_confidence(confidence)
	if not 0.5 <= power < 1:
		raise ValueError(f"power must lie between 0.5 and 1, for instance 0.8; got {power!r}")
	scale = _check_exposure(exposure_after, "exposure_after") / _check_exposure(
		exposure_before, "exposure_before"
	)
	phi = _check_dispersion(dispersion)
	if before == 0:
		return None
	fixed = 0.0
	if comparison_before is not None or comparison_after is not None:
		phi_comparison = phi if comparison_dispersion is None else _check_dispersion(comparison_dispersion)
		both = check_count(comparison_before or 0), check_count(comparison_after or 0)
		if not all(both):
			return None
		fixed = phi_comparison * (1 / both[0] + 1 / both[1])
	return _detectable(before, power, scale, phi, fixed, two_sided_z(confidence))


def _detectable(
	before: int, power: float, scale: float, phi: float, fixed: float, quantile: float
) -> float | None:
	z = quantile + normal_quantile(power)

	def excess(ratio: float) -> float:
		return -math.log(ratio) - z * math.sqrt(phi * (1 / before + 1 / (before * scale * ratio)) + fixed)

	# The excess is negative at 1, rises to one peak and falls again towards 0: the answer is right of the peak.
	low, high = 1e-9, 1.0
	for _ in range(200):
		left, right = low + (high - low) / 3, high - (high - low) / 3
		if excess(left) < excess(right):
			low = left
		else:
			high = right
	peak = (low + high) / 2
	if excess(peak) <= 0:
		return None
	low, high = peak, 1.0
	for _ in range(200):
		middle = (low + high) / 2
		if excess(middle) > 0:
			low = middle
		else:
			high = middle
	return (low + high) / 2


def verdict(ratio: RateRatio, hoped: str = FALL) -> str:
	"""As hoped, Opposite, No clear change or Cannot tell, for the direction fixed beforehand.

	Where the interval holds 1 and the same design would not have shown even a halving (with 80 % power, from the
	interval's own variance), nothing can be told.
	"""
	if hoped not in (FALL, RISE):
		raise ValueError(f"hoped must be {FALL!r} or {RISE!r}; got {hoped!r}")
	if ratio.clear:
		return AS_HOPED if (ratio.value < 1) == (hoped == FALL) else OPPOSITE
	seen = could_have_seen(ratio)
	return CANNOT_TELL if seen is None or seen < LARGEST_USEFUL_RATIO - _ROUNDING else NO_CLEAR_CHANGE


def could_have_seen(ratio: RateRatio, power: float = 0.8) -> float | None:
	"""`detectable_ratio` for the design behind a ratio; None where no fall would have been clear."""
	if ratio.before == 0:
		return None
	return _detectable(
		ratio.before,
		power,
		ratio.exposure_ratio,
		ratio.dispersion,
		ratio.comparison_variance,
		# The same quantile as the interval's: what few places can show is less.
		two_sided_z(ratio.confidence)
		if ratio.degrees is None
		else t_quantile(0.5 + ratio.confidence / 2, ratio.degrees),
	)


def spread_between(pairs: Iterable[tuple[int, int]]) -> float:
	"""How differently the comparison units changed beyond chance: the variance of their true log ratios, 0 or more.

	pairs: each unit's counts (before, after), one half added to both. The estimate of DerSimonian and Laird (1986)
	with Poisson variances. On the incident log, visits that never took place spoke in 13 of 100 cases without it and in
	2 of 100 with it: places have lives of their own. ValueError with fewer than FEWEST_UNITS pairs.
	"""
	changes, weights = [], []
	for before, after in pairs:
		b, a = check_count(before, "before") + 0.5, check_count(after, "after") + 0.5
		changes.append(math.log(a / b))
		weights.append(1 / (1 / b + 1 / a))
	if len(changes) < FEWEST_UNITS:
		raise ValueError(f"the spread between units needs at least {FEWEST_UNITS} of them")
	total = sum(weights)
	mean = sum(weight * change for weight, change in zip(weights, changes, strict=True)) / total
	statistic = sum(weight * (change - mean) ** 2 for weight, change in zip(weights, changes, strict=True))
	scale = total - sum(weight * weight for weight in weights) / total
	return max(0.0, (statistic - (len(changes) - 1)) / scale)


def _with_spread(
	ratio: RateRatio, units: Sequence[tuple[int, int]], degrees: float, confidence: float
) -> RateRatio:
	"""A log ratio whose interval allows for places that change differently, on as many degrees as there are places."""
	more = spread_between(units) * (1 + 1 / len(units))
	degrees = min(degrees, len(units) - 1)
	wider = _log_ratio(
		ratio.value,
		ratio.variance + more,
		ratio.before,
		ratio.after,
		ratio.dispersion,
		degrees,
		confidence,
	)
	return replace(wider, comparison_variance=ratio.comparison_variance + more)


def effect(
	before: Iterable[int],
	after: Iterable[int],
	comparison_before: Iterable[int] | None = None,
	comparison_after: Iterable[int] | None = None,
	*,
	comparison_units: Sequence[tuple[int, int]] = (),
	hoped: str = FALL,
	confidence: float = 0.95,
) -> Effect:
	"""The effect on a unit from its weekly counts before and after, with or without comparison units.

	The scatter is estimated from the weeks themselves, and paid for with t in place of z. Windows may differ in
	length. The caller leaves out the washout and the window from which the unit was chosen. Fewer than three
	weeks on a side give no scatter to go by: ValueError.
	comparison_units: each comparison unit's totals (before, after). From FEWEST_UNITS of them on, the interval also
	allows for places that change differently without any visit (`spread_between`).
	"""
	before, after = list(before), list(after)
	if len(before) < 3 or len(after) < 3:
		raise ValueError("an effect needs at least three weeks before and three after")
	phi = dispersion(before, after)
	degrees = len(before) + len(after) - 2
	compared = comparison_before is not None and comparison_after is not None
	b, a = sum(before), sum(after)
	scale = len(after) / len(before)
	if not compared:
		if b + a == 0:
			raise ValueError("nothing was counted before or after: there is no ratio")
		add = 0.0 if a and b else 0.5
		variance = phi * (1 / (b + add) + 1 / (a + add))
		ratio = _log_ratio((a + add) / (b + add) / scale, variance, b, a, phi, degrees, confidence, scale)
		return Effect(ratio, verdict(ratio, hoped), hoped, could_have_seen(ratio), False)
	comparison_before, comparison_after = list(comparison_before), list(comparison_after)
	if (len(comparison_before), len(comparison_after)) != (len(before), len(after)):
		raise ValueError("the comparison units need the same weeks")
	phi_comparison = dispersion(comparison_before, comparison_after)
	ratio = ratio_of_ratios(
		b,
		a,
		sum(comparison_before),
		sum(comparison_after),
		dispersion=phi,
		comparison_dispersion=phi_comparison,
		degrees=degrees,
		confidence=confidence,
	)
	if len(comparison_units) >= FEWEST_UNITS:
		ratio = _with_spread(ratio, comparison_units, degrees, confidence)
	# Windows of unlike length cancel out in the ratio of ratios, but not in what could have been seen.
	ratio = replace(ratio, exposure_ratio=scale)
	return Effect(ratio, verdict(ratio, hoped), hoped, could_have_seen(ratio), True)
