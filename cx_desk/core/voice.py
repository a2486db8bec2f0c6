"""The way of a voice from heard to settled, and the figure told and settled.

The machine is data (`MOVES`): who may take which step, what the step asks for, and why it is blocked. Nothing
here knows the database; `units/voices.py` is the one place that moves a record, and it asks `check` first.

	Heard -> Owned -> Done     -> Told -> Settled
	               -> Declined -> Told -> Contested -> Owned
	                      Seen or anonymous, nobody to tell: Done / Declined -> Settled

A voice that the desk closed after the person stayed silent can still be contested by the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

HEARD, OWNED, DONE, DECLINED = "Heard", "Owned", "Done", "Declined"
TOLD, CONTESTED, SETTLED = "Told", "Contested", "Settled"
STATES = (HEARD, OWNED, DONE, DECLINED, TOLD, CONTESTED, SETTLED)

# Somebody of the desk still has to do something: a due time in the past makes the voice overdue.
OUR_TURN = (HEARD, OWNED, DONE, DECLINED, CONTESTED)

LOW_ANSWER, COMMENT, NOT_SOLVED, REPLY = "Low answer", "Comment", "Not solved", "Reply"
SAID, SEEN, WANT, PRAISE, PROMISE = "Said", "Seen", "Want", "Praise", "Promise"
KINDS = (LOW_ANSWER, COMMENT, NOT_SOLVED, REPLY, SAID, SEEN, WANT, PRAISE, PROMISE)
# Voices of a visit need the person's yes as well; the visit says so when it makes them.
KINDS_THAT_NEED_YES = (LOW_ANSWER, NOT_SOLVED)

KNOWN, SEEN_SOURCE, ANONYMOUS = "Known person", "Seen", "Anonymous"
SOURCES = (KNOWN, SEEN_SOURCE, ANONYMOUS)

OWNER, MANAGER, LIAISON, STAFF, PERSON = "owner", "manager", "liaison", "staff", "person"
DESK = (OWNER, MANAGER, LIAISON, STAFF)
HOLDERS = (OWNER, MANAGER, LIAISON)

BY_PERSON, BY_DESK = "The person", "The desk"

# Days without an answer after which the desk may close a voice that needs the person's yes. It then stays below
# the line of the figure: silence is not consent.
SILENT_DAYS = 14


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


@dataclass(frozen=True)
class Facts:
	"""What a move is judged by.

	actor: who wants to move it, as seen from this voice (owner, manager, liaison, staff or person).
	owner_name: shown in reasons. days_since_told: whole days since the message back, None when not told.
	"""

	actor: str = STAFF
	known_source: bool = True
	has_address: bool = True
	needs_source_yes: bool = False
	settled_by: str | None = None
	days_since_told: int | None = None
	owner_name: str = ""

	def __post_init__(self) -> None:
		if self.actor not in (*DESK, PERSON):
			raise ValueError(f"unknown actor {self.actor!r}; one of {', '.join((*DESK, PERSON))}")


@dataclass(frozen=True)
class Move:
	"""One next step as a screen shows it.

	key tells two ways to the same state apart; needs names what must be given with it. why_not is an English
	text with named places, filled from params after translation; it is empty exactly when allowed.
	"""

	key: str
	to: str
	label: str
	allowed: bool
	why_not: str = ""
	needs: tuple[str, ...] = ()
	params: dict[str, object] = field(default_factory=dict)

	@property
	def reason(self) -> str:
		"""The reason in English with its places filled."""
		return self.why_not.format(**self.params)


@dataclass(frozen=True)
class _Rule:
	key: str
	origins: tuple[str, ...]
	to: str
	label: str
	actors: tuple[str, ...]
	needs: tuple[str, ...] = ()
	block: Callable[[str, Facts], str | None] | None = None
	settled_by: str | None = None


class Blocked(ValueError):
	"""A move that is not allowed now; `move` holds the reason and its places."""

	def __init__(self, move: Move) -> None:
		super().__init__(move.reason)
		self.move = move


def _nobody_to_tell(state: str, facts: Facts) -> str | None:
	if not facts.known_source:
		return N_("There is nobody to tell: no person is known. It can be settled as it is.")
	return None


def _no_address(state: str, facts: Facts) -> str | None:
	if blocked := _nobody_to_tell(state, facts):
		return blocked
	if not facts.has_address:
		return N_("No mail address is known. Add one, or tell them yourself and note how.")
	return None


def _not_without_telling(state: str, facts: Facts) -> str | None:
	if state in (DONE, DECLINED):
		return N_("Tell them first what became of it.") if facts.known_source else None
	if facts.needs_source_yes and (facts.days_since_told or 0) < SILENT_DAYS:
		return N_(
			"Their own yes is needed. Without a word from them it can be closed {days} days after the message back."
		)
	return None


def _not_settled_by_them(state: str, facts: Facts) -> str | None:
	if state == SETTLED and facts.settled_by != BY_DESK:
		return N_("They said themselves that it is settled. What they say now is a new voice.")
	return None


MOVES: tuple[_Rule, ...] = (
	_Rule("take", (HEARD, CONTESTED), OWNED, N_("Take it on"), DESK),
	_Rule("done", (OWNED,), DONE, N_("Done"), HOLDERS, ("outcome",)),
	_Rule("decline", (OWNED,), DECLINED, N_("Decline"), HOLDERS, ("decline_reason",)),
	_Rule("tell", (DONE, DECLINED), TOLD, N_("Tell them by mail"), HOLDERS, ("message_back",), _no_address),
	_Rule("told", (DONE, DECLINED), TOLD, N_("I told them myself"), HOLDERS, ("note",), _nobody_to_tell),
	_Rule(
		"yes", (TOLD,), SETTLED, N_("They say it is settled"), (*HOLDERS, PERSON), ("note",), None, BY_PERSON
	),
	_Rule(
		"no",
		(TOLD, SETTLED),
		CONTESTED,
		N_("They say it is not settled"),
		(*DESK, PERSON),
		("note",),
		_not_settled_by_them,
	),
	_Rule(
		"close",
		(DONE, DECLINED, TOLD),
		SETTLED,
		N_("Close it"),
		HOLDERS,
		(),
		_not_without_telling,
		BY_DESK,
	),
)

# What a person does with the link asks for no note: the click is the evidence.
_OPTIONAL_FOR_PERSON = ("note",)


def moves(state: str, facts: Facts) -> list[Move]:
	"""Every step that leads out of this state, allowed or with the reason why not. ValueError on a wrong state."""
	if state not in STATES:
		raise ValueError(f"unknown state {state!r}; one of {', '.join(STATES)}")
	return [
		_judge(rule, state, facts)
		for rule in MOVES
		if state in rule.origins and _concerns(rule, state, facts)
	]


def _concerns(rule: _Rule, state: str, facts: Facts) -> bool:
	"""Whether the step means anything here: no button to close it without telling where somebody can be told."""
	if rule.key == "close" and state in (DONE, DECLINED):
		return not facts.known_source
	if rule.key == "no" and state == SETTLED:
		return facts.settled_by == BY_DESK
	return True


def _judge(rule: _Rule, state: str, facts: Facts) -> Move:
	needs = rule.needs
	if facts.actor == PERSON:
		needs = tuple(need for need in needs if need not in _OPTIONAL_FOR_PERSON)
	why, params = "", {}
	if facts.actor not in rule.actors:
		if facts.actor == PERSON:
			why = N_("This step is for the desk.")
		elif facts.owner_name:
			why = N_("Only the owner ({owner}), the liaison of the unit or a CX Manager can do this.")
			params = {"owner": facts.owner_name}
		else:
			why = N_("Only the owner, the liaison of the unit or a CX Manager can do this.")
	elif rule.block and (blocked := rule.block(state, facts)):
		why, params = blocked, {"days": SILENT_DAYS}
	return Move(rule.key, rule.to, rule.label, not why, why, needs, params)


def find_move(state: str, to: str, facts: Facts, key: str | None = None) -> Move:
	"""The one step to a state: by key, else the first allowed, else the first blocked one.

	Blocked where no step leads there at all, naming where one can go from here.
	"""
	ways = [move for move in moves(state, facts) if move.to == to and key in (None, move.key)]
	for move in ways:
		if move.allowed:
			return move
	if ways:
		return ways[0]
	targets = tuple(dict.fromkeys(move.to for move in moves(state, facts)))
	if targets:
		why = N_("A voice that is {state} cannot become {to}. From here it can become: {targets}.")
	else:
		why = N_("A voice that is {state} has come to its end. What they say now is a new voice.")
	return Move(key or "", to, to, False, why, (), {"state": state, "to": to, "targets": ", ".join(targets)})


def check(state: str, to: str, facts: Facts, given: Iterable[str] = (), key: str | None = None) -> Move:
	"""The step to take. Raises Blocked with the exact reason when it is not allowed or something is missing.

	given: names of what comes with the move and is not empty.
	"""
	given = set(given)
	ways = [
		move for move in moves(state, facts) if move.to == to and key in (None, move.key) and move.allowed
	]
	# Of two ways the one for which everything was given: a note means "in person", a message means "by mail".
	ways.sort(key=lambda move: not given.issuperset(move.needs))
	move = ways[0] if ways else find_move(state, to, facts, key)
	if not move.allowed:
		raise Blocked(move)
	missing = [need for need in move.needs if need not in given]
	if missing:
		raise Blocked(
			Move(move.key, to, move.label, False, _MISSING[missing[0]], move.needs, {"label": move.label})
		)
	return move


_MISSING = {
	"outcome": N_("Say what was done, as it can be told to the person."),
	"decline_reason": N_("Say why nothing will be done, as it can be told to the person."),
	"message_back": N_("Write the message back to the person."),
	"note": N_("Note how and when they were told or what they said."),
}


def settles_by(key: str) -> str | None:
	"""Whose word a step to Settled rests on."""
	return next((rule.settled_by for rule in MOVES if rule.key == key), None)


def needs_source_yes(kind: str, source_type: str, from_visit: bool = False) -> bool:
	"""Whether only the person can settle it: low answers, "not solved" and what was said on a visit."""
	return source_type == KNOWN and (from_visit or kind in KINDS_THAT_NEED_YES)


def is_overdue(state: str, due_at: datetime | None, now: datetime) -> bool:
	"""Whether it is our turn and the due time has passed."""
	return state in OUR_TURN and due_at is not None and due_at < now


@dataclass(frozen=True)
class VoiceCount:
	"""One voice as the figure sees it."""

	first_due_at: datetime
	state: str
	source_type: str = KNOWN
	settled_by: str | None = None
	needs_source_yes: bool = False


@dataclass(frozen=True)
class ToldAndSettled:
	"""Of the voices with a known source that were first due in a period: those told and settled.

	value: share from 0 to 1, None when n is 0. settled + waiting + ours = n: `waiting` were told and their yes is
	awaited, `ours` are the desk's turn (unanswered, overdue, contested) or were closed without the person's yes.
	seen and anonymous are counted beside it, never in it. It counts our own records: there is no interval.
	"""

	value: float | None
	settled: int
	n: int
	waiting: int
	ours: int
	seen: int
	anonymous: int
	method: str = "share of own records, no interval"


def counts_as_settled(voice: VoiceCount) -> bool:
	"""Above the line: settled by the person where their yes is needed, else told and not contested."""
	if voice.needs_source_yes:
		return voice.state == SETTLED and voice.settled_by == BY_PERSON
	return voice.state in (TOLD, SETTLED)


def told_and_settled(
	voices: Iterable[VoiceCount], start: datetime, end: datetime, now: datetime | None = None
) -> ToldAndSettled:
	"""The figure of a period, start included, end excluded; what is due only after `now` does not count yet.

	ValueError when the period ends before it starts.
	"""
	if end < start:
		raise ValueError("the period ends before it starts")
	end = min(end, now) if now is not None else end
	settled = waiting = n = seen = anonymous = 0
	for voice in voices:
		if not start <= voice.first_due_at < end:
			continue
		if voice.source_type == SEEN_SOURCE:
			seen += 1
		elif voice.source_type == ANONYMOUS:
			anonymous += 1
		else:
			n += 1
			if counts_as_settled(voice):
				settled += 1
			elif voice.state == TOLD:
				waiting += 1
	return ToldAndSettled(
		settled / n if n else None, settled, n, waiting, n - settled - waiting, seen, anonymous
	)


def week_of(day: date) -> date:
	"""The Monday of the day's week."""
	return day - timedelta(days=day.weekday())


def weekly(
	voices: Sequence[VoiceCount], today: date, weeks: int = 13, now: datetime | None = None
) -> list[tuple[date, ToldAndSettled]]:
	"""The figure for each of the last `weeks` weeks (Monday to Sunday), the running one last."""
	if weeks < 1:
		raise ValueError("at least one week is needed")
	first = week_of(today) - timedelta(weeks=weeks - 1)
	series = []
	for number in range(weeks):
		monday = first + timedelta(weeks=number)
		start = datetime.combine(monday, datetime.min.time())
		series.append((monday, told_and_settled(voices, start, start + timedelta(weeks=1), now)))
	return series
