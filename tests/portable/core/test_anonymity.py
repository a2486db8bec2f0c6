"""Groups that anonymous answers hide in: never too few people, whatever the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import anonymity

TREE = {"All": None, "Retail": "All", "Cards": "Retail", "Loans": "Retail", "South": "All"}


def test_few_people_are_pooled_upwards():
	asked = {"Cards": 12, "Loans": 4, "Retail": 7, "South": 30}
	assert anonymity.groups(asked, TREE) == {
		"Cards": "Cards",
		"Loans": "Retail",
		"Retail": "Retail",
		"South": "South",
	}


def test_the_last_few_are_not_left_alone():
	# Loans' two would stand alone at the top; the smallest group joins them.
	assert anonymity.groups({"Cards": 12, "Loans": 2, "South": 30}, TREE) == {
		"Cards": "",
		"Loans": "",
		"South": "South",
	}
	assert anonymity.groups({"Loans": 2, "South": 3}, TREE) == {"Loans": "", "South": ""}
	assert anonymity.groups({}, TREE) == {}


def test_pooling_stops_where_it_is_told_to():
	people = {"Cards": 3, "Loans": 2, "South": 1}
	assert anonymity.pools(people, TREE, 5) == {"Cards": "Retail", "Loans": "Retail", "South": None}
	assert anonymity.pools(people, TREE, 5, tops={"Cards"}) == {"Cards": None, "Loans": None, "South": None}
	with pytest.raises(ValueError, match="at least one person"):
		anonymity.pools(people, TREE, 0)


def test_a_tree_in_a_circle_ends():
	assert anonymity.pools({"a": 1, "b": 1}, {"a": "b", "b": "a"}, 5).keys() == {"a", "b"}


UNITS = [f"u{number}" for number in range(12)]


@given(
	st.lists(st.integers(0, 25), min_size=12, max_size=12),
	st.lists(st.integers(0, 11), min_size=12, max_size=12),
	st.integers(2, 15),
)
def test_no_group_is_small_in_any_tree(heads, above, least):
	asked = {unit: count for unit, count in zip(UNITS, heads, strict=True) if count}
	parents = {
		unit: UNITS[min(number, up)] for number, (unit, up) in enumerate(zip(UNITS, above, strict=True))
	}
	parents = {unit: None if unit == up else up for unit, up in parents.items()}
	found = anonymity.groups(asked, parents, least)
	assert found.keys() == asked.keys()
	sizes = {}
	for unit, group in found.items():
		sizes[group] = sizes.get(group, 0) + asked[unit]
	if sum(asked.values()) >= least:
		assert all(size >= least for size in sizes.values())
	else:
		assert set(found.values()) <= {""}
