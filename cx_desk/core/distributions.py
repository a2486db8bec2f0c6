"""The few probability functions that the other modules need, from the standard library alone.

Accuracy: at least 1e-9 relative on the ranges used here; tests compare them with SciPy on grids.
Sources: Abramowitz and Stegun 6.5, 26.4, 26.5 and 26.7; the continued fraction of the incomplete beta
function as in Press et al., Numerical Recipes, section 6.4 (modified Lentz).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_TINY = 1e-300
_EPSILON = 1e-16
_MOST_STEPS = 100_000


def check_confidence(confidence: float) -> None:
	"""Raise ValueError unless confidence lies strictly between 0 and 1."""
	if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 < confidence < 1:
		raise ValueError(f"confidence must lie between 0 and 1, for instance 0.95; got {confidence!r}")


@lru_cache(maxsize=64)
def two_sided_z(confidence: float) -> float:
	"""The normal quantile that leaves (1 - confidence) / 2 above it: 1.95996 for 0.95."""
	check_confidence(confidence)
	return _NORMAL.inv_cdf(0.5 + confidence / 2)


def normal_quantile(p: float) -> float:
	"""The value that a standard normal variable stays below with probability p, 0 < p < 1."""
	if not 0 < p < 1:
		raise ValueError(f"a probability must lie between 0 and 1; got {p!r}")
	return _NORMAL.inv_cdf(p)


def normal_cdf(x: float) -> float:
	"""The probability that a standard normal variable is at most x."""
	return 0.5 * math.erfc(-x / math.sqrt(2))


def beta_cdf(x: float, a: float, b: float) -> float:
	"""The regularised incomplete beta function I_x(a, b), for a, b > 0 (0 below 0, 1 above 1)."""
	if a <= 0 or b <= 0:
		raise ValueError("the parameters of the beta distribution must be above 0")
	if x <= 0:
		return 0.0
	if x >= 1:
		return 1.0
	log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
	# The fraction converges fast only on this side of the mean.
	if x < (a + 1) / (a + b + 2):
		return math.exp(log_front) * _beta_fraction(x, a, b) / a
	return 1 - math.exp(log_front) * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
	c = 1.0
	d = 1 - (a + b) * x / (a + 1)
	d = 1 / (d if abs(d) > _TINY else _TINY)
	result = d
	for m in range(1, _MOST_STEPS):
		for numerator in (
			m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
			-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
		):
			d = 1 + numerator * d
			d = 1 / (d if abs(d) > _TINY else _TINY)
			c = 1 + numerator / c
			c = c if abs(c) > _TINY else _TINY
			step = d * c
			result *= step
		if abs(step - 1) < _EPSILON * 4:
			break
	return result


def _solve(function: Callable[[float], float], target: float, low: float, high: float) -> float:
	"""The point where a rising function meets target, by bisection with false-position steps (Illinois)."""
	f_low, f_high = function(low) - target, function(high) - target
	if f_low >= 0:
		return low
	if f_high <= 0:
		return high
	side = 0
	for step in range(400):
		if step % 3 == 2:
			middle = (low + high) / 2
		else:
			middle = (low * f_high - high * f_low) / (f_high - f_low)
			if not low < middle < high:
				middle = (low + high) / 2
		if high - low <= 1e-15 * max(abs(low), abs(high)) or middle in (low, high):
			break
		f_middle = function(middle) - target
		if f_middle == 0:
			return middle
		if f_middle < 0:
			low, f_low = middle, f_middle
			f_high = f_high / 2 if side == -1 else f_high
			side = -1
		else:
			high, f_high = middle, f_middle
			f_low = f_low / 2 if side == 1 else f_low
			side = 1
	return (low + high) / 2


@lru_cache(maxsize=4096)
def beta_quantile(p: float, a: float, b: float) -> float:
	"""The x with I_x(a, b) = p, for 0 <= p <= 1 and a, b > 0."""
	if not 0 <= p <= 1:
		raise ValueError(f"a probability must lie between 0 and 1; got {p!r}")
	if p == 0:
		return 0.0
	if p == 1:
		return 1.0
	return _solve(lambda x: beta_cdf(x, a, b), p, 0.0, 1.0)


def gamma_cdf(x: float, a: float) -> float:
	"""The regularised lower incomplete gamma function P(a, x), for a > 0."""
	if a <= 0:
		raise ValueError("the shape of the gamma distribution must be above 0")
	if x <= 0:
		return 0.0
	log_front = a * math.log(x) - x - math.lgamma(a)
	if x < a + 1:
		term = total = 1 / a
		for k in range(1, _MOST_STEPS):
			term *= x / (a + k)
			total += term
			if term < total * _EPSILON:
				break
		return min(1.0, total * math.exp(log_front))
	b = x + 1 - a
	c = 1 / _TINY
	d = 1 / b
	result = d
	for k in range(1, _MOST_STEPS):
		numerator = -k * (k - a)
		b += 2
		d = numerator * d + b
		d = 1 / (d if abs(d) > _TINY else _TINY)
		c = b + numerator / c
		c = c if abs(c) > _TINY else _TINY
		result *= d * c
		if abs(d * c - 1) < _EPSILON * 4:
			break
	return max(0.0, 1 - result * math.exp(log_front))


@lru_cache(maxsize=4096)
def gamma_quantile(p: float, a: float) -> float:
	"""The x with P(a, x) = p, for 0 <= p < 1 and a > 0."""
	if not 0 <= p < 1:
		raise ValueError(f"a probability must lie between 0 and 1; got {p!r}")
	if p == 0:
		return 0.0
	high = max(1.0, 2 * a)
	while gamma_cdf(high, a) < p:
		high *= 2
	return _solve(lambda x: gamma_cdf(x, a), p, 0.0, high)


@lru_cache(maxsize=4096)
def t_quantile(p: float, degrees: float) -> float:
	"""The value that Student's t with the given degrees of freedom stays below with probability p.

	By the identity with the beta distribution: P(|T| > t) = I_{df / (df + t^2)}(df / 2, 1 / 2).
	"""
	if not 0 < p < 1:
		raise ValueError(f"a probability must lie between 0 and 1; got {p!r}")
	if degrees <= 0:
		raise ValueError("degrees of freedom must be above 0")
	if p == 0.5:
		return 0.0
	if p < 0.5:
		return -t_quantile(1 - p, degrees)
	# Solved for the complement, t^2 / (df + t^2), which keeps its digits where df is large.
	y = beta_quantile(2 * p - 1, 0.5, degrees / 2)
	return math.sqrt(degrees * y / (1 - y)) if y < 1 else math.inf


def binomial_tail(at_least: int, n: int, p: float) -> float:
	"""P(X >= at_least) for X binomial with n trials of chance p."""
	if at_least <= 0:
		return 1.0
	if at_least > n:
		return 0.0
	return beta_cdf(p, at_least, n - at_least + 1)


def poisson_cdf(count: int, mean: float) -> float:
	"""P(X <= count) for X Poisson with the given mean, mean >= 0."""
	if mean < 0:
		raise ValueError("a Poisson mean cannot be negative")
	if count < 0:
		return 0.0
	if mean == 0:
		return 1.0
	return 1 - gamma_cdf(mean, count + 1)
