"""How well contact with a unit is kept up: the cadence, who covers whom, and how fresh knowledge is.

Counts of our own records carry n and no interval (decisions.md E2). Source: domain.md 5.3 to 5.6.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cx_desk.core.intervals import check_count

EFFECTIVE_LEVEL = 60.0
HALF_LIFE_DAYS = 180.0
POINTS_PER_LEVEL = 20

# Days from one real conversation to the next, and days after which it is late. Self-service units have none.
TIERS: dict[str, tuple[int, int]] = {"Named": (28, 42), "Pooled": (90, 120)}

NO_CADENCE, IN_TIME, DUE, OVERDUE = "No cadence", "In time", "Due", "Overdue"


@dataclass(frozen=True)
class Standing:
	"""How contact with a unit stands on a day.

	state: No cadence, In time, Due (past the ideal gap or the day that was agreed) or Overdue (past the longest
	gap). last: day of the last real conversation, None for never. days: since then, or since the unit is known.
	due_on, latest_on: when the next one is due, and when it is late. lateness: in ideal gaps, the order of the
	work list.
	"""

	state: str
	last: date | None
	days: int | None = None
	due_on: date | None = None
	latest_on: date | None = None
	lateness: float = 0.0


def standing(
	tier: str, last: date | None, today: date, *, known_since: date, agreed_on: date | None = None
) -> Standing:
	"""Whom to call and when: the cadence restarts at any real conversation, whoever had it.

	Mail by automation and tickets do not count, so the caller leaves them out of `last`. known_since: for a unit
	that nobody ever spoke with the clock runs from the day it became known, and it is due at once. agreed_on: the
	next date agreed with the business; it moves the due day, but never past the longest gap.
	ValueError for a last conversation in the future.
	"""
	if last is not None and last > today:
		raise ValueError("the last conversation lies in the future")
	if tier not in TIERS:
		return Standing(NO_CADENCE, last, (today - last).days if last else None)
	ideal, longest = TIERS[tier]
	start = last or known_since
	days = max(0, (today - start).days)
	latest_on = start + timedelta(days=longest)
	due_on = start + timedelta(days=ideal) if last else start
	if last and agreed_on and agreed_on > last:
		due_on = min(agreed_on, latest_on)
	if days > longest:
		state = OVERDUE
	elif today > due_on or last is None:
		state = DUE
	else:
		state = IN_TIME
	return Standing(state, last, days, due_on, latest_on, max((today - due_on).days, 0) / ideal)


def freshness(level: float, days: float, *, floor: float = 0.0, half_life: float = HALF_LIFE_DAYS) -> float:
	"""What is left of a knowledge level (0 to 100) after so many days: F + (K0 - F) 2^(-t/h).

	Never used to rate people: shown with the date and the evidence.
	"""
	if not 0 <= floor <= 100 or not 0 <= level <= 100 or days < 0 or half_life <= 0:
		raise ValueError("levels lie between 0 and 100, days at 0 or more, a half-life above 0")
	return floor + (level - floor) * 2 ** (-days / half_life)


def level_points(level: int) -> int:
	"""The starting points of a knowledge level from 0 to 5: 20 for each."""
	if check_count(level, "level") > 5:
		raise ValueError("a knowledge level lies between 0 and 5")
	return POINTS_PER_LEVEL * level


@dataclass(frozen=True)
class Coverage:
	"""any_cover, resilient: shares of units known to at least one, at least two people; by_volume: the same
	weighted by tickets (None without tickets). single: units that hang on one person. uncovered: units nobody
	knows. n: units.
	"""

	any_cover: float
	resilient: float
	any_by_volume: float | None
	resilient_by_volume: float | None
	single: tuple[Hashable, ...]
	uncovered: tuple[Hashable, ...]
	n: int


def coverage(
	knowledge: Mapping[Hashable, Collection[float]],
	tickets: Mapping[Hashable, int] | None = None,
	*,
	effective: float = EFFECTIVE_LEVEL,
) -> Coverage:
	"""From the effective knowledge of each active agent, by unit. ValueError without units."""
	if not knowledge:
		raise ValueError("there are no units")
	knowers = {unit: sum(level >= effective for level in levels) for unit, levels in knowledge.items()}
	volume = {unit: check_count((tickets or {}).get(unit, 0)) for unit in knowers}
	total = sum(volume.values())

	def weighted(least: int) -> float | None:
		return sum(volume[unit] for unit, n in knowers.items() if n >= least) / total if total else None

	return Coverage(
		sum(n >= 1 for n in knowers.values()) / len(knowers),
		sum(n >= 2 for n in knowers.values()) / len(knowers),
		weighted(1),
		weighted(2),
		tuple(unit for unit, n in knowers.items() if n == 1),
		tuple(unit for unit, n in knowers.items() if n == 0),
		len(knowers),
	)
