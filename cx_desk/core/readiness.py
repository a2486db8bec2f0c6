"""Is an initiative ready? The gate first, the score second: one unmet mandatory criterion blocks at any score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MANDATORY, IMPORTANT, OTHER = "Mandatory", "Important", "Other"
MET, PARTLY, NOT_MET, WAIVED, NOT_APPLICABLE = "Met", "Partly", "Not met", "Waived", "Not applicable"

WEIGHTS = {MANDATORY: 3, IMPORTANT: 2, OTHER: 1}
VALUES = {MET: 1.0, PARTLY: 0.5, NOT_MET: 0.0, WAIVED: 0.0}

READY, BLOCKED = "Ready", "Blocked"


@dataclass(frozen=True)
class Readiness:
	"""state: Ready or Blocked. score: sum of weight times value over the weights, 0 to 1, None where no criterion
	applies. reached, possible: both sums. blocking: mandatory criteria neither met nor waived. waived: how many
	were waived; they count as nought and are listed. n: criteria that apply.
	"""

	state: str
	score: float | None
	reached: float
	possible: float
	blocking: tuple[str, ...]
	waived: tuple[str, ...]
	n: int


def readiness(criteria: Iterable[tuple[str, str, str]]) -> Readiness:
	"""From (name, importance, state) of each criterion; ValueError on an unknown importance or state.

	Mandatory weighs 3, important 2, other 1; met is 1, partly one half, not met and waived nought; what does not
	apply is left out.
	"""
	reached = possible = 0.0
	n = 0
	blocking, waived = [], []
	for name, importance, state in criteria:
		if importance not in WEIGHTS:
			raise ValueError(f"{name}: importance is one of {', '.join(WEIGHTS)}; got {importance!r}")
		if state == NOT_APPLICABLE:
			continue
		if state not in VALUES:
			raise ValueError(f"{name}: state is one of {', '.join(VALUES)}, {NOT_APPLICABLE}; got {state!r}")
		n += 1
		possible += WEIGHTS[importance]
		reached += WEIGHTS[importance] * VALUES[state]
		if state == WAIVED:
			waived.append(name)
		elif importance == MANDATORY and state != MET:
			blocking.append(name)
	score = reached / possible if possible else None
	return Readiness(
		BLOCKED if blocking else READY, score, reached, possible, tuple(blocking), tuple(waived), n
	)
