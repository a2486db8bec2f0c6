"""The yearly review: questions made from wants, answers read back, the newest word of each side."""

from datetime import date

import pytest

from cx_desk.core import yearly_review as review
from cx_desk.core.conversation import LEVELS


def side(level: int, day: int, **values) -> review.Side:
	return review.Side(LEVELS[level - 1], date(2026, 3, day), **values)


def test_each_want_is_asked_two_questions():
	questions = review.want_questions([("a1", "Quick\n answers"), ("b2", "{0} %s <b>")])
	assert [question.key for question in questions] == [
		"want_important_a1",
		"want_how_we_do_a1",
		"want_important_b2",
		"want_how_we_do_b2",
	]
	assert (
		questions[0].text.format(want=questions[0].want) == "“Quick answers”: how important is this to you?"
	)
	assert questions[3].text.format(want=questions[3].want) == "“{0} %s <b>”: how do we do?"
	assert all(len(question.choices) == 5 for question in questions)


def test_answers_run_from_1_to_5_and_anything_else_is_left_out():
	found = review.want_answers(
		{
			"want_important_a1": 4,
			"want_how_we_do_a1": 0,
			"want_how_we_do_b2": 5,
			"want_important_c3": -1,
			review.LEVEL: 2,
		}
	)
	assert found == {"a1": {"importance": 5, "how_we_do": 1}}


@pytest.mark.parametrize(
	("choice", "level"), [(0, LEVELS[0]), (4, LEVELS[4]), (5, None), (-1, None), (None, None)]
)
def test_the_choice_is_a_step_of_the_ladder(choice, level):
	assert review.level_of(choice) == level


def test_the_ladder_has_a_sentence_for_each_step():
	assert len(review.LADDER) == len(LEVELS)
	for sentence, level in zip(review.LADDER, LEVELS, strict=True):
		assert sentence.lower().startswith(level[2:].lower())


def test_the_gap_is_ours_less_theirs_and_waits_for_both():
	assert review.both([side(2, 1)], [side(4, 2)]).gap == 2
	assert review.both([side(4, 1)], [side(3, 2)]).gap == -1
	assert review.both([], [side(3, 2)]).gap is None
	assert review.both([side(3, 2)], []) == review.BothSides(side(3, 2), None, None)


def test_the_newest_word_stands_and_the_sponsors_before_others():
	theirs = [
		side(5, 9, who="key user"),
		side(2, 3, of_sponsor=True),
		side(3, 4, of_sponsor=True, who="sponsor"),
	]
	assert review.both(theirs, []).theirs.who == "sponsor"
	assert review.both(theirs[:1], []).theirs.number == 5
	same_day = [side(1, 5, who="meeting"), side(2, 5, who="survey")]
	assert review.both(same_day, []).theirs.who == "survey"
