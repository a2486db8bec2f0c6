"""What counts of each kind of question mean; periods; a score over time."""

from datetime import date, timedelta

import pytest

from cx_desk.core import measures, periods, scores, survey_content, timeline


def test_every_scored_kind_has_a_figure():
	for kind, (low, high) in survey_content.SCALES.items():
		found = measures.estimate(kind, {low: 3, high: 5})
		assert found.low <= found.value <= found.high
		assert measures.ends_of(kind)[0] <= found.value <= measures.ends_of(kind)[1]
		text, places = measures.words_of(kind)
		assert "{" not in text.format(*places)


def test_the_usual_ones_are_the_usual_ones():
	counts = {1: 2, 2: 1, 3: 4, 4: 10, 5: 20}
	assert measures.estimate("CSAT", counts) == scores.csat(counts)
	assert measures.estimate("Rating 5", counts).value == scores.csat(counts).value
	assert measures.estimate("NPS", {0: 1, 10: 3}).value == scores.nps({0: 1, 10: 3}).value
	assert measures.estimate("CES", {1: 1, 7: 3}).value == pytest.approx(5.5)


def test_a_rating_takes_its_best_values():
	assert measures.estimate("Rating 7", {5: 1, 6: 1, 7: 1, 1: 1}).value == 0.5
	assert measures.estimate("Rating 11", {0: 1, 8: 1, 9: 1, 10: 1}).value == 0.5
	assert measures.estimate("Rating 2", {1: 1, 2: 3}).value == 0.75
	assert measures.satisfied_from("Rating 10") == 8
	assert measures.satisfied_from("NPS") is None


@pytest.mark.parametrize("kind", ["Choice", "Many", "Number", "Lost time", "Text", "Box", "Rating 4", ""])
def test_what_has_no_scale_has_no_score(kind):
	assert not measures.is_scored(kind)
	with pytest.raises(ValueError, match="has no score"):
		measures.estimate(kind, {1: 1})
	with pytest.raises(ValueError, match="has no score"):
		measures.good_from(kind)


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
	("key", "start", "end"),
	[
		("window", date(2026, 8, 25), TODAY),
		("30", date(2026, 10, 24), TODAY),
		("365", date(2025, 11, 23), TODAY),
		("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
		("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
		("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
		("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
		("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
	],
)
def test_periods(key, start, end):
	found = periods.read(key, TODAY, 90)
	assert (found.start, found.end) == (start, end)
	assert found.days == (end - start).days + 1


@pytest.mark.parametrize(
	"key", ["", "7", "-1", "2026", "2026-13", "2026-Q5", "1999-Q1", "2026-11-01..2026-11-02", "٣٠", "90 "]
)
def test_no_free_periods(key):
	with pytest.raises(ValueError, match="no period"):
		periods.read(key, TODAY)


def test_a_quarter_closes_when_its_answers_are_in():
	assert periods.closes_on("2026-Q3") == date(2026, 10, 29)
	assert periods.latest_closed(date(2026, 10, 28)).key == "2026-Q2"
	assert periods.latest_closed(date(2026, 10, 29)).key == "2026-Q3"
	assert [q.key for q in periods.closed_quarters(date(2026, 2, 3), TODAY)] == [
		"2026-Q1",
		"2026-Q2",
		"2026-Q3",
	]
	assert not list(periods.closed_quarters(date(2026, 11, 1), TODAY))


def test_whole_months_leave_the_current_one_out():
	assert periods.whole_months(date(2026, 1, 31), 3) == ["2025-10", "2025-11", "2025-12"]
	keys = [period.key for period in periods.choices(TODAY)]
	assert len(keys) == len(set(keys))
	assert all(periods.read(key, TODAY).start <= TODAY for key in keys)


def by_day(each, weeks):
	first = date(2026, 1, 5)
	return {first + timedelta(days=day): {5: each, 1: 1} for day in range(7 * weeks)}


def test_weeks_where_they_hold_enough_else_months():
	assert timeline.periods(by_day(3, 20))[0] == "week"
	by, names, tables = timeline.periods(by_day(1, 20))
	assert by == "month"
	assert names == sorted(names)
	assert sum(sum(table.values()) for table in tables) == 2 * 7 * 20


def test_no_chart_of_one_period():
	one = timeline.periods({date(2026, 1, 5): {5: 2}})
	assert timeline.chart(*one, scores.csat, "share", (0, 1)) is None
	assert timeline.chart(*timeline.periods({}), scores.csat, "share", (0, 1)) is None


def test_a_score_that_falls_signals():
	days = by_day(9, 24)
	for day in sorted(days)[-14:]:
		days[day] = {5: 2, 1: 8}
	chart = timeline.chart(*timeline.periods(days), scores.csat, "share", (0, 1))
	assert chart["by"] == "week"
	assert {signal["direction"] for signal in chart["signals"] if signal["index"] >= 22} == {"below"}
	means = timeline.chart("month", ["a", "b"], [{1: 3}, {7: 3}], scores.ces, "mean", (1, 7))
	assert means["method"] == "XmR"
