"""Nobody is singled out: not by one table, not by a thousand filters and differences, not by two releases."""

import os
import random
from fractions import Fraction
from itertools import combinations

import pytest

from cx_desk.core.suppression import Release, comments_shown, protect, protect_tree, release

LONG = os.environ.get("CX_LONG") == "1"
ATTACKS = 20_000 if LONG else 1_000
TABLES = 60 if LONG else 12


def test_a_small_group_takes_the_next_smallest_with_it():
	result = protect({"North": 3, "South": 7, "West": 20})
	assert result.shown == {"West"}
	assert result.hidden["North"] == "fewer than 5 people"
	assert result.hidden["South"] == "would give away a smaller group"


def test_two_small_groups_that_are_five_together_are_enough():
	assert protect({"North": 3, "South": 2, "West": 20}).shown == {"West"}
	assert protect({"North": 2, "South": 2, "West": 20, "East": 9}).shown == {"West"}


def test_nothing_small_hides_nothing():
	assert protect({"North": 5, "South": 6}).hidden == {}
	assert protect({"North": 0, "South": 6}).hidden == {}


def test_without_a_total_only_the_small_group_is_hidden():
	assert protect({"North": 3, "South": 7}, totals=[]).shown == {"South"}


def test_a_total_of_fewer_than_five_is_hidden():
	result = protect({"North": 3, "South": 1})
	assert not result.shown
	assert not result.shown_totals


def test_a_total_known_elsewhere_protects_too():
	assert protect({"North": 3, "South": 7, "West": 20}, totals=[]).may_show("South")
	assert not protect({"North": 3, "South": 7, "West": 20}, [], known=[["North", "South", "West"]]).may_show(
		"South"
	)


def test_a_cross_table_is_protected_by_row_and_column():
	people = {(row, column): 20 for row in "abc" for column in "xyz"}
	people["a", "x"] = 3
	rows = [[(row, column) for column in "xyz"] for row in "abc"]
	columns = [[(row, column) for row in "abc"] for column in "xyz"]
	result = protect(people, [*rows, *columns, list(people)])
	assert len(result.hidden) == 4  # a rectangle, so that no row and no column has a single unknown
	assert len({row for row, _ in result.hidden}) == 2
	assert len({column for _, column in result.hidden}) == 2


@pytest.mark.parametrize(
	"call",
	[
		lambda: protect({"a": 3}, floor=1),
		lambda: protect({"a": -1}),
		lambda: protect({"a": 3}, [["b"]]),
		lambda: release({"a": [1, 2], "b": [2, 3]}),
	],
)
def test_impossible_input_is_refused(call):
	with pytest.raises(ValueError, match=r"\w+ \w+"):
		call()


def test_comments_need_eight():
	assert not comments_shown(7)
	assert comments_shown(8)


# The attacker keeps every published sum as (who stands behind it, as known from outside) and combines them.


def _solved(published):
	"""Sets of fewer than five people whose sum follows from the published ones, by elimination."""
	people = sorted({person for members in published for person in members})
	# People who are always counted together cannot be told apart: one unknown per such class.
	classes = {}
	for person in people:
		classes.setdefault(tuple(person in members for members in published), []).append(person)
	columns = list(classes)
	rows = [[Fraction(column[index]) for column in columns] for index in range(len(published))]
	done = 0
	for column in range(len(columns)):
		pivot = next((i for i in range(done, len(rows)) if rows[i][column]), None)
		if pivot is None:
			continue
		rows[done], rows[pivot] = rows[pivot], rows[done]
		head = rows[done][column]
		rows[done] = [value / head for value in rows[done]]
		for i, row in enumerate(rows):
			if i != done and row[column]:
				factor = row[column]
				rows[i] = [value - factor * top for value, top in zip(row, rows[done], strict=True)]
		done += 1
	found = []
	for row in rows[:done]:
		support = [
			person for key, value in zip(columns, row, strict=True) if value for person in classes[key]
		]
		if 0 < len(support) < 5:
			found.append(support)
	return found


def _attack(published, rng, tries):
	"""Random sums and differences of published sets; those that leave fewer than five people."""
	found = _solved(published)
	for _ in range(tries):
		chosen = rng.sample(published, min(len(published), rng.randint(2, 5)))
		whole = max(chosen, key=len)
		parts = frozenset()
		for members in chosen:
			if members is not whole and not members & parts:
				parts |= members
		if 0 < len(whole ^ parts) < 5:
			found.append(whole ^ parts)
	return found


def _random_groups(rng):
	person = iter(range(10_000))
	return {
		f"unit {index}": frozenset(next(person) for _ in range(rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 15, 40])))
		for index in range(rng.randint(3, 9))
	}


def _published(groups, hide):
	if not hide:
		return [members for members in [*groups.values(), frozenset().union(*groups.values())] if members]
	result = protect({key: len(members) for key, members in groups.items()})
	sets = [groups[key] for key in result.shown if groups[key]]
	if result.shown_totals:
		sets.append(frozenset().union(*groups.values()))
	return [members for members in sets if members]


def test_a_thousand_filters_and_differences_find_nobody(capsys):
	rng = random.Random(1)
	open_hits = 0
	for _ in range(TABLES):
		groups = _random_groups(rng)
		hidden = _published(groups, hide=True)
		if len(hidden) > 1:
			assert _attack(hidden, rng, ATTACKS // TABLES) == []
		open_hits += bool(_attack(_published(groups, hide=False), rng, ATTACKS // TABLES))
	with capsys.disabled():
		print(f"\n  {ATTACKS} attacks: nobody found; with suppression off in {open_hits} of {TABLES} tables")
	assert open_hits > TABLES / 2


def test_cross_tables_withstand_the_same_attack():
	rng = random.Random(2)
	succeeded = 0
	for _ in range(TABLES):
		person = iter(range(10_000))
		cells = {
			(row, column): frozenset(next(person) for _ in range(rng.choice([0, 2, 4, 7, 12, 30])))
			for row in range(rng.randint(2, 4))
			for column in range(rng.randint(2, 4))
		}
		rows = [[cell for cell in cells if cell[0] == row] for row in {row for row, _ in cells}]
		columns = [
			[cell for cell in cells if cell[1] == column] for column in {column for _, column in cells}
		]
		totals = [*rows, *columns, list(cells)]
		result = protect({cell: len(members) for cell, members in cells.items()}, totals)

		def union(keys, cells=cells):
			return frozenset().union(*(cells[key] for key in keys))

		sets = [cells[key] for key in result.shown if cells[key]]
		sets += [union(totals[index]) for index in result.shown_totals if union(totals[index])]
		if sets:
			assert _attack(sets, rng, ATTACKS // TABLES) == []
		everything = [m for m in [*cells.values(), *(union(total) for total in totals)] if m]
		succeeded += bool(_attack(everything, rng, ATTACKS // TABLES))
	assert succeeded > TABLES / 2


def _moving_window(rng, rounds):
	"""Groups whose people come and go a few at a time, as in a window that moves by a day."""
	person = iter(range(100_000))
	groups = {
		f"unit {index}": {next(person) for _ in range(rng.choice([2, 4, 5, 6, 9, 20]))} for index in range(4)
	}
	for _ in range(rounds):
		yield {key: frozenset(members) for key, members in groups.items()}
		for members in groups.values():
			for _ in range(rng.choice([0, 0, 1, 1, 2, 6])):
				members.add(next(person))
			for old in sorted(members)[: rng.choice([0, 0, 0, 1, 2, 5])]:
				members.discard(old)


def test_yesterday_and_today_give_nobody_away(capsys):
	rng = random.Random(3)
	open_hits = renewed = 0
	for _ in range(TABLES):
		releases: list[Release] = []
		open_sets, safe_sets = [], []
		for groups in _moving_window(rng, 6):
			releases.append(release(groups, releases))
			safe_sets += releases[-1].sets
			open_sets += _published(groups, hide=True)
			renewed += len(releases) > 1 and releases[-1].groups != releases[-2].groups
		safe_sets = list(dict.fromkeys(safe_sets))
		if len(safe_sets) > 1:
			assert _attack(safe_sets, rng, ATTACKS // TABLES) == []
		# Each table was safe by itself; together they are not.
		open_hits += bool(_attack(list(dict.fromkeys(open_sets)), rng, ATTACKS // TABLES))
	with capsys.disabled():
		print(
			f"\n  releases: nobody found, {renewed} renewed; table by table alone {open_hits} of {TABLES} leak"
		)
	assert open_hits > TABLES / 2
	assert renewed > 0


def test_enough_change_renews_a_group_and_too_little_holds_it():
	first = release({"a": range(10), "b": range(100, 110)})
	held = release({"a": range(11), "b": range(100, 110)}, [first])
	assert held.groups["a"] == frozenset(range(10))
	assert "a" in held.held
	renewed = release({"a": range(15), "b": range(100, 110)}, [first, held])
	assert renewed.groups["a"] == frozenset(range(15))
	assert renewed.total == renewed.groups["a"] | renewed.groups["b"]


def test_every_pair_of_published_sets_differs_by_nobody_or_enough():
	rng = random.Random(4)
	for _ in range(TABLES):
		releases: list[Release] = []
		for groups in _moving_window(rng, 5):
			releases.append(release(groups, releases))
		for earlier, later in combinations(releases, 2):
			for key in earlier.groups.keys() & later.groups.keys():
				assert not 0 < len(earlier.groups[key] ^ later.groups[key]) < 5
			if earlier.total is not None and later.total is not None:
				assert not 0 < len(earlier.total ^ later.total) < 5


# Trees: every total with all below it, nothing small to be had by subtraction.


def rests(own, parents, shown):
	"""What a reader can subtract: each shown total less the largest shown totals below it."""
	below = {key: {key} for key in parents}
	for key in parents:
		above = parents[key]
		while above is not None:
			below[above].add(key)
			above = parents[above]
	found = []
	for key in shown:
		inside = [other for other in shown if other != key and other in below[key]]
		top = [other for other in inside if not any(other in below[more] - {more} for more in inside)]
		found.append(sum(own[each] for each in below[key]) - sum(own[e] for o in top for e in below[o]))
	return found


def test_nothing_small_can_be_subtracted_in_a_tree():
	chance = random.Random(5)
	for _tree in range(ATTACKS):
		size = chance.randint(1, 14)
		parents = {0: None} | {key: chance.randrange(key) for key in range(1, size)}
		own = {key: chance.randint(0, 9) for key in parents}
		shown = protect_tree(own, parents)
		assert all(rest == 0 or rest >= 5 for rest in rests(own, parents, shown))
		if sum(own.values()) >= 5:
			assert 0 in shown


def test_a_tree_hides_no_more_than_it_must():
	parents = {"All": None, "A": "All", "B": "All", "C": "All", "A1": "A", "A2": "A"}
	own = {"All": 0, "A": 0, "B": 9, "C": 3, "A1": 6, "A2": 7}
	# C is small; without B as well, All less A and B would be C.
	assert protect_tree(own, parents) == {"All", "A", "A1", "A2"}
	own["C"] = 5
	assert protect_tree(own, parents) == set(parents)
	with pytest.raises(ValueError, match="hides nobody"):
		protect_tree(own, parents, floor=1)
