"""Messages of survey tools, as their documentation shows them, and what they mean for a survey of ours."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import answers, survey_content
from cx_desk.core import source_shapes as shapes
from cx_desk.core.source_shapes import Row

FORMBRICKS = {
	"webhookId": "cljwxvjos0003qhnvj2jg4k5i",
	"event": "responseFinished",
	"data": {
		"id": "cljwy2m8r0001qhclco1godnu",
		"createdAt": "2023-07-10T14:14:17.115Z",
		"updatedAt": "2023-07-10T14:14:20.115Z",
		"surveyId": "cljsf3d7a000019cv9apt2t27",
		"finished": True,
		"data": {"qumbk3fkr6cky8850bvvq5z1": "Executive", "rating": 4, "many": ["A", "B"]},
		"contactAttributes": {"email": "ann@bank.example"},
		"language": "de",
	},
}
TYPEFORM = {
	"event_id": "01EK4R5PFZZP6C8H14RTP4YW6C",
	"event_type": "form_response",
	"form_response": {
		"form_id": "lT4Z3j",
		"token": "a3a12ec67a1365927098a606107fac15",
		"submitted_at": "2018-01-18T18:17:02Z",
		"hidden": {"ticket": "1042"},
		"definition": {"fields": [{"id": "R6Ty", "ref": "how", "title": "How was it?", "type": "rating"}]},
		"answers": [
			{"type": "number", "number": 5, "field": {"id": "R6Ty", "ref": "how", "type": "rating"}},
			{"type": "choice", "choice": {"label": "Slow"}, "field": {"id": "choice1"}},
			{"type": "choices", "choices": {"labels": ["Slow", "Loud"]}, "field": {"id": "choice2"}},
			{"type": "boolean", "boolean": False, "field": {"id": "yes1"}},
		],
	},
}


def test_formbricks():
	found = shapes.read_message(shapes.FORMBRICKS, FORMBRICKS, "cljsf3d7a000019cv9apt2t27")
	assert (found.id, found.finished, found.language) == ("cljwy2m8r0001qhclco1godnu", True, "de")
	assert found.answered_at == datetime(2023, 7, 10, 14, 14, 20, 115000, tzinfo=timezone.utc)
	assert found.values["rating"] == 4
	assert found.values["many"] == ["A", "B"]
	assert found.values["contactAttributes.email"] == "ann@bank.example"


def test_typeform():
	found = shapes.read_message(shapes.TYPEFORM, TYPEFORM)
	assert found.values == {
		"how": 5,
		"choice1": "Slow",
		"choice2": ["Slow", "Loud"],
		"yes1": False,
		"hidden.ticket": "1042",
	}
	assert found.labels == {"how": "How was it?"}


def test_limesurvey():
	row = {"id": "7", "submitdate": "2026-03-02 10:00:00", "startlanguage": "en", "lastpage": "2", "Q1": "A2"}
	found = shapes.read_limesurvey(row)
	assert (found.id, found.finished, found.values) == ("7", True, {"Q1": "A2"})
	assert not shapes.read_limesurvey({**row, "submitdate": None}).finished


def test_standard_webhooks():
	message = {
		"type": "survey.answered",
		"timestamp": "2026-03-02T10:00:00+01:00",
		"data": {"id": 12, "score": 4, "person": {"email": "ann@bank.example"}},
	}
	found = shapes.read_message(shapes.STANDARD, message)
	assert (found.id, found.values["person.email"]) == ("12", "ann@bank.example")
	assert found.answered_at.astimezone(timezone.utc).hour == 9
	assert shapes.read_message(shapes.STANDARD, {"data": {"score": 1}}, message_id="msg_1").id == "msg_1"


@pytest.mark.parametrize(
	("kind", "message", "why"),
	[
		(shapes.FORMBRICKS, {}, shapes.NO_SHAPE),
		(shapes.FORMBRICKS, [], shapes.NO_SHAPE),
		(shapes.FORMBRICKS, {"data": {"data": {}}}, shapes.NO_ID),
		(shapes.TYPEFORM, {"form_response": {"answers": 5, "token": "a"}}, shapes.NO_SHAPE),
		(shapes.TYPEFORM, {"form_response": {"answers": ["x"], "token": "a"}}, shapes.NO_SHAPE),
		(shapes.STANDARD, {"data": {"id": "x" * 201}}, shapes.NO_ID),
		(shapes.STANDARD, {"data": {"id": True}}, shapes.NO_ID),
		(shapes.STANDARD, None, shapes.NO_SHAPE),
	],
)
def test_what_is_none_of_the_tool(kind, message, why):
	with pytest.raises(shapes.BadShape, match=why):
		shapes.read_message(kind, message)


def test_another_survey_is_refused():
	with pytest.raises(shapes.BadShape, match=shapes.ANOTHER_SURVEY):
		shapes.read_message(shapes.FORMBRICKS, FORMBRICKS, "cother")


_JSON = st.recursive(
	st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
	lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
	max_leaves=12,
)


@given(st.sampled_from(shapes.KINDS), _JSON)
def test_any_message_is_read_or_refused(kind, message):
	try:
		assert shapes.read_message(kind, message).id
	except shapes.BadShape:
		pass


# Understanding.


def question(key, kind, **more):
	return {"key": key, "question": more.pop("text", key), "type": kind, "required": 0, **more}


VERSION = {
	"language": "en",
	"questions": [
		question("main", survey_content.CSAT, text="How did it go?"),
		question("why", survey_content.CHOICE, options="Slow\nLoud"),
		question("all", survey_content.MANY, options="Slow\nLoud\nBoth, really"),
		question("lost", survey_content.LOST_TIME),
	],
	"translations": {"de": {"How did it go?": "Wie lief es?", "Slow": "Langsam"}},
}


def understand(value, key="main", **words):
	rows = [Row("f", shapes.QUESTION, key, words)]
	found = shapes.understand(shapes.External("1", values={"f": value}), rows, VERSION)
	filled = answers.read_form(VERSION, found.form)
	return [(answer.score, answer.value) for answer in filled.answers], [
		fault for _f, fault, _v in found.faults
	]


@pytest.mark.parametrize(
	("value", "key", "words", "taken", "fault"),
	[
		(4, "main", {}, [(4, "")], None),
		("4", "main", {}, [(4, "")], None),
		(4.0, "main", {}, [(4, "")], None),
		("A4", "main", {"a4": "4"}, [(4, "")], None),
		# A scale is never stretched.
		(7, "main", {}, [], shapes.NOT_A_POINT),
		(4.5, "main", {}, [], shapes.NOT_A_POINT),
		(True, "main", {}, [], shapes.NOT_A_POINT),
		("good", "main", {}, [], shapes.NOT_A_POINT),
		("slow", "why", {}, [(0, "Slow")], None),
		("Langsam", "why", {}, [(0, "Slow")], None),
		("Wet", "why", {}, [], shapes.NOT_A_CHOICE),
		(["Slow", "Loud"], "why", {}, [], shapes.NOT_A_CHOICE),
		(["Slow", "Loud"], "all", {}, [(0, "Slow"), (1, "Loud")], None),
		("Slow; Loud", "all", {}, [(0, "Slow"), (1, "Loud")], None),
		("Both, really", "all", {}, [(2, "Both, really")], None),
		(30, "lost", {}, [(30, "")], None),
		("half an hour", "lost", {}, [], shapes.NOT_A_NUMBER),
		(float("nan"), "lost", {}, [], shapes.NOT_A_NUMBER),
	],
)
def test_values(value, key, words, taken, fault):
	assert understand(value, key, **words) == (taken, [fault] if fault else [])


def test_who_and_what_about():
	rows = [
		Row("mail", shapes.EMAIL),
		Row("no", shapes.TICKET),
		Row("words", shapes.COMMENT),
		Row("more", shapes.COMMENT),
		Row("open", shapes.NOT_SOLVED),
		Row("when", shapes.ANSWERED_AT),
	]
	values = {"mail": "a@b.example", "no": "#1042", "words": "x", "more": "y", "open": "yes", "when": "soon"}
	found = shapes.understand(shapes.External("1", values=values), rows, VERSION)
	assert (found.email, found.ticket, found.form["comment"]) == ("a@b.example", "1042", "x\n\ny")
	assert found.form[survey_content.NOT_SOLVED_KEY] == "1"
	assert found.faults == (("when", shapes.NOT_A_DATE, "soon"),)


def test_rows_that_go_by_themselves():
	labels = {"q1": "Wie lief es?", "contact.email": "", "all": "", "other": "Something else"}
	assert shapes.suggest(labels, VERSION) == [
		Row("q1", shapes.QUESTION, "main"),
		Row("contact.email", shapes.EMAIL),
		Row("all", shapes.QUESTION, "all"),
	]


def test_words_of_a_mapping():
	assert shapes.read_words("A1 = 1\n\n Yes=5") == {"a1": "1", "yes": "5"}
	with pytest.raises(ValueError, match="A1 1"):
		shapes.read_words("A1 1")


@given(st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.lists(st.text(max_size=6)))
def test_what_is_taken_is_a_form_without_errors_and_what_is_not_is_said(value):
	for key in ("main", "why", "all", "lost"):
		rows = [Row("f", shapes.QUESTION, key)]
		found = shapes.understand(shapes.External("1", values={"f": value}), rows, VERSION)
		errors = answers.read_form(VERSION, {**found.form, "comment": "x"}).errors
		assert bool(found.faults) or value in ("", []) or found.form
		# Only a number outside the range a question allows is left to the form's own check.
		assert not errors or key == "lost"
