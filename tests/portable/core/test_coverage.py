"""How often the intervals hold the truth. Wilson's is summed exactly; the others are simulated and printed."""

import math
import os
import random

import pytest

from cx_desk.core.intervals import (
	adjusted_wald_nps,
	effective_n,
	mean_t,
	poisson_interval,
	poisson_upper,
	wilson,
)
from cx_desk.core.scores import ces

LONG = os.environ.get("CX_LONG") == "1"
ROUNDS = 40_000 if LONG else 2_000
SHARES = [step / 100 for step in range(5, 96, 1 if LONG else 3)]


def _coverage(n, share, ends):
	return sum(
		math.exp(
			math.lgamma(n + 1)
			- math.lgamma(hits + 1)
			- math.lgamma(n - hits + 1)
			+ hits * math.log(share)
			+ (n - hits) * math.log(1 - share)
		)
		for hits, (low, high) in enumerate(ends)
		if low <= share <= high
	)


@pytest.mark.parametrize("n", [*range(5, 60), 80, 200, 500] if LONG else [5, 10, 20, 80, 200])
def test_wilson_covers(n, capsys):
	ends = [(result.low, result.high) for result in (wilson(hits, n) for hits in range(n + 1))]
	covered = [_coverage(n, share, ends) for share in SHARES]
	mean, least = sum(covered) / len(covered), min(covered)
	with capsys.disabled():
		print(f"\n  Wilson, n = {n}: mean coverage {mean:.4f}, least {least:.4f}")
	assert 0.94 <= mean <= 0.97
	assert least >= 0.88


def test_walds_interval_would_fail_the_same_test():
	"""The test can fail: the interval that spreadsheets draw covers far less."""
	n = 10
	ends = []
	for hits in range(n + 1):
		half = 1.96 * math.sqrt(hits / n * (1 - hits / n) / n)
		ends.append((hits / n - half, hits / n + half))
	assert min(_coverage(n, share, ends) for share in SHARES) < 0.88


def _draw(rng, weights, n):
	return rng.choices(range(len(weights)), weights, k=n)


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("weights", [(50, 30, 20), (70, 20, 10), (20, 30, 50)])
def test_net_scores_cover(n, weights, capsys):
	rng = random.Random(n)
	truth = weights[0] - weights[2]
	hits = 0
	cache = {}
	for _ in range(ROUNDS):
		drawn = _draw(rng, weights, n)
		key = (drawn.count(0), drawn.count(1), drawn.count(2))
		if key not in cache:
			cache[key] = adjusted_wald_nps(*key)
		hits += cache[key].low <= truth <= cache[key].high
	with capsys.disabled():
		print(f"\n  adjusted Wald, n = {n}, {weights}: {hits / ROUNDS:.3f}")
	assert 0.925 <= hits / ROUNDS <= 0.985


@pytest.mark.parametrize("n", [10, 30, 100])
def test_effort_means_cover(n, capsys):
	rng = random.Random(n)
	weights = (8, 10, 12, 15, 20, 20, 15)
	truth = sum((value + 1) * weight for value, weight in enumerate(weights)) / sum(weights)
	hits = 0
	for _ in range(ROUNDS // 4):
		counts = {}
		for value in _draw(rng, weights, n):
			counts[value + 1] = counts.get(value + 1, 0) + 1
		result = ces(counts)
		hits += result.low <= truth <= result.high
	with capsys.disabled():
		print(f"\n  t interval of effort, n = {n}: {hits / (ROUNDS // 4):.3f}")
	assert 0.92 <= hits / (ROUNDS // 4) <= 0.98


@pytest.mark.parametrize("mean", [1.5, 5, 20])
def test_poisson_limits_cover_at_least_what_they_say(mean, capsys):
	probability = math.exp(-mean)
	two_sided = one_sided = 0.0
	for count in range(200):
		ends = poisson_interval(count)
		two_sided += probability * (ends.low <= mean <= ends.high)
		one_sided += probability * (mean <= poisson_upper(count))
		probability *= mean / (count + 1)
	with capsys.disabled():
		print(f"\n  exact Poisson, mean {mean}: {two_sided:.3f} two-sided, {one_sided:.3f} upper")
	assert two_sided >= 0.95
	assert one_sided >= 0.95


def test_people_who_answer_often_need_the_effective_n(capsys):
	"""40 answers of 12 people, each person of one mind: on the answers the interval is far too sure."""
	rng = random.Random(12)
	each = [10, 8, 6, 4, 3, 2, 2, 1, 1, 1, 1, 1]
	worth = effective_n(each)
	plain = honest = 0
	for _ in range(ROUNDS):
		satisfied = sum(count for count in each if rng.random() < 0.7)
		n = sum(each)
		low_high = wilson(satisfied, n)
		plain += low_high.low <= 0.7 <= low_high.high
		low_high = wilson(satisfied, n, effective=worth)
		honest += low_high.low <= 0.7 <= low_high.high
	with capsys.disabled():
		print(
			f"\n  repeated answers: coverage {honest / ROUNDS:.3f} by effective n, {plain / ROUNDS:.3f} without"
		)
	assert honest / ROUNDS >= 0.9
	assert plain / ROUNDS < 0.85


def test_mean_t_of_skewed_times_is_printed(capsys):
	"""Lost hours are skewed; a t interval of 20 of them covers less than it says. Known, and printed."""
	rng = random.Random(20)
	rounds = ROUNDS // 4
	hits = 0
	for _ in range(rounds):
		result = mean_t([rng.expovariate(1) for _ in range(20)])
		hits += result.low <= 1 <= result.high
	with capsys.disabled():
		print(f"\n  t interval of 20 skewed times: {hits / rounds:.3f}")
	assert hits / rounds >= 0.87
