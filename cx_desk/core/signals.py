"""Signals about a unit: a drop in its score, and its silence; and how often they cry wolf.

Looked at weekly (decisions.md E7). A drop needs z above 3.09, at least 10 points and at least 20 answers, and is
re-armed only after the score came back. Silence needs a window in which at least 10 tickets are expected, and at
most 1 came. Every list of signals prints the false alarms to expect per month.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cx_desk.core.distributions import poisson_cdf
from cx_desk.core.intervals import check_count

DROP_Z = 3.09
DROP_POINTS = 10.0
DROP_FEWEST = 20
SILENCE_EXPECTED = 10.0
SILENCE_LONGEST_DAYS = 90
SILENT_AT = 1

# Simulated over units of 2 to 20 answers a week and scores of 60 to 95 %, looked at weekly for a year; the test
# of signals prints the rates and fails when one exceeds this.
FALSE_DROPS_PER_UNIT_YEAR = 0.06


@dataclass(frozen=True)
class Drop:
	"""One weekly look at a unit's score.

	active: whether the signal stands. fired: whether it arose at this look. points: how far the score fell, in
	points of 100 (negative where it rose). z: the same over its standard error; 0 where it cannot be judged.
	armed: whether the next look may fire. n: answers in the window looked at.
	"""

	active: bool
	fired: bool
	armed: bool
	points: float
	z: float
	n: int


def look_for_drop(
	reference_satisfied: int, reference_n: int, satisfied: int, n: int, *, armed: bool = True
) -> Drop:
	"""Compare the window now with the unit's reference window, which must not overlap it.

	z uses the pooled share of both windows: (p_ref - p) / sqrt(q (1 - q) (1/n_ref + 1/n)).
	armed: what the previous look returned; a signal that stands does not fire again, and is armed again once the
	score is back to less than half the needed fall.
	"""
	reference_satisfied = check_count(reference_satisfied, "reference_satisfied")
	reference_n, satisfied, n = (
		check_count(reference_n, "reference_n"),
		check_count(satisfied),
		check_count(n, "n"),
	)
	if satisfied > n or reference_satisfied > reference_n:
		raise ValueError("satisfied answers cannot exceed answers")
	if n < DROP_FEWEST or reference_n < DROP_FEWEST:
		return Drop(False, False, armed, 0.0, 0.0, n)
	points = 100 * (reference_satisfied / reference_n - satisfied / n)
	pooled = (reference_satisfied + satisfied) / (reference_n + n)
	error = math.sqrt(pooled * (1 - pooled) * (1 / reference_n + 1 / n))
	z = points / 100 / error if error else 0.0
	down = z > DROP_Z and points >= DROP_POINTS
	if down:
		return Drop(True, armed, False, points, z, n)
	back = points < DROP_POINTS / 2
	return Drop(not armed and not back, False, armed or back, points, z, n)


def silence_window(per_day: float, dispersion: float = 1.0) -> int | None:
	"""How many days to look back so that silence would mean something; None where 90 days are not enough.

	The window grows until at least 10 tickets are expected, times the dispersion where they come in clumps.
	"""
	if not 0 <= per_day < math.inf:
		raise ValueError(f"tickets per day must be 0 or more; got {per_day!r}")
	if not 1 <= dispersion < math.inf:
		raise ValueError(f"dispersion is 1 (Poisson) or more; got {dispersion!r}")
	if per_day == 0:
		return None
	# The tiny step keeps 10 / 0.1111... at 90 days rather than 91.
	days = max(1, math.ceil(SILENCE_EXPECTED * dispersion / per_day - 1e-9))
	return days if days <= SILENCE_LONGEST_DAYS else None


def is_silent(count: int, expected: float, dispersion: float = 1.0) -> bool:
	"""Whether at most 1 ticket came where at least 10 (times the dispersion) were expected."""
	if not 0 <= expected < math.inf:
		raise ValueError(f"expected tickets must be 0 or more; got {expected!r}")
	if not 1 <= dispersion < math.inf:
		raise ValueError(f"dispersion is 1 (Poisson) or more; got {dispersion!r}")
	return check_count(count) <= SILENT_AT and expected >= SILENCE_EXPECTED * dispersion


def chance_of_false_silence(expected: float, dispersion: float = 1.0) -> float:
	"""The chance that a unit which is as lively as ever has at most 1 ticket in its window.

	Poisson for a dispersion of 1, else negative binomial with that variance-to-mean ratio.
	"""
	if dispersion == 1:
		return poisson_cdf(SILENT_AT, expected)
	if not 1 < dispersion < math.inf or not 0 < expected < math.inf:
		raise ValueError("dispersion must be 1 or more and the expected count above 0")
	size = expected / (dispersion - 1)
	none = dispersion**-size
	return none * (1 + size * (1 - 1 / dispersion))


@dataclass(frozen=True)
class FalseAlarms:
	"""False alarms to expect in a month of weekly looks: of drops, of silence, and both."""

	drops: float
	silence: float

	@property
	def total(self) -> float:
		return self.drops + self.silence

	@property
	def text(self) -> str:
		if self.total < 0.05:
			return "fewer than 1 false alarm in 20 months is to be expected here"
		if self.total < 1:
			return f"1 false alarm in about {round(1 / self.total)} months is to be expected here"
		return f"about {self.total:.1f} false alarms a month are to be expected here"


def expected_false_alarms(
	units_with_score: int, silence_windows: Iterable[tuple[float, float, int]] = ()
) -> FalseAlarms:
	"""How many of a month's signals will be chance.

	units_with_score: units with enough answers for a drop. silence_windows: for each unit with a silence signal
	the tickets expected in its window, the dispersion and the window's days. Overlapping windows repeat one
	another, so silence counts a bit more than one independent look per window: the factor 3 is the ratio found by
	simulation, rounded up.
	"""
	drops = check_count(units_with_score, "units_with_score") * FALSE_DROPS_PER_UNIT_YEAR / 12
	silence = 0.0
	for expected, scatter, days in silence_windows:
		looks = min(365 / 12 / 7, 3 * 365 / 12 / max(1, days))
		silence += chance_of_false_silence(expected, scatter) * looks
	return FalseAlarms(drops, silence)


def weekly_drops(weeks: Sequence[tuple[int, int]], *, window: int = 13, reference: int = 39) -> list[Drop]:
	"""All weekly looks over a series of (satisfied, n) by week: each at the last `window` weeks against the
	`reference` weeks before them. The first look is at the week that completes both.
	"""
	cleaned = [(check_count(hits), check_count(n, "n")) for hits, n in weeks]
	sums = [(0, 0)]
	for hits, n in cleaned:
		sums.append((sums[-1][0] + hits, sums[-1][1] + n))
	looks: list[Drop] = []
	armed = True
	for end in range(window + reference, len(cleaned) + 1):
		middle, start = end - window, end - window - reference
		look = look_for_drop(
			sums[middle][0] - sums[start][0],
			sums[middle][1] - sums[start][1],
			sums[end][0] - sums[middle][0],
			sums[end][1] - sums[middle][1],
			armed=armed,
		)
		armed = look.armed
		looks.append(look)
	return looks
