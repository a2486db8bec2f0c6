"""A benefit's states and steps: walked whole, and nothing stands as a result that two sides did not put their name to."""

from itertools import product

import pytest

from cx_desk.core import benefit as b
from cx_desk.core.moves import Blocked

ACTORS = (b.ASKED, b.SPONSOR, b.LEAD, b.LIAISON, b.MANAGER)
GIVEN = {"note", "reason", "name", "email"}


def every_facts():
	flags = ("has_owner", "accepted", "offered", "has_baseline", "over", "signed", "cancelled", "own_reading")
	for values in product((False, True), repeat=len(flags)):
		for readings, attainment in ((0, None), (1, 100.0), (2, 100.0), (2, 66.7), (3, -5.0)):
			yield b.Facts(**dict(zip(flags, values, strict=True)), readings=readings, attainment=attainment)


def test_every_state_follows_from_what_is_known():
	for facts in every_facts():
		state = b.state(facts)
		assert state in b.STATES
		if state in b.RESULTS:
			assert facts.signed
			assert facts.over
			assert facts.accepted
			assert facts.readings
		if state == b.REALISED:
			assert facts.readings >= b.READINGS_FOR_REALISED
		assert (state == b.CANCELLED) == facts.cancelled


def test_steps_are_allowed_or_say_why_and_nobody_without_a_role_takes_one():
	for facts in every_facts():
		for move in b.moves(facts):
			assert move.why_not.endswith(".")
			with pytest.raises(Blocked):
				b.check(move.key, facts, GIVEN)


@pytest.mark.parametrize(
	("key", "who"),
	[
		(b.ACCEPT, {b.ASKED, b.LEAD, b.MANAGER}),
		(b.DECLINE, {b.ASKED, b.LEAD, b.MANAGER}),
		(b.TRANSFER, {b.SPONSOR, b.LEAD, b.MANAGER}),
		(b.CANCEL, {b.SPONSOR, b.LEAD, b.MANAGER}),
		(b.COUNTERSIGN, {b.LIAISON, b.MANAGER}),
	],
)
def test_who_may(key, who):
	asked = b.Facts(has_owner=True)
	judged = b.Facts(has_owner=True, accepted=True, has_baseline=True, readings=2, attainment=100, over=True)
	facts = asked if key in (b.ACCEPT, b.DECLINE) else judged
	for actor in ACTORS:
		found = {move.key for move in b.moves(_as(facts, actor)) if move.allowed}
		assert (key in found) == (actor in who), (key, actor)


def _as(facts, *actors, **changed):
	return b.Facts(**{**facts.__dict__, "actors": frozenset(actors), **changed})


def test_who_is_asked_says_it_others_note_how_it_was_said():
	facts = b.Facts(has_owner=True)
	assert b.check(b.ACCEPT, _as(facts, b.ASKED)).key == b.ACCEPT
	with pytest.raises(Blocked, match="how and when"):
		b.check(b.ACCEPT, _as(facts, b.LEAD))
	assert b.check(b.ACCEPT, _as(facts, b.LEAD), {"note"}).key == b.ACCEPT


def test_nobody_signs_what_they_noted_themselves():
	facts = b.Facts(has_owner=True, accepted=True, has_baseline=True, readings=2, attainment=100, over=True)
	assert b.check(b.COUNTERSIGN, _as(facts, b.LIAISON)).to == b.REALISED
	with pytest.raises(Blocked, match="yourself"):
		b.check(b.COUNTERSIGN, _as(facts, b.LIAISON, own_reading=True))


def test_no_result_before_its_day_or_without_a_reading():
	assert b.result(b.Facts(accepted=True, has_baseline=True, readings=2, attainment=100)) == ""
	assert b.result(b.Facts(accepted=True, has_baseline=True, over=True)) == ""
	# One good reading may be luck.
	assert b.result(b.Facts(over=True, readings=1, attainment=120.0)) == b.PARTLY


def test_a_step_that_makes_no_sense_any_more_says_so():
	with pytest.raises(Blocked, match="moved on"):
		b.check(b.COUNTERSIGN, b.Facts(actors=frozenset({b.LIAISON})))
	assert b.moves(b.Facts(cancelled=True, has_owner=True)) == []
