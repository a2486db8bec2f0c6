"""What a survey can be asked about: the fixed list of events, who can be asked about each, and what must still hold.

An event belongs to one kind of survey. Its respondents are paths from the record to people; the first one is the
usual one. Schedules and dates are found by looking, all others in the record's own save.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# Stages of an initiative in their order; one that went further still reached an earlier one.
from cx_desk.core.initiative import MAIN as STAGE_ORDER

TICKET, VISIT, CONVERSATION = "Ticket", "Visit", "Conversation"
INITIATIVE, VOICE, RELATIONSHIP = "Initiative", "Voice", "Relationship"
KINDS = (TICKET, RELATIONSHIP, VISIT, CONVERSATION, INITIATIVE, VOICE)

REQUESTER, CONTACT, HOST, SPONSOR = "Requester", "Contact", "Host", "Sponsor"
PARTICIPANTS, SOURCE = "Participants", "The person who said it"
AFFECTED, THAT_MATTER, EVERYONE = "Affected users", "People that matter", "Everyone of the unit"
RESPONDENTS = (
	REQUESTER,
	CONTACT,
	HOST,
	SPONSOR,
	PARTICIPANTS,
	SOURCE,
	AFFECTED,
	THAT_MATTER,
	EVERYONE,
)

# Who can be asked about a record of each kind.
RESPONDENTS_OF: dict[str, tuple[str, ...]] = {
	TICKET: (REQUESTER, CONTACT, THAT_MATTER),
	VISIT: (HOST, PARTICIPANTS, THAT_MATTER),
	CONVERSATION: (CONTACT, PARTICIPANTS, THAT_MATTER),
	INITIATIVE: (SPONSOR, REQUESTER, AFFECTED, THAT_MATTER),
	VOICE: (SOURCE,),
	RELATIONSHIP: (EVERYONE, THAT_MATTER),
}
# The paths on which a role narrows down.
WITH_ROLES = (THAT_MATTER, EVERYONE)

TICKET_RESOLVED = "Ticket resolved"
VISIT_HELD, VISIT_SHARED = "Visit held", "Visit report shared"
CONVERSATION_HELD = "Conversation held"
STAGE_REACHED = "Initiative reached a stage"
VOICE_TOLD, VOICE_SETTLED = "Voice told", "Voice settled"
DATE_REACHED, ON_SCHEDULE = "Date reached", "On a schedule"


@dataclass(frozen=True)
class Event:
	"""kind: of record and survey. state: the one that is entered. holds: states in which the event is still true."""

	name: str
	kind: str
	state: str = ""
	holds: tuple[str, ...] = ()


EVENTS: dict[str, Event] = {
	event.name: event
	for event in (
		Event(TICKET_RESOLVED, TICKET, "Resolved", ("Resolved",)),
		Event(VISIT_HELD, VISIT, "Held", ("Held", "Shared", "Closed")),
		Event(VISIT_SHARED, VISIT, "Shared", ("Shared", "Closed")),
		Event(CONVERSATION_HELD, CONVERSATION, "Held", ("Held",)),
		Event(STAGE_REACHED, INITIATIVE),
		Event(VOICE_TOLD, VOICE, "Told", ("Told", "Settled")),
		Event(VOICE_SETTLED, VOICE, "Settled", ("Settled",)),
		Event(DATE_REACHED, ""),
		Event(ON_SCHEDULE, RELATIONSHIP),
	)
}

# The dates that a trigger can wait for: kind of record, and its field.
DATES: dict[str, tuple[str, str]] = {
	"Go-live of an initiative": (INITIATIVE, "golive_date"),
	"End of early life support": (INITIATIVE, "support_until"),
	"Day of a visit": (VISIT, "starts_on"),
	"Day of a conversation": (CONVERSATION, "starts_on"),
}
# The states in which a person of the desk may ask about a record outright, where not every one will do.
_ASKABLE: dict[str, tuple[str, ...]] = {
	VISIT: EVENTS[VISIT_HELD].holds,
	CONVERSATION: EVENTS[CONVERSATION_HELD].holds,
	VOICE: EVENTS[VOICE_TOLD].holds,
}
_BEFORE_ANYTHING = ("Draft", "Submitted")

# A date of these came to nothing.
CALLED_OFF = ("Cancelled", "Missed", "Declined", "Withdrawn", "Deferred", "On hold")


def kind_of(event: str, watched_date: str | None = None) -> str:
	"""The kind of survey that fits an event. ValueError on an unknown event or date."""
	if event not in EVENTS:
		raise ValueError(f"unknown event {event!r}; one of {', '.join(EVENTS)}")
	if event != DATE_REACHED:
		return EVENTS[event].kind
	if watched_date not in DATES:
		raise ValueError(f"unknown date {watched_date!r}; one of {', '.join(DATES)}")
	return DATES[watched_date][0]


def still_holds(event: str, state: str | None, stage: str | None = None) -> bool:
	"""Whether a record in this state is still as it was when the event happened.

	stage: for an initiative, the one that was reached. An event that is found by looking (a schedule) always holds;
	a date holds until what it belongs to is called off.
	"""
	if event == DATE_REACHED:
		return state not in CALLED_OFF
	if event == STAGE_REACHED:
		if state == stage:
			return True
		if state not in STAGE_ORDER or stage not in STAGE_ORDER:
			return False
		return STAGE_ORDER.index(state) >= STAGE_ORDER.index(stage)
	holds = EVENTS[event].holds if event in EVENTS else ()
	return not holds or state in holds


def can_be_asked_about(kind: str, state: str | None) -> bool:
	"""Whether a record in this state has something to be asked about: it took place, or is being worked on."""
	if kind == INITIATIVE:
		return bool(state) and state not in _BEFORE_ANYTHING
	return state in _ASKABLE.get(kind, ())


# A schedule asks each person once per period, everybody on a day of their own.


def period_of(day: date, months: int) -> int:
	"""The number of the period of so many months that a day lies in. ValueError outside 1 to 60 months."""
	if not 1 <= months <= 60:
		raise ValueError(f"a period has 1 to 60 months; got {months!r}")
	return (day.year * 12 + day.month - 1) // months


def first_day(period: int, months: int) -> date:
	"""The day on which a period begins."""
	year, month = divmod(period * months, 12)
	return date(year, month + 1, 1)


def slot_day(trigger: str, person: str, period: int, months: int) -> date:
	"""The day of a period on which a person is asked: the same place in every period, spread evenly over people.

	trigger, person: what the draw is made of, so that two schedules do not ask a person on one day.
	"""
	first, after = first_day(period, months), first_day(period + 1, months)
	share = int(hashlib.sha256(f"slot:{trigger}|{person}".encode()).hexdigest()[:12], 16) / 16**12
	return first + timedelta(days=int(share * (after - first).days))


def slots_between(
	trigger: str, person: str, since: date, until: date, months: int
) -> Iterable[tuple[int, date]]:
	"""The periods and days on which a person is asked from one day to another, both included."""
	for period in range(period_of(since, months), period_of(until, months) + 1):
		day = slot_day(trigger, person, period, months)
		if since <= day <= until:
			yield period, day
