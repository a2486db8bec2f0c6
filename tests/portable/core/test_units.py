"""core/units.py and core/cover.py: who answers for a unit, where nobody does, and who has too much."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import cover
from cx_desk.core.units import (
	DEPUTY,
	LIAISON,
	SPECIALIST,
	Assignment,
	clash,
	cover_of,
	path_up,
)

PARENTS = {"Root": None, "South": "Root", "Retail": "South", "Treasury": "South", "North": "Root"}
DAY = date(2026, 3, 2)


def assign(unit, user, role=LIAISON, first=date(2026, 1, 1), last=None, name=None):
	return Assignment(unit, user, role, first, last, name or f"{unit}-{user}-{role}-{first}")


def test_the_nearest_liaison_upwards_answers():
	rows = [assign("Root", "ro"), assign("South", "so"), assign("Retail", "re")]
	assert cover_of("Retail", rows, PARENTS, DAY).liaison == "re"
	found = cover_of("Treasury", rows, PARENTS, DAY)
	assert (found.liaison, found.liaison_from) == ("so", "South")
	assert cover_of("North", rows, PARENTS, DAY).liaison == "ro"
	assert cover_of("North", rows[1:], PARENTS, DAY).liaison is None


def test_liaison_and_deputy_may_come_from_different_units_and_specialists_add_up():
	rows = [
		assign("South", "so"),
		assign("Root", "de", DEPUTY),
		assign("Retail", "s1", SPECIALIST),
		assign("Root", "s2", SPECIALIST),
		assign("South", "s1", SPECIALIST),
	]
	found = cover_of("Retail", rows, PARENTS, DAY)
	assert (found.liaison_from, found.deputy_from, found.specialists) == ("South", "Root", ("s1", "s2"))


def test_the_last_day_counts_and_the_day_after_does_not():
	row = assign("Retail", "re", last=DAY)
	assert cover_of("Retail", [row], PARENTS, DAY).liaison == "re"
	assert cover_of("Retail", [row], PARENTS, DAY + timedelta(days=1)).liaison is None
	assert cover_of("Retail", [row], PARENTS, date(2025, 12, 31)).liaison is None


def test_a_circle_in_the_tree_ends_the_walk():
	assert path_up("a", {"a": "b", "b": "a"}) == ["a", "b"]
	assert cover_of("a", [], {"a": "b", "b": "a"}, DAY).liaison is None


@pytest.mark.parametrize(
	("first", "last", "clashes"),
	[
		(date(2026, 6, 30), None, True),
		(date(2026, 7, 1), None, False),
		(date(2025, 1, 1), date(2025, 12, 31), False),
		(date(2025, 1, 1), date(2026, 1, 1), True),
		(date(2025, 1, 1), None, True),
	],
)
def test_two_liaisons_of_one_unit_clash_on_the_days_they_share(first, last, clashes):
	there = assign("Retail", "re", last=date(2026, 6, 30))
	assert (clash(assign("Retail", "new", first=first, last=last), [there]) is there) is clashes


def test_no_clash_with_itself_with_another_role_or_another_unit():
	there = assign("Retail", "re", name="A")
	assert clash(assign("Retail", "re", name="A"), [there]) is None
	assert clash(assign("Retail", "new", DEPUTY), [there]) is None
	assert clash(assign("Treasury", "new"), [there]) is None


def test_many_specialists_stand_side_by_side_but_nobody_twice():
	there = assign("Retail", "s1", SPECIALIST, name="A")
	assert clash(assign("Retail", "s2", SPECIALIST), [there]) is None
	assert clash(assign("Retail", "s1", SPECIALIST, name="B"), [there]) is there


def test_gaps_are_the_days_on_which_nobody_up_the_tree_answers():
	rows = [
		assign("Retail", "re", first=date(2026, 1, 10), last=date(2026, 1, 20)),
		assign("South", "so", first=date(2026, 2, 1), last=date(2026, 2, 10)),
		assign("Retail", "de", DEPUTY),
	]
	found = cover.gaps("Retail", rows, PARENTS, date(2026, 1, 1), date(2026, 3, 31))
	assert [(gap.first, gap.last) for gap in found] == [
		(date(2026, 1, 1), date(2026, 1, 9)),
		(date(2026, 1, 21), date(2026, 1, 31)),
		(date(2026, 2, 11), None),
	]
	assert cover.gaps("Retail", [assign("Root", "ro")], PARENTS, DAY, DAY) == []


def test_load_is_what_the_tiers_ask_for():
	units = {"Retail": ("Named", 120), "Treasury": ("Pooled", 14), "North": ("Self-service", 900)}
	found = cover.loads(units, [assign("Root", "ro"), assign("Retail", "re")], PARENTS, DAY)
	assert found["re"].units == ("Retail",)
	assert found["re"].conversations == 1
	assert found["ro"].units == ("Treasury", "North")
	assert found["ro"].conversations == pytest.approx(28 / 90)
	assert found["ro"].headcount == 914


days = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
spans = st.tuples(days, st.one_of(st.none(), st.integers(0, 30))).map(
	lambda pair: (pair[0], None if pair[1] is None else pair[0] + timedelta(days=pair[1]))
)


@given(spans, spans)
def test_overlap_is_mutual_and_means_a_common_day(one, other):
	a, b = (
		assign("Retail", "a", first=one[0], last=one[1]),
		assign("Retail", "b", first=other[0], last=other[1]),
	)
	common = any(
		a.open_on(DAY + timedelta(days=n)) and b.open_on(DAY + timedelta(days=n)) for n in range(0, 400)
	)
	assert a.overlaps(b) == b.overlaps(a) == common


@given(st.lists(st.tuples(st.sampled_from(["Root", "South", "Retail"]), spans), max_size=6))
def test_a_day_lies_in_a_gap_exactly_when_nobody_covers_it(held):
	rows = [assign(unit, f"u{n}", first=span[0], last=span[1]) for n, (unit, span) in enumerate(held)]
	last = DAY + timedelta(days=100)
	found = cover.gaps("Retail", rows, PARENTS, DAY, last)
	for n in range(101):
		day = DAY + timedelta(days=n)
		in_gap = any(gap.first <= day <= (gap.last or last) for gap in found)
		assert in_gap == (cover_of("Retail", rows, PARENTS, day).liaison is None)
