"""Is every unit covered, and is anybody answering for too much? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cx_desk.core.units import LIAISON, Assignment, cover_of, path_up

# Days between two real conversations, by tier; a unit that serves itself has no cadence.
CADENCE_DAYS = {"Named": 28, "Pooled": 90}

WEEKS = 4


@dataclass(frozen=True)
class Gap:
	"""Days, both ends included, on which a unit has no liaison; `last` None: to the end of what was looked at."""

	first: date
	last: date | None


@dataclass(frozen=True)
class Load:
	"""What one person answers for on a day as liaison."""

	user: str
	units: tuple[str, ...]
	headcount: int
	conversations: float


def gaps(
	unit: str,
	assignments: Iterable[Assignment],
	parents: Mapping[str, str | None],
	first: date,
	last: date,
	role: str = LIAISON,
) -> list[Gap]:
	"""Every stretch between two days in which nobody holds a role for a unit or for one above it."""
	path = set(path_up(unit, parents))
	held = sorted(
		(max(row.from_date, first), min(row.to_date or last, last))
		for row in assignments
		if row.role == role and row.unit in path and row.from_date <= last and (row.to_date or last) >= first
	)
	found: list[Gap] = []
	free_from = first
	for start, end in held:
		if start > free_from:
			found.append(Gap(free_from, start - timedelta(days=1)))
		free_from = max(free_from, end + timedelta(days=1))
	if free_from <= last:
		found.append(Gap(free_from, None))
	return found


def loads(
	units: Mapping[str, tuple[str, int]],
	assignments: Iterable[Assignment],
	parents: Mapping[str, str | None],
	day: date,
) -> dict[str, Load]:
	"""What everybody answers for on a day: `units` maps a unit to its tier and headcount.

	A unit counts for the liaison that it is reached by upwards. Conversations are those its tier asks for in
	four weeks: one for Named, 28/90 for Pooled, none for Self-service.
	"""
	assignments = list(assignments)
	found: dict[str, list[str]] = {}
	for unit in units:
		liaison = cover_of(unit, assignments, parents, day).liaison
		if liaison:
			found.setdefault(liaison, []).append(unit)
	return {
		user: Load(
			user,
			tuple(names),
			sum(units[name][1] for name in names),
			sum(conversations(units[name][0]) for name in names),
		)
		for user, names in found.items()
	}


def conversations(tier: str) -> float:
	"""Real conversations that a tier asks for in four weeks."""
	days = CADENCE_DAYS.get(tier)
	return WEEKS * 7 / days if days else 0.0


def needs_liaison(tier: str) -> bool:
	"""Whether a unit of that tier is meant to have somebody who calls."""
	return tier in CADENCE_DAYS
