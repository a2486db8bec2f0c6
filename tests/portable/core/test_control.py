"""Limits of published charts, the two rules, and that no other rule fires."""

from datetime import date, timedelta

import pytest

from cx_desk.core.control import (
	days_between,
	laney_chart,
	p_chart,
	share_chart,
	signals,
	weighted_score,
	xmr,
)

Q_SCORES = [417, 520, 395, 470, 250, 389, 530, 440, 420, 405]


def test_q_chart_of_the_published_scores():
	assert weighted_score([6, 5, 4, 3, 2, 1], [20, 25, 25, 15, 12, 3]) == 417
	chart = xmr(Q_SCORES)
	moving = (103 + 125 + 75 + 220 + 139 + 141 + 90 + 20 + 15) / 9
	assert chart.centre == pytest.approx(423.6)
	assert chart.mean_moving_range == pytest.approx(moving)
	assert (chart.lower, chart.upper) == (
		pytest.approx(423.6 - 2.66 * moving),
		pytest.approx(423.6 + 2.66 * moving),
	)
	assert chart.range_upper == pytest.approx(3.27 * moving)
	assert chart.signals == ()
	assert chart.standing == "too few points"


def test_points_that_set_the_limits_are_frozen():
	values = [10, 12] * 10 + [30]
	chart = xmr(values, frozen=20)
	assert chart.centre == 11
	assert [signal.index for signal in chart.signals] == [20]
	assert chart.standing == "firm"
	assert xmr(values, frozen=12).standing == "provisional"


def test_eight_on_one_side_fires_once_per_run():
	limits = [(-10, 10)] * 20
	values = [1] * 7 + [-1] + [1] * 12
	assert [(s.index, s.rule, s.above) for s in signals(values, 0, limits)] == [
		(15, "eight on one side", True)
	]
	assert signals([1, 1, 1, 1, 0, 1, 1, 1, 1], 0, limits[:9]) == ()
	assert [s.index for s in signals([-1] * 8 + [1] * 8, 0, limits[:16])] == [7, 15]


def test_a_trend_alone_is_no_signal():
	assert xmr([1, 2, 3, 4, 5, 6, 7], lowest=0).signals == () or all(
		signal.rule == "outside the limits" for signal in xmr([1, 2, 3, 4, 5, 6, 7]).signals
	)


def test_p_chart_limits_follow_n():
	chart = p_chart([(40, 50), (45, 50), (35, 50), (80, 100)])
	assert chart.centre == pytest.approx(200 / 250)
	half = 3 * (0.8 * 0.2 / 50) ** 0.5
	assert chart.limits[0] == (pytest.approx(0.8 - half), pytest.approx(0.8 + half))
	assert chart.limits[3][0] > chart.limits[0][0]


def test_limits_stay_on_the_scale():
	chart = p_chart([(9, 10), (10, 10), (9, 10)])
	assert chart.limits[0][1] == 1
	assert xmr([95, 99, 90], highest=100).upper == 100


def test_laney_is_taken_where_n_varies():
	assert share_chart([(5, 10), (6, 10)]).method == "p-chart"
	chart = share_chart([(500, 1000), (700, 1100), (450, 900), (800, 1200)])
	assert chart.method == "Laney p'-chart"
	# Weeks that scatter far beyond chance stretch the limits; on plain p limits nearly all would signal.
	assert chart.signals == ()
	assert p_chart([(500, 1000), (700, 1100), (450, 900), (800, 1200)]).signals != ()


def test_laney_never_narrows():
	even = [(50, 100), (55, 110), (45, 90)] * 5
	assert laney_chart(even).limits == p_chart(even).limits


def test_all_good_has_limits_of_no_width():
	chart = share_chart([(10, 10), (12, 12), (9, 9)])
	assert (chart.centre, chart.lower, chart.upper, chart.signals) == (1, 1, 1, ())


def test_rare_events_as_days_between():
	start = date(2026, 1, 1)
	days = [start + timedelta(days=10 * index) for index in range(14)]
	chart = days_between([*days, days[-1] + timedelta(days=200)], frozen=13)
	assert chart.centre == pytest.approx(10)
	assert [signal.index for signal in chart.signals] == [13]
	assert chart.values[-1] == 200


@pytest.mark.parametrize(
	"call",
	[
		lambda: xmr([1]),
		lambda: xmr([1, float("nan")]),
		lambda: xmr([1, 2], frozen=3),
		lambda: xmr([1, 2], frozen=1),
		lambda: p_chart([(1, 0), (1, 2)]),
		lambda: p_chart([(3, 2), (1, 2)]),
		lambda: p_chart([(1, 2)]),
		lambda: days_between([date(2026, 1, 1), date(2026, 1, 2)]),
		lambda: days_between([date(2026, 1, 3), date(2026, 1, 2), date(2026, 1, 5)]),
		lambda: weighted_score([1], [1, 2]),
	],
)
def test_impossible_input_is_refused(call):
	with pytest.raises(ValueError, match=r"\w+ \w+"):
		call()
