"""Decisions one after the other, over a stretch of time: what the dry run shows, and what properties are tried on.

Nothing here decides: core.survey_policy does. This keeps the books between two decisions (who was asked when) and the
order in which rows come up: by due time, then by name, as the deciding job takes them.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cx_desk.core import survey_policy as policy

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Due:
	"""A row that comes up. name: breaks ties. key: whatever the caller knows it by."""

	at: datetime
	name: str
	person: str
	unit: str | None
	key: object = None


class Books:
	"""When people and units were sent a mail that asks; invitations and reminders alike."""

	def __init__(self) -> None:
		self._people: dict[str, list[datetime]] = defaultdict(list)
		self._units: dict[str, list[datetime]] = defaultdict(list)
		self._own: dict[str | None, list[datetime]] = defaultdict(list)

	def note(self, person: str, unit: str | None, at: datetime) -> None:
		"""Somebody of a unit was sent a mail that asks."""
		insort(self._people[person], at)
		if unit:
			insort(self._units[unit], at)

	def ask(self, row: Due, at: datetime) -> None:
		"""A row of the run itself was decided to be asked."""
		self.note(row.person, row.unit, at)
		insort(self._own[row.unit], at)

	def last(self, person: str, now: datetime) -> datetime | None:
		"""When the person was last sent one, up to now."""
		moments = self._people.get(person, ())
		place = bisect_right(moments, now)
		return moments[place - 1] if place else None

	def in_year(self, person: str, now: datetime) -> int:
		"""How many the person was sent in the 365 days up to now."""
		return _between(self._people.get(person, ()), now - YEAR, now)

	def of_unit(self, unit: str | None, now: datetime, days: float) -> int:
		"""How many went to the unit in so many days up to now."""
		return _between(self._units.get(unit or "", ()), now - timedelta(days=days), now)

	def own(self, now: datetime, days: float) -> dict[str | None, int]:
		"""How many rows of the run itself were asked in so many days up to now, by unit."""
		since = now - timedelta(days=days)
		return {unit: _between(moments, since, now) for unit, moments in self._own.items()}


def _between(moments, since: datetime, until: datetime) -> int:
	return bisect_right(moments, until) - bisect_left(moments, since)


def run(
	rows: Iterable[Due],
	facts_of: Callable[[Due, datetime, Books], policy.Facts],
	settings: policy.Settings,
	books: Books,
) -> list[tuple[Due, policy.Decision, datetime]]:
	"""Decide every row when it is due, those that wait again when they said; each with its decision and moment.

	facts_of: the facts of a row at a moment; the books hold what was asked until then. A row that waits for ever
	cannot be: the policy gives up on it after its days, or finds a moment within two months.
	"""
	heap = [(row.at, row.name, number, row) for number, row in enumerate(rows)]
	heapq.heapify(heap)
	outcome = []
	while heap:
		now, name, number, row = heapq.heappop(heap)
		decision = policy.decide(facts_of(row, now, books), settings)
		if decision.action == policy.WAIT:
			heapq.heappush(heap, (decision.until, name, number, row))
			continue
		if decision.action == policy.ASK:
			books.ask(row, now)
		outcome.append((row, decision, now))
	return outcome
