"""core/mapping.py: what is looked up for a ticket, and which row wins."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import mapping
from cx_desk.core.mapping import CUSTOMER, DEPARTMENT, DOMAIN, PERSON, TEAM, Match

words = st.text(max_size=60)
label = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
addresses = st.builds(
	lambda local, parts: f"{local}@{'.'.join(parts)}", label, st.lists(label, min_size=1, max_size=4)
)
rows = st.lists(
	st.tuples(st.sampled_from(mapping.ORDER), words.filter(bool), words.filter(bool)), max_size=12
)


@pytest.mark.parametrize(
	("raw", "clean"),
	[
		("Ann Petersen <Ann.Petersen@Bank.Example>", "ann.petersen@bank.example"),
		("  ANN@bank.example ", "ann@bank.example"),
		("mailto:ann@bank.example", "ann@bank.example"),
		("ann@localhost", "ann@localhost"),
		("ann", ""),
		("ann@", ""),
		("a@b@c.example", ""),
		("ann@bank.example, joe@bank.example", ""),
		(None, ""),
	],
)
def test_an_address_is_found_in_what_people_write(raw, clean):
	assert mapping.clean_address(raw) == clean


@pytest.mark.parametrize(
	("raw", "clean"),
	[
		("@Bank.Example", "bank.example"),
		("bank.example.", "bank.example"),
		("ann@bank.example", "bank.example"),
		("bank example", ""),
		("..", ""),
		("", ""),
		("müller.example", "müller.example"),
	],
)
def test_a_domain_is_found_in_what_people_write(raw, clean):
	assert mapping.clean_domain(raw) == clean


def test_candidates_stand_in_the_order_in_which_they_win():
	found = mapping.candidates(
		address="Ann <ANN@desk.Bank.example>",
		contact="Ann Petersen",
		department=" Retail   South ",
		customer="Bank",
		team="Field",
	)
	assert found == [
		(PERSON, "ann@desk.bank.example"),
		(PERSON, "Ann Petersen"),
		(DEPARTMENT, "Retail South"),
		(CUSTOMER, "Bank"),
		(DOMAIN, "desk.bank.example"),
		(DOMAIN, "bank.example"),
		(TEAM, "Field"),
	]
	assert mapping.candidates() == []


def test_a_person_beats_a_department_beats_a_customer_beats_a_domain_beats_a_team():
	ranked = [
		(PERSON, "ann@bank.example", "A"),
		(DEPARTMENT, "Retail", "B"),
		(CUSTOMER, "Bank", "C"),
		(DOMAIN, "bank.example", "D"),
		(TEAM, "Field", "E"),
	]
	for best in range(len(ranked)):
		left = ranked[best:]
		random.Random(best).shuffle(left)
		kind, _value, unit = ranked[best]
		assert mapping.choose(left) == Match(unit, kind)


def test_the_longest_domain_wins_and_an_address_beats_a_contacts_name():
	assert (
		mapping.choose([(DOMAIN, "bank.example", "Bank"), (DOMAIN, "desk.bank.example", "Desk")]).unit
		== "Desk"
	)
	assert (
		mapping.choose([(PERSON, "Ann", "By name"), (PERSON, "ann@x.example", "By address")]).unit
		== "By address"
	)


def test_nothing_matches_nothing():
	assert mapping.choose([]) is None
	assert mapping.choose([("By hand", "x", "Unit"), (PERSON, "x", "")]) is None


@pytest.mark.parametrize(
	("kind", "value", "said"),
	[
		(PERSON, "ann@", "no mail address"),
		(PERSON, "   ", "empty"),
		(DOMAIN, "not a domain", "after the @"),
		("Room", "4", "Use one of"),
		(TEAM, "x" * 141, "140"),
	],
)
def test_what_cannot_be_mapped_is_refused_with_what_to_do(kind, value, said):
	with pytest.raises(ValueError, match=said):
		mapping.normalise(kind, value)


@given(rows)
def test_the_order_of_the_rows_never_matters(found):
	shuffled = list(found)
	random.Random(0).shuffle(shuffled)
	assert mapping.choose(found) == mapping.choose(shuffled) == mapping.choose(found + shuffled)


@given(rows)
def test_the_winner_is_one_of_the_rows_and_none_of_a_better_kind_is_left(found):
	match = mapping.choose(found)
	usable = [row for row in found if row[2]]
	if not usable:
		assert match is None
		return
	assert (match.rule, match.unit) in {(row[0], row[2]) for row in usable}
	assert mapping.ORDER.index(match.rule) == min(mapping.ORDER.index(row[0]) for row in usable)


@given(st.sampled_from(mapping.ORDER), words)
def test_normalising_twice_changes_nothing(kind, value):
	try:
		once = mapping.normalise(kind, value)
	except ValueError:
		return
	assert mapping.normalise(kind, once) == once
	assert len(once) <= mapping.VALUE_LENGTH


@given(addresses, st.booleans(), st.booleans())
def test_a_mapped_person_is_found_again_however_the_address_is_written(address, upper, named):
	stored = mapping.normalise(PERSON, address)
	written = address.upper() if upper else address
	written = f'"Petersen, Ann" <{written}>' if named else f"  {written} "
	assert (PERSON, stored) in mapping.candidates(address=written)


@given(addresses)
def test_every_domain_above_an_address_is_a_candidate(address):
	domain = address.rsplit("@", 1)[1]
	assert mapping.domains_of(address)[0] == domain
	assert all(domain == found or domain.endswith("." + found) for found in mapping.domains_of(address))


@given(words, words, words, words, words)
def test_no_input_breaks_the_look_up_and_no_candidate_stands_twice(
	address, contact, department, customer, team
):
	found = mapping.candidates(
		address=address, contact=contact, department=department, customer=customer, team=team
	)
	assert len(found) == len(set(found))
	assert [mapping.ORDER.index(kind) for kind, _value in found] == sorted(
		mapping.ORDER.index(kind) for kind, _value in found
	)
