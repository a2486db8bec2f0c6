"""The standard-library functions against SciPy, on grids, to 1e-6 and better."""

import math

import pytest

from cx_desk.core import distributions as own
from cx_desk.core.effect import rate_ratio
from cx_desk.core.intervals import exact_binomial, mean_t, poisson_interval, poisson_upper, wilson

stats = pytest.importorskip(
	"scipy.stats", reason="SciPy is not installed: the grids are not compared with it"
)

CONFIDENCES = (0.8, 0.9, 0.95, 0.99)


def close(value, expected):
	return value == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_wilson_and_exact_binomial():
	for n in (1, 2, 5, 11, 37, 100, 1000, 25_000):
		for successes in sorted({0, 1, n // 7, n // 2, n - 1, n}):
			for confidence in CONFIDENCES:
				test = stats.binomtest(successes, n)
				expected = test.proportion_ci(confidence, "wilson")
				result = wilson(successes, n, confidence)
				assert close(result.low, expected.low)
				assert close(result.high, expected.high)
				expected = test.proportion_ci(confidence, "exact")
				result = exact_binomial(successes, n, confidence)
				assert close(result.low, expected.low)
				assert close(result.high, expected.high)


def test_poisson_limits():
	for count in (0, 1, 2, 5, 10, 47, 126, 1000, 20_000):
		for confidence in CONFIDENCES:
			tail = (1 - confidence) / 2
			assert close(poisson_upper(count, confidence), stats.chi2.ppf(confidence, 2 * count + 2) / 2)
			result = poisson_interval(count, confidence)
			assert close(result.low, stats.chi2.ppf(tail, 2 * count) / 2 if count else 0)
			assert close(result.high, stats.chi2.ppf(1 - tail, 2 * count + 2) / 2)


def test_t_quantiles():
	for degrees in (1, 2, 3.5, 9, 30, 99, 1000, 250_000):
		for p in (0.005, 0.025, 0.2, 0.5, 0.6, 0.9, 0.975, 0.9995):
			assert close(own.t_quantile(p, degrees), stats.t.ppf(p, degrees))


def test_mean_t():
	values = [1, 7, 3, 5, 5, 6, 2, 7, 7, 4]
	expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
	result = mean_t(values)
	assert close(result.low, expected.low)
	assert close(result.high, expected.high)


def test_beta_and_gamma():
	for a in (0.5, 1, 3, 40, 700, 9000):
		for b in (0.5, 2, 25, 300, 8000):
			mean = a / (a + b)
			for x in (mean / 3, mean * 0.9, mean, mean + (1 - mean) / 20, 0.97):
				assert close(own.beta_cdf(x, a, b), stats.beta.cdf(x, a, b))
			for p in (1e-4, 0.025, 0.5, 0.975, 0.9999):
				assert close(own.beta_quantile(p, a, b), stats.beta.ppf(p, a, b))
	for a in (0.5, 1, 2.5, 30, 500, 20_000):
		for x in (a / 4, a * 0.95, a, a * 1.1 + 1, a * 3):
			assert close(own.gamma_cdf(x, a), stats.gamma.cdf(x, a))
		for p in (1e-4, 0.025, 0.5, 0.975, 0.9999):
			assert close(own.gamma_quantile(p, a), stats.gamma.ppf(p, a))


def test_tails():
	for n, p in ((5, 0.5), (100, 0.03), (1000, 0.6)):
		for at_least in (0, 1, n // 3, n, n + 1):
			assert close(own.binomial_tail(at_least, n, p), stats.binom.sf(at_least - 1, n, p))
	for mean in (0, 0.5, 3, 10, 200):
		for count in (-1, 0, 1, 9, 220):
			assert close(own.poisson_cdf(count, mean), stats.poisson.cdf(count, mean))


def test_exact_conditional_rate_ratio():
	for before, after in ((126, 98), (9, 5), (1, 0), (0, 4), (400, 402)):
		result = rate_ratio(before, after, 84, 70)
		ends = stats.binomtest(after, before + after).proportion_ci(0.95, "exact")
		scale = 84 / 70
		assert close(result.low, scale * ends.low / (1 - ends.low))
		assert close(result.high, math.inf if before == 0 else scale * ends.high / (1 - ends.high))
