"""Figures of the project, each as a ratio of two sides taken in turn in one run; medians of at least five rounds.

	python perf.py SITE [P6 P9 ...]      in the bench's sites folder; `make perf` calls it

Every module `*_perf.py` beside this one has `MEASURES`: row number -> function without arguments that returns a
`Row` or a list of them. Nothing here is a test: machines differ, and `make test` never waits for a clock.
"""

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROUNDS = 7


@dataclass
class Row:
	"""One figure. reach: what was aimed at, in words. met: None where it is only reported."""

	number: str
	what: str
	ours: str
	against: str
	ratio: str
	reach: str
	met: bool | None = None


def in_turn(ours: Callable, theirs: Callable, rounds: int = ROUNDS, calls: int = 5) -> tuple[float, float]:
	"""Median seconds per call of both sides, measured in turn after one warm round of each."""
	times: dict[Callable, list[float]] = {ours: [], theirs: []}
	for side in (ours, theirs):
		side()
	for _ in range(rounds):
		for side in (ours, theirs):
			begun = time.perf_counter()
			for _ in range(calls):
				side()
			times[side].append((time.perf_counter() - begun) / calls)
	return statistics.median(times[ours]), statistics.median(times[theirs])


@dataclass
class Compared:
	"""Two sides measured in pairs. ours, theirs: median seconds. ratio: the median of the pairs' ratios, and the bounds
	between which it lies with 95 %, by rank (no assumption about how times are spread). own: the same of the time that
	this process had a processor, which others on the machine disturb less; the database's part is not in it."""

	ours: float
	theirs: float
	ratio: float
	low: float
	high: float
	count: int
	own: "Compared | None" = None

	def words(self) -> str:
		"""The ratio with its interval."""
		own = f"; processor time of the process alone {self.own.ratio:.3f} x" if self.own else ""
		return f"{self.ratio:.3f} x (95 %: {self.low:.3f} to {self.high:.3f}, {self.count} pairs{own})"


def pairs(
	ours: Callable, theirs: Callable, count: int, before: Callable[[bool], object] = lambda ours: None
) -> Compared:
	"""Each call beside one of the other side, who is first changing from pair to pair.

	What comes and goes on the machine hits both of a pair, so that their ratio says more than two medians.
	before: called ahead of each, untimed, with whether it is ours.
	"""
	times, own = [], []
	for number in range(count + 5):
		spent, had = {}, {}
		for mine in (True, False) if number % 2 else (False, True):
			before(mine)
			begun, begun_own = time.perf_counter(), time.process_time()
			(ours if mine else theirs)()
			spent[mine], had[mine] = time.perf_counter() - begun, time.process_time() - begun_own
		times.append((spent[True], spent[False]))
		own.append((had[True], had[False]))
	found = _compare(times[5:])
	found.own = _compare(own[5:])
	return found


def _compare(times: list[tuple[float, float]]) -> Compared:
	count = len(times)
	ratios = sorted(one / other for one, other in times)
	# Ranks of the bounds of a median (normal approximation of the binomial).
	away = 0.98 * count**0.5
	return Compared(
		statistics.median(one for one, _other in times),
		statistics.median(other for _one, other in times),
		statistics.median(ratios),
		ratios[max(0, int(count / 2 - away))],
		ratios[min(count - 1, int(count / 2 + away))],
		count,
	)


def ms(seconds: float) -> str:
	return f"{seconds * 1000:.1f} ms"


def measures() -> dict[str, Callable]:
	sys.path.insert(0, str(HERE))
	found: dict[str, Callable] = {}
	for file in sorted(HERE.glob("*_perf.py")):
		found.update(importlib.import_module(file.stem).MEASURES)
	return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))


def main(site: str, wanted: list[str]) -> int:
	import frappe

	frappe.init(site)
	frappe.connect()
	frappe.set_user("Administrator")
	rows: list[Row] = []
	for number, function in measures().items():
		if wanted and number not in wanted:
			continue
		try:
			result = function()
		finally:
			frappe.db.rollback()
		for row in result if isinstance(result, list) else [result]:
			# Another module's row may be a class of its own with the same fields.
			rows.append(Row(**(row if isinstance(row, dict) else asdict(row))))
			print(
				f"{row.number}  {row.what}: {row.ours}, against {row.against} ({row.ratio}; {row.reach})",
				flush=True,
			)
	frappe.destroy()
	print("\n@@" + json.dumps([asdict(row) for row in rows]))
	return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
	# Modules beside this one import it by name; they must not get a second copy of its classes.
	sys.modules["perf"] = sys.modules["__main__"]
	sys.exit(main(sys.argv[1], sys.argv[2:]))
