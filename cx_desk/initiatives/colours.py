"""The colour of an initiative, and the reasons for it: never a colour without its sentence."""

import frappe
from frappe import _
from frappe.utils import cint, format_date, getdate, now_datetime, nowdate

from cx_desk.core import initiative as machine
from cx_desk.initiatives import (
	acceptance,
	benefits,
	facts,
	moving,
	news,
	people,
	questions,
	skills,
	tagging,
	templates,
	waiting,
)

WORDS = {
	"red": "Needs somebody now",
	"orange": "Look at it",
	"blue": "Waiting",
	"green": "On its way",
	"gray": "Over",
}
SEAT_LATE_DAYS = 10
QUIET_DAYS = 21
NEAR_DAYS = 14


def of(doc) -> tuple[str, list[str]]:
	"""(red, orange, blue, green or gray; the reasons), the most pressing first."""
	if doc.stage in machine.OVER:
		return "gray", []
	if doc.stage == machine.DRAFT:
		return "blue", [_("{0} is writing the request.").format(doc.requester_name or _("Somebody"))]
	red, orange, blue = [], [], []
	today = getdate(nowdate())
	if doc.stage == machine.SUBMITTED:
		hours = moving.business_hours_between(doc.submitted_at, now_datetime()) if doc.submitted_at else 0
		limit = frappe.get_cached_doc("CX Settings").first_contact_hours or 8
		since = _("No human answer yet, for {0} business hours.").format(round(hours, 1))
		(red if hours > limit else orange).append(since if hours >= 0.1 else _("No human answer yet."))
	asked = [row for row in questions.of(doc.name) if row.state == "Open"]
	late = [row for row in asked if waiting.is_late(doc, row)]
	if late:
		(red if any(row.turn != "Business" for row in late) else orange).append(
			_("Questions overdue: {0}.").format(len(late))
		)
	elif any(row.turn == "Business" for row in asked) and not waiting.is_still(doc):
		blue.append(
			_("Questions that wait for the business: {0}.").format(
				sum(row.turn == "Business" for row in asked)
			)
		)
	state = acceptance.judged(doc)
	if state.expired:
		red.append(_("A waiver has run out: {0}.").format(", ".join(state.expired)))
	if doc.golive_date and doc.stage not in (*machine.REACHES_USERS, *machine.SIDE):
		days = (getdate(doc.golive_date) - today).days
		if days < 0:
			red.append(_("Go-live was agreed for {0}.").format(format_date(doc.golive_date)))
		elif days <= NEAR_DAYS and state.blocking:
			red.append(
				_("{0} days to go-live, and {1} mandatory criteria are open.").format(
					days, len(state.blocking)
				)
			)
		late_news = [
			row
			for row in news.of(doc.name)
			if row.state not in ("Sent", "Cancelled") and row.due_on and getdate(row.due_on) < today
		]
		if late_news:
			red.append(
				_("News that should have gone out: {0}.").format(", ".join(row.title for row in late_news))
			)
	seat = facts.seat_days(doc)
	if not doc.desk_seat_at and seat is not None and seat > SEAT_LATE_DAYS and doc.stage != machine.SUBMITTED:
		orange.append(_("The desk has no seat yet, for {0} days.").format(round(seat)))
	if doc.stage == machine.EARLY_LIFE and doc.support_until and getdate(doc.support_until) < today:
		orange.append(
			_("Early life support should have ended on {0}.").format(format_date(doc.support_until))
		)
	still = len(skills.missing(doc))
	near = doc.golive_date and (getdate(doc.golive_date) - today).days <= NEAR_DAYS
	if still and (near or doc.live_at) and doc.stage not in machine.SIDE:
		orange.append(_("What the desk has to know and does not know yet: {0}.").format(still))
	if doc.stage == machine.EARLY_LIFE and not tagging.has_rule(doc):
		orange.append(_("No rule tags its tickets: only those that are tagged by hand count."))
	if doc.reopen_proposed:
		red.append(_("Reopening early life support is proposed."))
	if doc.stage in machine.WAITING:
		due = doc.review_date and getdate(doc.review_date) <= today
		(orange if due else blue).append(
			_("It rests. Looked at again on {0}.").format(format_date(doc.review_date))
		)
	quiet = news.days_since_last(doc.name)
	if quiet is not None and quiet > QUIET_DAYS and doc.stage in (machine.IN_DELIVERY, machine.TRANSITION):
		orange.append(_("No news for {0} days.").format(quiet))
	for colour, reasons in (("red", red), ("orange", orange), ("blue", blue)):
		if reasons:
			return colour, [*red, *orange, *blue]
	return "green", []


def overview(filters: dict | None = None) -> list[frappe._dict]:
	"""Every initiative that the reader may see, with colour, reasons, clocks and burden."""
	filters = filters or {}
	conditions = {}
	if filters.get("unit"):
		conditions["unit"] = filters["unit"]
	if filters.get("lead"):
		conditions["lead"] = filters["lead"]
	if not cint(filters.get("over")):
		conditions["stage"] = ["not in", machine.OVER]
	found = []
	for name in frappe.get_list(
		people.INITIATIVE, filters=conditions, pluck="name", order_by="modified desc", limit=0
	):
		doc = frappe.get_doc(people.INITIATIVE, name)
		colour, reasons = of(doc)
		waits = waiting.days_waiting(doc)
		burden = waiting.burden(doc)
		seat = facts.seat_days(doc)
		found.append(
			frappe._dict(
				name=name,
				title=doc.title,
				unit=doc.unit,
				stage=templates.label_of(doc, doc.stage),
				template=doc.template,
				lead=doc.lead,
				colour=colour,
				state=_(WORDS[colour]),
				reasons=" ".join(reasons),
				first_answer_hours=doc.first_answer_hours if doc.first_answer_at else None,
				seat_days=None if seat is None else round(seat, 1),
				held_days=round(facts.days_held(doc), 1),
				golive=doc.golive_date,
				support_until=doc.support_until,
				extensions=len(doc.extensions),
				days_business=round(waits.get("Business", 0.0), 1),
				days_desk=round(waiting.on_us(waits), 1),
				teams=burden.teams,
				meetings=burden.meetings,
				questions=burden.questions,
				repeated=None if burden.repeated is None else round(burden.repeated * 100, 1),
				overruled=sum(row.outcome == "Overruled" for row in doc.gates),
			)
		)
	order = {"red": 0, "orange": 1, "blue": 2, "green": 3, "gray": 4}
	return sorted(found, key=lambda row: order[row.colour])


def benefits_of(rows) -> list[str]:
	"""What became of the benefits of the initiatives in the overview, as sentences."""
	return benefits.came_true([one for row in rows for one in benefits.of(row.name)])


def first_answers(rows) -> str:
	"""How long the business waited for a first human answer, as a sentence; empty without any."""
	from cx_desk.core.intake import waiting

	hours = [row.first_answer_hours for row in rows if row.first_answer_hours is not None]
	if not hours:
		return ""
	found = waiting(hours)
	return _(
		"First human answer: half within {0} business hours, nine of ten within {1}; within 8 hours {2} % (n = {3})."
	).format(round(found.median, 1), round(found.p90, 1), round(found.within * 100), found.n)
