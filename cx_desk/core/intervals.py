"""Intervals for shares, net scores, means and counts.

Every function gives a frozen `Estimate`: the raw value, the two ends of its interval, the n behind it and the
name of the method, so that no figure travels without them. The interval covers chance, not those who stayed
silent. Shares run from 0 to 1; net scores (NPS, CES index) from -100 to 100; means in the unit of the values.

`n` counts what the caller counts: by decisions.md E2 distinct people. Where one person answers often, or answers
carry weights, the caller gives `effective` (see `effective_n`) and the interval is drawn for that many answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cx_desk.core.distributions import (
	beta_quantile,
	check_confidence,
	gamma_quantile,
	t_quantile,
	two_sided_z,
)

WILSON = "Wilson"
ADJUSTED_WALD = "adjusted Wald"
T_INTERVAL = "t interval"
ALL_ALIKE = "all answers alike, bound by Wilson"
EXACT_BINOMIAL = "exact binomial (Clopper-Pearson)"
EXACT_POISSON = "exact Poisson"
NEWCOMBE = "difference of Wilson intervals (Newcombe)"
SQUARE_AND_ADD = "square and add"


@dataclass(frozen=True)
class Estimate:
	"""One figure with what is needed to believe it.

	value: the raw score. low, high: the ends of its interval, which may be centred elsewhere.
	n: how many it rests on. asked: how many were asked, None where that is not known.
	method: name of the interval's method. effective: the n that the interval was drawn for, where it is
	not n itself. confidence: the interval's level.
	"""

	value: float
	low: float
	high: float
	n: int
	asked: int | None = None
	method: str = ""
	effective: float | None = None
	confidence: float = 0.95

	@property
	def margin(self) -> float:
		"""Half the width of the interval."""
		return (self.high - self.low) / 2

	@property
	def response_rate(self) -> float | None:
		"""n over asked; None where asked is unknown, nought, or smaller than n (answers nobody asked for)."""
		if not self.asked or self.asked < self.n:
			return None
		return self.n / self.asked

	def with_asked(self, asked: int | None) -> Estimate:
		"""The same figure with the number of people asked."""
		return replace(self, asked=None if asked is None else check_count(asked, "asked"))


@dataclass(frozen=True)
class Change:
	"""A difference (after minus before) with its interval.

	clear is True where the interval excludes nought: more than noise. n_before and n_after stand beside it.
	"""

	value: float
	low: float
	high: float
	n_before: int
	n_after: int
	method: str
	confidence: float = 0.95

	@property
	def clear(self) -> bool:
		return self.low > 0 or self.high < 0

	@property
	def text(self) -> str:
		if not self.clear:
			return "not more than noise"
		return "up, more than noise" if self.value > 0 else "down, more than noise"


def check_count(count: int, name: str = "count") -> int:
	"""The count as an int; ValueError unless it is a whole number, 0 or more."""
	if isinstance(count, bool) or not isinstance(count, (int, float)) or count != count:
		raise ValueError(f"{name} must be a whole number; got {count!r}")
	if count < 0:
		raise ValueError(f"{name} cannot be negative; got {count!r}")
	if math.isinf(count) or count != int(count):
		raise ValueError(f"{name} must be a whole number; got {count!r}")
	return int(count)


def _check_effective(effective: float | None, n: int) -> float:
	if effective is None:
		return float(n)
	if isinstance(effective, bool) or not isinstance(effective, (int, float)) or not 0 < effective < math.inf:
		raise ValueError(f"effective n must be above 0; got {effective!r}")
	return float(effective)


def _asked(asked: int | None) -> int | None:
	return None if asked is None else check_count(asked, "asked")


def effective_n(weights: Iterable[float]) -> float:
	"""How many equal answers the weighted ones are worth: (sum of w)^2 / (sum of w^2) (Kish 1965).

	Also for people who answer often: give the number of answers of each person. It then treats what one
	person says as one opinion, the cautious end. ValueError on a negative weight or when all are 0.
	"""
	total = squares = 0.0
	for weight in weights:
		if not 0 <= weight < math.inf:
			raise ValueError(f"a weight must be 0 or more; got {weight!r}")
		total += weight
		squares += weight * weight
	if squares == 0:
		raise ValueError("at least one weight must be above 0")
	return total * total / squares


def wilson_bounds(share: float, n: float, z: float) -> tuple[float, float]:
	"""Both ends of Wilson's score interval for an observed share of n, n > 0 and not necessarily whole.

	centre (p + z^2/2n) / (1 + z^2/n), half-width z sqrt(p(1-p)/n + z^2/4n^2) / (1 + z^2/n) (Wilson 1927).
	"""
	z2 = z * z
	centre = share + z2 / (2 * n)
	half = z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
	scale = 1 + z2 / n
	# At 0 and 1 the formula gives the end itself; rounding must not move it past the value.
	low = 0.0 if share == 0 else (centre - half) / scale
	high = 1.0 if share == 1 else (centre + half) / scale
	return max(0.0, low), min(1.0, high)


def wilson(
	successes: int,
	n: int,
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""The share successes / n with Wilson's score interval, all between 0 and 1.

	ValueError where n is 0, a count is negative or not whole, or successes exceed n.
	"""
	successes, n = check_count(successes, "successes"), check_count(n, "n")
	if n == 0:
		raise ValueError("n is 0: there is nothing to take a share of")
	if successes > n:
		raise ValueError(f"successes ({successes}) cannot exceed n ({n})")
	z = two_sided_z(confidence)
	low, high = wilson_bounds(successes / n, _check_effective(effective, n), z)
	return Estimate(successes / n, low, high, n, _asked(asked), WILSON, effective, confidence)


def adjusted_wald(successes: int, n: int, confidence: float = 0.95) -> Estimate:
	"""The share successes / n with the adjusted Wald interval, clipped to 0 and 1 (Agresti and Coull 1998).

	Wald's interval about (x + z^2/2) / (n + z^2). Kept for comparison with other tools; screens use `wilson`.
	"""
	successes, n = check_count(successes, "successes"), check_count(n, "n")
	if n == 0:
		raise ValueError("n is 0: there is nothing to take a share of")
	if successes > n:
		raise ValueError(f"successes ({successes}) cannot exceed n ({n})")
	z = two_sided_z(confidence)
	total = n + z * z
	centre = (successes + z * z / 2) / total
	half = z * math.sqrt(centre * (1 - centre) / total)
	return Estimate(
		successes / n,
		max(0.0, centre - half),
		min(1.0, centre + half),
		n,
		None,
		ADJUSTED_WALD,
		None,
		confidence,
	)


def exact_binomial(successes: int, n: int, confidence: float = 0.95) -> Estimate:
	"""The share successes / n with the exact interval of Clopper and Pearson (1934)."""
	successes, n = check_count(successes, "successes"), check_count(n, "n")
	check_confidence(confidence)
	if n == 0:
		raise ValueError("n is 0: there is nothing to take a share of")
	if successes > n:
		raise ValueError(f"successes ({successes}) cannot exceed n ({n})")
	tail = (1 - confidence) / 2
	low = 0.0 if successes == 0 else beta_quantile(tail, successes, n - successes + 1)
	high = 1.0 if successes == n else beta_quantile(1 - tail, successes + 1, n - successes)
	return Estimate(successes / n, low, high, n, None, EXACT_BINOMIAL, None, confidence)


def adjusted_wald_nps(
	promoters: int,
	passives: int,
	detractors: int,
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""A net score, 100 (promoters - detractors) / n, with the adjusted Wald interval, clipped to -100 and 100.

	Adds 3 to n, 3/4 to promoters and 3/4 to detractors, then Wald with variance p + d - (p - d)^2
	(Rocks 2016, The American Statistician). ValueError on no answers or impossible counts.
	"""
	promoters = check_count(promoters, "promoters")
	passives = check_count(passives, "passives")
	detractors = check_count(detractors, "detractors")
	n = promoters + passives + detractors
	if n == 0:
		raise ValueError("there are no answers to take a score of")
	worth = _check_effective(effective, n)
	centre, variance = _adjusted_net(promoters / n, detractors / n, worth)
	half = 100 * two_sided_z(confidence) * math.sqrt(variance)
	return Estimate(
		100 * (promoters - detractors) / n,
		max(-100.0, 100 * centre - half),
		min(100.0, 100 * centre + half),
		n,
		_asked(asked),
		ADJUSTED_WALD,
		effective,
		confidence,
	)


def _adjusted_net(share_up: float, share_down: float, n: float) -> tuple[float, float]:
	"""Centre and variance of a net share after Rocks's adjustment."""
	total = n + 3
	up = (share_up * n + 0.75) / total
	down = (share_down * n + 0.75) / total
	return up - down, (up + down - (up - down) ** 2) / total


def mean_t(
	values: Iterable[float] | Mapping[float, int],
	confidence: float = 0.95,
	*,
	effective: float | None = None,
	asked: int | None = None,
) -> Estimate:
	"""The mean of the values (or of counts by value) with Student's t interval.

	mean +- t(n - 1) s / sqrt(n). ValueError on fewer than two values: one value says nothing of the spread.
	"""
	counts = values.items() if isinstance(values, Mapping) else ((value, 1) for value in values)
	pairs = [(float(value), check_count(count)) for value, count in counts]
	if any(not math.isfinite(value) for value, count in pairs):
		raise ValueError("every value must be a finite number")
	n = sum(count for value, count in pairs)
	if n < 2:
		raise ValueError("a mean's interval needs at least two values")
	check_confidence(confidence)
	mean = math.fsum(value * count for value, count in pairs) / n
	variance = math.fsum(count * (value - mean) ** 2 for value, count in pairs) / (n - 1)
	worth = _check_effective(effective, n)
	if worth <= 1:
		raise ValueError("a mean's interval needs an effective n above 1")
	half = t_quantile(0.5 + confidence / 2, worth - 1) * math.sqrt(variance / worth)
	return Estimate(mean, mean - half, mean + half, n, _asked(asked), T_INTERVAL, effective, confidence)


def poisson_upper(count: int, confidence: float = 0.95) -> float:
	"""The one-sided upper limit of the mean behind a Poisson count: 10 -> 16.96 at 0.95.

	Half the chi-square quantile with 2 count + 2 degrees of freedom (Garwood 1936).
	"""
	check_confidence(confidence)
	return gamma_quantile(confidence, check_count(count) + 1)


def poisson_interval(count: int, confidence: float = 0.95, exposure: float = 1.0) -> Estimate:
	"""A count per exposure with the exact two-sided Poisson interval (Garwood 1936).

	n is the count. ValueError on an exposure that is not above 0.
	"""
	count = check_count(count)
	check_confidence(confidence)
	if not 0 < exposure < math.inf:
		raise ValueError(f"exposure must be above 0; got {exposure!r}")
	tail = (1 - confidence) / 2
	low = gamma_quantile(tail, count) if count else 0.0
	high = gamma_quantile(1 - tail, count + 1)
	return Estimate(
		count / exposure, low / exposure, high / exposure, count, None, EXACT_POISSON, None, confidence
	)


def difference(before: Estimate, after: Estimate) -> Change:
	"""after - before for two independent estimates of the same kind, with its interval.

	The distances of each value from its own ends are squared and added: for Wilson intervals Newcombe's method
	10 (Statistics in Medicine 1998, 17:873-890), for t intervals nearly Welch's. Net scores are taken about
	their adjusted centres. ValueError where the methods or confidence levels differ.
	"""
	if before.confidence != after.confidence:
		raise ValueError("both figures need the same confidence")
	if before.method != after.method:
		raise ValueError(f"figures by different methods cannot be compared: {before.method}, {after.method}")
	value = after.value - before.value
	if before.method == ADJUSTED_WALD:
		# About the adjusted centres: the raw value of a small group may lie at the end of its interval.
		centre = (after.low + after.high - before.low - before.high) / 2
		half = math.hypot(after.margin, before.margin)
		low, high = min(value, centre - half), max(value, centre + half)
	else:
		low = value - math.hypot(after.value - after.low, before.high - before.value)
		high = value + math.hypot(after.high - after.value, before.value - before.low)
	method = NEWCOMBE if before.method == WILSON else SQUARE_AND_ADD
	return Change(value, low, high, before.n, after.n, method, before.confidence)


def pooled_change(pairs: Iterable[tuple[Estimate, Estimate]]) -> Change:
	"""One change over several groups (before, after), each group's change weighted by its precision.

	Inverse-variance pooling with fixed effects; a group's variance is read from its change's interval.
	For a desk's overall change that no shift in who answers can make. ValueError without any pair.
	"""
	changes = [difference(before, after) for before, after in pairs]
	if not changes:
		raise ValueError("there is no pair of figures to pool")
	z = two_sided_z(changes[0].confidence)
	if len({change.confidence for change in changes}) > 1:
		raise ValueError("all figures need the same confidence")
	weights = [(2 * z / (change.high - change.low)) ** 2 for change in changes]
	total = math.fsum(weights)
	value = math.fsum(w * change.value for w, change in zip(weights, changes, strict=True)) / total
	half = z / math.sqrt(total)
	return Change(
		value,
		value - half,
		value + half,
		sum(change.n_before for change in changes),
		sum(change.n_after for change in changes),
		"pooled by precision",
		changes[0].confidence,
	)
