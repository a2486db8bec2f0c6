"""Keeping a few people's answers from being read out of a table of groups.

For readers who may not see the rows. A group of 1 to 4 people is hidden (primary). So is whatever would give it
away by subtraction: a hidden group alone under a shown total, or hidden groups that together are fewer than 5
(complementary). And so is what two releases of the same table would give away together: yesterday's and today's
differ by the people who came and went between (decisions.md E5).

Two ways in. `protect` takes head counts and the totals that are published, for one table. `release` takes who is
in each group and every earlier release, and gives a table that is safe beside them: a group that changed by fewer
than 5 people keeps its earlier members until more have changed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from cx_desk.core.intervals import check_count

FLOOR = 5
COMMENT_FLOOR = 8

SMALL, COMPLEMENT = "fewer than {floor} people", "would give away a smaller group"
NOT_PUBLISHED = "not shown by itself"


@dataclass(frozen=True)
class Protected:
	"""Which groups and totals of one table may be shown.

	shown: the groups to show. hidden: the others with the reason. shown_totals: the indexes of the totals, as
	given, that may be shown.
	"""

	shown: frozenset[Hashable]
	hidden: Mapping[Hashable, str]
	shown_totals: frozenset[int]

	def may_show(self, key: Hashable) -> bool:
		return key in self.shown


def protect(
	people: Mapping[Hashable, int],
	totals: Iterable[Collection[Hashable]] | None = None,
	*,
	floor: int = FLOOR,
	known: Iterable[Collection[Hashable]] = (),
	published: bool = True,
) -> Protected:
	"""Hide small groups, and what would give them away, in one table.

	people: distinct people of each group; the groups share nobody. totals: which sums of groups stand beside
	them, each as the groups it adds up; by default one, of all. A cross table passes its rows, its columns and
	the whole. known: sums that the reader has anyway, from elsewhere, and that cannot be hidden.
	published: False where no group is shown by itself, only the totals: by unit and by team, say, of groups that are
	unit and team.
	Groups of nobody show nothing of anybody and stay. ValueError on a floor below 2 or an unknown group.
	"""
	if check_count(floor, "floor") < 2:
		raise ValueError("a floor below 2 people hides nobody")
	counts = {key: check_count(count, f"the people of {key!r}") for key, count in people.items()}
	sums = [frozenset(total) for total in ([list(counts)] if totals is None else totals)]
	outside = [frozenset(total) for total in known]
	for total in (*sums, *outside):
		if not total <= counts.keys():
			raise ValueError("a total adds up groups that are not in the table")
	hidden = {
		key: SMALL.format(floor=floor) if count < floor else NOT_PUBLISHED
		for key, count in counts.items()
		if count and (count < floor or not published)
	}
	open_totals = {
		index for index, total in enumerate(sums) if sum(counts[key] for key in total) >= floor or not total
	}
	while True:
		equations = [sums[index] for index in sorted(open_totals)] + outside
		leak = _find_leak(equations, hidden, counts, floor)
		if leak is None:
			break
		# Hide the smallest shown group of the equations that the leak came from, first one that closes a rectangle
		# (its other sums already have a hidden group); if none is left, a total.
		candidates = sorted(
			(key for key in leak if key not in hidden and counts[key]),
			key=lambda key: (
				sum(key in equation and not equation & hidden.keys() for equation in equations),
				counts[key],
				str(key),
			),
		)
		if candidates:
			hidden[candidates[0]] = COMPLEMENT
			continue
		closing = [index for index in sorted(open_totals) if sums[index] & leak]
		if not closing:
			break
		open_totals.discard(min(closing, key=lambda index: (sum(counts[key] for key in sums[index]), index)))
	return Protected(frozenset(counts) - hidden.keys(), hidden, frozenset(open_totals))


def _find_leak(
	equations: Sequence[frozenset], hidden: Mapping, counts: Mapping, floor: int
) -> frozenset | None:
	"""The groups of the equations that give away a set of hidden people smaller than the floor, or None."""
	rests = {rest for equation in equations if (rest := frozenset(equation & hidden.keys()))}
	pinned = _pinned(rests, {key: counts[key] for rest in rests for key in rest}, floor)
	if pinned is None:
		return None
	touching = [equation for equation in equations if equation & pinned]
	alone = [equation for equation in touching if equation & hidden.keys() <= pinned]
	return frozenset().union(*(alone or touching))


# A prime for arithmetic on small whole numbers: what depends in whole numbers depends modulo it, and the other
# way round a chance agreement has odds of one in 10^18.
_PRIME = 2**61 - 1
_MOST_TRIED = 5_000


def _pinned(equations: Iterable[frozenset], sizes: Mapping[Hashable, int], floor: int) -> frozenset | None:
	"""Cells of fewer than `floor` people together, about which the known sums say something, or None.

	equations: the sets of cells whose sums are known; sizes: the people of each cell. A combination of the
	equations that involves only the cells of S exists exactly if the solutions of the homogeneous system, seen
	on S alone, have a rank below the size of S. Every single cell and pair is looked at, and every set of three
	and four while there are not more than some thousand of them.
	"""
	kernel = _kernel(equations, sizes)
	small = [cell for cell in sizes if 0 < sizes[cell] < floor]
	seen: dict[tuple, Hashable] = {}
	# Smallest first, so that a direction met twice was met first by its smallest cell.
	for cell in sorted(small, key=lambda cell: sizes[cell]):
		row = kernel[cell]
		if not row:
			return frozenset({cell})
		scale = pow(row[min(row)], -1, _PRIME)
		direction = tuple(sorted((column, value * scale % _PRIME) for column, value in row.items()))
		other = seen.setdefault(direction, cell)
		if other is not cell and sizes[other] + sizes[cell] < floor:
			return frozenset({other, cell})
	for count in range(3, floor):
		fitting = [cell for cell in small if sizes[cell] <= floor - count]
		if math.comb(len(fitting), count) > _MOST_TRIED:
			break
		for chosen in combinations(fitting, count):
			if sum(sizes[cell] for cell in chosen) < floor and _dependent([kernel[cell] for cell in chosen]):
				return frozenset(chosen)
	return None


def _eliminate(row: dict, pivots: Mapping[int, dict]) -> dict:
	"""The row without the pivot columns; rows are sparse, column to value modulo the prime."""
	row = dict(row)
	for column in [column for column in row if column in pivots]:
		factor = row.get(column, 0)
		if factor:
			for other, value in pivots[column].items():
				left = (row.get(other, 0) - factor * value) % _PRIME
				if left:
					row[other] = left
				else:
					row.pop(other, None)
	return row


def _kernel(equations: Iterable[frozenset], cells: Collection[Hashable]) -> dict[Hashable, dict[int, int]]:
	"""For each cell its row in a basis of the solutions of "every equation sums to nought"."""
	number = {cell: index for index, cell in enumerate(cells)}
	pivots: dict[int, dict[int, int]] = {}
	for equation in equations:
		row = _eliminate({number[cell]: 1 for cell in equation}, pivots)
		if not row:
			continue
		column = min(row)
		scale = pow(row[column], -1, _PRIME)
		row = {other: value * scale % _PRIME for other, value in row.items()}
		for known, other in pivots.items():
			if column in other:
				pivots[known] = _eliminate(other, {column: row})
		pivots[column] = row
	rows = {}
	for cell, index in number.items():
		if index in pivots:
			rows[cell] = {
				column: -value % _PRIME for column, value in pivots[index].items() if column != index
			}
		else:
			rows[cell] = {index: 1}
	return rows


def _dependent(rows: Iterable[Mapping[int, int]]) -> bool:
	pivots: dict[int, dict[int, int]] = {}
	for row in rows:
		left = dict(row)
		for column, pivot in pivots.items():
			left = _eliminate(left, {column: pivot})
		if not left:
			return True
		column = min(left)
		scale = pow(left[column], -1, _PRIME)
		pivots[column] = {other: value * scale % _PRIME for other, value in left.items()}
	return False


@dataclass(frozen=True)
class Release:
	"""One published state of a table: who stands behind each shown group, behind the rest, and behind the total.

	groups: shown groups with the people (or answers) they were counted from. rest: all other people that the total
	holds, not shown but readable as total less groups. total: everybody counted, or None where no total is
	shown. held: groups that were published with earlier members because too few had changed.
	"""

	groups: Mapping[Hashable, frozenset]
	rest: frozenset
	total: frozenset | None
	hidden: frozenset = field(default_factory=frozenset)
	held: frozenset = field(default_factory=frozenset)

	@property
	def sets(self) -> list[frozenset]:
		"""Every set of people whose sum a reader has."""
		shown = [*self.groups.values(), self.rest]
		return [people for people in (*shown, self.total) if people]


def release(
	groups: Mapping[Hashable, Collection[Hashable]],
	earlier: Sequence[Release] = (),
	*,
	floor: int = FLOOR,
) -> Release:
	"""The table to publish now, safe by itself and beside every earlier release of it.

	groups: the people of each group now; they share nobody. earlier: all that readers may have kept. A group that
	differs from any earlier published set by 1 to floor - 1 people is held at the newest release, and with it
	whatever would give the difference away; where nothing else helps the newest release is published again.
	"""
	now = {key: frozenset(people) for key, people in groups.items()}
	if sum(len(people) for people in now.values()) != len(frozenset().union(*now.values())):
		raise ValueError("the groups of a table share nobody; the same person stands in two")
	if not earlier:
		return _publish(now, protect({key: len(people) for key, people in now.items()}, floor=floor))
	last = earlier[-1]
	held: set = set()
	# Each round holds at least one more group; with all held the newest release is repeated.
	while True:
		proposal = _with_held(now, last, held, floor)
		if proposal is None:
			return _repeat(last)
		conflict = _conflict(proposal, earlier, floor)
		if conflict is None:
			return proposal
		more = {key for key in conflict if key in last.groups and key not in held}
		if not more:
			return _repeat(last)
		held |= more


def _publish(now: Mapping, protected: Protected, held: frozenset = frozenset()) -> Release:
	shown = {key: people for key, people in now.items() if key in protected.shown and people}
	rest = frozenset().union(*(people for key, people in now.items() if key in protected.hidden))
	total = frozenset().union(rest, *shown.values()) if protected.shown_totals else None
	return Release(
		shown, rest if total is not None else frozenset(), total, frozenset(protected.hidden), held
	)


def _repeat(last: Release) -> Release:
	return Release(last.groups, last.rest, last.total, last.hidden, frozenset(last.groups) | last.hidden)


def _with_held(now: Mapping, last: Release, held: set, floor: int) -> Release | None:
	members = {key: (last.groups[key] if key in held else people) for key, people in now.items()}
	members.update((key, last.groups[key]) for key in held if key not in members)
	if sum(len(people) for people in members.values()) != len(frozenset().union(*members.values())):
		return None  # somebody moved between a held group and another
	protected = protect({key: len(people) for key, people in members.items()}, floor=floor)
	return _publish(members, protected, frozenset(held))


def _conflict(proposal: Release, earlier: Sequence[Release], floor: int) -> set | None:
	"""The groups through which the proposal and the earlier releases give a few people away, or None."""
	published = list(dict.fromkeys(members for each in (*earlier, proposal) for members in each.sets))
	# People who stand in the same sets cannot be told apart: together they are one cell.
	standing: dict[Hashable, list[int]] = {}
	for index, members in enumerate(published):
		for person in members:
			standing.setdefault(person, []).append(index)
	sizes: dict[tuple, int] = {}
	for person in standing:
		cell = standing[person] = tuple(standing[person])
		sizes[cell] = sizes.get(cell, 0) + 1
	equations = [frozenset(cell for cell in sizes if index in cell) for index in range(len(published))]
	pinned = _pinned(equations, sizes, floor)
	if pinned is None:
		return None
	people = {person for person, cell in standing.items() if cell in pinned}
	return {key for each in (*earlier, proposal) for key, members in each.groups.items() if members & people}


def comments_shown(people: int, *, floor: int = COMMENT_FLOOR) -> bool:
	"""Whether comments of a group may be shown to a wider audience: from 8 distinct people."""
	return check_count(people, "people") >= floor


def protect_tree(
	own: Mapping[Hashable, int], parents: Mapping[Hashable, Hashable | None], *, floor: int = FLOOR
) -> frozenset:
	"""Which totals of a tree may be shown, each being a group with all below it; nothing smaller can be subtracted.

	own: distinct people of each group itself, without those below; the groups share nobody. parents: group to the one
	above it. A total is hidden below the floor, and so are the smallest ones beside it until what is left of the total
	above, less all that is shown below it, is nobody or at least `floor` people. Below a hidden total nothing is shown.
	Shown totals lie within one another or apart, so every difference that a reader can take is made of such rests.
	"""
	if check_count(floor, "floor") < 2:
		raise ValueError("a floor below 2 people hides nobody")
	below: dict[Hashable, list[Hashable]] = {key: [] for key in parents}
	roots = []
	for key, above in parents.items():
		below[above].append(key) if above in below else roots.append(key)
	order, waiting = [], list(roots)
	while waiting:
		key = waiting.pop()
		order.append(key)
		waiting.extend(below[key])
	total = {key: check_count(own.get(key, 0), f"the people of {key!r}") for key in order}
	for key in reversed(order):
		total[key] += sum(total[child] for child in below[key])
	shown: set[Hashable] = {key for key in roots if total[key] >= floor}
	for key in order:
		if key not in shown:
			continue
		children = sorted((child for child in below[key] if total[child]), key=lambda c: (total[c], str(c)))
		rest = own.get(key, 0) + sum(total[child] for child in children if total[child] < floor)
		large = [child for child in children if total[child] >= floor]
		while large and 0 < rest < floor:
			rest += total[large.pop(0)]
		shown.update(large)
	return frozenset(shown)
