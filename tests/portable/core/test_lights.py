"""Two lights, never one: what they feel and what we did, each with its inputs, their age, and unknown as unknown."""

from datetime import date, timedelta

import pytest

from cx_desk.core import lights as l
from cx_desk.core.cadence import standing

TODAY = date(2026, 11, 23)


def ago(days):
	return TODAY - timedelta(days=days)


def kept(days, tier="Named"):
	last = None if days is None else ago(days)
	return standing(tier, last, TODAY, known_since=ago(5))


def test_nothing_known_is_unknown_and_not_good():
	felt = l.combine(
		[
			l.experience(None, None, 0, None, TODAY),
			l.voices(0, 0, 0, None, TODAY),
			l.sponsor(None, None, TODAY),
		]
	)
	assert (felt.light, felt.known, felt.of) == (l.UNKNOWN, 0, 3)
	assert len(felt.reasons) == 3


def test_one_poor_input_is_not_averaged_away():
	felt = l.combine([l.experience("Good", 88, 40, ago(3), TODAY), l.voices(2, 1, 9, ago(1), TODAY)])
	assert felt.light == l.POOR
	assert [entry.key for entry in felt.reasons] == ["voices"]
	assert "not settled" in felt.reasons[0].sentence


def test_old_inputs_are_not_known_and_say_their_age():
	entry = l.experience("Good", 88, 40, ago(121), TODAY)
	assert (entry.light, entry.age) == (l.UNKNOWN, 121)
	assert l.experience("Good", 88, 40, ago(120), TODAY).light == l.GOOD
	assert l.sponsor("Good", ago(201), TODAY).light == l.UNKNOWN


def test_logging_a_call_moves_the_second_light_only():
	felt = [l.experience("Poor", 41, 30, ago(2), TODAY)]
	before = l.combine([l.contact(kept(60)), l.told(9, 10, ago(1), TODAY)])
	after = l.combine([l.contact(kept(0)), l.told(9, 10, ago(1), TODAY)])
	assert (before.light, after.light) == (l.POOR, l.GOOD)
	assert l.combine(felt).light == l.POOR


def test_contact_without_cadence_is_left_out_and_never_is_not_in_time():
	assert not l.contact(kept(3, "Self-service")).applies
	assert l.combine([l.contact(kept(3, "Self-service")), l.told(9, 10, ago(1), TODAY)]).of == 1
	assert l.contact(kept(None)).light == l.UNKNOWN
	late = standing("Named", None, TODAY, known_since=ago(80))
	assert l.contact(late).light == l.POOR


@pytest.mark.parametrize(
	("part", "n", "light"),
	[
		(8, 10, l.GOOD),
		(7, 10, l.MIXED),
		(4, 10, l.POOR),
		(2, 2, l.UNKNOWN),
		(0, 0, l.UNKNOWN),
		(0, 3, l.POOR),
	],
)
def test_told_and_settled(part, n, light):
	assert l.told(part, n, ago(1), TODAY).light == light


@pytest.mark.parametrize(("part", "light"), [(90, l.GOOD), (89, l.MIXED), (74, l.POOR)])
def test_service_level(part, light):
	assert l.sla(part, 100, ago(1), TODAY).light == light


def test_voices():
	assert l.voices(0, 0, 2, ago(1), TODAY).light == l.GOOD
	assert l.voices(1, 0, 0, ago(1), TODAY).light == l.MIXED
	assert l.voices(3, 0, 1, ago(1), TODAY).light == l.POOR
	assert l.voices(3, 0, 2, ago(1), TODAY).light == l.MIXED


def test_trend():
	assert l.trend(l.GOOD, l.POOR) == l.BETTER
	assert l.trend(l.POOR, l.MIXED) == l.WORSE
	assert l.trend(l.GOOD, l.GOOD) == l.SAME
	assert l.trend(l.GOOD, l.UNKNOWN) == l.UNKNOWN
	assert l.trend(l.GOOD, None) == l.UNKNOWN


def test_impossible_figures_are_refused():
	with pytest.raises(ValueError, match="exceed"):
		l.sla(3, 2, ago(1), TODAY)
	with pytest.raises(ValueError, match="future"):
		l.voices(1, 0, 0, ago(-1), TODAY)
