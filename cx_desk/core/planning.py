"""Which unit to visit next, by need, and lots where more units want a visit than there are slots. Pure.

Need is size times five weighted parts: that they have tickets at all, what they feel, how long nobody was there, how
few of the desk know them, and whether something goes live there soon. Size is the root of the tickets against the busiest unit, so that a place with five tickets
is not sent for because it was never seen. The weights are judgement, not measurement; every proposal names its figures
instead of its score.
Lots: the pool is the units with the most need, at most twice as many as slots; who is drawn is visited, who is not is
what the visited are compared with later (decisions.md E10). With the seed anybody can draw the same lots again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cx_desk.core.intervals import check_count

WINDOW_DAYS = 91
# Judgement: what hurts now weighs more than what nobody has looked at for long.
WEIGHTS = {"tickets": 0.30, "felt": 0.25, "unseen": 0.20, "known": 0.15, "golive": 0.10}
FELT = {"Poor": 1.0, "Mixed": 0.5, "Unknown": 0.25, "Good": 0.0}
LONG_UNSEEN_DAYS = 365
# A go-live within four weeks counts in full, one beyond a quarter not at all.
GOLIVE_NEAR_DAYS, GOLIVE_FAR_DAYS = 28, 91
ENOUGH_KNOW = 2
# Below this need a unit is not proposed.
LEAST_NEED = 0.2
POOL = 2

CERTAIN, DRAWN, NOT_DRAWN = "Certain", "Drawn", "Not drawn"


@dataclass(frozen=True)
class UnitFacts:
	"""What need is judged by: tickets in the window, days since the last visit (None for never), what they feel
	(Good, Mixed, Poor, Unknown), how many of the desk know the unit well, and days until the next go-live that
	touches it (None for none), with the initiative's name."""

	unit: str
	tickets: int
	days_since_visit: int | None
	felt: str = "Unknown"
	knowers: int = 0
	golive_days: int | None = None
	golive: str = ""

	def __post_init__(self) -> None:
		check_count(self.tickets, "tickets")
		check_count(self.knowers, "knowers")
		if self.days_since_visit is not None and self.days_since_visit < 0:
			raise ValueError("the last visit lies in the future")
		if self.golive_days is not None and self.golive_days < 0:
			raise ValueError("a coming go-live lies in the past")
		if self.felt not in FELT:
			raise ValueError(f"unknown light {self.felt!r}")


@dataclass(frozen=True)
class Need:
	"""How much a unit needs a visit, 0 to 1, and its weighted parts, the largest first."""

	unit: str
	total: float
	parts: tuple[tuple[str, float], ...]


def need_of(facts: UnitFacts, busiest: int) -> Need:
	"""The need of a unit; busiest: the most tickets that any unit of the round has."""
	unseen = 1.0 if facts.days_since_visit is None else min(1.0, facts.days_since_visit / LONG_UNSEEN_DAYS)
	size = math.sqrt(facts.tickets / busiest) if busiest else 0.0
	values = {
		"tickets": size,
		"felt": size * FELT[facts.felt],
		"unseen": size * unseen,
		"known": size * max(0.0, 1 - facts.knowers / ENOUGH_KNOW),
		"golive": size * _golive(facts.golive_days),
	}
	parts = tuple(
		sorted(((key, WEIGHTS[key] * value) for key, value in values.items()), key=lambda part: -part[1])
	)
	return Need(facts.unit, sum(value for _key, value in parts), parts)


def _golive(days: int | None) -> float:
	if days is None:
		return 0.0
	return min(1.0, max(0.0, (GOLIVE_FAR_DAYS - days) / (GOLIVE_FAR_DAYS - GOLIVE_NEAR_DAYS)))


def rank(facts: Collection[UnitFacts]) -> list[Need]:
	"""All units by need, the neediest first; those without a single ticket are left out: nobody to ask about."""
	facts = [row for row in facts if row.tickets]
	busiest = max((row.tickets for row in facts), default=0)
	return sorted((need_of(row, busiest) for row in facts), key=lambda need: (-need.total, need.unit))


@dataclass(frozen=True)
class Lot:
	"""A unit of the pool with its place in the draw (0 where no lot was needed) and what came of it."""

	unit: str
	number: int
	outcome: str


def draw(ranked: Sequence[Need], slots: int, seed: str) -> list[Lot]:
	"""Who is visited: all of the pool where the slots suffice, else by lot; in the order of the outcome.

	ValueError with fewer than one slot or without a seed.
	"""
	if check_count(slots, "slots") < 1:
		raise ValueError("at least one visit is needed")
	if not seed:
		raise ValueError("lots need a seed")
	pool = [need.unit for need in ranked if need.total >= LEAST_NEED][: POOL * slots]
	if len(pool) <= slots:
		return [Lot(unit, 0, CERTAIN) for unit in pool]
	order = sorted(pool, key=lambda unit: lot_of(unit, seed))
	return [Lot(unit, place, DRAWN if place <= slots else NOT_DRAWN) for place, unit in enumerate(order, 1)]


def lot_of(unit: str, seed: str) -> str:
	"""The lot of a unit: the smaller comes first."""
	return hashlib.sha256(f"{seed}\n{unit}".encode()).hexdigest()


@dataclass(frozen=True)
class Candidate:
	"""Somebody who could go: handles the unit's tickets, freshness of what they know of it, visits planned or held
	in the last quarter."""

	user: str
	handles: bool
	freshness: float = 0.0
	visits: int = 0


def who_goes(candidates: Collection[Candidate]) -> str | None:
	"""Who should go: handles their tickets, knows them least, was away least. None where nobody can."""
	best = min(
		candidates,
		key=lambda one: (not one.handles, one.visits, one.freshness, one.user),
		default=None,
	)
	return best.user if best else None


def longest_unvisited(facts: Collection[UnitFacts]) -> list[str]:
	"""The other rule: whoever waits longest, never visited first."""
	never = float("inf")
	waits = {row.unit: never if row.days_since_visit is None else row.days_since_visit for row in facts}
	return sorted(waits, key=lambda unit: (-waits[unit], unit))


def need_covered(chosen: Collection[str], needs: Mapping[str, float]) -> float:
	"""The share of all need that the chosen units hold, 0 to 1. ValueError without any need."""
	total = sum(needs.values())
	if not total:
		raise ValueError("there is no need to cover")
	return sum(needs.get(unit, 0.0) for unit in set(chosen)) / total
