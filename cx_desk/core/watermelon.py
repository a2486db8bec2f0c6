"""Green outside, red inside: tickets whose service level was met and whose people were not served well.

A four-cell table per ticket of the agreement's outcome and the person's answer. "Paused", empty or unknown
agreement states do not count as met or missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cx_desk.core.intervals import Change, Estimate, check_count, difference, wilson

MET_STATES = frozenset({"fulfilled", "met", "true", "1", "yes"})
MISSED_STATES = frozenset({"failed", "missed", "breached", "false", "0", "no"})


def agreement_met(status: object) -> bool | None:
	"""True for met, False for missed, None for anything else: "Paused" at closure says nothing."""
	text = str(status).strip().lower()
	if text in MET_STATES:
		return True
	return False if text in MISSED_STATES else None


@dataclass(frozen=True)
class Watermelon:
	"""Answers by agreement and experience. good: not low; bad: low (1 or 2 of 5).

	watermelon is "met and bad". rate: P(bad | met) with its interval, None where no met ticket was answered.
	rate_missed: P(bad | missed), likewise. unknown: answers on tickets without a known outcome.
	"""

	met_good: int
	met_bad: int
	missed_good: int
	missed_bad: int
	unknown: int = 0

	@property
	def n(self) -> int:
		return self.met_good + self.met_bad + self.missed_good + self.missed_bad

	@property
	def rate(self) -> Estimate | None:
		met = self.met_good + self.met_bad
		return wilson(self.met_bad, met) if met else None

	@property
	def rate_missed(self) -> Estimate | None:
		missed = self.missed_good + self.missed_bad
		return wilson(self.missed_bad, missed) if missed else None

	@property
	def contrast(self) -> Change | None:
		"""P(bad | missed) less P(bad | met): whether the agreement tells bad from good at all."""
		return difference(self.rate, self.rate_missed) if self.rate and self.rate_missed else None

	@property
	def share_of_bad_under_green(self) -> Estimate | None:
		"""Of all low answers, those whose ticket had met its agreement."""
		bad = self.met_bad + self.missed_bad
		return wilson(self.met_bad, bad) if bad else None


def watermelon(rows: Iterable[tuple[bool | None, bool]]) -> Watermelon:
	"""The table from (agreement met, answer bad) of each answered ticket."""
	cells = {(True, False): 0, (True, True): 0, (False, False): 0, (False, True): 0}
	unknown = 0
	for met, bad in rows:
		if met is None:
			unknown += 1
		else:
			cells[bool(met), bool(bad)] += 1
	return Watermelon(cells[True, False], cells[True, True], cells[False, False], cells[False, True], unknown)


def watermelon_from_counts(
	met_good: int, met_bad: int, missed_good: int, missed_bad: int, unknown: int = 0
) -> Watermelon:
	"""The table from its counts; ValueError on impossible ones."""
	return Watermelon(
		*(check_count(count) for count in (met_good, met_bad, missed_good, missed_bad, unknown))
	)
