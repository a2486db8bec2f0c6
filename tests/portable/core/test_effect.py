"""Worked numbers of domain.md 5.13, and false verdicts under four nulls."""

import math
import os
import random

import pytest

from cx_desk.core import effect as effects
from cx_desk.core.effect import detectable_ratio, dispersion, effect, rate_ratio, ratio_of_ratios, verdict

ROUNDS = 20_000 if os.environ.get("CX_LONG") == "1" else 1_200


def test_exact_conditional_interval_of_the_worked_example():
	result = rate_ratio(126, 98)
	assert result.value == pytest.approx(0.78, abs=5e-3)
	assert (result.low, result.high) == (pytest.approx(0.59, abs=5e-3), pytest.approx(1.02, abs=5e-3))
	assert result.p_value == pytest.approx(0.07, abs=5e-3)
	assert verdict(result) == "No clear change"


def test_few_tickets_cannot_tell():
	result = rate_ratio(9, 5)
	assert (result.low, result.high) == (pytest.approx(0.15, abs=5e-3), pytest.approx(1.85, abs=5e-3))
	assert verdict(result) == "Cannot tell"


def test_comparison_units_and_scatter_widen():
	plain = ratio_of_ratios(126, 98, 410, 402)
	assert plain.value == pytest.approx(0.79, abs=5e-3)
	assert (plain.low, plain.high) == (pytest.approx(0.59, abs=5e-3), pytest.approx(1.07, abs=5e-3))
	wide = ratio_of_ratios(126, 98, 410, 402, dispersion=1.8)
	assert (wide.low, wide.high) == (pytest.approx(0.53, abs=5e-3), pytest.approx(1.18, abs=5e-3))


@pytest.mark.parametrize(
	("before", "ratio", "tolerance"), [(126, 0.675, 5e-4), (50, 0.5, 0.01), (20, 0.25, 0.01)]
)
def test_detectable_falls(before, ratio, tolerance):
	assert detectable_ratio(before) == pytest.approx(ratio, abs=tolerance)


def test_detectable_ratio_solves_its_own_equation():
	ratio = detectable_ratio(
		80, 0.9, comparison_before=300, comparison_after=310, dispersion=1.5, exposure_after=2
	)
	spread = math.sqrt(1.5 * (1 / 80 + 1 / (160 * ratio) + 1 / 300 + 1 / 310))
	assert -math.log(ratio) == pytest.approx((1.959963985 + 1.281551566) * spread, rel=1e-6)
	assert detectable_ratio(8) is None
	assert detectable_ratio(0) is None


def test_direction_is_fixed_beforehand():
	fallen = rate_ratio(126, 60)
	assert verdict(fallen) == "As hoped"
	assert verdict(fallen, hoped="rise") == "Opposite"
	assert verdict(rate_ratio(60, 126), hoped="rise") == "As hoped"
	assert verdict(rate_ratio(126, 120)) == "No clear change"


def test_exposures_scale():
	assert rate_ratio(20, 40, 1, 2).value == 1
	assert rate_ratio(20, 40, 1, 2).low == pytest.approx(rate_ratio(20, 40).low / 2)
	assert rate_ratio(0, 5).value == math.inf
	assert rate_ratio(0, 5).high == math.inf
	assert rate_ratio(5, 0).low == 0


def test_dispersion_takes_no_step_for_scatter():
	assert dispersion([10, 10, 10], [30, 30, 30]) == 1
	assert dispersion([5, 25, 5, 25], [5, 25, 5, 25]) > 5


@pytest.mark.parametrize(
	"call",
	[
		lambda: rate_ratio(0, 0),
		lambda: rate_ratio(-1, 5),
		lambda: rate_ratio(5, 5, 0, 1),
		lambda: rate_ratio(5, 5, 1, float("inf")),
		lambda: rate_ratio(5, 5, confidence=2),
		lambda: ratio_of_ratios(0, 0, 5, 5),
		lambda: ratio_of_ratios(5, 5, 0, 0),
		lambda: ratio_of_ratios(5, 5, 5, 5, dispersion=0.5),
		lambda: detectable_ratio(50, power=1),
		lambda: verdict(rate_ratio(5, 5), hoped="up"),
		lambda: dispersion([3]),
		lambda: effect([1, 2], [3, 4]),
		lambda: effect([0, 0, 0], [0, 0, 0]),
		lambda: effect([1, 2, 3], [3, 4, 5], [1, 2], [3, 4, 5]),
	],
)
def test_impossible_input_is_refused(call):
	with pytest.raises(ValueError, match=r"\w+ \w+"):
		call()


def _poisson(rng, mean):
	if mean > 40:
		return max(0, round(rng.gauss(mean, math.sqrt(mean))))
	limit, product, count = math.exp(-mean), rng.random(), 0
	while product > limit:
		product *= rng.random()
		count += 1
	return count


def _clumped(rng, mean, phi):
	return _poisson(rng, rng.gammavariate(mean / (phi - 1), phi - 1))


def _season(week):
	return 1 + 0.35 * math.sin(2 * math.pi * week / 52)


def _poisson_null(rng):
	return [[_poisson(rng, 10) for _ in range(12)] for _ in range(2)], [
		[_poisson(rng, 40) for _ in range(12)] for _ in range(2)
	]


def _clumped_null(rng):
	return [[_clumped(rng, 10, 1.8) for _ in range(12)] for _ in range(2)], [
		[sum(_clumped(rng, 10, 1.8) for _ in range(4)) for _ in range(12)] for _ in range(2)
	]


def _seasonal_null(rng):
	start = rng.randrange(52)
	weeks = [range(start, start + 12), range(start + 14, start + 26)]
	return [[_poisson(rng, 10 * _season(week)) for week in window] for window in weeks], [
		[_poisson(rng, 40 * _season(week)) for week in window] for window in weeks
	]


def _chosen_null(rng, keep_window=True):
	"""The worst of ten alike units by its last 12 weeks; the before-window lies before those weeks."""
	units = [[_poisson(rng, 8) for _ in range(36)] for _ in range(10)]
	worst = max(range(10), key=lambda unit: sum(units[unit][12:24]))
	before = slice(0, 12) if keep_window else slice(12, 24)
	others = [unit for index, unit in enumerate(units) if index != worst]
	return [units[worst][before], units[worst][24:]], [
		[sum(week) for week in zip(*(unit[window] for unit in others), strict=True)]
		for window in (before, slice(24, 36))
	]


def _false_rates(null, seed):
	rng = random.Random(seed)
	tally = {"As hoped": 0, "Opposite": 0}
	for _ in range(ROUNDS):
		unit, comparison = null(rng)
		found = effect(*unit, *comparison).verdict
		if found in tally:
			tally[found] += 1
	return tally["As hoped"] / ROUNDS, tally["Opposite"] / ROUNDS


@pytest.mark.parametrize(
	"null", [_poisson_null, _clumped_null, _seasonal_null, _chosen_null], ids=lambda null: null.__name__
)
def test_false_verdicts_stay_below_five_in_a_hundred(null, capsys):
	improved, opposite = _false_rates(null, seed=20_26)
	with capsys.disabled():
		print(
			f"\n  false verdicts, {null.__name__}: hoped {improved:.3f}, opposite {opposite:.3f}, {ROUNDS} rounds"
		)
	# 5 % is the promise; three standard errors of the reduced rounds are the test's own noise.
	assert improved + opposite <= 0.05 + (3 * math.sqrt(0.05 * 0.95 / ROUNDS) if ROUNDS < 5_000 else 0.003)


def test_the_window_it_was_chosen_from_would_flatter(capsys):
	"""Why the before-window must end before the planner's: with it, false improvements are several times as many."""
	honest, _ = _false_rates(_chosen_null, seed=7)
	flattering, _ = _false_rates(lambda rng: _chosen_null(rng, keep_window=False), seed=7)
	with capsys.disabled():
		print(f"\n  false 'As hoped' of the worst unit: window kept apart {honest:.3f}, not {flattering:.3f}")
	assert flattering > 2 * honest
	assert flattering > 0.05


def test_a_real_halving_is_found():
	rng = random.Random(3)
	found = sum(
		effect(
			[_poisson(rng, 10) for _ in range(12)],
			[_poisson(rng, 5) for _ in range(12)],
			[_poisson(rng, 40) for _ in range(12)],
			[_poisson(rng, 40) for _ in range(12)],
		).verdict
		== effects.AS_HOPED
		for _ in range(300)
	)
	assert found > 280
