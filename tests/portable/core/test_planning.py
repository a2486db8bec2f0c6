"""Need and its parts, lots that anybody can draw again, and need covered against the other rule."""

import pytest

from cx_desk.core import planning
from cx_desk.core.planning import Candidate, UnitFacts


def facts(unit="A", tickets=50, days=None, felt="Unknown", knowers=0, golive=None):
	return UnitFacts(unit, tickets, days, felt, knowers, golive)


def test_the_parts_add_up():
	need = planning.need_of(facts(tickets=100, felt="Poor", golive=28), 100)
	assert need.total == pytest.approx(1)
	assert need.parts[0][0] == "tickets"
	calm = planning.need_of(facts(tickets=0, days=0, felt="Good", knowers=3), 100)
	assert calm.total == 0
	half = planning.need_of(facts(tickets=50, days=73, felt="Mixed", knowers=1, golive=49), 100)
	parts = 0.30 + 0.25 * 0.5 + 0.20 * 0.2 + 0.15 * 0.5 + 0.10 * 42 / 63
	assert half.total == pytest.approx(0.5**0.5 * parts)


@pytest.mark.parametrize(
	"more", [{"tickets": 60}, {"felt": "Poor"}, {"days": 90}, {"knowers": 0}, {"golive": 40}]
)
def test_more_of_anything_needs_more(more):
	base = {"tickets": 40, "days": 30, "felt": "Mixed", "knowers": 1, "golive": 60}
	assert planning.need_of(facts(**{**base, **more}), 100).total > planning.need_of(facts(**base), 100).total


def test_a_place_with_few_tickets_is_not_sent_for_because_it_was_never_seen():
	busy, tiny = facts("Busy", 400, days=30, felt="Good", knowers=1), facts("Tiny", 5, felt="Poor")
	assert [need.unit for need in planning.rank([tiny, busy])] == ["Busy", "Tiny"]
	assert planning.rank([tiny, busy])[1].total < planning.LEAST_NEED


def test_units_without_tickets_are_left_out():
	assert [need.unit for need in planning.rank([facts("A", 0), facts("B", 3)])] == ["B"]
	assert planning.rank([]) == []


def ranked(count):
	return planning.rank([facts(f"U{number:02}", 100 - number) for number in range(count)])


def test_no_lot_where_the_slots_suffice():
	assert {lot.outcome for lot in planning.draw(ranked(3), 4, "seed")} == {planning.CERTAIN}


def test_lots_are_drawn_from_the_neediest_and_can_be_drawn_again():
	lots = planning.draw(ranked(20), 4, "seed")
	assert len(lots) == 8
	assert {lot.unit for lot in lots} == {f"U{number:02}" for number in range(8)}
	assert [lot.outcome for lot in lots].count(planning.DRAWN) == 4
	assert lots == planning.draw(ranked(20), 4, "seed")
	assert lots != planning.draw(ranked(20), 4, "another")


def test_every_unit_of_the_pool_is_drawn_as_often():
	times = dict.fromkeys((f"U{number:02}" for number in range(8)), 0)
	for seed in range(1000):
		for lot in planning.draw(ranked(20), 4, str(seed)):
			times[lot.unit] += lot.outcome == planning.DRAWN
	assert all(430 <= count <= 570 for count in times.values()), times


def test_who_goes():
	people = [
		Candidate("far", handles=False, freshness=0),
		Candidate("knows", handles=True, freshness=70),
		Candidate("learns", handles=True, freshness=10),
		Candidate("busy", handles=True, freshness=0, visits=2),
	]
	assert planning.who_goes(people) == "learns"
	assert planning.who_goes([]) is None


def test_need_is_covered_better_than_by_whoever_waits_longest():
	units = [
		facts(
			f"U{n:02}", 200 if n < 5 else 4, days=60 if n < 5 else 300 + n, felt="Poor" if n < 5 else "Good"
		)
		for n in range(30)
	]
	needs = {need.unit: need.total for need in planning.rank(units)}
	chosen = [need.unit for need in planning.rank(units)][:5]
	other = planning.longest_unvisited(units)[:5]
	assert planning.need_covered(chosen, needs) > 1.3 * planning.need_covered(other, needs)
	assert planning.longest_unvisited([facts("B", days=3), facts("A")]) == ["A", "B"]


def test_bad_input():
	for bad in (
		lambda: facts(tickets=-1),
		lambda: facts(days=-1),
		lambda: facts(felt="Angry"),
		lambda: facts(knowers=-2),
		lambda: facts(golive=-1),
	):
		with pytest.raises(ValueError, match=r"\w"):
			bad()
	with pytest.raises(ValueError, match="at least one"):
		planning.draw(ranked(2), 0, "seed")
	with pytest.raises(ValueError, match="seed"):
		planning.draw(ranked(2), 1, "")
	with pytest.raises(ValueError, match="no need"):
		planning.need_covered(["A"], {})
