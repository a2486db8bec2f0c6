"""The colour of an initiative, and the reasons for it: never a colour without its sentence."""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import format_date, getdate, now_datetime, nowdate

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.core import questions as core_questions
from cx_desk.initiatives import acceptance, benefits, facts, moving, news, questions, skills, tagging, waiting

WORDS = {
	"red": "Needs somebody now",
	"orange": "Look at it",
	"blue": "Waiting",
	"green": "On its way",
	"gray": "Over",
}
# The most pressing first.
ORDER = {colour: place for place, colour in enumerate(WORDS)}
SEAT_LATE_DAYS = 10
QUIET_DAYS = 21
NEAR_DAYS = 14

# A reason with the colour that it gives.
Reason = tuple[str, str]


def of(doc) -> tuple[str, list[str]]:
	"""(red, orange, blue, green or gray; the reasons), the most pressing first."""
	if doc.stage in machine.OVER:
		return "gray", []
	if doc.stage == machine.DRAFT:
		return "blue", [_("{0} is writing the request.").format(doc.requester_name or _("Somebody"))]
	found = [reason for part in _PARTS for reason in part(doc)]
	found.sort(key=lambda reason: ORDER[reason[0]])
	return (found[0][0] if found else "green"), [text for _colour, text in found]


def _first_answer(doc) -> Iterator[Reason]:
	if doc.stage != machine.SUBMITTED:
		return
	hours = moving.business_hours_between(doc.submitted_at, now_datetime()) if doc.submitted_at else 0
	limit = frappe.get_cached_doc("CX Settings").first_contact_hours or 8
	since = _("No human answer yet, for {0} business hours.").format(round(hours, 1))
	yield "red" if hours > limit else "orange", since if hours >= 0.1 else _("No human answer yet.")


def _questions(doc) -> Iterator[Reason]:
	asked = [row for row in questions.of(doc.name) if row.state == core_questions.OPEN]
	late = [row for row in asked if waiting.is_late(doc, row)]
	of_business = sum(row.turn == core_questions.BUSINESS for row in asked)
	if late:
		# The business is not chased by a colour that means us.
		others = any(row.turn != core_questions.BUSINESS for row in late)
		yield "red" if others else "orange", _("Questions overdue: {0}.").format(len(late))
	elif of_business and not waiting.is_still(doc):
		yield "blue", _("Questions that wait for the business: {0}.").format(of_business)


def _go_live(doc) -> Iterator[Reason]:
	state = acceptance.judged(doc)
	if state.expired:
		yield "red", _("A waiver has run out: {0}.").format(", ".join(state.expired))
	if not doc.golive_date or doc.stage in (*machine.REACHES_USERS, *machine.SIDE):
		return
	days = _days_to(doc.golive_date)
	if days < 0:
		yield "red", _("Go-live was agreed for {0}.").format(format_date(doc.golive_date))
	elif days <= NEAR_DAYS and state.blocking:
		yield (
			"red",
			_("{0} days to go-live, and {1} mandatory criteria are open.").format(days, len(state.blocking)),
		)
	late = [
		row.title
		for row in news.of(doc.name)
		if row.state not in (news.SENT, news.CANCELLED) and row.due_on and _days_to(row.due_on) < 0
	]
	if late:
		yield "red", _("News that should have gone out: {0}.").format(", ".join(late))


def _desk(doc) -> Iterator[Reason]:
	"""The desk's seat, and what it has to know."""
	if doc.stage in machine.SIDE:
		return
	seat = facts.seat_days(doc)
	late = not doc.desk_seat_at and seat is not None and seat > SEAT_LATE_DAYS
	if late and doc.stage != machine.SUBMITTED:
		yield "orange", _("The desk has no seat yet, for {0} days.").format(round(seat))
	still = len(skills.missing(doc))
	near = doc.golive_date and _days_to(doc.golive_date) <= NEAR_DAYS
	if still and (near or doc.live_at):
		yield "orange", _("What the desk has to know and does not know yet: {0}.").format(still)


def _support(doc) -> Iterator[Reason]:
	if doc.reopen_proposed:
		yield "red", _("Reopening early life support is proposed.")
	if doc.stage != machine.EARLY_LIFE:
		return
	if doc.support_until and _days_to(doc.support_until) < 0:
		yield (
			"orange",
			_("Early life support should have ended on {0}.").format(format_date(doc.support_until)),
		)
	if not tagging.has_rule(doc):
		yield "orange", _("No rule tags its tickets: only those that are tagged by hand count.")


def _benefits(doc) -> Iterator[Reason]:
	rows = [row for row in benefits.of(doc.name) if row.state not in core_benefit.FINISHED]
	unsigned = [row.title for row in rows if row.result]
	if unsigned:
		yield "orange", _("A result waits to be countersigned: {0}.").format(", ".join(unsigned))
	unread = [
		row.title
		for row in rows
		if doc.live_at and row.review_on and _days_to(row.review_on) < 0 and not row.result
	]
	if unread:
		yield "orange", _("To be judged, and no figure was read: {0}.").format(", ".join(unread))


def _rest(doc) -> Iterator[Reason]:
	if doc.stage not in machine.WAITING:
		return
	due = doc.review_date and _days_to(doc.review_date) <= 0
	yield (
		"orange" if due else "blue",
		_("It rests. Looked at again on {0}.").format(format_date(doc.review_date)),
	)


def _silence(doc) -> Iterator[Reason]:
	quiet = news.days_since_last(doc.name)
	if quiet is not None and quiet > QUIET_DAYS and doc.stage in (machine.IN_DELIVERY, machine.TRANSITION):
		yield "orange", _("No news for {0} days.").format(quiet)


_PARTS = (_first_answer, _questions, _go_live, _desk, _support, _benefits, _rest, _silence)


def _days_to(day) -> int:
	"""Days until a day; below 0 when it is past."""
	return (getdate(day) - getdate(nowdate())).days
