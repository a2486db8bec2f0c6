"""The way of a conversation with the business: planned and held, or cancelled, or they did not come. Pure.

The machine is data (`MOVES`); `relationship/conversations.py` is the one place that moves a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cx_desk.core.moves import Blocked, Move

PLANNED, HELD, CANCELLED, MISSED = "Planned", "Held", "Cancelled", "Missed"
STATES = (PLANNED, HELD, CANCELLED, MISSED)

SERVICE_REVIEW = "Service review"

# The relationship's level, rated from both sides (BRMM); the gap is the result.
LEVELS = ("1 Ad hoc", "2 Order taker", "3 Service provider", "4 Trusted advisor", "5 Strategic partner")

BY_BUSINESS, BY_DESK = "The business", "The desk"


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


_NOT_YET = N_("It begins only on {start}. Put its real time in first, or wait until then.")

# key, from, to, label, what must come with it, whether it must have begun
MOVES: tuple[tuple[str, tuple[str, ...], str, str, tuple[str, ...], bool], ...] = (
	("hold", (PLANNED,), HELD, N_("It was held"), ("notes",), True),
	("miss", (PLANNED,), MISSED, N_("They did not come"), (), True),
	("cancel", (PLANNED,), CANCELLED, N_("Cancel it"), ("reason", "cancelled_by"), False),
	("replan", (CANCELLED, MISSED), PLANNED, N_("Plan it again"), ("starts_on",), False),
)

_MISSING = {
	"notes": N_("Write down what was said: one sentence is enough."),
	"reason": N_("Say why it is cancelled."),
	"cancelled_by": N_("Say who cancelled it: the business or the desk."),
	"starts_on": N_("Give the new time."),
}


def moves(state: str, starts_on: datetime | None, now: datetime) -> list[Move]:
	"""Every step out of a state, allowed or with the reason why not. ValueError on a wrong state."""
	if state not in STATES:
		raise ValueError(f"unknown state {state!r}; one of {', '.join(STATES)}")
	found = []
	for key, origins, to, label, needs, begun in MOVES:
		if state in origins:
			early = begun and starts_on is not None and starts_on > now
			params = {"start": starts_on} if early else {}
			found.append(Move(key, to, label, needs, _NOT_YET if early else "", params))
	return found


def check(state: str, to: str, starts_on: datetime | None, now: datetime, given: Iterable[str] = ()) -> Move:
	"""The step to take; raises Blocked with the exact reason when it is not possible or something is missing."""
	ways = moves(state, starts_on, now)
	step = next((move for move in ways if move.to == to), None)
	if step is None:
		targets = tuple(move.to for move in ways)
		why = (
			N_("A conversation that is {state} cannot become {to}. From here it can become: {targets}.")
			if targets
			else N_("A conversation that was held stays held. What they say now is a new conversation.")
		)
		raise Blocked(Move("", to, to, (), why, {"state": state, "to": to, "targets": targets}))
	if not step.allowed:
		raise Blocked(step)
	for need in step.needs:
		if need not in set(given):
			raise Blocked(Move(step.key, to, step.label, step.needs, _MISSING[need]))
	return step


def time_problem(
	state: str, starts_on: datetime | None, ends_on: datetime | None, now: datetime
) -> str | None:
	"""What is wrong with the times, and what to do; None where they are right."""
	if starts_on is None:
		return N_("Say when it is or was.")
	if ends_on is not None and ends_on < starts_on:
		return N_("It ends before it starts. Correct the end, or leave it empty.")
	if state == HELD and starts_on > now:
		return N_("A conversation in the future was not held yet. Correct the time, or plan it instead.")
	return None


def level_gap(ours: str | None, theirs: str | None) -> int | None:
	"""Our level less theirs, in steps: above 0 the desk thinks better of the relationship than the business does.

	None until both sides have said theirs. ValueError for what is no level.
	"""
	if not ours or not theirs:
		return None
	if ours not in LEVELS or theirs not in LEVELS:
		raise ValueError(f"a level is one of {', '.join(LEVELS)}")
	return LEVELS.index(ours) - LEVELS.index(theirs)
