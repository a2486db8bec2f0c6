"""Waiting and what came of it: first answers, whose turn it was, and how far benefits went.

Counts and times of our own records: n, no interval. Source: domain.md 5.10 and 5.12.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
	"""median, p90 (nearest rank): business hours to the first human answer. within: share of at most `limit` hours."""

	median: float
	p90: float
	within: float
	limit: float
	n: int


def nearest_rank(values: Sequence[float], share: float) -> float:
	"""The smallest value that at least this share of the values does not exceed."""
	if not values or not 0 < share <= 1:
		raise ValueError("a percentile needs values, and a share above 0 and at most 1")
	ordered = sorted(values)
	return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def waiting(hours: Sequence[float], limit: float = 8.0) -> Waiting:
	"""How long the business waited for a first human answer. ValueError without any, or on negative times."""
	if not hours or any(not 0 <= hour < math.inf for hour in hours):
		raise ValueError("waiting times must be 0 or more, and there must be some")
	ordered = sorted(hours)
	middle = len(ordered) // 2
	median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
	within = sum(hour <= limit for hour in ordered) / len(ordered)
	return Waiting(median, nearest_rank(ordered, 0.9), within, limit, len(ordered))


def shares_of_turn(days: Mapping[Hashable, float]) -> dict[Hashable, float]:
	"""Elapsed time split by whose turn it was, as shares of 1. ValueError where no time passed."""
	total = math.fsum(days.values())
	if any(not 0 <= value < math.inf for value in days.values()) or total <= 0:
		raise ValueError("elapsed days must be 0 or more, and some must have passed")
	return {party: value / total for party, value in days.items()}


def attainment(baseline: float, target: float, actual: float) -> float:
	"""How much of the way from baseline to target was gone; below 0 is worse than before, above 1 is beyond.

	Works in both directions: 18 minutes brought to 14 with 12 as the target is two thirds.
	"""
	if not all(math.isfinite(value) for value in (baseline, target, actual)) or baseline == target:
		raise ValueError("a benefit needs a baseline and a target that differ")
	return (actual - baseline) / (target - baseline)


@dataclass(frozen=True)
class Portfolio:
	"""net: actual over planned, dis-benefits included. capped: benefits only, each counted at most as planned,
	so that none that over-achieves hides a shortfall.
	"""

	net: float
	capped: float


def portfolio(planned_and_actual: Sequence[tuple[float, float]]) -> Portfolio:
	"""From (planned to date, actual) of each benefit; a dis-benefit has a negative plan."""
	planned = math.fsum(plan for plan, _ in planned_and_actual)
	wanted = math.fsum(plan for plan, _ in planned_and_actual if plan > 0)
	if planned <= 0 or wanted <= 0:
		raise ValueError("a portfolio needs planned benefits that outweigh its dis-benefits")
	return Portfolio(
		math.fsum(actual for _, actual in planned_and_actual) / planned,
		math.fsum(min(plan, actual) for plan, actual in planned_and_actual if plan > 0) / wanted,
	)


OUTCOME_VALUES = {"Achieved": 1.0, "Partly": 0.5, "Not achieved": 0.0}


def outcome_score(outcomes: Sequence[str]) -> float:
	"""The mean of outcomes, cancelled ones left out: Achieved, Partly, Cancelled is 0.75."""
	counted = [OUTCOME_VALUES[outcome] for outcome in outcomes if outcome in OUTCOME_VALUES]
	unknown = set(outcomes) - OUTCOME_VALUES.keys() - {"Cancelled", "Canceled"}
	if unknown or not counted:
		raise ValueError(f"outcomes are {', '.join(OUTCOME_VALUES)} or Cancelled, and one must count")
	return sum(counted) / len(counted)
