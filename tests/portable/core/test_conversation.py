"""Conversations: planned and held; times that cannot be are refused with what to do."""

from datetime import datetime, timedelta

import pytest

from cx_desk.core import conversation as c

NOW = datetime(2026, 11, 23, 9, 0)
HOUR = timedelta(hours=1)


def test_held_needs_that_it_began_and_words():
	with pytest.raises(c.Blocked, match="begins only on 2026-11-23 10:00"):
		c.check(c.PLANNED, c.HELD, NOW + HOUR, NOW, {"notes"})
	with pytest.raises(c.Blocked, match="what was said"):
		c.check(c.PLANNED, c.HELD, NOW - HOUR, NOW)
	assert c.check(c.PLANNED, c.HELD, NOW - HOUR, NOW, {"notes"}).key == "hold"


def test_a_cancellation_says_why_and_by_whom():
	with pytest.raises(c.Blocked, match="why"):
		c.check(c.PLANNED, c.CANCELLED, NOW + HOUR, NOW)
	with pytest.raises(c.Blocked, match="who cancelled"):
		c.check(c.PLANNED, c.CANCELLED, NOW + HOUR, NOW, {"reason"})
	assert c.check(c.PLANNED, c.CANCELLED, NOW + HOUR, NOW, {"reason", "cancelled_by"}).allowed


def test_held_stays_held():
	assert c.moves(c.HELD, NOW, NOW) == []
	with pytest.raises(c.Blocked, match="stays held"):
		c.check(c.HELD, c.PLANNED, NOW, NOW)
	with pytest.raises(c.Blocked, match="From here it can become: Planned"):
		c.check(c.MISSED, c.HELD, NOW, NOW)
	with pytest.raises(ValueError, match="unknown state"):
		c.moves("Open", NOW, NOW)


def test_times():
	assert "ends before" in c.time_problem(c.PLANNED, NOW, NOW - HOUR, NOW)
	assert "future" in c.time_problem(c.HELD, NOW + HOUR, None, NOW)
	assert c.time_problem(c.PLANNED, NOW + HOUR, NOW + HOUR, NOW) is None
	assert "when" in c.time_problem(c.PLANNED, None, None, NOW)


def test_the_gap_between_both_sides():
	assert c.level_gap("4 Trusted advisor", "2 Order taker") == 2
	assert c.level_gap("2 Order taker", "3 Service provider") == -1
	assert c.level_gap(None, "3 Service provider") is None
	with pytest.raises(ValueError, match="level"):
		c.level_gap("9", "3 Service provider")
