"""The tree of business units: who answers for a unit, and who sees which. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

LIAISON = "Liaison"
DEPUTY = "Deputy"
SPECIALIST = "Specialist"
ROLES = (LIAISON, DEPUTY, SPECIALIST)


@dataclass(frozen=True)
class Assignment:
	"""One person in one role for one unit; `to_date` None means open end, and the last day counts."""

	unit: str
	user: str
	role: str
	from_date: date
	to_date: date | None = None
	name: str | None = None

	def open_on(self, day: date) -> bool:
		"""Whether the assignment holds on that day, both ends included."""
		return self.from_date <= day and (self.to_date is None or day <= self.to_date)

	def overlaps(self, other: Assignment) -> bool:
		"""Whether there is a day on which both hold."""
		starts_before_end = other.to_date is None or self.from_date <= other.to_date
		ends_after_start = self.to_date is None or other.from_date <= self.to_date
		return starts_before_end and ends_after_start


@dataclass(frozen=True)
class Cover:
	"""Who answers for a unit on a day, and from which unit of the tree each was taken."""

	liaison: str | None = None
	liaison_from: str | None = None
	deputy: str | None = None
	deputy_from: str | None = None
	specialists: tuple[str, ...] = ()


def path_up(unit: str, parents: Mapping[str, str | None]) -> list[str]:
	"""The unit and the units above it, nearest first; a circle in the data ends the walk."""
	path: list[str] = []
	here: str | None = unit
	while here and here not in path:
		path.append(here)
		here = parents.get(here)
	return path


def cover_of(
	unit: str, assignments: Iterable[Assignment], parents: Mapping[str, str | None], day: date
) -> Cover:
	"""Who answers for `unit` on `day`: of each role the nearest unit upwards that has somebody.

	Specialists are gathered from the unit and everything above it, nearest first. Of two holders of one role
	in one unit (which saving refuses, but an import or an older record may hold) the later start wins.
	"""
	held: dict[tuple[str, str], list[Assignment]] = {}
	for assignment in assignments:
		if assignment.open_on(day):
			held.setdefault((assignment.unit, assignment.role), []).append(assignment)
	for rows in held.values():
		rows.sort(key=lambda row: (-row.from_date.toordinal(), row.user))
	path = path_up(unit, parents)
	found: dict[str, tuple[str, str]] = {}
	specialists: list[str] = []
	for here in path:
		for role in (LIAISON, DEPUTY):
			if role not in found and (here, role) in held:
				found[role] = (held[here, role][0].user, here)
		specialists += [row.user for row in held.get((here, SPECIALIST), [])]
	liaison, liaison_from = found.get(LIAISON, (None, None))
	deputy, deputy_from = found.get(DEPUTY, (None, None))
	return Cover(liaison, liaison_from, deputy, deputy_from, tuple(dict.fromkeys(specialists)))


def clash(new: Assignment, others: Iterable[Assignment]) -> Assignment | None:
	"""The first other assignment that makes two liaisons (or two deputies) of one unit on one day."""
	if new.role not in (LIAISON, DEPUTY):
		return next(
			(
				other
				for other in others
				if other.role == new.role
				and other.unit == new.unit
				and other.user == new.user
				and other.name != new.name
				and new.overlaps(other)
			),
			None,
		)
	return next(
		(
			other
			for other in sorted(others, key=lambda row: (row.from_date, row.user))
			if other.role == new.role
			and other.unit == new.unit
			and (other.name is None or other.name != new.name)
			and new.overlaps(other)
		),
		None,
	)


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
	"""Nested-set ranges (left, right) without those that lie inside another, in order."""
	kept: list[tuple[int, int]] = []
	for left, right in sorted(ranges, key=lambda pair: (pair[0], -pair[1])):
		if kept and right <= kept[-1][1]:
			continue
		kept.append((left, right))
	return kept
