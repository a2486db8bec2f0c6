"""What must hold for any counts: order and split change nothing, parts add up, more answers never widen."""
# ruff: noqa: E402

import random

import pytest

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_desk.core.control import xmr
from cx_desk.core.effect import rate_ratio
from cx_desk.core.intervals import adjusted_wald_nps, difference, effective_n, wilson
from cx_desk.core.pareto import pareto
from cx_desk.core.scores import add_counts, band, ces, ces_index, csat, nps
from cx_desk.core.suppression import protect

settings.register_profile("portable", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("portable")

count = st.integers(0, 400)


def tables(low, high):
	return st.dictionaries(st.integers(low, high), count).filter(lambda table: any(table.values()))


SCORES = [(csat, 1, 5), (nps, 0, 10), (ces, 1, 7), (ces_index, 1, 7)]


@pytest.mark.parametrize(("score", "low", "high"), SCORES)
def test_order_and_split_change_nothing(score, low, high):
	@given(tables(low, high), st.integers(0, 2**32))
	def check(table, seed):
		rng = random.Random(seed)
		items = list(table.items())
		rng.shuffle(items)
		assert score(dict(items)) == score(table)
		first = {value: rng.randint(0, n) for value, n in table.items()}
		second = {value: n - first[value] for value, n in table.items()}
		assert score(add_counts([first, second])) == score(table)

	check()


@pytest.mark.parametrize(("score", "low", "high"), SCORES)
def test_the_value_lies_in_its_interval_and_on_its_scale(score, low, high):
	@given(tables(low, high))
	def check(table):
		result = score(table)
		least, most = {"csat": (0, 1), "ces": (1, 7)}.get(score.__name__, (-100, 100))
		assert least <= result.low <= result.high <= most
		assert result.n == sum(table.values())
		if score in (csat, ces):
			assert result.low - 1e-9 <= result.value <= result.high + 1e-9

	check()


@given(st.integers(1, 200), st.integers(0, 200), st.integers(2, 50))
def test_the_same_share_at_a_larger_n_never_widens(n, hits, times):
	hits = min(hits, n)
	small, large = wilson(hits, n), wilson(hits * times, n * times)
	assert large.high - large.low <= small.high - small.low + 1e-12
	small = adjusted_wald_nps(hits, 0, n - hits)
	large = adjusted_wald_nps(hits * times, 0, (n - hits) * times)
	# Clipping at the end of the scale can hide width of the smaller one; away from it the rule is strict.
	if small.low > -100 and small.high < 100:
		assert large.high - large.low <= small.high - small.low + 1e-9


@given(st.integers(1, 300), st.integers(0, 300))
def test_a_share_and_its_complement_mirror(n, hits):
	hits = min(hits, n)
	one, other = wilson(hits, n), wilson(n - hits, n)
	assert one.low == pytest.approx(1 - other.high, abs=1e-12)
	assert band(one) in ("Good", "Poor", "Not clear")


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_effective_n_lies_between_one_and_n(weights):
	assert 1 - 1e-9 <= effective_n(weights) <= len(weights) + 1e-9


@given(st.integers(1, 80), st.integers(1, 80), st.integers(0, 80), st.integers(0, 80))
def test_a_difference_turns_round(n_one, n_two, hits_one, hits_two):
	one, two = wilson(min(hits_one, n_one), n_one), wilson(min(hits_two, n_two), n_two)
	forth, back = difference(one, two), difference(two, one)
	assert (forth.low, forth.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
	assert -1 - 1e-9 <= forth.low <= forth.value <= forth.high <= 1 + 1e-9


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_rate_ratio_turns_round(before, after):
	forth, back = rate_ratio(before, after), rate_ratio(after, before)
	assert forth.low == pytest.approx(1 / back.high, rel=1e-9)
	assert forth.low <= forth.value <= forth.high


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.floats(-1e6, 1e6))
def test_a_chart_moves_with_its_points(values, shift):
	chart, moved = xmr(values), xmr([value + shift for value in values])
	assert moved.centre == pytest.approx(chart.centre + shift, abs=1e-3)
	assert moved.upper - moved.lower == pytest.approx(chart.upper - chart.lower, abs=1e-3)


@given(st.dictionaries(st.text(max_size=4), count, min_size=1).filter(lambda table: any(table.values())))
def test_drivers_add_up(counts):
	drivers = pareto(counts)
	assert sum(driver.count for driver in drivers) == sum(counts.values())
	assert drivers[-1].running == 1
	assert drivers[0].vital


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40), min_size=1, max_size=12))
def test_hidden_people_are_none_or_enough(people):
	result = protect(people)
	hidden = sum(people[key] for key in result.hidden)
	assert not result.shown_totals or hidden == 0 or hidden >= 5
	assert all(people[key] == 0 or people[key] >= 5 for key in result.shown)
	# Nothing more is hidden than must be: without the largest hidden group too few people would be left.
	extra = [people[key] for key in result.hidden if people[key] >= 5]
	assert len(extra) <= 1
