"""Events of triggers, and the days of a schedule: stable for a person, spread over the period, once in each."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import survey_events as events

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(1, 60)


def test_each_event_has_people_who_can_answer():
	for name, event in events.EVENTS.items():
		kind = event.kind or events.kind_of(name, next(iter(events.DATES)))
		assert events.RESPONDENTS_OF[kind], name
	assert {who for offered in events.RESPONDENTS_OF.values() for who in offered} == set(events.RESPONDENTS)


def test_a_date_decides_the_kind_and_unknown_ones_are_refused():
	assert events.kind_of(events.DATE_REACHED, "Go-live of an initiative") == events.INITIATIVE
	assert events.kind_of(events.TICKET_RESOLVED) == events.TICKET
	for event, day in (("Full moon", None), (events.DATE_REACHED, None), (events.DATE_REACHED, "Easter")):
		with pytest.raises(ValueError, match="unknown"):
			events.kind_of(event, day)


@pytest.mark.parametrize(
	("event", "state", "stage", "holds"),
	[
		(events.VISIT_SHARED, "Closed", None, True),
		(events.VISIT_SHARED, "Cancelled", None, False),
		(events.VISIT_HELD, "Shared", None, True),
		(events.CONVERSATION_HELD, "Missed", None, False),
		(events.VOICE_TOLD, "Settled", None, True),
		(events.VOICE_TOLD, "Contested", None, False),
		(events.STAGE_REACHED, "Benefits", "Handed over", True),
		(events.STAGE_REACHED, "Early life", "Handed over", False),
		(events.STAGE_REACHED, "Withdrawn", "Handed over", False),
		(events.DATE_REACHED, "Held", None, True),
		(events.DATE_REACHED, "Withdrawn", None, False),
		(events.ON_SCHEDULE, None, None, True),
	],
)
def test_what_must_still_hold(event, state, stage, holds):
	assert events.still_holds(event, state, stage) is holds


@given(DAYS, MONTHS)
def test_a_day_lies_in_its_period(day, months):
	period = events.period_of(day, months)
	assert events.first_day(period, months) <= day < events.first_day(period + 1, months)


@given(st.text(max_size=20), st.text(max_size=20), DAYS, MONTHS)
def test_a_person_has_one_day_in_each_period_and_always_the_same(trigger, person, day, months):
	period = events.period_of(day, months)
	slot = events.slot_day(trigger, person, period, months)
	assert slot == events.slot_day(trigger, person, period, months)
	assert events.period_of(slot, months) == period
	following = events.slot_day(trigger, person, period + 1, months)
	# Periods differ by a few days in length; the place in them does not.
	assert abs((following - slot).days - months * 30.44) <= 4


@given(st.text(max_size=10), st.text(max_size=10), DAYS, st.integers(0, 800), MONTHS, st.integers(0, 400))
def test_looking_in_parts_finds_what_looking_at_once_does(trigger, person, since, days, months, cut):
	until = since + timedelta(days=days)
	middle = min(until, since + timedelta(days=cut))
	whole = list(events.slots_between(trigger, person, since, until, months))
	parts = list(events.slots_between(trigger, person, since, middle, months))
	parts += events.slots_between(trigger, person, middle + timedelta(days=1), until, months)
	assert parts == whole
	assert len({period for period, _day in whole}) == len(whole)


def test_a_unit_is_never_asked_all_at_once():
	first = events.period_of(date(2026, 1, 1), 6)
	for unit in range(20):
		days = Counter(events.slot_day("Twice a year", f"{unit}/{number}", first, 6) for number in range(200))
		weeks = Counter()
		for day, count in days.items():
			weeks[day.isocalendar()[:2]] += count
		# 200 people over 26 weeks are 7.7 a week; a chance of 1 in a million per unit for 27.
		assert max(weeks.values()) < 27
		assert max(days.values()) < 12


def test_periods_of_no_length_are_refused():
	for months in (0, 61, -3):
		with pytest.raises(ValueError, match="1 to 60"):
			events.period_of(date(2026, 1, 1), months)
