"""A posted form against the version it was shown for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import answers, survey_content, survey_texts

VERSION = {
	"kind": "Ticket",
	"language": "en",
	"ask_not_solved": 1,
	"subject": "How did we do?",
	"intro": "",
	"thanks": "",
	"questions": [
		{"key": "a", "question": "Satisfied?", "type": "CSAT", "required": 0, "low_at_most": 2},
		{"key": "b", "question": "Recommend?", "type": "NPS", "required": 0, "low_at_most": 6},
		{"key": "c", "question": "Which?", "type": "Choice", "required": 0, "options": "Phone\n\n Mail \n"},
		{"key": "d", "question": "Why?", "type": "Text", "required": 1},
	],
	"translations": {"de": {"Satisfied?": "Zufrieden?"}},
}


def read(**form):
	return answers.read_form(VERSION, {"q_d": "because", **form})


def test_a_whole_answer():
	filled = read(q_a="2", q_b="10", q_c="1", not_solved="1", comment=" slow\r\nand cold ")
	assert not filled.errors
	assert [(answer.score, answer.value) for answer in filled.answers] == [
		(2, ""),
		(10, ""),
		(1, "Mail"),
		(None, "because"),
	]
	assert filled.main.score == 2
	assert filled.not_solved
	# The box is not on this page: a question asks for words.
	assert filled.comment == ""
	words = {**VERSION, "questions": VERSION["questions"][:1]}
	assert answers.read_form(words, {"comment": " slow\r\nand cold "}).comment == "slow\nand cold"
	assert answers.is_low(VERSION, filled)


@pytest.mark.parametrize("value", ["0", "6", "-1", "+3", "3.0", "٣", "1e1", "x", "9" * 5000, "3\x00"])
def test_values_off_the_scale(value):
	assert read(q_a=value).errors == {"a": answers.UNKNOWN_VALUE}


def test_an_answer_is_taken_back_as_if_it_had_never_been_given():
	filled = read(q_a="none", q_b="10", q_c="none")
	assert not filled.errors
	assert [answer.key for answer in filled.answers] == ["b", "d"]
	asked = {**VERSION, "questions": [{**VERSION["questions"][0], "required": 1}]}
	assert answers.read_form(asked, {"q_a": "none"}).errors == {"a": answers.MISSING}
	# Minutes that were typed before are out of sight by then.
	lost = {**VERSION, "questions": [{"key": "l", "question": "Lost?", "type": "Lost time"}]}
	assert answers.read_form(lost, {"q_l": "none", "q_l.free": "45", "comment": "x"}).answers == ()


def test_nought_is_a_value_where_the_scale_has_it():
	assert read(q_b="0").main.score == 0


@pytest.mark.parametrize("value", ["2", "-1", "Phone", "99999"])
def test_choices_that_are_none(value):
	assert read(q_c=value).errors == {"c": answers.UNKNOWN_VALUE}


def test_missing_too_long_and_nothing():
	assert answers.read_form(VERSION, {"q_a": "3"}).errors == {"d": answers.MISSING}
	optional = {**VERSION, "questions": VERSION["questions"][:1]}
	assert answers.read_form(optional, {"comment": "x" * 200_000}).errors == {"comment": answers.TOO_LONG}
	assert answers.read_form(optional, {"comment": "x" * answers.LONGEST_COMMENT}).errors == {}
	assert answers.read_form(optional, {}).errors == {"": answers.NOTHING}
	assert not answers.read_form(optional, {"comment": "just words"}).errors


def test_words_are_heard_wherever_they_were_written():
	assert read().words == "because"
	assert answers.read_form({"questions": VERSION["questions"][:1]}, {"comment": "more"}).words == "more"
	assert not survey_content.offers_comment(VERSION)
	assert survey_content.offers_comment({"questions": VERSION["questions"][:3]})


def test_the_box_counts_only_where_it_was_offered():
	assert not answers.read_form({**VERSION, "ask_not_solved": 0}, {"q_d": "x", "not_solved": "1"}).not_solved


@given(
	st.dictionaries(st.sampled_from(["q_a", "q_b", "q_c", "q_d", "comment", "not_solved", "q_zz"]), st.text())
)
def test_no_form_breaks_it_and_what_is_taken_is_on_the_scale(form):
	filled = answers.read_form(VERSION, form)
	for answer in filled.answers:
		if answer.type in survey_content.SCALES:
			low, high = survey_content.SCALES[answer.type]
			assert low <= answer.score <= high
	assert all(char in "\n\t" or ord(char) >= 32 for char in filled.comment)
	filled.comment.encode()


@pytest.mark.parametrize(
	("low", "not_solved", "comment", "kind", "score", "voice"),
	[
		(True, True, "x", "CSAT", 1, "Not solved"),
		(False, True, "", "CSAT", 5, "Not solved"),
		(True, False, "", "CSAT", 2, "Low answer"),
		(False, False, "fine", "CSAT", 4, "Comment"),
		(False, False, "great", "CSAT", 5, "Praise"),
		(False, False, "great", "NPS", 9, "Praise"),
		(False, False, "words alone", "", None, "Comment"),
		(False, False, "", "CSAT", 5, None),
		(False, False, "", "CSAT", 3, None),
	],
)
def test_what_makes_a_voice(low, not_solved, comment, kind, score, voice):
	assert answers.voice_kind(low, not_solved, comment, kind, score) == voice


def test_translations():
	assert survey_texts.translated(VERSION, "Satisfied?", "de") == "Zufrieden?"
	assert survey_texts.translated(VERSION, "Satisfied?", "fr") == "Satisfied?"
	assert survey_texts.languages(VERSION) == ["en", "de"]
	assert "Recommend?" in survey_texts.missing_translations(VERSION)["de"]
	assert "Satisfied?" not in survey_texts.missing_translations(VERSION)["de"]
