"""The two lights of a unit: what they feel, and what we did; side by side, never one figure. Pure.

Each light comes from its inputs by a rule that can be read, not from weights: Poor if any input that is known is
poor, Good if at least one is good and none is worse, else Mixed; Unknown when nothing is known. An input that is
older than it may be counts as not known, and says how old it is. Logging a call moves the second light only
(decisions.md E12).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from cx_desk.core.cadence import DUE, IN_TIME, NO_CADENCE, OVERDUE, Standing
from cx_desk.core.intervals import check_count

GOOD, MIXED, POOR, UNKNOWN = "Good", "Mixed", "Poor", "Unknown"
BETTER, WORSE, SAME = "Better", "Worse", "Same"

# Days after which an input no longer says how things are now.
MAX_AGE = {"experience": 120, "voices": 90, "sponsor": 200, "contact": None, "told": 90, "sla": 90}

# Of our own records, without interval: from here it is good, below that poor.
TOLD_GOOD, TOLD_POOR = 0.8, 0.5
SLA_GOOD, SLA_POOR = 0.9, 0.75
FEWEST = 3
COMPLAINTS_POOR = 3


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


@dataclass(frozen=True)
class Input:
	"""One input of a light.

	key: which; light: Good, Mixed, Poor or Unknown. text, params: one sentence with its figures, translated and
	filled where it is shown. as_of: day of the newest record it rests on; age: days since then, None where there
	is none. Not part of the light where it does not apply to the unit (`applies` False).
	"""

	key: str
	light: str
	text: str
	params: dict[str, object] = field(default_factory=dict)
	as_of: date | None = None
	age: int | None = None
	applies: bool = True

	@property
	def sentence(self) -> str:
		"""The sentence in English with its figures."""
		return self.text.format(**self.params)


@dataclass(frozen=True)
class Light:
	"""A light with everything that it rests on; known, of: inputs known, inputs that apply."""

	light: str
	inputs: tuple[Input, ...]

	@property
	def known(self) -> int:
		return sum(entry.light != UNKNOWN for entry in self.inputs if entry.applies)

	@property
	def of(self) -> int:
		return sum(entry.applies for entry in self.inputs)

	@property
	def reasons(self) -> tuple[Input, ...]:
		"""The inputs that make it what it is: the poor ones of a Poor light, and so on; for Unknown all."""
		if self.light == MIXED:
			return tuple(i for i in self.inputs if i.applies and i.light in (MIXED,)) or tuple(
				i for i in self.inputs if i.applies and i.light != UNKNOWN
			)
		return tuple(i for i in self.inputs if i.applies and i.light == self.light)


def combine(inputs: Iterable[Input]) -> Light:
	"""A light from its inputs."""
	entries = tuple(inputs)
	known = [entry.light for entry in entries if entry.applies and entry.light != UNKNOWN]
	if not known:
		light = UNKNOWN
	elif POOR in known:
		light = POOR
	elif MIXED in known:
		light = MIXED
	else:
		light = GOOD
	return Light(light, entries)


def _aged(key: str, light: str, text: str, params: dict, as_of: date | None, today: date) -> Input:
	"""An input with its age; too old an input is not known."""
	age = (today - as_of).days if as_of else None
	longest = MAX_AGE[key]
	if age is not None and age < 0:
		raise ValueError(f"{key}: its newest record lies in the future")
	if light != UNKNOWN and longest is not None and (age is None or age > longest):
		return Input(
			key,
			UNKNOWN,
			N_("Nothing newer than {age} days."),
			{"age": age if age is not None else longest},
			as_of,
			age,
		)
	return Input(key, light, text, params, as_of, age)


def experience(
	band: str | None, percent: float | None, people: int, as_of: date | None, today: date
) -> Input:
	"""The band of the unit's score (Good, Poor, Not clear), which already carries its interval."""
	if band is None or percent is None or not check_count(people, "people"):
		return Input("experience", UNKNOWN, N_("Nobody has answered a survey."))
	light = {"Good": GOOD, "Poor": POOR}.get(band, MIXED)
	text = {
		GOOD: N_("{percent:.0f} % satisfied, {people} answered: good."),
		POOR: N_("{percent:.0f} % satisfied, {people} answered: poor."),
		MIXED: N_("{percent:.0f} % satisfied, {people} answered: not clear, the interval spans the target."),
	}[light]
	return _aged("experience", light, text, {"percent": percent, "people": people}, as_of, today)


def voices(complaints: int, contested: int, praise: int, as_of: date | None, today: date) -> Input:
	"""What they said in the last 90 days: complaints (low answers, not solved), contested ones, praise."""
	complaints, contested = check_count(complaints, "complaints"), check_count(contested, "contested")
	praise = check_count(praise, "praise")
	params = {"complaints": complaints, "contested": contested, "praise": praise}
	if not (complaints or contested or praise):
		return Input("voices", UNKNOWN, N_("Nobody complained and nobody praised."))
	if contested:
		light, text = (
			POOR,
			N_("Told us that it is not settled: {contested}. Complaints: {complaints}, praise: {praise}."),
		)
	elif complaints >= COMPLAINTS_POOR and complaints > 2 * praise:
		light, text = POOR, N_("Complaints: {complaints}, praise: {praise}.")
	elif praise and not complaints:
		light, text = GOOD, N_("Praise: {praise}, and no complaint.")
	else:
		light, text = MIXED, N_("Complaints: {complaints}, praise: {praise}.")
	return _aged("voices", light, text, params, as_of, today)


def sponsor(view: str | None, as_of: date | None, today: date) -> Input:
	"""How the sponsor sees the relationship, in their own judgement at the last conversation."""
	if view not in (GOOD, MIXED, POOR):
		return Input("sponsor", UNKNOWN, N_("The sponsor was not asked."))
	text = {
		GOOD: N_("The sponsor calls the relationship good."),
		MIXED: N_("The sponsor calls the relationship mixed."),
		POOR: N_("The sponsor calls the relationship poor."),
	}[view]
	return _aged("sponsor", view, text, {}, as_of, today)


def contact(kept: Standing) -> Input:
	"""Whether conversations are kept up; a unit without cadence has no such input."""
	params = {"days": kept.days}
	if kept.state == NO_CADENCE:
		return Input("contact", UNKNOWN, N_("No cadence: self-service."), applies=False)
	light = {IN_TIME: GOOD, DUE: MIXED, OVERDUE: POOR}[kept.state]
	if kept.last is None:
		# Without a single conversation "in time" cannot be said; that it is late can.
		if light != POOR:
			return Input("contact", UNKNOWN, N_("No conversation yet."))
		return Input("contact", POOR, N_("No conversation in the {days} days that we know the unit."), params)
	text = {
		GOOD: N_("Last conversation {days} days ago: in time."),
		MIXED: N_("Last conversation {days} days ago: due."),
		POOR: N_("Last conversation {days} days ago: overdue."),
	}[light]
	return Input("contact", light, text, params, kept.last, kept.days)


def told(settled: int, n: int, as_of: date | None, today: date) -> Input:
	"""Told and settled: of the voices first due in the last 90 days, those told and settled."""
	return _share(
		"told", settled, n, (TOLD_GOOD, TOLD_POOR), N_("{part} of {n} voices told and settled."), as_of, today
	)


def sla(met: int, n: int, as_of: date | None, today: date) -> Input:
	"""Tickets closed in the last 90 days with a known outcome: those within their service level."""
	return _share(
		"sla",
		met,
		n,
		(SLA_GOOD, SLA_POOR),
		N_("{part} of {n} tickets within their service level."),
		as_of,
		today,
	)


_EMPTY = {
	"told": N_("No voice was due."),
	"sla": N_("No ticket with a known service level was closed."),
}


def _share(
	key: str, part: int, n: int, limits: tuple[float, float], text: str, as_of: date | None, today: date
) -> Input:
	if check_count(part, "part") > check_count(n, "n"):
		raise ValueError(f"{key}: a part cannot exceed its whole")
	if not n:
		return Input(key, UNKNOWN, _EMPTY[key])
	params = {"part": part, "n": n}
	if n < FEWEST:
		return Input(
			key,
			UNKNOWN,
			N_("Only {n} of them: too few to say."),
			params,
			as_of,
			(today - as_of).days if as_of else None,
		)
	share = part / n
	light = GOOD if share >= limits[0] else POOR if share < limits[1] else MIXED
	return _aged(key, light, text, params, as_of, today)


def trend(now: str, before: str | None) -> str:
	"""Better, Worse or Same against an earlier light; Unknown where one of the two is."""
	order = {POOR: 0, MIXED: 1, GOOD: 2}
	if now not in order or before not in order:
		return UNKNOWN
	step = order[now] - order[before]
	return BETTER if step > 0 else WORSE if step < 0 else SAME
