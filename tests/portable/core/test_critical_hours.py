"""When a unit must not be disturbed, as people write it."""

from datetime import datetime, time

import pytest

from cx_desk.core.critical_hours import critical_times


def on(day, start, end):
	return datetime.fromisoformat(f"{day} {start}"), datetime.fromisoformat(f"{day} {end}")


class TestCriticalHours:
	@pytest.mark.parametrize(
		("day", "start", "end", "critical"),
		[
			("2026-11-23", "13:00", "15:00", True),
			("2026-11-23", "14:00", "15:00", False),
			("2026-11-23", "09:00", "11:00", False),
			("2026-11-28", "12:00", "13:00", False),
			("2026-11-30", "15:00", "16:00", True),
		],
	)
	def test_as_in_the_help_text(self, day, start, end, critical):
		times, unread = critical_times("Mon-Fri 11:00-14:00, last working day of the month")
		assert not unread
		assert any(one.touches(*on(day, start, end)) for one in times) is critical

	def test_over_midnight_and_over_the_weekend(self):
		times, _ = critical_times("Fri-Mon")
		assert times[0].weekdays == {4, 5, 6, 0}
		assert times[0].touches(datetime(2026, 11, 26, 22), datetime(2026, 11, 27, 2))

	def test_hours_alone_mean_every_day(self):
		times, unread = critical_times("8:00-9:30\nfirst working day of the month 10:00-24:00")
		assert not unread
		assert times[0].touches(*on("2026-11-29", "09:00", "12:00"))
		assert times[1].touches(*on("2026-12-01", "23:00", "23:30"))
		assert not times[1].touches(*on("2026-12-01", "09:00", "10:00"))

	@pytest.mark.parametrize(
		"text",
		[
			"exam week",
			"Mon 25:00-26:00",
			"Tue 14:00-11:00",
			"the 11:00-14:00 rush",
			# Half understood would be the whole week, or every Monday.
			"Mon-Fri around noon",
			"Mon-Fri unless there is a holiday",
			"Month end",
			"Friends day",
		],
	)
	def test_what_cannot_be_read_as_a_whole_blocks_nothing_and_is_shown(self, text):
		assert critical_times(text) == ([], [text])

	@pytest.mark.parametrize(
		("text", "days", "start", "end"),
		[
			("Mo-Fr 11:00-14:00", {0, 1, 2, 3, 4}, time(11), time(14)),
			("Montag bis Mittwoch 8-9.30 Uhr", {0, 1, 2}, time(8), time(9, 30)),
			("Mon-Fri 11-14", {0, 1, 2, 3, 4}, time(11), time(14)),
			("17:00 to 18:00 Fridays", {4}, time(17), time(18)),
			("Wednesday", {2}, time(0), time.max),
		],
	)
	def test_as_people_write_it_in_english_and_german(self, text, days, start, end):
		(one,), unread = critical_times(text)
		assert (one.weekdays, one.start, one.end, unread) == (days, start, end, [])

	def test_the_edge_of_a_month_in_german(self):
		(one,), unread = critical_times("letzter Arbeitstag des Monats")
		assert (one.month_day, unread) == ("last", [])

	def test_nothing_written(self):
		assert critical_times(None) == ([], [])
