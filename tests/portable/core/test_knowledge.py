"""Levels, decay and what goes when somebody goes."""

from datetime import date, timedelta

import pytest

from cx_desk.core import knowledge
from cx_desk.core.knowledge import Evidence, at_risk, known

TODAY = date(2026, 11, 22)


def ago(days, kind):
	return Evidence(kind, TODAY - timedelta(days=days), f"{kind} {days}")


def test_the_worked_number_of_decay():
	# domain.md 5.6: 80 points, half-life 180 days, after 90 days 56.6
	assert known([ago(90, knowledge.ARTICLE)], TODAY).freshness == pytest.approx(56.57, abs=0.01)


@pytest.mark.parametrize(
	("kind", "points"),
	[("Briefing", 20), ("Visit", 40), ("Tickets handled", 60), ("Unit's confirmation", 100)],
)
def test_what_each_kind_is_worth_on_its_day(kind, points):
	assert known([ago(0, kind)], TODAY).freshness == points


def test_the_piece_that_is_worth_most_today_counts_and_nothing_is_added_up():
	found = known([ago(400, knowledge.CONFIRMED), ago(1, knowledge.VISIT), ago(2, knowledge.VISIT)], TODAY)
	assert (found.level, found.evidence.source) == (2, "Visit 1")
	assert found.freshness < 40
	assert known([ago(30, knowledge.CONFIRMED), ago(1, knowledge.VISIT)], TODAY).level == 5


def test_only_evidence_up_to_the_day():
	assert known([ago(-1, knowledge.VISIT)], TODAY) is None
	assert known([], TODAY) is None


def test_well_known_from_60_on():
	assert known([ago(0, knowledge.TICKETS)], TODAY).well
	assert known([ago(30, knowledge.TICKETS)], TODAY).well, "handled within a month: still does"
	assert not known([ago(31, knowledge.TICKETS)], TODAY).well
	assert known([ago(130, knowledge.CONFIRMED)], TODAY).well


def test_units_that_would_fall_under_two():
	levels = {
		"Safe": {"eva": 90, "ali": 80, "kim": 70},
		"Two": {"eva": 90, "ali": 80, "kim": 30, "bo": 40},
		"One": {"eva": 60},
		"Not hers": {"ali": 90},
		"She is not good at": {"eva": 40, "ali": 90},
	}
	found = at_risk(levels, "eva")
	assert [(row.unit, row.left, row.takers) for row in found] == [
		("One", (), ()),
		("Two", ("ali",), ("bo", "kim")),
	]
	assert at_risk(levels, "nobody") == []


@pytest.mark.parametrize(
	("kind", "days"), [("Tickets handled", 30), ("Article written", 74), ("Unit's confirmation", 132)]
)
def test_the_last_day_on_which_it_is_known_well(kind, days):
	last = knowledge.well_until([ago(0, kind)], TODAY)
	assert (last - TODAY).days == days
	assert known([ago(0, kind)], last).well
	assert not known([ago(0, kind)], last + timedelta(days=1)).well


def test_what_was_never_or_is_no_longer_known_well_has_no_such_day():
	assert knowledge.well_until([ago(0, "Visit"), ago(0, "Briefing")], TODAY) is None
	assert knowledge.well_until([ago(31, "Tickets handled")], TODAY) is None
	assert knowledge.well_until([ago(-1, "Tickets handled")], TODAY) is None
