"""core/mapping_import.py: two columns in, a plan out that names every line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import mapping_import as plans

UNITS = ["All Units", "Retail Banking South", "Treasury", "Claims", "Unassigned"]


def plan(text, present=None, choices=None, kind="Person"):
	return plans.plan_import(text, kind, UNITS, present or {}, choices, ["Unassigned"])


def statuses(made):
	return {line.number: line.status for line in made.lines}


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_the_columns_may_be_parted_by_tab_semicolon_or_comma(mark):
	made = plan(f"Address{mark}Business unit\nann@x.example{mark}Claims\n")
	assert [(line.number, line.value, line.unit, line.status) for line in made.lines] == [
		(2, "ann@x.example", "Claims", plans.NEW)
	]


def test_a_unit_with_a_comma_is_quoted():
	made = plans.plan_import('ann@x.example,"Credit, retail"', "Person", ["Credit, retail"], {})
	assert made.lines[0].unit == "Credit, retail"


def test_every_line_gets_its_own_number_and_verdict():
	made = plan(
		"\ufeffE-Mail;Unit\n"
		"joe@x.example;Claims\n"
		"\n"
		"JOE@x.example;claims\n"
		"kim@x.example;Treasury\n"
		"kim@x.example;Claims\n"
		"nobody;Claims\n"
		"lou@x.example;Retail Bankng South\n"
		"ann@x.example;Claims\n"
		"eve@x.example\n"
		"sue@x.example;Treasury\n"
		"max@x.example;Unassigned\n"
		"max@y.example;Claims;extra\n"
		"tim@x.example;<b>\n",
		present={"ann@x.example": "Treasury", "Sue@X.example": "Treasury"},
	)
	assert statuses(made) == {
		2: plans.NEW,
		4: plans.DOUBLE,
		5: plans.CONFLICT,
		6: plans.CONFLICT,
		7: plans.BAD,
		8: plans.UNKNOWN_UNIT,
		9: plans.CHANGE,
		10: plans.BAD,
		11: plans.SAME,
		12: plans.BAD,
		13: plans.BAD,
		14: plans.BAD,
	}
	notes = {line.number: line.note for line in made.lines}
	assert notes[4] == "Same as line 2."
	assert notes[5] == "Stands in line 6 (Claims) with another unit."
	assert notes[9] == "Mapped to Treasury now."
	assert made.unknown_units == {"Retail Bankng South": ("Retail Banking South",)}


def test_a_choice_puts_the_lines_of_an_unknown_unit_where_they_belong():
	text = "lou@x.example;Retail Bankng South\nlea@x.example;Legal"
	made = plan(text, choices={"Retail Bankng South": "Retail Banking South", "Legal": ""})
	assert [line.status for line in made.lines] == [plans.NEW, plans.UNKNOWN_UNIT]
	assert made.lines[0].unit == "Retail Banking South"


@pytest.mark.parametrize("text", ["", "   \n\n", "\ufeff"])
def test_nothing_to_import_is_said(text):
	with pytest.raises(ValueError, match="nothing to import"):
		plan(text)


def test_far_too_much_is_refused():
	with pytest.raises(ValueError, match="in parts"):
		plan("a@x.example;Claims\n" * (plans.MOST_LINES + 1))


@given(st.text(max_size=400), st.sampled_from(["Person", "Domain", "Team", "Department", "HD Customer"]))
def test_any_text_gives_a_plan_or_a_plain_refusal(text, kind):
	try:
		made = plan(text, kind=kind)
	except ValueError as error:
		assert str(error)  # noqa: PT017 (either a plan or a plain refusal)
		return
	written = [
		line.value.casefold() for line in made.with_status(plans.NEW, plans.CHANGE, plans.UNKNOWN_UNIT)
	]
	assert len(written) == len(set(written)), "one value is written at most once"
	assert all(line.note for line in made.with_status(plans.BAD, plans.CONFLICT, plans.DOUBLE))


@given(
	st.lists(
		st.tuples(st.sampled_from("abcdef"), st.sampled_from(["Claims", "Treasury", "Nowhere"])),
		min_size=1,
		max_size=20,
	)
)
def test_writing_a_plan_makes_a_second_import_of_the_text_change_nothing(pairs):
	text = "\n".join(f"{who}@x.example;{unit}" for who, unit in pairs)
	first = plan(text)
	there = {line.value: line.unit for line in first.with_status(plans.NEW)}
	again = plan(text, present=there)
	assert again.count(plans.NEW) == 0
	assert again.count(plans.CHANGE) == 0
	assert again.count(plans.CONFLICT) == first.count(plans.CONFLICT)
