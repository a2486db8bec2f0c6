"""Plant changes in generated histories of units and see what the signals make of them.

	python scripts/plant.py SEED [UNITS]

Prints for one seed which planted changes were found, after how many weeks, and what was raised where nothing was
planted. tests/portable/core/test_signal_rules.py does the same over 50 seeds and holds the figures that
docs/concepts/signals.md states. Needs neither Frappe nor a site.
"""

import math
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cx_desk.core import signal_rules as rules

WEEKS = 104
LOOK_FROM = 56
WEEKDAYS = (1.25, 1.25, 1.2, 1.15, 1.15, 0.5, 0.5)

# What is planted: satisfied share down by 30 points, complaints and praise times 6, P1 times 5, tickets stop.
PLANTS = {
	rules.DROP: 30,
	rules.COMPLAINTS: 6,
	rules.PRAISE: 6,
	rules.P1: 5,
	rules.SILENCE: 0,
}


@dataclass
class Unit:
	"""One unit's history: tickets by day; answers, complaints, praise and P1 by week."""

	name: str
	planted: str | None = None
	since: int | None = None
	days: list[int] = field(default_factory=list)
	answers: list[tuple[int, int]] = field(default_factory=list)
	complaints: list[int] = field(default_factory=list)
	praise: list[int] = field(default_factory=list)
	p1: list[int] = field(default_factory=list)


def poisson(rng: random.Random, mean: float) -> int:
	"""A Poisson count, by Knuth's way."""
	limit, product, count = math.exp(-mean), rng.random(), 0
	while product > limit:
		product *= rng.random()
		count += 1
	return count


def clumped(rng: random.Random, mean: float, shape: float = 4.0) -> int:
	"""A count that scatters more than Poisson, as tickets do: its rate itself varies."""
	return poisson(rng, rng.gammavariate(shape, mean / shape)) if mean else 0


def grow(rng: random.Random, name: str, plant: str | None) -> Unit:
	"""A unit of 0.4 to 4 tickets a day with ordinary ups and downs, a change planted in the second year."""
	unit = Unit(name, plant, rng.randrange(LOOK_FROM + 4, WEEKS - 20) if plant else None)
	per_day = rng.uniform(0.4, 4)
	share = rng.uniform(0.75, 0.92)
	answers = rng.uniform(2, 12)
	complaints, praise, p1 = rng.uniform(0.2, 1.2), rng.uniform(0.2, 1.2), rng.uniform(0.2, 0.8)
	for week in range(WEEKS):
		on = unit.since is not None and week >= unit.since
		level = rng.gammavariate(20, 1 / 20)
		quiet = on and plant == rules.SILENCE
		for weekday in range(7):
			unit.days.append(0 if quiet else poisson(rng, per_day * level * WEEKDAYS[weekday]))
		n = poisson(rng, answers)
		now = share - PLANTS[plant] / 100 if on and plant == rules.DROP else share
		unit.answers.append((sum(rng.random() < now for _ in range(n)), n))
		factor = PLANTS[plant] if on and plant else 1
		unit.complaints.append(poisson(rng, complaints * (factor if plant == rules.COMPLAINTS else 1)))
		unit.praise.append(poisson(rng, praise * (factor if plant == rules.PRAISE else 1)))
		unit.p1.append(clumped(rng, p1 * (factor if plant == rules.P1 else 1)))
	return unit


def looks(unit: Unit):
	"""Every weekly look at a unit: (week, finding) of each signal when it arises, after what was known then."""
	was = dict.fromkeys(rules.BY_CHANCE, False)
	for week in range(LOOK_FROM, WEEKS):
		until = week + 1
		found = [
			rules.score_drop(unit.answers[:until]),
			rules.complaint_cluster(unit.complaints[:until], was[rules.COMPLAINTS]),
			rules.praise_cluster(unit.praise[:until], was[rules.PRAISE]),
			rules.p1_rise(unit.p1[:until], was[rules.P1]),
			rules.silence(unit.days[: until * 7], was[rules.SILENCE]),
		]
		for finding in found:
			if finding.stands and not was[finding.kind]:
				yield week, finding
			was[finding.kind] = finding.stands


@dataclass
class Result:
	"""planted, found: by kind; delay: weeks until found; false: raised though not planted; months: unit-months."""

	planted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PLANTS, 0))
	found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PLANTS, 0))
	delay: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in PLANTS})
	false: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PLANTS, 0))
	months: float = 0.0

	@property
	def recall(self) -> float:
		"""Share of planted changes that were found within 13 weeks."""
		return sum(self.found.values()) / sum(self.planted.values())

	@property
	def false_per_100_unit_months(self) -> float:
		"""False alarms of all kinds in 100 unit-months without anything planted."""
		return 100 * sum(self.false.values()) / self.months


def run(seed: int, units: int = 10, result: Result | None = None, tell=None) -> Result:
	"""Half of the units get one planted change each, the other half none: those count for false alarms."""
	rng = random.Random(seed)
	result = result or Result()
	kinds = list(PLANTS)
	for number in range(units):
		plant = kinds[(seed + number // 2) % len(kinds)] if number % 2 else None
		unit = grow(rng, f"unit {number}", plant)
		raised = list(looks(unit))
		if plant is None:
			result.months += (WEEKS - LOOK_FROM) * 7 / (365 / 12)
			for week, finding in raised:
				result.false[finding.kind] += 1
				if tell:
					tell(f"{unit.name}: FALSE {finding.kind} in week {week}: {finding.sentence}")
			continue
		result.planted[plant] += 1
		mine = next((w for w, f in raised if f.kind == plant and unit.since <= w <= unit.since + 13), None)
		if mine is not None:
			result.found[plant] += 1
			result.delay[plant].append(mine - unit.since + 1)
		if tell:
			when = (
				f"found after {mine - unit.since + 1} weeks" if mine is not None else "NOT FOUND in 13 weeks"
			)
			tell(f"{unit.name}: {plant} planted in week {unit.since}: {when}")
	return result


def main(arguments: list[str]) -> int:
	"""Print one seed's result."""
	if not arguments or not arguments[0].lstrip("-").isdigit():
		print("usage: python scripts/plant.py SEED [UNITS]", file=sys.stderr)
		return 2
	result = run(int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 40, tell=print)
	print(f"recall {result.recall:.0%} of {sum(result.planted.values())} planted changes within 13 weeks")
	print(
		f"{sum(result.false.values())} false alarms in {result.months:.0f} unit-months without a change: "
		f"{result.false_per_100_unit_months:.2f} per 100 unit-months"
	)
	return 0


if __name__ == "__main__":
	raise SystemExit(main(sys.argv[1:]))
