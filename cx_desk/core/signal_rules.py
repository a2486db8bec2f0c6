"""Which change in a unit is worth a signal: the eight kinds, each with one sentence, and how often they cry wolf.

Looked at once a week (decisions.md E7). Kinds that rest on counts compare a window with the time before it and
speak only when chance would hardly ever do it; the drop in score and the silence use `core.signals`. Kinds that
rest on facts (a sponsor left, contacts do not answer, a review was missed) have no false alarms by chance.
A signal that stands does not fire again: `was` carries whether it stood at the last look. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from cx_desk.core.distributions import binomial_tail
from cx_desk.core.intervals import check_count
from cx_desk.core.signals import (
	SILENCE_LONGEST_DAYS,
	FalseAlarms,
	chance_of_false_silence,
	expected_false_alarms,
	is_silent,
	silence_window,
	weekly_drops,
)

DROP, COMPLAINTS, P1, SPONSOR = "Score drop", "Complaint cluster", "P1 rise", "Sponsor left"
UNRESPONSIVE, REVIEW, PRAISE, SILENCE = "Contacts unresponsive", "Review missed", "Praise cluster", "Silence"
KINDS = (DROP, COMPLAINTS, P1, SPONSOR, UNRESPONSIVE, REVIEW, PRAISE, SILENCE)
BY_CHANCE = (DROP, COMPLAINTS, P1, PRAISE, SILENCE)

# Weeks looked at, weeks before them that they are compared with, and the fewest events that make a cluster.
CLUSTER_WEEKS, P1_WEEKS, REFERENCE_WEEKS, SHORTEST_REFERENCE = 2, 4, 26, 13
CLUSTER_FEWEST, P1_FEWEST = 4, 4
ALPHA, RETURNED = 0.0005, 0.05
# Counts of 26 weeks that chance alone scatters stay below this dispersion 19 times in 20.
SCATTERED = 1.5

# False alarms per year of weekly looks at one unit, by its own events a week; between two points a straight line, the
# last one for all beyond. Simulated over histories without a change, a third each that scatter as chance does, in
# clumps (rates from a gamma distribution of shape 4) and in large clumps (1.5). The test of the rules prints the
# rates and fails when one is exceeded.
FALSE_CLUSTERS_BY_WEEKLY_EVENTS = (
	(0.0, 0.0),
	(0.1, 0.005),
	(0.2, 0.012),
	(0.4, 0.027),
	(0.8, 0.058),
	(1.5, 0.092),
	(3.0, 0.105),
)
FALSE_P1_BY_WEEKLY_EVENTS = (
	(0.0, 0.0),
	(0.1, 0.006),
	(0.2, 0.011),
	(0.4, 0.015),
	(0.8, 0.023),
	(1.5, 0.034),
	(3.0, 0.053),
	(24.0, 0.065),
)

SILENCE_REFERENCE_DAYS, SILENCE_SHORTEST_DAYS = 182, 14

UNRESPONSIVE_AFTER, UNRESPONSIVE_DAYS = 3, 180
REVIEW_LATE_DAYS, REVIEW_EVERY_DAYS = 7, 395


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


@dataclass(frozen=True)
class Finding:
	"""One look of one kind at a unit.

	stands: whether the signal stands at this look. text: one sentence with what was seen against what; seen, against:
	the same in short. All three are texts for the translator with places for params, which holds whole numbers, numbers
	with one decimal, days, and words. chance: how probable this is without any change, None for facts. judged: False
	where there was too little to judge; nothing is claimed then.
	"""

	kind: str
	stands: bool
	text: str = ""
	params: dict[str, object] = field(default_factory=dict)
	seen: str = ""
	against: str = ""
	chance: float | None = None
	judged: bool = True

	@property
	def sentence(self) -> str:
		"""The sentence in English with its figures."""
		return self.text.format(
			**{
				name: f"{value:.1f}" if isinstance(value, float) else value
				for name, value in self.params.items()
			}
		)

	@property
	def sure(self) -> str:
		"""How sure, in English: `sureness` gives the text for the translator."""
		text, params = sureness(self.chance)
		return text.format(**params)


def sureness(chance: float | None) -> tuple[str, dict[str, object]]:
	"""How sure a finding is, as a text and its values."""
	if chance is None:
		return N_("A fact, not an estimate."), {}
	if chance < 1e-6:
		return N_("Chance alone would do this less than once in a million looks."), {}
	looks = round(1 / max(chance, 1e-9))
	scale = 10 ** max(0, len(str(looks)) - 2)
	return N_("Chance alone would do this about once in {looks} looks."), {
		"looks": f"{looks // scale * scale:,}"
	}


def _sum_of_weeks(weeks: Sequence[int], width: int) -> tuple[int, int, int] | None:
	"""(events in the last `width` weeks, events before them, weeks before them); None with too short a history."""
	counts = [check_count(count) for count in weeks]
	before = counts[:-width][-REFERENCE_WEEKS:]
	if len(before) < SHORTEST_REFERENCE:
		return None
	return sum(counts[-width:]), sum(before), len(before)


def cluster_chance(seen: int, before: int, width: int, weeks_before: int) -> float:
	"""How probable it is that, of all events, at least so many fall into the window by chance.

	Given their sum, each event falls into the window with its share of the weeks: an exact binomial tail, which
	needs no guess of the rate (the conditional test of two Poisson rates).
	"""
	if not seen:
		return 1.0
	return binomial_tail(seen, seen + before, width / (width + weeks_before))


def _cluster(
	kind: str, weeks: Sequence[int], width: int, fewest: int, was: bool, text: str, gate: float = 1.0
) -> Finding:
	sums = _sum_of_weeks(weeks, width)
	if sums is None:
		return Finding(kind, False, judged=False)
	seen, before, weeks_before = sums
	# Events that come in clumps count for fewer: both sides are divided by how much they scatter.
	scatter = dispersion([check_count(count) for count in weeks][:-width][-REFERENCE_WEEKS:])
	scatter = scatter if scatter > gate else 1.0
	chance = cluster_chance(int(seen / scatter), math.ceil(before / scatter), width, weeks_before)
	# A signal that stands falls only when the window looks ordinary again.
	stands = (seen >= fewest and chance < ALPHA) or (was and chance < RETURNED)
	return Finding(
		kind,
		stands,
		text,
		{
			"seen": seen,
			"weeks": width,
			"usual": round(before / weeks_before * width, 1),
			"weeks_before": weeks_before,
		},
		seen=N_("{seen} in {weeks} weeks"),
		against=N_("usually {usual}, from {weeks_before} weeks"),
		chance=chance,
	)


def complaint_cluster(weeks: Sequence[int], was: bool = False) -> Finding:
	"""Complaints by week, the newest last: low answers, "not solved", contested voices."""
	text = N_("{seen} complaints in the last {weeks} weeks; {usual} would be usual.")
	return _cluster(COMPLAINTS, weeks, CLUSTER_WEEKS, CLUSTER_FEWEST, was, text, SCATTERED)


def praise_cluster(weeks: Sequence[int], was: bool = False) -> Finding:
	"""Praise by week, the newest last."""
	text = N_("{seen} praises in the last {weeks} weeks; {usual} would be usual. Find out what went well.")
	return _cluster(PRAISE, weeks, CLUSTER_WEEKS, CLUSTER_FEWEST, was, text, SCATTERED)


def p1_rise(weeks: Sequence[int], was: bool = False) -> Finding:
	"""Tickets of the highest priority by week, the newest last."""
	text = N_("{seen} tickets of the highest priority in the last {weeks} weeks; {usual} would be usual.")
	return _cluster(P1, weeks, P1_WEEKS, P1_FEWEST, was, text)


def dispersion(counts: Sequence[int]) -> float:
	"""Variance over mean of counts per week, at least 1: how much more they scatter than chance alone would."""
	n = len(counts)
	mean = sum(counts) / n if n else 0
	if n < 2 or not mean:
		return 1.0
	return max(1.0, sum((count - mean) ** 2 for count in counts) / (n - 1) / mean)


def score_drop(weeks: Sequence[tuple[int, int]]) -> Finding:
	"""Satisfied and all answers by week, the newest last: 13 weeks against the 39 before them."""
	looks = weekly_drops(weeks)
	if not looks:
		return Finding(DROP, False, judged=False)
	last = looks[-1]
	if not last.z and not last.points:
		return Finding(DROP, last.active, judged=False)
	now, before = weeks[-13:], weeks[-52:-13]
	p, n = sum(hits for hits, _ in now), sum(all_ for _, all_ in now)
	q, m = sum(hits for hits, _ in before), sum(all_ for _, all_ in before)
	if not n or not m:
		return Finding(DROP, False, judged=False)
	params = {"now": round(100 * p / n), "n": n, "before": round(100 * q / m), "m": m}
	return Finding(
		DROP,
		last.active,
		N_(
			"{now} % satisfied in the last 13 weeks ({n} answers); it was {before} % in the 39 weeks before ({m})."
		),
		params,
		seen=N_("{now} % of {n} answers"),
		against=N_("{before} % of {m} answers"),
		chance=0.5 * math.erfc(last.z / math.sqrt(2)),
	)


@dataclass(frozen=True)
class SilenceWindow:
	"""How a unit's silence is judged: the days looked at, tickets expected in them, and how much they scatter."""

	days: int
	expected: float
	dispersion: float


def silence_setup(days: Sequence[int]) -> SilenceWindow | None:
	"""The window for tickets by day, the newest last; None where no window of 90 days could mean anything.

	The rate is taken from the time before the longest window, so that the silence itself does not lower it.
	"""
	reference = [check_count(count) for count in days][:-SILENCE_LONGEST_DAYS][-SILENCE_REFERENCE_DAYS:]
	if len(reference) < SILENCE_REFERENCE_DAYS // 2:
		return None
	whole = len(reference) // 7 * 7
	weeks = [sum(reference[-whole:][start : start + 7]) for start in range(0, whole, 7)]
	scatter = dispersion(weeks)
	rate = sum(reference) / len(reference)
	window = silence_window(rate, scatter)
	if window is None:
		return None
	# Whole weeks, so that weekends never make the difference, and at least two: a week off is no silence.
	window = min(SILENCE_LONGEST_DAYS, max(SILENCE_SHORTEST_DAYS, math.ceil(window / 7) * 7))
	return SilenceWindow(window, rate * window, scatter)


def silence(days: Sequence[int], was: bool = False) -> Finding:
	"""Tickets by day, the newest last: silence where at most 1 came though at least 10 were to be expected."""
	setup = silence_setup(days)
	if setup is None:
		return Finding(SILENCE, False, judged=False)
	seen = sum(days[-setup.days :])
	stands = is_silent(seen, setup.expected, setup.dispersion) or (was and seen <= setup.expected / 4)
	params = {"seen": seen, "days": setup.days, "expected": round(setup.expected)}
	return Finding(
		SILENCE,
		stands,
		N_(
			"{seen} tickets in {days} days, where about {expected} were to be expected. Silence is not satisfaction."
		),
		params,
		seen=N_("{seen} in {days} days"),
		against=N_("about {expected} expected"),
		chance=chance_of_false_silence(setup.expected, setup.dispersion),
	)


CONTACT_DELETED, USER_DISABLED = N_("the contact was deleted"), N_("the user account was disabled")
MAPPED_ELSEWHERE = N_("the mapping names {unit} now")


@dataclass(frozen=True)
class Gone:
	"""A sponsor who left the unit. how: how we know, one of the three texts above; unit: the one they are mapped to now."""

	name: str
	how: str
	unit: str = ""


def sponsor_left(gone: Sequence[Gone]) -> Finding:
	"""The sponsors of a unit who left it; the sentence says of the first how we know."""
	if not gone:
		return Finding(SPONSOR, False)
	texts = {
		CONTACT_DELETED: N_(
			"The sponsor {names} is gone: the contact was deleted. Find out who speaks for the unit now."
		),
		USER_DISABLED: N_(
			"The sponsor {names} is gone: the user account was disabled. Find out who speaks for the unit now."
		),
		MAPPED_ELSEWHERE: N_(
			"The sponsor {names} is gone: the mapping names {unit} now. Find out who speaks for the unit now."
		),
	}
	return Finding(
		SPONSOR,
		True,
		texts[gone[0].how],
		{"names": ", ".join(one.name for one in gone), "unit": gone[0].unit},
		seen=gone[0].how,
		against=N_("named as sponsor of the unit"),
	)


def contacts_unresponsive(outcomes: Sequence[tuple[date, str]], today: date) -> Finding:
	"""The unit's past conversations, newest first, as (day, "Held", "Missed", "Cancelled by them" or other).

	It stands after three in a row that the business missed or cancelled within 180 days.
	"""
	row: list[date] = []
	for day, outcome in outcomes:
		if outcome == "Held" or (today - day).days > UNRESPONSIVE_DAYS:
			break
		if outcome in ("Missed", "Cancelled by them"):
			row.append(day)
	if len(row) < UNRESPONSIVE_AFTER:
		return Finding(UNRESPONSIVE, False)
	return Finding(
		UNRESPONSIVE,
		True,
		N_("They missed or cancelled the last {count} conversations, since {since}."),
		{"count": len(row), "since": row[-1]},
		seen=N_("{count} in a row"),
		against=N_("3 in a row within 180 days"),
	)


def review_missed(
	planned_past: Iterable[date], last_held: date | None, next_planned: date | None, today: date
) -> Finding:
	"""planned_past: days of service reviews that were planned, have passed, and were not held since.

	It stands a week after such a day, or 13 months after the last review, unless another one is planned.
	"""
	late = [day for day in planned_past if (today - day).days >= REVIEW_LATE_DAYS]
	if next_planned is not None and next_planned >= today:
		return Finding(REVIEW, False)
	if late:
		day = max(late)
		return Finding(
			REVIEW,
			True,
			N_("The service review of {day} was not held, and no other is planned."),
			{"day": day},
			seen=N_("not held on {day}"),
			against=N_("held within a week"),
		)
	if last_held is not None and (today - last_held).days > REVIEW_EVERY_DAYS:
		return Finding(
			REVIEW,
			True,
			N_("The last service review was on {day}, and no other is planned."),
			{"day": last_held},
			seen=N_("the last one on {day}"),
			against=N_("one a year"),
		)
	return Finding(REVIEW, False)


def events_a_week(weeks: Sequence[int], width: int) -> float | None:
	"""A unit's usual events a week, from the weeks before the window; None where the history is too short to judge."""
	sums = _sum_of_weeks(weeks, width)
	return None if sums is None else sums[1] / sums[2]


def false_a_year(points: Sequence[tuple[float, float]], weekly: float) -> float:
	"""False alarms a year of a unit with so many events a week, from one of the tables above.

	ValueError for a negative rate.
	"""
	if not 0 <= weekly < math.inf:
		raise ValueError(f"events a week are 0 or more; got {weekly!r}")
	for (low, at_low), (high, at_high) in pairwise(points):
		if weekly <= high:
			return at_low + (at_high - at_low) * (weekly - low) / (high - low)
	return points[-1][1]


def false_alarms(
	*,
	score_units: int,
	complaints: Iterable[float],
	praise: Iterable[float],
	p1: Iterable[float],
	silences: Iterable[SilenceWindow],
) -> FalseAlarms:
	"""False alarms to expect in a month over all units that each kind could judge.

	complaints, praise, p1: each unit's own events a week (`events_a_week`).
	"""
	base = expected_false_alarms(score_units, [(s.expected, s.dispersion, s.days) for s in silences])
	yearly = sum(false_a_year(FALSE_CLUSTERS_BY_WEEKLY_EVENTS, weekly) for weekly in (*complaints, *praise))
	yearly += sum(false_a_year(FALSE_P1_BY_WEEKLY_EVENTS, weekly) for weekly in p1)
	return FalseAlarms(base.drops + yearly / 12, base.silence)
