"""core/mapping_suggest.py: what points a ticket without a unit to one."""

from collections import Counter

from cx_desk.core.mapping import CUSTOMER, DEPARTMENT, DOMAIN, PERSON, TEAM
from cx_desk.core.mapping_suggest import Group, suggest, tally

UNITS = ["Retail", "Claims"]


def test_a_department_with_the_units_name_is_the_first_to_be_suggested():
	hint = suggest(Group("ann@x.example", "retail", "Claims", "", 1), {}, UNITS)
	assert (hint.kind, hint.value, hint.unit) == (DEPARTMENT, "retail", "Retail")
	hint = suggest(Group("ann@x.example", "", "Claims", "", 1), {}, UNITS)
	assert (hint.kind, hint.unit) == (CUSTOMER, "Claims")


def test_nearly_all_neighbours_agreeing_maps_the_whole_domain():
	counts = {(DOMAIN, "x.example"): Counter({"Retail": 19, "Claims": 1})}
	hint = suggest(Group("ann@x.example"), counts, UNITS)
	assert (hint.kind, hint.value, hint.unit, hint.agree, hint.of) == (DOMAIN, "x.example", "Retail", 19, 20)


def test_most_neighbours_agreeing_maps_only_the_person():
	counts = {(TEAM, "field"): Counter({"Claims": 7, "Retail": 3})}
	hint = suggest(Group("ann@x.example", team="Field"), counts, UNITS)
	assert (hint.kind, hint.value, hint.unit) == (PERSON, "ann@x.example", "Claims")
	assert (hint.trait, hint.agree, hint.of) == (TEAM, 7, 10)


def test_a_desk_with_one_domain_for_all_units_gets_no_suggestion_from_it():
	counts = {(DOMAIN, "x.example"): Counter({"Claims": 50, "Retail": 50})}
	assert suggest(Group("ann@x.example"), counts, UNITS) is None


def test_few_neighbours_point_nowhere():
	counts = {(DOMAIN, "x.example"): Counter({"Claims": 2})}
	assert suggest(Group("ann@x.example"), counts, UNITS) is None
	assert suggest(Group(), {}, UNITS) is None


def test_the_tally_counts_tickets_by_trait_without_case():
	counts = tally(
		[
			(Group("ann@x.example", "Retail", "", "Field", 3), "A"),
			(Group("joe@x.example", "RETAIL", "", "", 2), "B"),
		]
	)
	assert counts[(DEPARTMENT, "retail")] == Counter({"A": 3, "B": 2})
	assert counts[(DOMAIN, "x.example")] == Counter({"A": 3, "B": 2})
	assert counts[(TEAM, "field")] == Counter({"A": 3})
