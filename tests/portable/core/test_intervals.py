"""Published and worked numbers of measurement.md section 5, and what impossible input must raise."""

import math

import pytest

from cx_desk.core import intervals
from cx_desk.core.intervals import (
	adjusted_wald,
	adjusted_wald_nps,
	difference,
	effective_n,
	exact_binomial,
	mean_t,
	poisson_interval,
	poisson_upper,
	pooled_change,
	wilson,
)

# The published cases use z = 1.96, so they agree to 1e-5 with confidence 0.95.
PUBLISHED_WILSON = [
	(10, 100, 0.05522854161313612, 0.1743673043676654),
	(0, 1, 0.0, 0.7934567085),
	(1, 2, 0.0945286548, 0.9054713452),
	(1, 11, 0.0162317523, 0.3773646255),
	(25, 100, 0.1754509400, 0.3430464637),
	(50, 100, 0.4038298286, 0.5961701714),
	(0, 100, 0.0, 0.0369948075),
	(50, 420, 0.0915, 0.1535),
	(13, 20, 0.43, 0.82),
]


@pytest.mark.parametrize(("successes", "n", "low", "high"), PUBLISHED_WILSON)
def test_wilson_gives_published_numbers(successes, n, low, high):
	result = wilson(successes, n)
	tolerance = 5e-5 if n == 420 else 5e-3 if n == 20 else 1e-5
	assert result.value == successes / n
	assert result.low == pytest.approx(low, abs=tolerance)
	assert result.high == pytest.approx(high, abs=tolerance)
	assert (result.n, result.method) == (n, "Wilson")


def test_wilson_with_the_published_z_agrees_to_the_last_digit():
	low, high = intervals.wilson_bounds(0.1, 100, 1.96)
	assert low == pytest.approx(0.05522854161313612, abs=1e-14)
	assert high == pytest.approx(0.1743673043676654, abs=1e-14)


def test_adjusted_wald_of_nine_in_ten_is_clipped():
	result = adjusted_wald(9, 10)
	assert (result.low + result.high) / 2 != pytest.approx(0.7890, abs=1e-3)  # the clip moved one end
	assert result.low == pytest.approx(0.5740, abs=1e-4)
	assert result.high == 1


def test_nps_example_of_324():
	result = adjusted_wald_nps(162, 108, 54)
	assert result.value == pytest.approx(100 / 3)
	# Wald without the adjustment: SE 0.04141, 25.2 to 41.4.
	assert math.sqrt(5 / 9 / 324) == pytest.approx(0.04141, abs=1e-5)
	centre, variance = 108 / 327, (217.5 / 327 - 1 + 1) / 327
	variance = ((162.75 + 54.75) / 327 - centre**2) / 327
	assert result.low == pytest.approx(100 * (centre - 1.959963984540054 * math.sqrt(variance)))
	assert result.high == pytest.approx(100 * (centre + 1.959963984540054 * math.sqrt(variance)))
	assert result.method == "adjusted Wald"


def test_nps_is_clipped_to_the_scale():
	assert adjusted_wald_nps(3, 0, 0).high == 100
	assert adjusted_wald_nps(0, 0, 3).low == -100
	assert adjusted_wald_nps(1, 0, 0).value == 100


def test_effective_n_widens():
	assert effective_n([1] * 40) == pytest.approx(40)
	assert effective_n([10, 1, 1, 1]) == pytest.approx(169 / 103)
	assert wilson(20, 40, effective=10).high > wilson(20, 40).high
	assert wilson(20, 40, effective=10).high == pytest.approx(wilson(5, 10).high)
	assert adjusted_wald_nps(20, 10, 10, effective=10).low < adjusted_wald_nps(20, 10, 10).low
	assert mean_t([1, 2, 3, 4, 5] * 4, effective=8).low < mean_t([1, 2, 3, 4, 5] * 4).low


def test_mean_t_of_a_published_sample():
	# Student 1908 (the extra sleep of ten patients under the second drug): mean 2.33, sd 2.002.
	sleep = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
	result = mean_t(sleep)
	assert result.value == pytest.approx(2.33)
	assert (result.low, result.high) == (pytest.approx(0.897677, abs=1e-5), pytest.approx(3.762322, abs=1e-5))
	assert mean_t({1: 2, 3: 1}).value == pytest.approx(5 / 3)


def test_poisson_limits():
	assert poisson_upper(10) == pytest.approx(16.96, abs=5e-3)
	assert poisson_upper(0) == pytest.approx(-math.log(0.05))
	result = poisson_interval(10, exposure=2)
	assert (result.low, result.high) == (
		pytest.approx(4.795389 / 2, abs=1e-5),
		pytest.approx(18.390356 / 2, abs=1e-5),
	)


def test_exact_binomial_ends():
	assert exact_binomial(0, 10).high == pytest.approx(1 - 0.025**0.1)
	assert exact_binomial(10, 10).low == pytest.approx(0.025**0.1)
	assert exact_binomial(0, 10).low == 0
	assert exact_binomial(10, 10).high == 1


def test_difference_of_newcombe_1998():
	# Newcombe 1998, example (a): 56/70 less 48/80; method 10 gives 0.0524 to 0.3339.
	change = difference(wilson(48, 80), wilson(56, 70))
	assert change.value == pytest.approx(0.2)
	assert (change.low, change.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
	assert change.clear
	assert change.text == "up, more than noise"
	assert not difference(wilson(8, 10), wilson(9, 10)).clear


def test_difference_refuses_unlike_figures():
	with pytest.raises(ValueError, match="different methods"):
		difference(wilson(8, 10), adjusted_wald_nps(8, 1, 1))
	with pytest.raises(ValueError, match="same confidence"):
		difference(wilson(8, 10), wilson(8, 10, 0.9))


def test_pooled_change_is_narrower_than_its_parts():
	pairs = [(wilson(40, 80), wilson(50, 80)), (wilson(30, 60), wilson(38, 60))]
	pooled = pooled_change(pairs)
	assert min(0.125, 8 / 60) < pooled.value < max(0.125, 8 / 60) + 1e-9
	assert pooled.high - pooled.low < min(difference(*pair).high - difference(*pair).low for pair in pairs)
	assert (pooled.n_before, pooled.n_after) == (140, 140)
	with pytest.raises(ValueError, match="no pair"):
		pooled_change([])


def test_asked_travels_and_gives_the_response_rate():
	assert wilson(250, 250, asked=1000).response_rate == 0.25
	assert wilson(250, 250).response_rate is None
	assert wilson(20, 25).with_asked(100).response_rate == 0.25
	# Ratings given unasked in the portal can outnumber the people asked; a rate would be nonsense.
	assert wilson(20, 25).with_asked(10).response_rate is None


@pytest.mark.parametrize(
	"call",
	[
		lambda: wilson(1, 0),
		lambda: wilson(0, 0),
		lambda: wilson(-1, 5),
		lambda: wilson(6, 5),
		lambda: wilson(1.5, 5),
		lambda: wilson(float("nan"), 5),
		lambda: wilson(1, float("inf")),
		lambda: wilson(True, 5),
		lambda: wilson("1", 5),
		lambda: wilson(1, 5, 0),
		lambda: wilson(1, 5, 1),
		lambda: wilson(1, 5, 95),
		lambda: wilson(1, 5, effective=0),
		lambda: wilson(1, 5, asked=-1),
		lambda: adjusted_wald(6, 5),
		lambda: adjusted_wald(0, 0),
		lambda: exact_binomial(6, 5),
		lambda: exact_binomial(0, 0),
		lambda: adjusted_wald_nps(0, 0, 0),
		lambda: adjusted_wald_nps(-1, 2, 3),
		lambda: mean_t([]),
		lambda: mean_t([3]),
		lambda: mean_t([3, float("nan")]),
		lambda: mean_t([3, 4], effective=1),
		lambda: effective_n([]),
		lambda: effective_n([0, 0]),
		lambda: effective_n([1, -1]),
		lambda: poisson_upper(-1),
		lambda: poisson_upper(2.5),
		lambda: poisson_upper(3, 1.5),
		lambda: poisson_interval(3, exposure=0),
	],
)
def test_impossible_input_is_refused_plainly(call):
	with pytest.raises(ValueError) as caught:  # noqa: PT011
		call()
	assert len(str(caught.value)) > 10


def test_estimates_are_frozen():
	with pytest.raises(AttributeError):
		wilson(1, 2).value = 3
