"""Early life support: when may it end, and is its backlog falling?

Shown daily, decided weekly, two passes in a row, the upper limit at most 1.5 times the target (decisions.md E11):
looked at daily, a service at one and a half times its target passed in 83 of 100 cases. Source: domain.md 5.8, 5.9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cx_desk.core.distributions import normal_quantile
from cx_desk.core.intervals import check_count, poisson_interval, poisson_upper

UPPER_OVER_TARGET = 1.5
FEWEST_EXPECTED = 5
PASSES_IN_A_ROW = 2
# Below this share of tagged tickets the rate says nothing about the initiative.
FEWEST_TAGGED = 0.5


@dataclass(frozen=True)
class RateCheck:
	"""rate, upper: tickets per 100 users and week, and its one-sided 95 % limit. at_target: rate at most target.
	within_limit: upper at most 1.5 times target. judged: whether enough tickets were to be expected to go by rate.
	n: tickets in the window. link_rate: share of its categories that was tagged, None where nothing came.
	"""

	rate: float
	upper: float
	target: float
	at_target: bool
	within_limit: bool
	judged: bool
	n: int

	link_rate: float | None = None

	@property
	def passed(self) -> bool | None:
		"""None where there are too few tickets to judge by rate; the other criteria then decide.

		A low rate of a week in which hardly any ticket was tagged passes nothing.
		"""
		if not self.judged:
			return None
		tagged = self.link_rate is None or self.link_rate >= FEWEST_TAGGED
		return self.at_target and self.within_limit and tagged


def rate_check(
	tickets: int,
	users: int,
	weeks: float,
	target: float,
	confidence: float = 0.95,
	link_rate: float | None = None,
) -> RateCheck:
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
		link_rate,
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


@dataclass(frozen=True)
class Exit:
	"""May early life support end? may: all rules hold. reasons: (key, places) of each rule that does not, in order;
	the texts stand where they are shown. by_rate: whether there were enough tickets to judge by rate.
	"""

	may: bool
	reasons: tuple[tuple[str, dict[str, object]], ...]
	by_rate: bool


MOST_OPEN = 5
OLDEST_OPEN_DAYS = 5
DESK_SHARE = 0.8


def exit_verdict(
	checks: Sequence[RateCheck],
	*,
	critical: int,
	open_tickets: int,
	oldest_open_days: float,
	solved: int,
	solved_by_desk: int,
	signed: bool,
	minimum_passed: bool,
	link_rate: float | None = None,
) -> Exit:
	"""The exit rule of domain.md 5.8, decided weekly: two passes in a row, and every other rule now.

	checks: the weekly looks, the newest last. critical: tickets of the highest priority in the last ten working days.
	solved, solved_by_desk: solved tickets of the window, and those solved without the project. link_rate: tagged
	tickets over the tickets of the categories, None where nothing came. Too few tickets to judge by rate leave the
	decision to the other rules. ValueError on negative counts or more solved by the desk than solved.
	"""
	for count in (critical, open_tickets, solved, solved_by_desk):
		check_count(count)
	if solved_by_desk > solved:
		raise ValueError("the desk cannot solve more than was solved")
	reasons: list[tuple[str, dict[str, object]]] = []
	newest = checks[-1] if checks else None
	by_rate = newest is not None and newest.judged
	if newest is None:
		reasons.append(("no_look", {}))
	elif by_rate:
		if not newest.at_target:
			reasons.append(("rate", {"rate": newest.rate, "target": newest.target}))
		elif not newest.within_limit:
			reasons.append(("upper", {"upper": newest.upper, "limit": UPPER_OVER_TARGET * newest.target}))
		elif not may_exit(checks):
			reasons.append(("once", {}))
		if link_rate is not None and link_rate < FEWEST_TAGGED:
			reasons.append(("link", {"share": link_rate}))
	if critical:
		reasons.append(("critical", {"n": critical}))
	if open_tickets > MOST_OPEN:
		reasons.append(("open", {"n": open_tickets, "most": MOST_OPEN}))
	elif open_tickets and oldest_open_days > OLDEST_OPEN_DAYS:
		reasons.append(("old", {"days": oldest_open_days, "most": OLDEST_OPEN_DAYS}))
	if solved and solved_by_desk / solved < DESK_SHARE:
		reasons.append(("desk", {"share": solved_by_desk / solved, "least": DESK_SHARE}))
	if not signed:
		reasons.append(("signed", {}))
	if not minimum_passed:
		reasons.append(("days", {}))
	return Exit(not reasons, tuple(reasons), by_rate)


def has_risen(before: RateCheck, after: RateCheck) -> bool:
	"""Whether the rate after hand-over proposes reopening: over the target beyond noise, and over what it was."""
	# The two-sided 90 % interval has the one-sided 95 % limit as its lower end.
	lower = poisson_interval(after.n, 0.9).low * (after.rate / after.n if after.n else 0.0)
	return after.n >= FEWEST_EXPECTED and lower > after.target and after.rate > before.rate
