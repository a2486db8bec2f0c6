"""Whether one due row of the ledger is asked, waits, or is not asked and why. Facts in, decision out.

The order of the checks is the order of the reasons: what is no longer true comes before what was never wanted, and
both before what is merely too much. Every reason is a fixed English key, so that the ledger can be counted by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from fnmatch import fnmatchcase

from cx_desk.core.critical_hours import Critical

ASK, SUPPRESS, WITHDRAW, WAIT = "Ask", "Suppress", "Withdraw", "Wait"

GONE = "Deleted"
REOPENED = "Reopened"
MERGED = "Merged or duplicate"
SPAM = "Spam"
SWITCHED_OFF = "Switched off"
NO_ADDRESS = "No address"
SHARED_ADDRESS = "Shared or machine address"
UNKNOWN_PERSON = "Unknown person"
STAFF = "Staff"
OWN_DEPARTMENT = "Own department"
RATED = "Rated on portal"
HOST_ASKS = "Helpdesk's own feedback mail"
OPTED_OUT = "Opted out"
UNDELIVERABLE = "Undeliverable"
HOLD = "Hold"
NOT_DRAWN = "Not drawn"
NO_LANGUAGE = "Not in their language"
ENOUGH = "Enough answers"
COOLDOWN = "Asked recently"
BUDGET = "Yearly budget used"
UNIT_BUDGET = "Unit's budget used"
TOO_LATE = "Too late"

REASONS = (
	GONE,
	REOPENED,
	MERGED,
	SPAM,
	SWITCHED_OFF,
	NO_ADDRESS,
	SHARED_ADDRESS,
	UNKNOWN_PERSON,
	STAFF,
	OWN_DEPARTMENT,
	RATED,
	HOST_ASKS,
	OPTED_OUT,
	UNDELIVERABLE,
	HOLD,
	NOT_DRAWN,
	NO_LANGUAGE,
	ENOUGH,
	COOLDOWN,
	BUDGET,
	UNIT_BUDGET,
	TOO_LATE,
)


@dataclass(frozen=True)
class Settings:
	"""The rules that hold for everybody. Days and hours of 0 switch the rule off.

	send_from, send_until: wall-clock times in the unit's zone; equal times mean round the clock. Budgets count mails
	that ask: invitations and reminders, named and anonymous alike; a test and a mail that never left count nothing.
	unit_budget: mails to the people of one unit within unit_budget_days; a unit may have its own.
	"""

	send_from: time = time(9)
	send_until: time = time(17)
	drop_after_days: float = 3
	cooldown_days: float = 30
	yearly_budget: int = 6
	unit_budget: int = 0
	unit_budget_days: int = 30
	shared_addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
	"""What is known about one row when it is due. Moments are aware; `zone` is the business unit's.

	due_at: when it first became due, not moved by waiting. exists to spam: the event as it is now.
	asked_at: when this person last got a mail that asks, reminders among them. asked_in_year: how many such mails
	within 365 days. unit_asked: how many went to the unit within the days of its budget; unit_budget: the unit's own
	limit, 0 for the one of Settings. critical: the unit's critical hours. own_department: the person belongs to the
	department that is asked about. language_offered: the survey can be read in the person's language, or need not be.
	enough: the trigger's quota of answers is reached.
	settled_at: when the person last called a complaint settled: the next question is exempt from the
	cooldown once. hold: the reason of a hold in force for this unit, or empty. drawn: chosen by the trigger's sample.
	by_hand: somebody asked for it outright: delay, sample and the trigger's switch do not apply.
	undeliverable: a mail to this address came back lately, and nobody reads it. test: a member of the desk tries the survey: only the address counts.
	"""

	now: datetime
	due_at: datetime
	zone: tzinfo
	address: str
	exists: bool = True
	still_resolved: bool = True
	merged: bool = False
	spam: bool = False
	switched_on: bool = True
	known: bool = True
	staff: bool = False
	rated: bool = False
	host_asks: bool = False
	opted_out: bool = False
	undeliverable: bool = False
	hold: str = ""
	drawn: bool = True
	asked_at: datetime | None = None
	asked_in_year: int = 0
	unit_asked: int = 0
	unit_budget: int = 0
	critical: tuple[Critical, ...] = ()
	own_department: bool = False
	language_offered: bool = True
	enough: bool = False
	settled_at: datetime | None = None
	by_hand: bool = False
	test: bool = False


@dataclass(frozen=True)
class Decision:
	"""action: Ask, Suppress, Withdraw or Wait. reason: a key of REASONS, empty where asked or waiting.

	detail: what a person reads beside the reason. until: when to look again, for Wait.
	"""

	action: str
	reason: str = ""
	detail: str = field(default="", compare=False)
	until: datetime | None = None


def decide(facts: Facts, settings: Settings) -> Decision:
	"""What to do with one due row. ValueError on naive moments."""
	if facts.now.utcoffset() is None or facts.due_at.utcoffset() is None:
		raise ValueError("a decision needs moments with their time zone")
	if facts.test:
		return Decision(ASK) if facts.address else Decision(SUPPRESS, NO_ADDRESS)
	for applies, action, reason, detail in _objections(facts, settings):
		if applies:
			return Decision(action, reason, detail)
	opens = next_allowed(facts.now, facts.zone, settings, facts.critical)
	last = last_moment(facts.due_at, facts.zone, settings, facts.critical)
	if opens is None or (last is not None and max(opens, facts.now) > last):
		return Decision(SUPPRESS, TOO_LATE)
	return Decision(ASK) if opens <= facts.now else Decision(WAIT, until=opens)


def decide_reminder(facts: Facts, settings: Settings) -> Decision:
	"""What to do with a question that is out, unanswered and due for its reminder: ask again, wait, or leave it.

	A reminder draws on the same budgets as an invitation. The cooldown is no objection: it is the same question.
	"""
	if facts.now.utcoffset() is None:
		raise ValueError("a decision needs moments with their time zone")
	for applies, action, reason, detail in _reminder_objections(facts, settings):
		if applies:
			return Decision(action, reason, detail)
	opens = next_allowed(facts.now, facts.zone, settings, facts.critical)
	if opens is None:
		return Decision(SUPPRESS, TOO_LATE)
	return Decision(ASK) if opens <= facts.now else Decision(WAIT, until=opens)


def _objections(facts: Facts, settings: Settings) -> Iterable[tuple[bool, str, str, str]]:
	yield not facts.exists, WITHDRAW, GONE, ""
	yield facts.merged, SUPPRESS, MERGED, ""
	yield not facts.still_resolved, WITHDRAW, REOPENED, ""
	yield not facts.switched_on, SUPPRESS, SWITCHED_OFF, ""
	yield facts.spam, SUPPRESS, SPAM, ""
	yield not facts.address, SUPPRESS, NO_ADDRESS, ""
	yield is_shared(facts.address, settings.shared_addresses), SUPPRESS, SHARED_ADDRESS, ""
	yield facts.staff, SUPPRESS, STAFF, ""
	yield not facts.known, SUPPRESS, UNKNOWN_PERSON, ""
	yield facts.own_department, SUPPRESS, OWN_DEPARTMENT, ""
	yield facts.rated, SUPPRESS, RATED, ""
	yield facts.host_asks, SUPPRESS, HOST_ASKS, ""
	yield facts.opted_out, SUPPRESS, OPTED_OUT, ""
	yield facts.undeliverable, SUPPRESS, UNDELIVERABLE, ""
	yield bool(facts.hold), SUPPRESS, HOLD, facts.hold
	yield not facts.drawn and not facts.by_hand, SUPPRESS, NOT_DRAWN, ""
	yield not facts.language_offered, SUPPRESS, NO_LANGUAGE, ""
	yield facts.enough and not facts.by_hand, SUPPRESS, ENOUGH, ""
	yield in_cooldown(facts, settings), SUPPRESS, COOLDOWN, ""
	yield from _budgets(facts, settings)


def _budgets(facts: Facts, settings: Settings) -> Iterable[tuple[bool, str, str, str]]:
	yield bool(settings.yearly_budget) and facts.asked_in_year >= settings.yearly_budget, SUPPRESS, BUDGET, ""
	unit_budget = facts.unit_budget or settings.unit_budget
	yield bool(unit_budget) and facts.unit_asked >= unit_budget, SUPPRESS, UNIT_BUDGET, ""


def _reminder_objections(facts: Facts, settings: Settings) -> Iterable[tuple[bool, str, str, str]]:
	yield not facts.exists, SUPPRESS, GONE, ""
	yield not facts.still_resolved, SUPPRESS, REOPENED, ""
	yield not facts.address, SUPPRESS, NO_ADDRESS, ""
	yield facts.staff, SUPPRESS, STAFF, ""
	yield facts.opted_out, SUPPRESS, OPTED_OUT, ""
	yield facts.undeliverable, SUPPRESS, UNDELIVERABLE, ""
	yield bool(facts.hold), SUPPRESS, HOLD, facts.hold
	yield facts.enough and not facts.by_hand, SUPPRESS, ENOUGH, ""
	yield from _budgets(facts, settings)


def in_cooldown(facts: Facts, settings: Settings) -> bool:
	"""Whether the person was asked too recently, whatever it was about."""
	if not settings.cooldown_days or facts.asked_at is None:
		return False
	if facts.settled_at is not None and facts.settled_at > facts.asked_at:
		return False
	return facts.now - facts.asked_at < timedelta(days=settings.cooldown_days)


def is_shared(address: str, patterns: Iterable[str]) -> bool:
	"""Whether no single person reads this address: it fits one of the patterns, in which * stands for anything."""
	address = address.lower()
	return any(
		fnmatchcase(address, _only_stars(pattern)) for pattern in patterns if pattern and pattern.strip()
	)


def _only_stars(pattern: str) -> str:
	# In an address [ and ? are rare but not wild.
	return pattern.strip().lower().replace("[", "[[]").replace("?", "[?]")


def is_drawn(name: str, percent: float) -> bool:
	"""Whether the row of that name is in a sample of so many percent: a draw that is the same each time."""
	share = int(hashlib.sha256(f"sample:{name}".encode()).hexdigest()[:12], 16) / 16**12
	return share * 100 < percent


def next_opening(moment: datetime, zone: tzinfo, opens: time, closes: time) -> datetime:
	"""The moment itself where it lies in the daily window of that zone, else when the window opens next."""
	if opens == closes:
		return moment
	local = moment.astimezone(zone)
	clock = local.time()
	inside = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
	if inside:
		return moment
	day = local.date() if clock < opens else local.date() + timedelta(days=1)
	return datetime.combine(day, opens, tzinfo=zone)


# Longer than any critical hours that are meant; beyond it a unit has no time for questions at all.
_LONGEST_WAIT = timedelta(days=62)


def next_allowed(
	moment: datetime, zone: tzinfo, settings: Settings, critical: Iterable[Critical] = ()
) -> datetime | None:
	"""The moment itself where people may be disturbed, else when they may be next: within the sending hours and
	outside the unit's critical hours. None where critical hours leave no such time within two months.
	"""
	critical, found = tuple(critical), moment
	while found - moment <= _LONGEST_WAIT:
		opened = next_opening(found, zone, settings.send_from, settings.send_until)
		local = opened.astimezone(zone).replace(tzinfo=None)
		over = max((end for one in critical if (end := one.until(local))), default=None)
		if over is None:
			return opened
		# Where clocks are put back, the end of critical hours can lie before the moment it was read from.
		found = max(over.replace(tzinfo=zone), opened + timedelta(minutes=1))
	return None


def last_moment(
	due: datetime, zone: tzinfo, settings: Settings, critical: Iterable[Critical] = ()
) -> datetime | None:
	"""When a row that is due can last be sent: so many days after its first possible moment. None: no limit."""
	if not settings.drop_after_days:
		return None
	first = next_allowed(due, zone, settings, critical) or due
	return first + timedelta(days=settings.drop_after_days)


def quota_reached(answered: int, quota: int | None) -> bool:
	"""Whether so many have answered that nobody else needs to be asked; without a quota never."""
	return bool(quota) and answered >= quota


@dataclass(frozen=True)
class Hold:
	"""A period, first and last day included, in which nobody of these units is asked. No units: all of them."""

	first: date
	last: date
	reason: str
	units: frozenset[str] = frozenset()


def hold_in_force(holds: Iterable[Hold], day: date, unit: str | None) -> str:
	"""The reason of the first hold that covers the day and the unit; empty where there is none."""
	for hold in holds:
		if hold.first <= day <= hold.last and (not hold.units or unit in hold.units):
			return hold.reason
	return ""


def pick_language(wanted: Iterable[str | None], offered: Iterable[str]) -> str:
	"""The first wanted language that is offered, a region giving way to its language; else the first offered.

	ValueError where none is offered.
	"""
	offered = list(offered)
	if not offered:
		raise ValueError("a survey has at least the language it is written in")
	for language in wanted:
		for candidate in (language, (language or "").split("-")[0]):
			if candidate and candidate in offered:
				return candidate
	return offered[0]


def is_offered(wanted: str | None, offered: Iterable[str]) -> bool:
	"""Whether somebody who reads one language can be asked in it, a region giving way to its language."""
	offered = list(offered)
	return not wanted or wanted in offered or wanted.split("-")[0] in offered
