"""A survey as somebody builds it: each mistake at its question; and any survey without one can be answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_desk.core import answers, survey_check, survey_content, survey_texts

WORDS = ["Phone", "Portal", "Mail", "In person", "Ünï, <b>çode</b>", "مكتب"]
DRIVERS = ["Speed", "Friendliness", "Knowledge"]


def question(**values) -> dict:
	return {"key": "a", "question": "How was it?", "type": "CSAT", **values}


def codes(*questions, **version) -> list[str]:
	return [fault.code for fault in survey_check.check({"questions": list(questions), **version})]


def test_a_survey_needs_a_question():
	assert codes() == [survey_check.NO_QUESTION]
	many = [question(key=f"q{number}") for number in range(survey_check.MOST_QUESTIONS + 1)]
	assert codes(*many) == [survey_check.TOO_MANY_QUESTIONS]


@pytest.mark.parametrize(
	("wrong", "code"),
	[
		({"question": "  "}, survey_check.NO_TEXT),
		({"question": "x" * 501}, survey_check.LONG_TEXT),
		({"key": 'a"]'}, survey_check.BAD_KEY),
		({"type": "Stars"}, survey_check.UNKNOWN_TYPE),
		({"type": None}, survey_check.UNKNOWN_TYPE),
		({"low_at_most": 5}, survey_check.LIMIT_OUTSIDE),
		({"low_at_most": -1}, survey_check.LIMIT_OUTSIDE),
		({"type": "NPS", "low_at_most": 10}, survey_check.LIMIT_OUTSIDE),
		({"type": "Rating", "points": 3, "low_at_most": 3}, survey_check.LIMIT_OUTSIDE),
		({"type": "Text", "low_at_most": 1}, survey_check.LIMIT_WITHOUT_SCALE),
		({"type": "Lost time", "low_at_most": 60}, survey_check.LIMIT_WITHOUT_SCALE),
		({"type": "Rating", "points": 4}, survey_check.POINTS_NOT_OFFERED),
		({"type": "Rating", "points": 100}, survey_check.POINTS_NOT_OFFERED),
		({"type": "NPS", "points": 5}, survey_check.NPS_POINTS),
		({"look": "Hearts"}, survey_check.UNKNOWN_LOOK),
		({"type": "Rating", "points": 3, "options": "bad\ngood"}, survey_check.WORD_FOR_EACH),
		({"type": "Choice", "options": "one\n \n"}, survey_check.TOO_FEW_CHOICES),
		({"type": "Many"}, survey_check.TOO_FEW_CHOICES),
		({"type": "Choice", "options": "\n".join(map(str, range(31)))}, survey_check.TOO_MANY_CHOICES),
		({"type": "Many", "options": "one\n one \ntwo"}, survey_check.SAME_CHOICE),
		({"type": "Choice", "options": "one\n" + "x" * 141}, survey_check.LONG_CHOICE),
		({"type": "Number", "minimum": -1}, survey_check.BELOW_NOUGHT),
		({"type": "Number", "maximum": 10_000_000}, survey_check.ABOVE_MOST),
		({"type": "Number", "minimum": 9, "maximum": 3}, survey_check.MINIMUM_ABOVE_MAXIMUM),
	],
)
def test_one_mistake_is_one_fault(wrong, code):
	assert codes(question(**wrong)) == [code]


@pytest.mark.parametrize(
	"right",
	[
		{"low_at_most": 0},
		{"low_at_most": 4},
		{"type": "NPS", "points": 11},
		{"type": "NPS", "points": 0},
		{"type": "Rating"},
		{"type": "Rating", "points": 11, "low_at_most": 9},
		{"type": "Rating", "points": 3, "options": "bad\nso so\ngood"},
		{"type": "Number", "minimum": 3},
		{"type": "Number", "minimum": 3, "maximum": 3},
		{"type": "Lost time"},
	],
)
def test_what_may_be(right):
	assert codes(question(**right)) == []


SOURCES = [
	question(key="csat"),
	question(key="choice", type="Choice", options="yes\nno"),
	question(key="number", type="Number", maximum=10),
	question(key="words", type="Text"),
]


@pytest.mark.parametrize(
	("rule", "code"),
	[
		({"question": "me", "at_least": 1, "at_most": 2}, survey_check.SHOW_IF_ITSELF),
		({"question": "later", "at_least": 1, "at_most": 2}, survey_check.SHOW_IF_LATER),
		({"question": "gone", "at_least": 1, "at_most": 2}, survey_check.SHOW_IF_GONE),
		({"question": "words", "at_least": 1, "at_most": 2}, survey_check.SHOW_IF_WORDS),
		({"question": "choice", "at_least": 1, "at_most": 2}, survey_check.SHOW_IF_NO_OPTION),
		({"question": "choice", "options": ["maybe"]}, survey_check.SHOW_IF_UNKNOWN_OPTION),
		({"question": "csat", "at_least": 3, "at_most": 2}, survey_check.SHOW_IF_EMPTY_RANGE),
		({"question": "csat", "options": ["yes"]}, survey_check.SHOW_IF_EMPTY_RANGE),
		({"question": "csat", "at_least": 6, "at_most": 7}, survey_check.SHOW_IF_OUTSIDE),
		({"question": "csat", "at_least": 0, "at_most": 0}, survey_check.SHOW_IF_OUTSIDE),
		({"question": "number", "at_least": 11, "at_most": None}, survey_check.SHOW_IF_OUTSIDE),
		({"question": "csat", "at_least": 1, "at_most": 2}, None),
		({"question": "csat", "at_least": 4, "at_most": None}, None),
		({"question": "choice", "options": ["no"]}, None),
		({"question": "number", "at_least": 5, "at_most": None}, None),
	],
)
def test_conditions_point_back_at_what_can_be_answered(rule, code):
	questions = [*SOURCES, question(key="me", show_if=rule), question(key="later")]
	faults = survey_check.check({"questions": questions})
	assert [(fault.code, fault.place) for fault in faults] == ([(code, len(SOURCES))] if code else [])


def test_keys_are_each_of_one_question():
	assert codes(question(), question()) == [survey_check.SAME_KEY]


def test_reasons():
	def faults(*rows, questions=None):
		drivers = [{"driver": driver, "band": band} for driver, band in rows]
		return codes(*(questions or [question()]), drivers=drivers)

	assert faults(("Speed", "Low"), ("Speed", "High"), ("Effort", "Any")) == []
	assert faults(("Speed", "Low"), ("Speed", "Low")) == [survey_check.DRIVER_TWICE]
	assert faults(("Speed", "Worst")) == [survey_check.UNKNOWN_BAND]
	words = [question(type="Text")]
	assert faults(("Speed", "Low"), questions=words) == [survey_check.DRIVER_WITHOUT_SCALE]
	assert faults(("Speed", "Any"), questions=words) == []


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
	st.lists(
		st.fixed_dictionaries(
			{},
			optional={
				"key": st.text(max_size=5) | st.none(),
				"question": st.text(max_size=20) | st.none(),
				"type": st.sampled_from([*survey_content.TYPES, "Nothing", None]),
				"points": st.integers(-5, 20) | st.none(),
				"options": st.text(max_size=30) | st.none(),
				"look": st.text(max_size=5) | st.none(),
				"low_at_most": st.integers(-3, 20) | st.none(),
				"minimum": st.integers(-5, 20) | st.none(),
				"maximum": st.integers(-5, 20) | st.none(),
				"show_if": st.none()
				| st.fixed_dictionaries(
					{"question": st.text(max_size=5) | st.none()},
					optional={
						"at_least": st.integers(-5, 20) | st.none(),
						"at_most": st.integers(-5, 20) | st.none(),
						"options": st.lists(st.text(max_size=5), max_size=3),
					},
				),
			},
		),
		max_size=6,
	)
)
def test_no_half_typed_survey_breaks_the_check(questions):
	for fault in survey_check.check({"questions": questions}):
		assert fault.place is None or 0 <= fault.place < len(questions)


# Any survey without a fault can be answered, and is read as it was answered.


@st.composite
def surveys(draw) -> dict:
	"""Surveys of up to seven questions of every type, some shown only after others, with reasons."""
	questions = []
	for number in range(draw(st.integers(1, 7))):
		kind = draw(st.sampled_from(survey_content.TYPES))
		row = question(
			key=f"q{number}",
			question=f"Question {number}?",
			type=kind,
			required=draw(st.booleans()),
			points=draw(st.sampled_from(list(survey_content.POINTS))) if kind == survey_content.RATING else 0,
			look=draw(st.sampled_from(survey_content.LOOKS)),
			random_order=draw(st.booleans()),
			show_if=None,
		)
		if kind in (survey_content.CHOICE, survey_content.MANY):
			row["options"] = "\n".join(draw(st.lists(st.sampled_from(WORDS), min_size=2, unique=True)))
		if kind == survey_content.NUMBER:
			row["minimum"] = draw(st.integers(0, 5))
			row["maximum"] = draw(st.sampled_from([0, 5, 500]))
		sources = [other for other in questions if other["type"] != survey_content.TEXT]
		if sources and draw(st.booleans()):
			row["show_if"] = draw(rules(draw(st.sampled_from(sources))))
		questions.append(row)
	main = survey_content.main_question({"questions": questions})
	bands = ["Low", "Middle", "High", "Any"] if main else ["Any"]
	drivers = draw(
		st.lists(st.tuples(st.sampled_from(DRIVERS), st.sampled_from(bands)), unique=True, max_size=4)
	)
	return {
		"questions": questions,
		"ask_not_solved": draw(st.booleans()),
		"drivers": [{"driver": driver, "band": band} for driver, band in drivers],
	}


@st.composite
def rules(draw, source) -> dict:
	if (
		offered := survey_content.options(source)
		if source["type"] in (survey_content.CHOICE, survey_content.MANY)
		else []
	):
		return {
			"question": source["key"],
			"options": draw(st.lists(st.sampled_from(offered), min_size=1, unique=True)),
		}
	low, high = survey_content.scale_of(source) or survey_content.number_range(source)
	least = draw(st.integers(low, min(high, low + 60)))
	return {
		"question": source["key"],
		"at_least": least,
		"at_most": draw(st.none() | st.integers(least, min(high, least + 60))),
	}


@st.composite
def filled_forms(draw) -> tuple[dict, dict]:
	"""A survey, and a form in which every question is answered, hidden or not, as a browser without style sheets posts."""
	version = draw(surveys())
	form = {}
	for row in version["questions"]:
		key, kind = row["key"], row["type"]
		if draw(st.booleans()) and not row["required"]:
			continue
		if kind == survey_content.MANY:
			count = len(survey_content.options(row))
			for place in draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True)):
				form[answers.field_name(key, place)] = "1"
		elif kind == survey_content.CHOICE:
			form[answers.field_name(key)] = str(draw(st.integers(0, len(survey_content.options(row)) - 1)))
		elif kind == survey_content.TEXT:
			form[answers.field_name(key)] = draw(st.text(alphabet="abc äß\n", min_size=1)) + "."
		elif kind == survey_content.LOST_TIME:
			if draw(st.booleans()):
				form[answers.field_name(key)] = str(draw(st.sampled_from(survey_content.HANDY_MINUTES)))
			else:
				form[answers.field_name(key)] = answers.OTHER
				form[answers.field_name(key, "free")] = str(draw(st.integers(0, survey_content.MOST_MINUTES)))
		elif kind == survey_content.NUMBER:
			least, most = survey_content.number_range(row)
			form[answers.field_name(key)] = str(draw(st.integers(least, most)))
		else:
			low, high = survey_content.scale_of(row)
			form[answers.field_name(key)] = str(draw(st.integers(low, high)))
	for place in range(len(survey_content.driver_names(version))):
		if draw(st.booleans()):
			form[answers.driver_field(place)] = "1"
	if draw(st.booleans()):
		form[survey_content.NOT_SOLVED_KEY] = "1"
	return version, form


@given(surveys())
def test_the_surveys_made_here_have_no_fault(version):
	assert survey_check.check(version) == []


@given(filled_forms())
def test_what_was_typed_is_what_is_read_and_what_is_shown_again(pair):
	version, form = pair
	filled = answers.read_form(version, form)
	assert set(filled.errors) <= {""}
	again = answers.form_values(version, answers.rows_of(version, filled))
	for name, value in again.items():
		typed = form.get(name, "")
		if typed == answers.OTHER and value != typed:
			# Typed minutes that are also a handy choice come back as that choice.
			typed = str(int(form[f"{name}.free"]))
		assert value in (typed, answers.clean(typed))
	# Read once more it is the same: nothing is lost on the way into the form and back.
	assert answers.read_form(version, again).answers == filled.answers
	assert answers.read_form(version, again).drivers == filled.drivers


@given(filled_forms())
def test_hidden_answers_are_never_kept(pair):
	version, form = pair
	filled = answers.read_form(version, form)
	given_by_key: dict[str, list] = {}
	for answer in filled.answers:
		given_by_key.setdefault(answer.key, []).append(answer)
	for row in version["questions"]:
		if not answers.is_shown(row, given_by_key):
			assert row["key"] not in given_by_key
			assert row["key"] not in filled.errors
		elif row["required"] and row["key"] not in filled.errors:
			assert row["key"] in given_by_key
	band = answers.main_band(version, given_by_key)
	assert set(filled.drivers) <= set(survey_content.offered_drivers(version, band))


@given(surveys(), st.dictionaries(st.text(max_size=12), st.text(max_size=12)))
def test_no_post_breaks_a_survey(version, form):
	names = [answers.field_name(row["key"]) for row in version["questions"]]
	wild = dict(zip(names, form.values(), strict=False)) | form
	wild |= {f"{name}.{at}": value for name, value in wild.items() for at in ("0", "free", "99", "-1")}
	filled = answers.read_form(version, wild)
	for row in answers.rows_of(version, filled):
		scale = survey_content.scale_of(row["question_type"])
		assert scale is None or scale[0] <= row["score"] <= scale[1]


@given(surveys())
def test_every_band_is_a_whole_part_of_the_scale(version):
	for row in version["questions"]:
		if scale := survey_content.scale_of(row):
			bands = [survey_content.band_of(row, value) for value in range(scale[0], scale[1] + 1)]
			assert bands[0] == survey_content.LOW
			assert bands[-1] == survey_content.HIGH
			assert bands == sorted(bands, key=["Low", "Middle", "High"].index)


@given(st.lists(st.integers(), max_size=20), st.text(max_size=10))
def test_a_random_order_is_the_same_at_each_opening(items, seed):
	assert survey_content.shuffled(items, seed) == survey_content.shuffled(items, seed)
	assert sorted(survey_content.shuffled(items, seed)) == sorted(items)


def test_a_random_order_differs_between_people_and_favours_no_choice():
	first = [survey_content.shuffled("abcd", f"person {number}")[0] for number in range(2000)]
	assert all(420 < first.count(choice) < 580 for choice in "abcd")


# Versions from before a key was known.


def test_old_versions_go_on_working():
	old = {
		"language": "en",
		"questions": [
			{"key": "a", "question": "?", "type": "CSAT", "required": 0, "low_at_most": 2},
			{"key": "b", "question": "!", "type": "Choice", "required": 0, "options": "yes\nno"},
		],
	}
	filled = answers.read_form(old, {"q_a": "2", "q_b": "1"})
	assert [(answer.type, answer.score, answer.value) for answer in filled.answers] == [
		("CSAT", 2, ""),
		("Choice", 1, "no"),
	]
	assert answers.is_low(old, filled)
	assert survey_check.check(old) == []
	# Answers that were kept before choices were counted.
	rows = [{"question_key": "b", "question_type": "Choice", "score": None, "value": "no"}]
	assert answers.form_values(old, rows) == {"q_b": "1"}


@pytest.mark.parametrize(
	("raw", "free", "minutes"),
	[
		("60", "", 60),
		("60", "45", 60),
		("other", "45", 45),
		("", "45", 45),
		("other", "60", 60),
		("0", "", 0),
	],
)
def test_lost_time_by_a_handy_choice_or_typed(raw, free, minutes):
	version = {"questions": [question(type="Lost time", required=1)]}
	filled = answers.read_form(version, {"q_a": raw, "q_a.free": free})
	assert [answer.score for answer in filled.answers] == [minutes]


@pytest.mark.parametrize(
	("raw", "free", "error"),
	[
		("other", "", answers.MISSING),
		("other", "1 hour", answers.NOT_A_NUMBER),
		("other", "99999", answers.TOO_LARGE),
		("17", "", answers.UNKNOWN_VALUE),
		("x" * 99, "", answers.UNKNOWN_VALUE),
	],
)
def test_lost_time_that_cannot_be_read(raw, free, error):
	version = {"questions": [question(type="Lost time")]}
	assert answers.read_form(version, {"q_a": raw, "q_a.free": free}).errors == {"a": error}


def test_words_of_a_scale():
	assert survey_content.words_of(question())[5] == "Very satisfied"
	own = question(type="Rating", points=3, options="poor\nfair\nfine", high_label="super")
	assert survey_content.words_of(own) == {1: "poor", 2: "fair", 3: "super"}
	assert survey_content.words_of(question(type="Rating", points=11)) == {0: "Very bad", 10: "Very good"}
	assert survey_content.words_of(question(type="Text")) == {}


def test_languages_lean_on_their_region():
	version = {
		"language": "en",
		"subject": "Hello",
		"questions": [question()],
		"translations": {"de": {"Hello": "Hallo"}, "de-AT": {"How was it?": "Wie war's?"}},
	}
	assert survey_texts.translated(version, "Hello", "de-AT") == "Hallo"
	assert survey_texts.translated(version, "How was it?", "de-AT") == "Wie war's?"
	assert survey_texts.translated(version, "How was it?", "de") == "How was it?"
	assert survey_texts.translated(version, "Hello", "fr-CA") == "Hello"
	assert survey_texts.missing_translations(version) == {"de": ["How was it?"]}
