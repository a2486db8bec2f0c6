"""The way of a visit: planned, held, shared with its host, closed; or cancelled with a reason. Pure.

The machine is data (`MOVES`): who may take which step, what comes with it, and why it is blocked.
`immersion/visits.py` is the one place that moves a record. Too many of one team away in the same half-day stands here
too; the unit's critical hours stand in `core/critical_hours.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cx_desk.core.moves import Blocked, Move
from cx_desk.core.words import N_

PLANNED, HELD, SHARED, CLOSED, CANCELLED = "Planned", "Held", "Shared", "Closed", "Cancelled"
STATES = (PLANNED, HELD, SHARED, CLOSED, CANCELLED)
# A visit counts for coverage and knowledge only once it took place.
TOOK_PLACE = (HELD, SHARED, CLOSED)

WE_TO_THEM, THEY_TO_US, EXCHANGE, REMOTE = "We to them", "They to us", "Exchange", "Remote"
BRIEFING, ON_SITE_DESK = "Briefing", "On-site desk"

# Type -> direction, and whether somebody of the business has to receive or brief us.
TYPES: dict[str, tuple[str, bool]] = {
	"Shadowing": (WE_TO_THEM, True),
	"Floor-walk": (WE_TO_THEM, False),
	ON_SITE_DESK: (WE_TO_THEM, False),
	"Ride-along": (WE_TO_THEM, True),
	"Test session": (WE_TO_THEM, True),
	BRIEFING: (THEY_TO_US, True),
	"Seat at the desk": (THEY_TO_US, True),
	"Exchange": (EXCHANGE, True),
	"Remote shadowing": (REMOTE, True),
}

VISITOR, LIAISON, MANAGER, STAFF = "visitor", "liaison", "manager", "staff"
BY_BUSINESS, BY_DESK = "The business", "The desk"

# What the host says to the report; a correction is answered by an amended version.
AGREED, CORRECTED, ANSWERED = "Agreed", "Corrected", "Answered"

CORRECTION_DAYS = 5
AWAY_LIMIT = 2


@dataclass(frozen=True)
class Facts:
	"""What a move is judged by.

	actor: who wants to move it. has_liaison: without a liaison of the unit the visitor stands in. starts_on, now:
	naive times of the site. came: people of the desk who took part. untriaged, unowned: voices without a way, and
	without an enabled owner. effect_open: a question was written down but never locked.
	"""

	actor: str
	starts_on: datetime
	now: datetime
	has_liaison: bool = True
	came: int = 1
	report: bool = False
	has_host: bool = True
	has_address: bool = True
	untriaged: int = 0
	unowned: int = 0
	host_word: str | None = None
	correct_until: date | None = None
	effect_open: bool = False

	def __post_init__(self) -> None:
		if self.actor not in (VISITOR, LIAISON, MANAGER, STAFF):
			raise ValueError(f"unknown actor {self.actor!r}")


Blocker = Callable[[Facts], "tuple[str, dict] | None"]


def _not_begun(facts: Facts):
	if facts.starts_on > facts.now:
		return (
			N_("It begins only on {start}. Put its real time in first, or wait until then."),
			{"start": facts.starts_on},
		)
	if not facts.came:
		return N_("Nobody of the desk is on it. Add who took part, or cancel it."), {}
	return None


def _not_ready_to_share(facts: Facts):
	if not facts.report:
		return N_("Write what you saw and heard first: the host reads it."), {}
	if facts.untriaged:
		return (
			N_("Voices without category, impact and way: {count}. Triage them first."),
			{"count": facts.untriaged},
		)
	return None


def _not_ready_to_mail(facts: Facts):
	if blocked := _not_ready_to_share(facts):
		return blocked
	if not facts.has_host:
		return N_("The visit has no host. Name one, or note whom you gave the report to."), {}
	if not facts.has_address:
		return N_("The host has no mail address. Add one, or give them the report yourself and note how."), {}
	return None


def _not_finished(facts: Facts):
	if facts.untriaged:
		return (
			N_("Voices without category, impact and way: {count}. Triage them first."),
			{"count": facts.untriaged},
		)
	if facts.unowned:
		return (
			N_("Voices without an enabled owner: {count}. Give each an owner first."),
			{"count": facts.unowned},
		)
	if facts.host_word == CORRECTED:
		return N_("The host has corrected the report. Amend it first, so that their word is answered."), {}
	if facts.host_word != AGREED and facts.correct_until and facts.now.date() <= facts.correct_until:
		return (
			N_(
				"The host can correct the report until {day}. It can be closed after that, or once they agree."
			),
			{"day": facts.correct_until},
		)
	if facts.effect_open:
		return N_(
			"The question about its effect was not locked before the visit, so nothing can be judged. Take the question out."
		), {}
	return None


@dataclass(frozen=True)
class _Rule:
	key: str
	origins: tuple[str, ...]
	to: str
	label: str
	actors: tuple[str, ...]
	needs: tuple[str, ...] = ()
	block: Blocker | None = None


ANYBODY = (VISITOR, LIAISON, MANAGER)
ANSWERING = (LIAISON, MANAGER)

MOVES: tuple[_Rule, ...] = (
	_Rule("hold", (PLANNED,), HELD, N_("It took place"), ANYBODY, (), _not_begun),
	_Rule("cancel", (PLANNED,), CANCELLED, N_("Cancel it"), ANYBODY, ("reason", "cancelled_by")),
	_Rule("replan", (CANCELLED,), PLANNED, N_("Plan it again"), ANYBODY, ("starts_on",)),
	_Rule("share", (HELD,), SHARED, N_("Send the report to the host"), ANSWERING, (), _not_ready_to_mail),
	_Rule(
		"hand_over",
		(HELD,),
		SHARED,
		N_("I gave it to them myself"),
		ANSWERING,
		("note",),
		_not_ready_to_share,
	),
	_Rule("close", (SHARED,), CLOSED, N_("Close it"), ANSWERING, (), _not_finished),
)

_MISSING = {
	"reason": N_("Say why it is cancelled."),
	"cancelled_by": N_("Say who cancelled it: the business or the desk."),
	"starts_on": N_("Give the new time."),
	"note": N_("Note to whom you gave the report, and how."),
}


def moves(state: str, facts: Facts) -> list[Move]:
	"""Every step out of a state, allowed or with the reason why not. ValueError on a wrong state."""
	if state not in STATES:
		raise ValueError(f"unknown state {state!r}; one of {', '.join(STATES)}")
	return [_judge(rule, facts) for rule in MOVES if state in rule.origins]


def _judge(rule: _Rule, facts: Facts) -> Move:
	stands_in = facts.actor == VISITOR and not facts.has_liaison
	why, params = "", {}
	if facts.actor not in rule.actors and not stands_in:
		if rule.actors == ANSWERING:
			why = N_("Only the liaison of the unit or a CX Manager can do this.")
		else:
			why = N_("Only who takes part, the liaison of the unit or a CX Manager can do this.")
	elif rule.block and (blocked := rule.block(facts)):
		why, params = blocked
	return Move(rule.key, rule.to, rule.label, rule.needs, why, params)


def check(state: str, to: str, facts: Facts, given: Iterable[str] = (), key: str | None = None) -> Move:
	"""The step to take; Blocked with the exact reason when it is not possible or something is missing.

	key tells two ways to the same state apart; without it the first allowed one is taken.
	"""
	every = moves(state, facts)
	ways = [move for move in every if move.to == to and key in (None, move.key)]
	if not ways:
		targets = tuple(dict.fromkeys(move.to for move in every))
		why = (
			N_("A visit that is {state} cannot become {to}. From here it can become: {targets}.")
			if targets
			else N_("A visit that is {state} has come to its end. What comes next is a new visit.")
		)
		raise Blocked(Move(key or "", to, to, (), why, {"state": state, "to": to, "targets": targets}))
	step = next((move for move in ways if move.allowed), ways[0])
	if not step.allowed:
		raise Blocked(step)
	for need in step.needs:
		if need not in set(given):
			raise Blocked(Move(step.key, to, step.label, step.needs, _MISSING[need]))
	return step


def direction_of(kind: str) -> str:
	"""The direction of a type of visit. ValueError for an unknown type."""
	return _type(kind)[0]


def needs_host(kind: str) -> bool:
	"""Whether somebody of the business has to receive or brief us."""
	return _type(kind)[1]


def _type(kind: str) -> tuple[str, bool]:
	if kind not in TYPES:
		raise ValueError(f"{kind!r} is no type of visit; one of {', '.join(TYPES)}")
	return TYPES[kind]


# Cover of the desk: at most so many of one team away in the same half-day.

HalfDay = tuple[date, str]


def half_days(starts: datetime, ends: datetime) -> list[HalfDay]:
	"""The half-days that a time touches: (day, "morning" until 13:00 | "afternoon")."""
	found = []
	day = starts.date()
	while day <= ends.date():
		noon = datetime.combine(day, time(13))
		low, high = datetime.combine(day, time(0)), datetime.combine(day + timedelta(days=1), time(0))
		if starts < noon and ends > low:
			found.append((day, "morning"))
		if starts < high and ends > noon:
			found.append((day, "afternoon"))
		day += timedelta(days=1)
	return found


def too_many_away(
	going: Collection[str],
	wanted: Iterable[HalfDay],
	teams: Mapping[str, Collection[str]],
	away: Mapping[HalfDay, Collection[str]],
	limit: int = AWAY_LIMIT,
) -> tuple[str, HalfDay, list[str]] | None:
	"""The first team and half-day with more than `limit` members away, with who they are; None where all is well.

	teams: team -> members. away: half-day -> people who are on another visit then. A limit of 0 means no limit.
	"""
	if limit <= 0:
		return None
	for half in wanted:
		gone = set(going) | set(away.get(half, ()))
		for team, members in sorted(teams.items()):
			out = sorted(gone & set(members))
			if len(out) > limit and set(going) & set(members):
				return team, half, out
	return None
