"""The incident log as data: what is read is the log, what is chosen is stable, time moves by whole weeks."""

from datetime import date, datetime, timedelta

import pytest

from cx_desk.demo import log, plan, simulate


@pytest.fixture(scope="module")
def incidents():
	return log.read()


def test_every_incident_of_the_log_is_there(incidents):
	assert len(incidents) == 24_918
	assert len({i.number for i in incidents}) == 24_918
	assert len({i.caller for i in incidents if i.caller}) == 5_244
	assert min(i.opened for i in incidents) == datetime(2016, 2, 29, 1, 16)


def test_one_incident_by_hand(incidents):
	found = next(i for i in incidents if i.number == "0000047")
	assert found.opened == datetime(2016, 2, 29, 4, 40)
	assert (found.caller, found.location, found.group, found.priority) == ("2403", "165", "70", "3")
	assert [c.group for c in found.changes if c.group] == ["24"]
	assert [c.state for c in found.changes if c.state] == [log.PAUSED, log.RESOLVED, log.CLOSED]
	assert found.resolutions() == [datetime(2016, 3, 1, 9, 52)]


def test_no_event_before_its_opening_and_all_in_order(incidents):
	for incident in incidents:
		times = [incident.opened, *(change.at for change in incident.changes)]
		assert times == sorted(times)


def test_reopening_makes_a_second_resolution(incidents):
	twice = [i for i in incidents if len(i.resolutions()) > 1]
	assert 250 < len(twice) < 350
	assert all(i.resolutions() for i in incidents)


def test_a_smaller_choice_is_part_of_a_larger_one(incidents):
	small, large = log.choose(incidents, 100), log.choose(incidents, 1000)
	assert len(small) == 100
	assert {i.number for i in small} < {i.number for i in large}
	assert large == sorted(large, key=lambda i: (i.opened, i.number))
	assert log.choose(reversed(incidents), 100) == small
	whole = log.choose(incidents, 10**9)
	assert len(whole) == 24_644
	assert max(i.opened for i in whole) < log.DENSE_UNTIL, (
		"those that trail behind for months would lie ahead"
	)


def test_a_choice_covers_the_whole_time(incidents):
	weeks = {i.opened.isocalendar()[1] for i in log.choose(incidents, 1000)}
	assert len(weeks) >= 12


@pytest.mark.parametrize("today", [date(2026, 11, day) for day in range(16, 30)])
def test_the_dense_weeks_end_just_before_today(incidents, today):
	"""Whatever number is asked for, the quarter before today is full: what reads 91 days has something to read."""
	shift = log.shift_for(today)
	assert shift % timedelta(weeks=1) == timedelta(0)
	assert today - timedelta(days=7) <= (log.DENSE_UNTIL + shift).date() - timedelta(days=1) < today
	for count in (200, 10**9):
		opened = [i.opened.date() + shift for i in log.choose(incidents, count)]
		assert max(opened) < today
		assert sum(day >= today - timedelta(days=91) for day in opened) > 0.85 * len(opened)


def test_moving_keeps_weekday_time_and_distance(incidents):
	one = incidents[0]
	moved = log.move(one, timedelta(weeks=500))
	assert moved.opened.weekday() == one.opened.weekday()
	assert moved.opened.time() == one.opened.time()
	assert [c.at - moved.opened for c in moved.changes] == [c.at - one.opened for c in one.changes]


def test_units(incidents):
	sizes, homes = log.sizes(incidents), log.homes(incidents)
	units = plan.units(sizes, homes, "All Units")
	names = [u.name for u in units]
	assert len(names) == len(set(names))
	assert names.count(plan.OTHER_SITES) == 1
	assert sum(u.parent in plan.REGIONS for u in units) == sum(n >= plan.SMALL for n in sizes.values()) == 65
	assert sum(u.headcount for u in units) == len(homes)
	load = [sum(sizes[str(int(u.name[5:]))] for u in units if u.parent == r) for r in plan.REGIONS]
	assert max(load) < 1.05 * min(load)


def test_people_are_distinct_and_nowhere_real(incidents):
	callers = {i.caller for i in incidents if i.caller}
	emails = {plan.caller(c).email for c in callers}
	assert len(emails) == len(callers)
	assert all(e.endswith(".example") for e in emails)


def test_every_team_has_members(incidents):
	assert all(plan.team_members(incidents).values())


def test_the_same_answers_every_time():
	at = datetime(2026, 11, 2, 10)
	facts = {"reopened": False, "sla_failed": False, "unit": "Site 001"}
	answers = [simulate.answer(f"row{i}", at, **facts) for i in range(2000)]
	assert answers == [simulate.answer(f"row{i}", at, **facts) for i in range(2000)]
	given = [a for a in answers if a]
	assert 0.22 < len(given) / 2000 < 0.32
	assert all(a.at >= at and 7 <= a.at.hour < 22 for a in given)
	assert {a.value for a in given} == {1, 2, 3, 4, 5}
