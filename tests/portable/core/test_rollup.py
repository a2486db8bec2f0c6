"""Counts that any order of postings leads to, and people behind them."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import rollup

DAYS = [date(2026, 3, day) for day in range(1, 4)]


def response(score, unit="Cards", day=DAYS[0], asked=DAYS[1], question="a"):
	return {
		"survey": "S",
		"survey_version": "v1",
		"unit": unit,
		"team": None,
		"channel": "Mail",
		"event_day": day,
		"asked_day": asked,
		"answers": [(question, "CSAT", score), ("why", "Text", None)],
	}


responses = st.builds(
	response,
	st.integers(1, 5),
	st.sampled_from(["Cards", "Loans", None]),
	st.sampled_from(DAYS),
	st.sampled_from([None, *DAYS]),
)


def post(book: Counter, before, after):
	for key, count in rollup.difference(before, after):
		book[key] += count


def test_an_answer_counts_on_the_day_of_the_event_and_the_person_on_the_day_asked():
	counts = rollup.response_counts(response(4))
	assert {(key.measure, key.day, key.score) for key in counts} == {
		(rollup.ANSWER, DAYS[0], 4),
		(rollup.ANSWERED, DAYS[1], -1),
	}


def test_a_rating_nobody_asked_for_has_no_asked_day():
	assert [key.measure for key in rollup.response_counts(response(4, asked=None))] == [rollup.ANSWER]


@given(st.lists(st.tuples(responses, responses)), st.randoms())
def test_edits_in_any_order_come_to_a_count_of_what_is(pairs, random):
	postings = []
	for first, second in pairs:
		postings.append(({}, rollup.response_counts(first)))
		postings.append((rollup.response_counts(first), rollup.response_counts(second)))
	random.shuffle(postings)
	book: Counter = Counter()
	for before, after in postings:
		post(book, before, after)
	whole = rollup.merge(rollup.response_counts(second) for _first, second in pairs)
	assert {key: count for key, count in book.items() if count} == whole


@given(responses)
def test_nothing_changes_where_nothing_changed(one):
	counts = rollup.response_counts(one)
	assert rollup.difference(counts, counts) == []


@given(st.lists(responses))
def test_writers_take_rows_in_one_order(many):
	names = [
		key.name for key, _count in rollup.difference({}, rollup.merge(map(rollup.response_counts, many)))
	]
	assert names == sorted(names)


@given(
	st.sets(
		st.builds(rollup.Key, st.sampled_from(DAYS), st.text(), st.text(), unit=st.text(), team=st.text())
	)
)
def test_each_key_has_its_own_name(keys):
	assert len({key.name for key in keys}) == len(keys)


def test_people_behind_answers():
	assert rollup.people_behind({}) == rollup.People(0, 0, 0.0)
	assert rollup.people_behind({"a": 1, "b": 1, "c": 0}) == rollup.People(2, 2, 2.0)
	behind = rollup.people_behind({"a": 10, "b": 1})
	assert (behind.people, behind.answers) == (2, 11)
	assert abs(behind.effective - 121 / 101) < 1e-12
	# Three answers from a poster are nobody's: they count as answers, one each.
	assert rollup.people_behind({"a": 2, "": 3}) == rollup.People(1, 5, 25 / 7)
	assert rollup.people_behind({"": 3}) == rollup.People(0, 3, 3.0)


def test_who_belongs_to_two_units_counts_once_above_them():
	tree = {"Cards": "Retail", "Loans": "Retail", "Retail": None}
	up = rollup.up_the_tree({"Cards": {"ann": 1}, "Loans": {"ann": 2, "bob": 1}}, tree)
	assert rollup.people_behind(up["Retail"]).people == 2
	assert up["Retail"] == {"ann": 3, "bob": 1}
	assert rollup.people_behind(up["Loans"]).people == 2
	# A tree that runs in a circle ends all the same.
	assert set(rollup.up_the_tree({"a": {"x": 1}}, {"a": "b", "b": "a"})) == {"a", "b"}
