"""What somebody of the desk knows of a unit, from evidence that grows old; and what goes when they go. Pure.

Levels (domain.md 3): 1 aware, 2 has visited, 3 handles the unit's tickets, 4 can brief others, 5 confirmed by the unit.
Each piece of evidence is worth 20 points a level on its day and half of that after 180 days (core/cadence.py,
domain.md 5.6); the freshest piece counts, nothing is added up. Never used to rate or rank people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cx_desk.core.cadence import EFFECTIVE_LEVEL, HALF_LIFE_DAYS, freshness, level_points

VISIT, BRIEFING, TICKETS = "Visit", "Briefing", "Tickets handled"
ARTICLE, CONFIRMED = "Article written", "Unit's confirmation"
LEVEL_OF = {BRIEFING: 1, VISIT: 2, TICKETS: 3, ARTICLE: 4, CONFIRMED: 5}
# Who handled the unit's tickets within a month still does: the clock of that evidence starts then.
GRACE_DAYS = {TICKETS: 30}
# So many tickets of a unit within the window before somebody is said to handle them.
TICKETS_WINDOW_DAYS = 180
ENOUGH_TICKETS = 10
# Two people who know a unit well make it safe against one of them going.
RESILIENT = 2


@dataclass(frozen=True)
class Evidence:
	"""Why somebody knows a unit: of which kind, from which day, and the record it rests on."""

	kind: str
	day: date
	source: str = ""

	@property
	def level(self) -> int:
		return LEVEL_OF[self.kind]

	def left(self, on: date) -> float:
		"""Points that are left of it on a day, 0 to 100."""
		days = (on - self.day).days - GRACE_DAYS.get(self.kind, 0)
		return freshness(level_points(self.level), max(0, days))


@dataclass(frozen=True)
class Knowledge:
	"""What is known on a day: level and freshness of the piece of evidence that is worth most then."""

	level: int
	freshness: float
	evidence: Evidence

	@property
	def well(self) -> bool:
		return self.freshness >= EFFECTIVE_LEVEL


def known(evidence: Iterable[Evidence], on: date) -> Knowledge | None:
	"""What the evidence up to a day amounts to on it; None without any."""
	pieces = [piece for piece in evidence if piece.day <= on]
	if not pieces:
		return None
	best = max(pieces, key=lambda piece: (piece.left(on), piece.level, piece.day, piece.source))
	return Knowledge(best.level, best.left(on), best)


def well_until(evidence: Iterable[Evidence], on: date) -> date | None:
	"""The last day on which a unit is known well from the evidence that there is; None where it is not on that day."""
	last = None
	for piece in evidence:
		points = level_points(piece.level)
		if piece.day > on or points < EFFECTIVE_LEVEL:
			continue
		held = math.floor(HALF_LIFE_DAYS * math.log2(points / EFFECTIVE_LEVEL)) + GRACE_DAYS.get(
			piece.kind, 0
		)
		day = piece.day + timedelta(days=held)
		if day >= on and (last is None or day > last):
			last = day
	return last


@dataclass(frozen=True)
class AtRisk:
	"""A unit that would be known well by fewer than two people.

	now, left: who knows it well with and without the one who goes. takers: who could take over, freshest first.
	"""

	unit: str
	now: tuple[str, ...]
	left: tuple[str, ...]
	takers: tuple[str, ...]


def at_risk(
	levels: Mapping[str, Mapping[str, float]],
	leaver: str,
	*,
	effective: float = EFFECTIVE_LEVEL,
	takers: int = 3,
) -> list[AtRisk]:
	"""Units that the leaver knows well and that would fall under two who do, the barest first.

	levels: unit -> user -> freshness on the day they go. Nothing is stored about anybody's plans.
	"""
	found = []
	for unit, people in levels.items():
		now = tuple(sorted(user for user, left in people.items() if left >= effective))
		if leaver not in now:
			continue
		left = tuple(user for user in now if user != leaver)
		if len(left) >= RESILIENT:
			continue
		others = sorted(
			(
				(-value, user)
				for user, value in people.items()
				if user not in now and user != leaver and value > 0
			)
		)
		found.append(AtRisk(unit, now, left, tuple(user for _value, user in others[:takers])))
	return sorted(found, key=lambda row: (len(row.left), row.unit))
