"""CSAT, NPS, CES and what may be said of them; worked numbers of measurement.md section 5."""

import pytest

from cx_desk.core import scores
from cx_desk.core.intervals import wilson
from cx_desk.core.scores import band, ces, ces_index, csat, happiness, nps, stars, target_state


def test_csat_is_the_top_two_of_five():
	result = csat({1: 5, 2: 10, 3: 15, 4: 30, 5: 40}, asked=400)
	assert result.value == 0.7
	assert (result.low, result.high) == (wilson(70, 100).low, wilson(70, 100).high)
	assert (result.n, result.asked, result.response_rate) == (100, 400, 0.25)
	assert result.method == "Wilson"


@pytest.mark.parametrize(("points", "top"), [(2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 2), (10, 3)])
def test_the_box_follows_the_scale(points, top):
	counts = dict.fromkeys(range(1, points + 1), 1)
	assert csat(counts, points=points).value == pytest.approx(top / points)


def test_csat_takes_half_values_without_a_gap():
	assert csat({3.5: 1, 4: 1, 4.5: 1}).value == pytest.approx(2 / 3)


def test_nps_buckets_leave_no_gap():
	assert nps({6.5: 1, 9: 1}).value == 0
	assert nps({8.9: 1}).value == 0
	assert nps({6.999: 1}).value == -100
	result = nps({10: 100, 9: 62, 8: 100, 7: 8, 6: 20, 0: 34})
	assert result.value == pytest.approx(100 / 3)
	assert result.n == 324


def test_happiness_of_plus_52():
	assert happiness({10: 76, 3: 24}).value == 52


def test_ces_mean_of_the_published_counts():
	counts = dict(zip(range(1, 8), [80, 210, 140, 110, 160, 180, 120], strict=True))
	result = ces(counts)
	assert result.value == pytest.approx(4.08)
	assert result.n == 1000
	assert result.method == "t interval"
	assert result.low < 4.08 < result.high
	index = ces_index(counts)
	assert index.value == pytest.approx(30.0 - 43.0)
	assert index.method == "adjusted Wald"


@pytest.mark.parametrize("count", [1, 2, 50])
def test_answers_all_alike_claim_no_certainty(count):
	result = ces({7: count})
	assert result.value == 7
	assert result.high == 7
	assert result.low < 7
	assert result.method != "t interval"
	assert ces({7: count * 2}).low > result.low


def test_ces_stays_on_its_scale():
	result = ces({1: 1, 7: 1})
	assert (result.low, result.high) == (1, 7)


@pytest.mark.parametrize(
	("rating", "expected"), [(0.9, 5), (0.5, 3), (0.3, 2), (0.7, 4), (0.1, 1), (1, 5), (0.2, 1), (0.8, 4)]
)
def test_half_stars_go_up(rating, expected):
	assert stars(rating) == expected


@pytest.mark.parametrize("rating", [0, -0.2, 1.2, float("nan"), None, True, "0.8"])
def test_no_rating_is_no_star(rating):
	with pytest.raises(ValueError, match="stored rating"):
		stars(rating)


@pytest.mark.parametrize(
	("score", "counts"),
	[
		(csat, {}),
		(csat, {3: 0}),
		(csat, {0: 1}),
		(csat, {6: 1}),
		(csat, {"5": 1}),
		(csat, {5: -1}),
		(csat, {5: 1.5}),
		(nps, {11: 1}),
		(nps, {-1: 1}),
		(nps, {float("nan"): 1}),
		(ces, {0: 1}),
		(ces, {8: 2}),
		(ces, {}),
		(ces_index, {8: 1}),
	],
)
def test_impossible_tables_are_refused(score, counts):
	with pytest.raises(ValueError, match=r"scale|answers|count"):
		score(counts)


def test_unknown_scale_wants_its_box_named():
	with pytest.raises(ValueError, match="satisfied"):
		csat({8: 1}, points=8)
	assert csat({8: 1, 1: 1}, points=8, top=2).value == 0.5


def test_bands():
	assert band(wilson(95, 100)) == "Good"
	assert band(wilson(40, 100)) == "Poor"
	assert band(wilson(70, 100)) == "Not clear"
	assert band(wilson(3, 3)) == "Not clear"


def test_target_states():
	assert target_state(wilson(95, 100), 0.8) == "Met"
	assert target_state(wilson(50, 100), 0.8) == "Missed"
	assert target_state(wilson(80, 100), 0.8) == "Not shown either way"
	assert target_state(wilson(9, 9), 0.1) == "Too few"
	assert target_state(wilson(5, 100), 0.2, higher_is_better=False) == "Met"
	assert target_state(wilson(50, 100), 0.2, higher_is_better=False) == "Missed"
	exact = wilson(70, 100)
	assert target_state(exact, exact.low) == "Met"
	assert target_state(exact, exact.high) == "Not shown either way"


def test_few_answers_below_ten():
	assert scores.few_answers(9)
	assert not scores.few_answers(10)


def test_response_rate():
	assert scores.response_rate(250, 1000).value == 0.25
	assert scores.response_rate(420, 20000).value == pytest.approx(0.021)
	with pytest.raises(ValueError, match="more answers"):
		scores.response_rate(11, 10)


def test_tables_add_up():
	assert scores.add_counts([{1: 2, 5: 1}, {5: 3}]) == {1: 2, 5: 4}
