"""Never ask twice, whose turn it was, and the exit rule of early life support with its false exits."""

import math
import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import early_life as e
from cx_desk.core import questions as q

ANSWERED = [
	("hosting", "Where will the application be hosted?"),
	("users", "How many people will use the portal every day?"),
	("data", "Which personal data does the system hold?"),
	("sso", "Does the supplier support single sign-on?"),
]


@pytest.mark.parametrize(
	("question", "key"),
	[
		("Where is the application hosted?", "hosting"),
		("How many people use the portal per day?", "users"),
		("What personal data are held in the system?", "data"),
		("Is single sign-on supported by the supplier?", "sso"),
	],
)
def test_the_same_in_other_words_is_found(question, key):
	assert q.matches(question, ANSWERED)[0].key == key


@pytest.mark.parametrize(
	"question",
	[
		"Who pays for the licences?",
		"When may the old system be switched off?",
		"Which printers are used?",
		"",
		"why?",
	],
)
def test_another_question_is_not(question):
	assert q.matches(question, ANSWERED) == []


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(), st.text(max_size=80)), max_size=6))
def test_likeness_lies_between_and_a_question_is_like_itself(text, known):
	for match in q.matches(text, known, 0.01):
		assert 0 < match.likeness <= 1 + 1e-9
	if q.words_of(text):
		assert math.isclose(q.matches(text, [("it", text)])[0].likeness, 1)


def test_days_by_side():
	start = datetime(2026, 3, 2, 9)
	turns = [
		(start, q.BUSINESS),
		(start + timedelta(days=6), q.DESK),
		(start + timedelta(days=27), "Supplier"),
	]
	found = q.days_by_side([*turns, (start + timedelta(days=30), None)], start + timedelta(days=99))
	assert found == {q.BUSINESS: 6, q.DESK: 21, "Supplier": 3}
	with pytest.raises(ValueError, match="order"):
		q.days_by_side([(start, q.BUSINESS), (start - timedelta(days=1), None)], start)


def test_a_rest_counts_for_nobody():
	start = datetime(2026, 3, 2, 9)
	day = timedelta(days=1)
	turns = [(start, q.BUSINESS), (start + 10 * day, q.DESK)]
	rests = [(start - day, start + day), (start + 8 * day, start + 12 * day), (start + 20 * day, None)]
	# Of the business's ten days three, of the desk's twenty those after the second rest until the last.
	assert q.days_by_side(turns, start + 30 * day, rests) == {q.BUSINESS: 7, q.DESK: 8}
	assert q.days_between(start + 21 * day, start + 25 * day, rests) == 0
	with pytest.raises(ValueError, match="end"):
		q.days_between(start, start - day)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8), st.integers(0, 80))
def test_rests_never_add_days(points, length):
	start, points = datetime(2026, 3, 2), sorted(points)
	rests = [
		(start + timedelta(days=a), start + timedelta(days=b))
		for a, b in zip(points[::2], points[1::2], strict=False)
	]
	found = q.days_between(start, start + timedelta(days=length), rests)
	assert 0 <= found <= length


def test_burden_of_the_domain():
	assert round(q.burden(46, 4, 5, 3).repeated, 3) == 0.087
	assert q.burden(0, 0, 0, 0).repeated is None
	with pytest.raises(ValueError, match="asked"):
		q.burden(2, 3, 0, 0)


def verdict(*checks, **changed):
	rules = {
		"critical": 0,
		"open_tickets": 0,
		"oldest_open_days": 0,
		"solved": 10,
		"solved_by_desk": 9,
		"signed": True,
		"minimum_passed": True,
	}
	return e.exit_verdict(checks, **{**rules, **changed})


def look(tickets, users=250, weeks=2, target=2.0):
	return e.rate_check(tickets, users, weeks, target)


def test_the_example_may_not_exit_yet():
	"""domain.md 5.8: 10 tickets in two weeks are at the target of 2.0, but could be 3.4."""
	found = verdict(look(10), look(10))
	assert [key for key, _places in found.reasons] == ["upper"]
	assert round(found.reasons[0][1]["upper"], 1) == 3.4
	assert found.by_rate


def test_two_passes_in_a_row():
	assert [key for key, _p in verdict(look(4)).reasons] == ["once"]
	assert [key for key, _p in verdict(look(30), look(4)).reasons] == ["once"]
	assert verdict(look(4), look(4)).may


@pytest.mark.parametrize(
	("changed", "key"),
	[
		({"critical": 1}, "critical"),
		({"open_tickets": 6}, "open"),
		({"open_tickets": 2, "oldest_open_days": 6}, "old"),
		({"solved_by_desk": 7}, "desk"),
		({"signed": False}, "signed"),
		({"minimum_passed": False}, "days"),
		({"link_rate": 0.3}, "link"),
	],
)
def test_each_rule_by_itself_holds_it_back(changed, key):
	assert [found for found, _p in verdict(look(4), look(4), **changed).reasons] == [key]


def test_too_few_to_judge_leaves_it_to_the_rest():
	few = look(3, users=40)
	assert not few.judged
	found = verdict(few)
	assert found.may
	assert not found.by_rate
	assert not verdict(few, signed=False).may


def test_false_exits_by_simulation():
	"""A service at 1.5 times its target, looked at weekly for 12 weeks: let go in about 7 of 100 over the quarter.

	Looked at daily and without the second pass it was 83 of 100 (decisions.md E11).
	"""
	chance = random.Random(20261122)
	users, target, services, let_go = 400, 2.0, 2000, 0
	weekly = users / 100 * target * 1.5
	for _service in range(services):
		weeks = [_poisson(chance, weekly) for _week in range(13)]
		checks = [look(a + b, users, 2, target) for a, b in pairwise(weeks)]
		if any(verdict(*checks[:end]).may for end in range(1, len(checks) + 1)):
			let_go += 1
	assert 0.04 < let_go / services < 0.09


def test_a_good_service_gets_out_by_simulation():
	chance = random.Random(7)
	users, target, services, out = 400, 2.0, 500, 0
	for _service in range(services):
		weeks = [_poisson(chance, users / 100 * target * 0.5) for _week in range(9)]
		checks = [look(a + b, users, 2, target) for a, b in pairwise(weeks)]
		out += any(verdict(*checks[:end]).may for end in range(1, len(checks) + 1))
	assert out / services > 0.95


def _poisson(chance, mean):
	limit, product, count = math.exp(-mean), 1.0, 0
	while True:
		product *= chance.random()
		if product <= limit:
			return count
		count += 1


def test_risen_afterwards():
	assert e.has_risen(look(4), look(40))
	assert not e.has_risen(look(4), look(11))
	assert not e.has_risen(look(0), look(0))
