"""Wants: at most five, whose words, and the mark where their judgement and our figure disagree."""

import pytest

from cx_desk.core import wants


@pytest.mark.parametrize(
	("said", "value", "target", "mark"),
	[
		(1, 95, 90, wants.WORSE),
		(2, 90, 90, wants.WORSE),
		(5, 60, 70, wants.BETTER),
		(4, 95, 90, wants.AGREE),
		(1, 60, 90, wants.AGREE),
		(3, 95, 90, wants.AGREE),
		(None, 95, 90, wants.UNKNOWN),
		(0, 95, 90, wants.UNKNOWN),
		(1, None, 90, wants.UNKNOWN),
		(1, 0, None, wants.UNKNOWN),
		(1, 0, 0, wants.WORSE),
	],
)
def test_mark(said, value, target, mark):
	assert wants.mark(said, value, target) == mark


def test_judgement_lies_between_1_and_5():
	with pytest.raises(ValueError, match="between 1 and 5"):
		wants.theirs(6)


def test_at_most_five_and_each_somebodys():
	five = [(f"want {n}", True) for n in range(5)]
	assert wants.problem(five) is None
	assert "at most five" in wants.problem([*five, ("a sixth", True)])
	assert "whose words" in wants.problem([("printers that print", False)])
	assert "own words" in wants.problem([("  ", True)])
	assert "twice" in wants.problem([("Faster laptops", True), ("faster  LAPTOPS", True)])
