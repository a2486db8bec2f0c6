"""Properties of asking, whatever the order of events: budgets hold, a second run decides alike, nothing is forgotten."""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_desk.core import survey_policy as policy
from cx_desk.core.critical_hours import critical_times
from cx_desk.core.survey_replay import YEAR, Books, Due, run

START = datetime(2026, 1, 5, tzinfo=timezone.utc)
ZONES = (timezone.utc, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"))
UNITS = ("Cards", "Loans", "Retail")
CRITICAL = ("", "Mon-Fri 11:00-14:00", "last working day of the month", "Mon-Sun 00:00-24:00", "nonsense")

RULES = st.builds(
	policy.Settings,
	send_from=st.sampled_from([time(0), time(9)]),
	send_until=st.sampled_from([time(0), time(17)]),
	drop_after_days=st.sampled_from([0, 1, 3]),
	cooldown_days=st.sampled_from([0, 7, 30]),
	yearly_budget=st.integers(0, 4),
	unit_budget=st.integers(0, 5),
	unit_budget_days=st.sampled_from([1, 7, 30]),
)
# person, unit, minutes after the start, whether there is a hold, a draw, a stranger; minutes until a reminder.
EVENTS = st.lists(
	st.tuples(
		st.integers(0, 5),
		st.sampled_from(UNITS),
		st.integers(0, 500 * 24 * 60),
		st.booleans(),
	),
	max_size=60,
)
CLOCKS = st.fixed_dictionaries(
	{unit: st.tuples(st.sampled_from(ZONES), st.sampled_from(CRITICAL)) for unit in UNITS}
)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rows_of(events) -> list[Due]:
	return [
		Due(START + timedelta(minutes=minutes), f"row {number}", f"person {person}", unit, known)
		for number, (person, unit, minutes, known) in enumerate(events)
	]


def facts_with(clocks, rules):
	def facts_of(row, now, books):
		zone, text = clocks[row.unit]
		return policy.Facts(
			now=now,
			due_at=row.at,
			zone=zone,
			address=f"{row.person}@bank.example",
			critical=tuple(critical_times(text)[0]),
			known=row.key,
			asked_at=books.last(row.person, now),
			asked_in_year=books.in_year(row.person, now),
			unit_asked=books.of_unit(row.unit, now, rules.unit_budget_days),
		)

	return facts_of


def outcome_of(rows, rules, clocks, books=None):
	return run(rows, facts_with(clocks, rules), rules, books or Books())


def asked_by(outcome, field) -> dict[str, list[datetime]]:
	found: dict[str, list[datetime]] = {}
	for row, decision, at in outcome:
		if decision.action == policy.ASK:
			found.setdefault(getattr(row, field), []).append(at)
	return {who: sorted(moments) for who, moments in found.items()}


def most_within(moments: list[datetime], span: timedelta) -> int:
	return max(sum(first <= at <= first + span for at in moments) for first in moments)


@SLOW
@given(EVENTS, RULES, CLOCKS)
def test_nobody_and_no_unit_is_ever_over_budget(events, rules, clocks):
	outcome = outcome_of(rows_of(events), rules, clocks)
	for moments in asked_by(outcome, "person").values():
		if rules.yearly_budget:
			assert most_within(moments, YEAR) <= rules.yearly_budget
		if rules.cooldown_days:
			assert all(b - a >= timedelta(days=rules.cooldown_days) for a, b in pairwise(moments))
	for moments in asked_by(outcome, "unit").values():
		if rules.unit_budget:
			assert most_within(moments, timedelta(days=rules.unit_budget_days)) <= rules.unit_budget


@SLOW
@given(EVENTS, RULES, CLOCKS, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_found_changes_nothing(events, rules, clocks, chance):
	rows = rows_of(events)
	mixed = list(rows)
	chance.shuffle(mixed)
	first = {row.name: (decision, at) for row, decision, at in outcome_of(rows, rules, clocks)}
	again = {row.name: (decision, at) for row, decision, at in outcome_of(mixed, rules, clocks)}
	assert first == again
	assert set(first) == {row.name for row in rows}


@SLOW
@given(EVENTS, RULES, CLOCKS)
def test_every_row_is_asked_in_an_open_hour_or_has_a_reason(events, rules, clocks):
	for row, decision, at in outcome_of(rows_of(events), rules, clocks):
		if decision.action != policy.ASK:
			assert decision.reason in policy.REASONS
			continue
		zone, text = clocks[row.unit]
		local = at.astimezone(zone).replace(tzinfo=None)
		assert not any(one.until(local) for one in critical_times(text)[0])
		if rules.send_from != rules.send_until:
			assert policy.next_opening(at, zone, rules.send_from, rules.send_until) == at
		last = policy.last_moment(row.at, zone, rules, critical_times(text)[0])
		assert last is None or at <= last


@SLOW
@given(EVENTS, EVENTS, RULES, CLOCKS)
def test_reminders_draw_on_the_same_budgets(events, reminded, rules, clocks):
	"""Reminders that went out before count, and one more is sent only where both budgets have room."""
	books = Books()
	sent: list[tuple[str, str, datetime]] = []
	for row in sorted(rows_of(reminded), key=lambda row: row.at):
		decision = policy.decide_reminder(facts_with(clocks, rules)(row, row.at, books), rules)
		if decision.action == policy.ASK:
			books.note(row.person, row.unit, row.at)
			sent.append((row.person, row.unit, row.at))
	late = [replace(row, at=row.at + timedelta(days=501)) for row in rows_of(events)]
	outcome = outcome_of(late, rules, clocks, books)
	for place, field in ((0, "person"), (1, "unit")):
		moments = {who: list(found) for who, found in asked_by(outcome, field).items()}
		for one in sent:
			moments.setdefault(one[place], []).append(one[2])
		budget, span = (
			(rules.yearly_budget, YEAR)
			if place == 0
			else (rules.unit_budget, timedelta(days=rules.unit_budget_days))
		)
		if budget:
			assert all(most_within(sorted(found), span) <= budget for found in moments.values())


def test_the_properties_can_fail():
	"""Without a budget the same events ask more often: the rules above do hold something back."""
	rows = [Due(START + timedelta(days=day), f"{day}", "ann", "Cards", True) for day in range(9)]
	clocks = {"Cards": (timezone.utc, "")}
	loose = policy.Settings(cooldown_days=0, yearly_budget=0)
	assert len(asked_by(outcome_of(rows, loose, clocks), "person")["ann"]) == 9
	assert len(asked_by(outcome_of(rows, replace(loose, yearly_budget=2), clocks), "person")["ann"]) == 2
	assert len(asked_by(outcome_of(rows, replace(loose, unit_budget=3), clocks), "unit")["Cards"]) == 3
