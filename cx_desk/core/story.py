"""A story: how it was before, what we did, how it is after, and the records that show it. Pure.

Draft -> Shared -> Withdrawn, and back to Draft. A shared story is not changed silently: it is taken back first. It is
shared by who answers for the unit, and only when the times before and after each rest on a record.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cx_desk.core.moves import Blocked, Move
from cx_desk.core.words import N_

DRAFT, SHARED, WITHDRAWN = "Draft", "Shared", "Withdrawn"
STATES = (DRAFT, SHARED, WITHDRAWN)
BEFORE, DID, AFTER = "How it was", "What we did", "How it is now"
PARTS = (BEFORE, DID, AFTER)
# What we did is our own doing; the two others are claims about somebody else's work and need a record.
NEEDS_EVIDENCE = (BEFORE, AFTER)


@dataclass(frozen=True)
class Facts:
	"""What a step is judged by.

	answers: the person is a manager or liaison of the unit. written, shown: parts with words, and with evidence.
	closed: evidence that the person may not open or that is gone, by its place in the list.
	"""

	answers: bool
	written: Collection[str] = ()
	shown: Collection[str] = ()
	closed: Collection[int] = ()


MOVES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
	("share", DRAFT, SHARED, N_("Share it"), ()),
	("withdraw", SHARED, WITHDRAWN, N_("Take it back"), ("reason",)),
	("redraft", WITHDRAWN, DRAFT, N_("Write it anew"), ()),
)
_NOT_THEIRS = N_("The unit's liaison or a manager decides what is told about the unit.")
_NO_WORDS = {
	BEFORE: N_("Write how it was before."),
	DID: N_("Write what we did."),
	AFTER: N_("Write how it is after."),
}
_NO_RECORD = {
	BEFORE: N_("Name a record that shows how it was before."),
	AFTER: N_("Name a record that shows how it is after."),
}
_CLOSED = N_("Row {row} of the evidence is gone, or you may not open it. Take it out or name another one.")


def moves(state: str, facts: Facts) -> list[Move]:
	"""Every step out of a state, allowed or with the reason why not. ValueError on a wrong state."""
	if state not in STATES:
		raise ValueError(f"unknown state {state!r}; one of {', '.join(STATES)}")
	found = []
	for key, origin, to, label, needs in MOVES:
		if origin == state:
			why, params = _why_not(key, facts)
			found.append(Move(key, to, label, needs, why, params))
	return found


def _why_not(key: str, facts: Facts) -> tuple[str, dict[str, object]]:
	if not facts.answers:
		return _NOT_THEIRS, {}
	if key != "share":
		return "", {}
	for part in PARTS:
		if part not in facts.written:
			return _NO_WORDS[part], {}
	for part in NEEDS_EVIDENCE:
		if part not in facts.shown:
			return _NO_RECORD[part], {}
	if facts.closed:
		return _CLOSED, {"row": min(facts.closed)}
	return "", {}


def check(state: str, to: str, facts: Facts, given: Collection[str] = ()) -> Move:
	"""The step to take; raises Blocked with the exact reason when it is not possible or something is missing."""
	ways = moves(state, facts)
	step = next((move for move in ways if move.to == to), None)
	if step is None:
		targets = tuple(move.to for move in ways)
		why = N_("A story that is {state} cannot become {to}. From here it can become: {targets}.")
		raise Blocked(Move("", to, to, (), why, {"state": state, "to": to, "targets": targets}))
	if not step.allowed:
		raise Blocked(step)
	if "reason" in step.needs and "reason" not in given:
		raise Blocked(Move(step.key, to, step.label, step.needs, N_("Say why it is taken back.")))
	return step
