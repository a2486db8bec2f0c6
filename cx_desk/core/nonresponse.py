"""Are those who answered like those who were asked?

Two looks, and a score weighted to the asked. Early against late answers: the late are taken to be nearer to the
silent (Armstrong and Overton 1977). Answered against asked on what is known of both: priority, team, whether the
agreement was met. Bias belongs to one figure, not to a survey; a small response rate alone proves none.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from cx_desk.core.distributions import gamma_cdf, two_sided_z
from cx_desk.core.intervals import (
	WILSON,
	Change,
	Estimate,
	check_count,
	difference,
	effective_n,
	wilson,
	wilson_bounds,
)

FLAG_P = 0.01


@dataclass(frozen=True)
class Mix:
	"""How the mix of those who answered differs from that of those asked, on one known field.

	shares: group to (share of asked, share of answered). p_value: of the difference (chi-square, answered against
	silent). flagged: unlike beyond chance. largest: the group that is most off, None where all agree.
	"""

	shares: Mapping[Hashable, tuple[float, float]]
	p_value: float
	flagged: bool
	largest: Hashable | None
	asked: int
	answered: int


def early_and_late(
	early_satisfied: int, early_n: int, late_satisfied: int, late_n: int, confidence: float = 0.95
) -> Change:
	"""Late less early share of satisfied answers; late = after the reminder, or the later half. A clear change
	hints at which way the silent may lean.
	"""
	return difference(
		wilson(early_satisfied, early_n, confidence), wilson(late_satisfied, late_n, confidence)
	)


def _checked(
	asked: Mapping[Hashable, int], answered: Mapping[Hashable, int]
) -> tuple[dict[Hashable, int], dict[Hashable, int]]:
	asked = {key: check_count(count, f"asked in {key!r}") for key, count in asked.items()}
	answered = {key: check_count(count, f"answered in {key!r}") for key, count in answered.items()}
	for key, count in answered.items():
		if count > asked.get(key, 0):
			raise ValueError(f"more answers than people asked in {key!r}")
	if not sum(answered.values()):
		raise ValueError("nobody answered: there is nothing to compare")
	return asked, answered


def asked_and_answered(asked: Mapping[Hashable, int], answered: Mapping[Hashable, int]) -> Mix:
	"""Compare the mix of the answered with that of the asked over the groups of one known field."""
	asked, answered = _checked(asked, answered)
	total, given = sum(asked.values()), sum(answered.values())
	statistic, degrees = 0.0, -1
	if given < total:
		rate = given / total
		for key, count in asked.items():
			if count:
				degrees += 1
				expected = count * rate
				statistic += (answered.get(key, 0) - expected) ** 2 / (expected * (1 - rate))
	p_value = 1 - gamma_cdf(statistic / 2, degrees / 2) if degrees > 0 else 1.0
	shares = {key: (count / total, answered.get(key, 0) / given) for key, count in asked.items()}
	flagged = p_value < FLAG_P
	largest = max(shares, key=lambda key: abs(shares[key][1] - shares[key][0])) if flagged else None
	return Mix(shares, p_value, flagged, largest, total, given)


def weighted_share(
	asked: Mapping[Hashable, int],
	answers: Mapping[Hashable, tuple[int, int]],
	confidence: float = 0.95,
) -> Estimate:
	"""The satisfied share as if every group had answered like its part of the asked (post-stratified).

	answers: group to (satisfied, answered). Each answer weighs asked share over answered share of its group; the
	interval is Wilson's for the effective n (sum w)^2 / (sum w^2). Groups that nobody answered from cannot be
	weighted: they are left out, and `asked` of the result counts only the groups that are in.
	"""
	asked, given = _checked(asked, {key: n for key, (_, n) in answers.items()})
	for key, (satisfied, n) in answers.items():
		if check_count(satisfied) > n:
			raise ValueError(f"more satisfied than answered in {key!r}")
	groups = [key for key, n in given.items() if n]
	people = sum(asked[key] for key in groups)
	share = math.fsum(asked[key] / people * answers[key][0] / given[key] for key in groups)
	weights = [weight for key in groups for weight in [asked[key] / given[key]] * given[key]]
	worth = effective_n(weights)
	share = min(1.0, max(0.0, share))
	low, high = wilson_bounds(share, worth, two_sided_z(confidence))
	method = f"{WILSON}, weighted to the asked"
	return Estimate(share, low, high, sum(given.values()), people, method, worth, confidence)
