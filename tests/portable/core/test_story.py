"""A story is shared by who answers for the unit, whole, and only with records for before and after."""

import pytest

from cx_desk.core import story
from cx_desk.core.story import AFTER, BEFORE, DID, DRAFT, PARTS, SHARED, WITHDRAWN, Facts

WHOLE = Facts(answers=True, written=PARTS, shown=(BEFORE, AFTER))


def why_not(**changes):
	facts = Facts(**{**WHOLE.__dict__, **changes})
	return story.moves(DRAFT, facts)[0].why_not


def test_a_whole_story_is_shared_taken_back_and_written_anew():
	assert story.check(DRAFT, SHARED, WHOLE).key == "share"
	assert story.check(SHARED, WITHDRAWN, WHOLE, ["reason"]).key == "withdraw"
	assert story.check(WITHDRAWN, DRAFT, WHOLE).key == "redraft"


@pytest.mark.parametrize("part", PARTS)
def test_each_part_needs_words(part):
	assert why_not(written=[one for one in PARTS if one != part]).startswith("Write")


@pytest.mark.parametrize("part", [BEFORE, AFTER])
def test_before_and_after_need_a_record(part):
	assert "Name a record" in why_not(shown=[one for one in PARTS if one != part])
	assert not why_not(shown=[one for one in PARTS if one != DID]), "what we did is our own"


def test_evidence_that_cannot_be_opened_holds_it_back():
	with pytest.raises(story.Blocked) as blocked:
		story.check(DRAFT, SHARED, Facts(**{**WHOLE.__dict__, "closed": [3, 2]}))
	assert "Row 2" in str(blocked.value)


@pytest.mark.parametrize("state", story.STATES)
def test_only_who_answers_for_the_unit_moves_it(state):
	assert all("liaison" in move.why_not for move in story.moves(state, Facts(answers=False)))


def test_taking_back_needs_a_reason_and_no_state_is_skipped():
	with pytest.raises(story.Blocked, match="why it is taken back"):
		story.check(SHARED, WITHDRAWN, WHOLE)
	with pytest.raises(story.Blocked, match="cannot become Draft"):
		story.check(SHARED, DRAFT, WHOLE)
	with pytest.raises(ValueError, match="unknown state"):
		story.moves("Told", WHOLE)
