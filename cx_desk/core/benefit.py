"""A benefit from a hope to a result: owned by somebody of the business who said yes, measured, signed by both sides.

Its state is never chosen: it follows from what is known (`state`), and people take the few steps in `moves`. Source:
domain.md 4 and 5.12.
"""

from __future__ import annotations

from dataclasses import dataclass

from cx_desk.core.moves import Blocked, Move
from cx_desk.core.words import N_

IDENTIFIED, OWNED, BASELINED, TRACKING = "Identified", "Owned", "Baselined", "Tracking"
REALISED, PARTLY, MISSED, CANCELLED = "Realised", "Partly", "Missed", "Cancelled"
RESULTS = (REALISED, PARTLY, MISSED)
FINISHED = (*RESULTS, CANCELLED)
STATES = (IDENTIFIED, OWNED, BASELINED, TRACKING, *FINISHED)
# One good reading may be luck: realised takes two.
READINGS_FOR_REALISED = 2

# asked: who is asked to own it, the first owner or the next one.
ASKED, SPONSOR, LEAD, LIAISON, MANAGER = "asked", "sponsor", "lead", "liaison", "manager"
ACCEPT, DECLINE, TRANSFER, CANCEL, COUNTERSIGN = "accept", "decline", "transfer", "cancel", "countersign"


@dataclass(frozen=True)
class Facts:
	"""actors: what the person is to the benefit. accepted: the owner said yes. offered: another owner was asked and has
	not answered. readings: how many. attainment: percent of the way from baseline to target, None before there is one.
	over: the day of the last review has come. signed: the result was countersigned. own_reading: the newest reading was
	noted by the very person.
	"""

	actors: frozenset[str] = frozenset()
	has_owner: bool = False
	accepted: bool = False
	offered: bool = False
	has_baseline: bool = False
	readings: int = 0
	attainment: float | None = None
	over: bool = False
	signed: bool = False
	cancelled: bool = False
	own_reading: bool = False


def result(facts: Facts) -> str:
	"""What the figures say once the last review's day has come; empty before, and without a reading."""
	if facts.cancelled or not facts.over or not facts.readings or facts.attainment is None:
		return ""
	if facts.attainment >= 100 and facts.readings >= READINGS_FOR_REALISED:
		return REALISED
	return PARTLY if facts.attainment > 0 else MISSED


def state(facts: Facts) -> str:
	"""Where a benefit stands. A result stands only with the second signature; until then it is still tracked."""
	if facts.cancelled:
		return CANCELLED
	if not facts.accepted:
		return IDENTIFIED
	if not facts.has_baseline:
		return OWNED
	if not facts.readings:
		return BASELINED
	return result(facts) if facts.signed and result(facts) else TRACKING


_FOR_OWNER = N_("Whoever is asked says it on their page; the lead or a CX Manager notes how they said it.")
_FOR_SPONSOR = N_("The sponsor decides this; the lead or a CX Manager notes it.")
_FOR_SIGNING = N_("The liaison of the unit or a CX Manager countersigns.")


def moves(facts: Facts) -> list[Move]:
	"""The steps that make sense now, each allowed or with the reason why not; none once it is given up.

	What must come with a step: note (how the person said it, where somebody else writes it down), reason, name, email.
	"""
	if facts.cancelled:
		return []
	found = []
	if facts.offered or (facts.has_owner and not facts.accepted):
		asked = _only((ASKED, LEAD, MANAGER), facts, _FOR_OWNER)
		needs = () if ASKED in facts.actors else ("note",)
		found.append(Move(ACCEPT, OWNED, N_("Accept it"), needs, asked))
		found.append(Move(DECLINE, IDENTIFIED, N_("Do not accept it"), ("reason",), asked))
	if facts.accepted and not facts.offered:
		why_not = _only((SPONSOR, LEAD, MANAGER), facts, _FOR_SPONSOR)
		needs = ("name", "email", "reason")
		found.append(Move(TRANSFER, IDENTIFIED, N_("Hand it to another owner"), needs, why_not))
	if result(facts) and not facts.signed:
		why_not = _only((LIAISON, MANAGER), facts, _FOR_SIGNING)
		if not why_not and facts.own_reading:
			why_not = N_("You noted the newest reading yourself. Somebody else countersigns the result.")
		found.append(Move(COUNTERSIGN, result(facts), N_("Countersign the result"), (), why_not))
	if not facts.signed:
		why_not = _only((SPONSOR, LEAD, MANAGER), facts, _FOR_SPONSOR)
		found.append(Move(CANCEL, CANCELLED, N_("Give it up"), ("reason",), why_not))
	return found


def _only(who: tuple[str, ...], facts: Facts, why_not: str) -> str:
	return "" if set(who) & facts.actors else why_not


MISSING = {
	"note": N_("Note how and when they said it."),
	"reason": N_("Say why."),
	"name": N_("Say who owns it from now on."),
	"email": N_("Say who owns it from now on: their mail address."),
}


def check(key: str, facts: Facts, given: frozenset[str] | set[str] = frozenset()) -> Move:
	"""The step to take. Blocked with the reason when it makes no sense now, is not theirs, or something is missing."""
	move = next((one for one in moves(facts) if one.key == key), None)
	if move is None:
		raise Blocked(Move(key, "", "", (), N_("This step makes no sense now: the benefit has moved on.")))
	if not move.allowed:
		raise Blocked(move)
	missing = next((need for need in move.needs if need not in given), None)
	if missing:
		raise Blocked(Move(move.key, move.to, move.label, move.needs, MISSING[missing]))
	return move
