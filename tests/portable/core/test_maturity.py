"""The desk's own assessment: no level is skipped, and nothing counts without evidence."""

import pytest

from cx_desk.core.maturity import FIRST_CRITERIA, LEVELS, Criterion, reached


def rows(*met, evidence="minutes of 3 March"):
	return [Criterion(level, words, level in met, evidence) for level, words in FIRST_CRITERIA]


def test_nothing_met():
	result = reached(rows())
	assert (result.level, result.next_level) == (None, "Reactive")
	assert len(result.missing) == 1


def test_no_level_is_skipped():
	assert reached(rows("Reactive", "Customer-led", "Business-led")).level == "Reactive"
	assert reached(rows(*LEVELS)).level == "Business-led"
	assert reached(rows(*LEVELS)).next_level is None


def test_without_evidence_it_does_not_count():
	result = reached(rows(*LEVELS, evidence=" "))
	assert result.level is None
	assert len(result.unproven) == 4


def test_every_criterion_of_a_level_has_to_count():
	more = [*rows("Reactive"), Criterion("Reactive", "Another one", False)]
	assert reached(more).level is None
	assert [row.words for row in reached(more).missing] == ["Another one"]


def test_an_empty_assessment_and_an_unknown_level():
	assert reached([]).level is None
	with pytest.raises(ValueError, match="unknown level"):
		reached([Criterion("Gold", "x", True, "y")])
