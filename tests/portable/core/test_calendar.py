"""Business hours in the calendar's own zone, across nights, holidays and changes of the clocks."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from cx_desk.core.calendar import (
	ServiceCalendar,
	add_business_hours,
	add_working_days,
	business_hours,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = ServiceCalendar(
	{day: [(time(9), time(12)), (time(13), time(18))] for day in range(5)}, BERLIN, [date(2026, 5, 1)]
)
ALWAYS = ServiceCalendar({day: [(time(0), time(0))] for day in range(7)}, "Europe/Berlin")


def at(day, hour=0, minute=0, month=3, year=2026, zone=BERLIN, fold=0):
	return datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold)


def test_one_day_with_its_lunch_break():
	assert business_hours(at(2, 9), at(2, 18), OFFICE) == 8
	assert business_hours(at(2, 11), at(2, 14), OFFICE) == 2
	assert business_hours(at(2, 12), at(2, 13), OFFICE) == 0


def test_nights_weekends_and_holidays_do_not_count():
	assert business_hours(at(6, 17), at(9, 10), OFFICE) == 2  # Friday to Monday
	assert business_hours(at(30, 17, month=4), at(4, 10, month=5), OFFICE) == 2  # over 1 May
	assert business_hours(at(1, 9, month=5), at(1, 18, month=5), OFFICE) == 0


def test_moments_of_other_zones_are_read_in_the_calendars_own():
	new_york = ZoneInfo("America/New_York")
	assert business_hours(at(2, 3, zone=new_york), at(2, 5, zone=new_york), OFFICE) == 2
	assert add_business_hours(at(2, 3, zone=timezone.utc), 1, OFFICE) == at(2, 10)
	assert add_business_hours(at(2, 3, zone=timezone.utc), 1, OFFICE).tzinfo is BERLIN


def test_due_times():
	assert add_business_hours(at(2, 9), 8, OFFICE) == at(2, 18)
	assert add_business_hours(at(2, 9), 8.5, OFFICE) == at(3, 9, 30)
	assert add_business_hours(at(6, 17), 2, OFFICE) == at(9, 10)
	assert add_business_hours(at(7, 11), 0.5, OFFICE) == at(9, 9, 30)
	assert add_business_hours(at(7, 11), 0, OFFICE) == at(7, 11)
	assert add_business_hours(at(30, 17, month=4), 2, OFFICE) == at(4, 10, month=5)


def test_within_one_business_day():
	assert add_working_days(at(6, 16), 1, OFFICE) == at(9, 18)
	assert add_working_days(at(6, 16), 0, OFFICE) == at(6, 18)
	assert add_working_days(at(6, 19), 0, OFFICE) == at(9, 18)
	assert add_working_days(at(7, 12), 1, OFFICE) == at(9, 18)


def test_clocks_forward_and_back():
	# 29 March 2026 has 23 hours in Berlin, 25 October has 25.
	assert business_hours(at(29), at(30), ALWAYS) == 23
	assert business_hours(at(25, month=10), at(26, month=10), ALWAYS) == 25
	assert add_business_hours(at(28, 22), 24, ALWAYS) == at(29, 23)
	assert add_business_hours(at(24, 22, month=10), 24, ALWAYS) == at(25, 21, month=10)
	# An office day is eight hours long on both sides of the change.
	assert business_hours(at(27, 9), at(30, 18), OFFICE) == 16


def test_a_period_that_starts_in_the_skipped_hour_starts_at_the_change():
	night = ServiceCalendar({6: [(time(2, 30), time(5))]}, BERLIN)
	assert business_hours(at(29), at(30), night) == 2
	gone = ServiceCalendar({6: [(time(2, 10), time(2, 50))]}, BERLIN)
	assert business_hours(at(29), at(30), gone) == 0


def test_the_repeated_hour_is_counted_once_in_real_time():
	first, second = at(25, 2, 30, month=10), at(25, 2, 30, month=10, fold=1)
	assert business_hours(first, second, ALWAYS) == 1
	two_periods = ServiceCalendar({6: [(time(0), time(2, 30)), (time(2, 30), time(0))]}, BERLIN)
	assert business_hours(at(25, month=10), at(26, month=10), two_periods) == 25


def test_holidays_may_be_given_as_datetimes_and_hours_as_timedeltas():
	# The database driver gives timedelta for a time of day.
	calendar = ServiceCalendar(
		{0: [(timedelta(hours=9), timedelta(hours=24))]}, BERLIN, [datetime(2026, 3, 9)]
	)
	assert business_hours(at(2), at(3), calendar) == 15
	assert business_hours(at(9), at(10), calendar) == 0


def test_is_open():
	assert OFFICE.is_open(at(2, 9))
	assert not OFFICE.is_open(at(2, 12))
	assert not OFFICE.is_open(at(7, 10))


@pytest.mark.parametrize("hours", [0.25, 1, 7.75, 8, 40, 123.5])
@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS], ids=["office", "always"])
@pytest.mark.parametrize(
	"start", [at(1), at(2, 9), at(27, 17, 30), at(24, 23, month=10), at(30, 12, month=12)]
)
def test_adding_and_measuring_agree(hours, calendar, start):
	due = add_business_hours(start, hours, calendar)
	assert business_hours(start, due, calendar) == pytest.approx(hours, abs=1e-9)
	assert business_hours(start, due - timedelta(seconds=1), calendar) < hours


@pytest.mark.parametrize(
	"call",
	[
		lambda: business_hours(datetime(2026, 3, 2), at(3), OFFICE),
		lambda: business_hours(at(3), at(2), OFFICE),
		lambda: add_business_hours(at(2), -1, OFFICE),
		lambda: add_business_hours(at(2), float("nan"), OFFICE),
		lambda: add_business_hours(at(2), float("inf"), OFFICE),
		lambda: add_business_hours(at(2), 1, ServiceCalendar({}, BERLIN)),
		lambda: add_working_days(at(2), -1, OFFICE),
		lambda: add_working_days(at(2), 1, ServiceCalendar({}, BERLIN)),
		lambda: ServiceCalendar({7: [(time(9), time(17))]}, BERLIN),
		lambda: ServiceCalendar({0: [(time(17), time(9))]}, BERLIN),
		lambda: ServiceCalendar({0: [(time(9), time(13)), (time(12), time(17))]}, BERLIN),
		lambda: ServiceCalendar({0: [(time(9), time(17))]}, "Mars/Olympus"),
		lambda: ServiceCalendar({0: [(time(9), time(17))]}, None),
		lambda: ServiceCalendar({0: [(timedelta(hours=-1), time(17))]}, BERLIN),
	],
)
def test_impossible_input_is_refused(call):
	with pytest.raises(ValueError, match=r"\w+ \w+"):
		call()


def test_a_calendar_of_holidays_ends_with_a_message():
	days = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(700)]
	with pytest.raises(ValueError, match="ten years"):
		add_business_hours(at(2), 1, ServiceCalendar({0: [(time(9), time(17))]}, BERLIN, days))
