"""Whom to call and when: the cadence restarts at any real conversation."""

from datetime import date, timedelta

import pytest

from cx_desk.core.cadence import DUE, IN_TIME, NO_CADENCE, OVERDUE, standing

TODAY = date(2026, 11, 23)
LONG_AGO = date(2025, 1, 1)


def after(days, tier="Named", **kwargs):
	return standing(tier, TODAY - timedelta(days=days), TODAY, known_since=LONG_AGO, **kwargs)


@pytest.mark.parametrize(
	("tier", "days", "state"),
	[
		("Named", 0, IN_TIME),
		("Named", 28, IN_TIME),
		("Named", 29, DUE),
		("Named", 42, DUE),
		("Named", 43, OVERDUE),
		("Pooled", 90, IN_TIME),
		("Pooled", 91, DUE),
		("Pooled", 121, OVERDUE),
		("Self-service", 900, NO_CADENCE),
	],
)
def test_standing_by_tier(tier, days, state):
	assert after(days, tier).state == state


def test_a_real_conversation_restarts_it():
	assert after(60).state == OVERDUE
	fresh = after(0)
	assert (fresh.state, fresh.due_on, fresh.latest_on) == (
		IN_TIME,
		TODAY + timedelta(days=28),
		TODAY + timedelta(days=42),
	)


def test_a_unit_nobody_spoke_with_is_due_at_once_and_late_after_the_longest_gap():
	new = standing("Named", None, TODAY, known_since=TODAY)
	assert (new.state, new.last, new.due_on) == (DUE, None, TODAY)
	assert standing("Named", None, TODAY, known_since=LONG_AGO).state == OVERDUE


def test_an_agreed_date_moves_the_due_day_but_not_past_the_longest_gap():
	assert after(10, agreed_on=TODAY - timedelta(days=1)).state == DUE
	assert after(30, agreed_on=TODAY + timedelta(days=5)).state == IN_TIME
	assert after(10, agreed_on=TODAY + timedelta(days=300)).due_on == after(10).latest_on
	assert after(43, agreed_on=TODAY + timedelta(days=300)).state == OVERDUE
	assert after(10, agreed_on=TODAY - timedelta(days=11)).due_on == after(10).due_on, (
		"agreed before it was held"
	)


def test_the_work_list_is_ordered_by_ideal_gaps():
	assert after(35).lateness == pytest.approx(0.25)
	assert after(20).lateness == 0
	assert after(56).lateness > after(100, "Pooled").lateness


def test_the_future_is_refused():
	with pytest.raises(ValueError, match="future"):
		after(-1)
