"""Which reasons make up most of the bad: counts in order, with shares, intervals and the running share."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from cx_desk.core.intervals import Estimate, check_count, wilson


@dataclass(frozen=True)
class Driver:
	"""One reason: its count, its share of all with interval, and the share of it and all before it."""

	key: Hashable
	count: int
	share: Estimate
	running: float
	vital: bool


def pareto(counts: Mapping[Hashable, int], cut: float = 0.8) -> tuple[Driver, ...]:
	"""The reasons by falling count (ties by name), those marked vital that first reach the cut together.

	Several reasons may stand on one answer; shares are of all reasons named. Reasons that nobody named are left
	out. ValueError where none was named.
	"""
	if not 0 < cut <= 1:
		raise ValueError("the cut must lie between 0 and 1")
	named = {key: check_count(count, f"the count of {key!r}") for key, count in counts.items()}
	ordered = sorted(((key, n) for key, n in named.items() if n), key=lambda item: (-item[1], str(item[0])))
	total = sum(n for _, n in ordered)
	if not total:
		raise ValueError("no reason was named")
	drivers, running = [], 0
	for key, n in ordered:
		vital = running < cut * total
		running += n
		drivers.append(Driver(key, n, wilson(n, total), running / total, vital))
	return tuple(drivers)


def lift(bad_with: int, with_reason: int, bad_all: int, all_answers: int) -> float:
	"""How many times as often answers with this reason are bad as all answers are; 1 is no difference."""
	if not check_count(with_reason) or not check_count(bad_all) or check_count(bad_with) > with_reason:
		raise ValueError("a lift needs answers with the reason and bad answers")
	if bad_all > check_count(all_answers) or with_reason > all_answers or bad_with > bad_all:
		raise ValueError("a part cannot exceed its whole")
	return (bad_with / with_reason) / (bad_all / all_answers)


def seen_in(*sources: Mapping[Hashable, int]) -> dict[Hashable, tuple[bool, ...]]:
	"""Which sources named each reason: "seen on visits, not in surveys", and the other way round."""
	keys = {key for source in sources for key, n in source.items() if check_count(n)}
	return {key: tuple(bool(source.get(key)) for source in sources) for key in sorted(keys, key=str)}
