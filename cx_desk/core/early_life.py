"""Early life support: when may it end, and is its backlog falling?

Shown daily, decided weekly, two passes in a row, the upper limit at most 1.5 times the target (decisions.md E11):
looked at daily, a service at one and a half times its target passed in 83 of 100 cases. Source: domain.md 5.8, 5.9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cx_desk.core.distributions import normal_quantile
from cx_desk.core.intervals import check_count, poisson_upper

UPPER_OVER_TARGET = 1.5
FEWEST_EXPECTED = 5
PASSES_IN_A_ROW = 2


@dataclass(frozen=True)
class RateCheck:
	"""rate, upper: tickets per 100 users and week, and its one-sided 95 % limit. at_target: rate at most target.
	within_limit: upper at most 1.5 times target. judged: whether enough tickets were to be expected to go by rate.
	n: tickets in the window.
	"""

	rate: float
	upper: float
	target: float
	at_target: bool
	within_limit: bool
	judged: bool
	n: int

	@property
	def passed(self) -> bool | None:
		"""None where there are too few tickets to judge by rate; the other criteria then decide."""
		return self.at_target and self.within_limit if self.judged else None


def rate_check(tickets: int, users: int, weeks: float, target: float, confidence: float = 0.95) -> RateCheck:
	"""One weekly look at the ticket rate over the window. ValueError on no users, no time or no target."""
	tickets, users = check_count(tickets, "tickets"), check_count(users, "users")
	if users == 0 or not 0 < weeks < math.inf or not 0 < target < math.inf:
		raise ValueError("a rate needs users, a window and a target, all above 0")
	scale = 100 / users / weeks
	rate, upper = tickets * scale, poisson_upper(tickets, confidence) * scale
	expected = target / scale
	# Counts are whole: 10 / 2.5 / 2 must pass a target of 2.0 whatever the last bit says.
	slack = 1 + 1e-9
	return RateCheck(
		rate,
		upper,
		target,
		rate <= target * slack,
		upper <= UPPER_OVER_TARGET * target * slack,
		expected >= FEWEST_EXPECTED,
		tickets,
	)


def may_exit(checks: Sequence[RateCheck]) -> bool:
	"""Whether the last two weekly looks both passed."""
	last = checks[-PASSES_IN_A_ROW:]
	return len(last) == PASSES_IN_A_ROW and all(check.passed for check in last)


@dataclass(frozen=True)
class BurnDown:
	"""open: tickets open now. net_per_day: closed less opened. z: the net fall over its noise. falling: more than
	noise. days_left: the forecast, None unless falling.
	"""

	open: int
	net_per_day: float
	z: float
	falling: bool
	days_left: float | None


def burn_down(open_now: int, opened: int, closed: int, days: int, confidence: float = 0.95) -> BurnDown:
	"""z = (closed - opened) / sqrt(closed + opened), one-sided; a date only where the fall is beyond noise."""
	open_now, opened, closed = check_count(open_now), check_count(opened), check_count(closed)
	if check_count(days, "days") == 0:
		raise ValueError("a burn-down needs at least one day")
	moved = opened + closed
	z = (closed - opened) / math.sqrt(moved) if moved else 0.0
	falling = z > normal_quantile(confidence)
	net = (closed - opened) / days
	return BurnDown(open_now, net, z, falling, open_now / net if falling else None)
