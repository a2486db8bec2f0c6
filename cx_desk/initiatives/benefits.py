"""Benefits: a baseline before go-live, a target that differs, readings in order, a result that follows from them.

Who owns a benefit, hands it on, gives it up or signs its result stands in `ownership.py`.
"""

import frappe
from frappe import _
from frappe.utils import add_days, cint, cstr, flt, format_date, getdate, nowdate

from cx_desk.core import benefit as machine
from cx_desk.core import intake as core
from cx_desk.core.mapping import clean_address
from cx_desk.initiatives import ownership, people

BENEFIT = ownership.BENEFIT
# Asked for the first figure so long after go-live, and for the last one so long before the review.
FIRST_READING_DAYS = 14
LAST_READING_DAYS = 7
# Without these a row of the page or the form could not say where a benefit stands.
_FIELDS = (
	*(
		"name",
		"title",
		"kind",
		"state",
		"owner_name",
		"owner_email",
		"measure",
		"better",
		"baseline",
		"target",
	),
	*("attainment", "late_baseline", "review_on", "experience", "baseline_on", "baseline_plan", "result"),
	*("accepted_at", "next_owner_name", "next_owner_email", "countersigned_by", "unit"),
)


def of(initiative: str) -> list[frappe._dict]:
	"""The benefits of an initiative, each with its newest reading (latest and latest_on, None before there is one)."""
	rows = frappe.get_all(
		BENEFIT, filters={"initiative": initiative}, fields=list(_FIELDS), order_by="creation asc"
	)
	readings = frappe.get_all(
		"CX Benefit Reading",
		filters={"parent": ("in", [row.name for row in rows] or [""]), "parenttype": BENEFIT},
		fields=["parent", "value", "read_on"],
		order_by="read_on asc",
	)
	latest = {row.parent: row for row in readings}
	for row in rows:
		newest = latest.get(row.name)
		row.latest, row.latest_on = (newest.value, newest.read_on) if newest else (None, None)
	return rows


def next_review(rows) -> str:
	"""The last review that is still to come, for reading; empty when none is."""
	days = [getdate(row.review_on) for row in rows if row.review_on and row.state != machine.CANCELLED]
	coming = max((day for day in days if day > getdate(nowdate())), default=None)
	return format_date(coming) if coming else ""


def may_be_built(rows) -> bool:
	"""Whether a benefit has an owner who said yes, and a plan for its baseline or the baseline itself."""
	return any(row.state != machine.CANCELLED and not missing_before_building(row) for row in rows)


def missing_before_building(row) -> str:
	"""What a benefit still lacks before building begins, as a sentence; empty when nothing."""
	if not cstr(row.owner_name).strip():
		return _("it has no owner in the business")
	if not row.accepted_at:
		return _("{0} has not accepted it").format(row.owner_name)
	if not (row.baseline_on or cstr(row.baseline_plan).strip()):
		return _("nobody has planned how its baseline is taken")
	return ""


def unfinished(rows) -> tuple[str, ...]:
	"""Benefits without a result, each with what it waits for."""
	return tuple(f"{row.title} ({waits_for(row)})" for row in rows if row.state not in machine.FINISHED)


def waits_for(row) -> str:
	"""What a benefit waits for until it has a result, as half a sentence; empty once it has one."""
	if row.state in machine.FINISHED:
		return ""
	if row.next_owner_name:
		return _("{0} was asked to take it over").format(row.next_owner_name)
	if row.result:
		return _("the liaison countersigns the result")
	lacking = missing_before_building(row)
	if lacking:
		return lacking
	if not row.baseline_on:
		return _("its baseline is missing")
	if row.latest is None:
		return _("no figure was read yet")
	if row.review_on:
		return _("it is reviewed on {0}").format(format_date(row.review_on))
	return _("it has no day of review")


def came_true(rows) -> list[str]:
	"""What became of the benefits of several initiatives (rows as in `of`), as sentences.

	The share of results, and per measure how much of what was planned was reached: net, and without those that went
	beyond their plan hiding those that fell short (domain.md 5.12). A measure is left out while nothing was read in it.
	"""
	ended = [_OUTCOMES[row.state] for row in rows if row.state in machine.RESULTS]
	found = []
	if ended:
		found.append(
			_("Benefits with a result: {0} % reached (n = {1}; in part counts half).").format(
				round(100 * core.outcome_score(ended)), len(ended)
			)
		)
	read = [
		row for row in rows if row.latest is not None and row.baseline_on and row.state != machine.CANCELLED
	]
	for measure in sorted({row.measure for row in read}):
		pairs = [_planned_and_actual(row) for row in read if row.measure == measure]
		if sum(plan for plan, _actual in pairs) <= 0:
			continue
		total = core.portfolio(pairs)
		found.append(
			_("{0}: {1} % of what was planned, {2} % where none may go beyond its plan (n = {3}).").format(
				_(measure), round(100 * total.net), round(100 * total.capped), len(pairs)
			)
		)
	return found


_OUTCOMES = {machine.REALISED: "Achieved", machine.PARTLY: "Partly", machine.MISSED: "Not achieved"}


def _planned_and_actual(row) -> tuple[float, float]:
	"""How far a benefit is meant to go, and how far it went, in its measure; what gets worse on purpose is below 0."""
	plan = abs(flt(row.target) - flt(row.baseline))
	sign = -1 if row.kind == "Dis-benefit" else 1
	went = core.attainment(flt(row.baseline), flt(row.target), flt(row.latest)) if plan else 0.0
	return sign * plan, sign * plan * went


def keep(doc) -> None:
	"""Hold a benefit to its rules, and find its state from what is known of it."""
	before = doc.get_doc_before_save()
	doc.title = " ".join(cstr(doc.title).split())
	ownership.keep(doc, before)
	live = frappe.db.get_value(people.INITIATIVE, doc.initiative, "live_at")
	if doc.baseline_on:
		_keep_baseline(doc, live)
	elif doc.readings:
		frappe.throw(
			_("Before anything is read after go-live, take the baseline: what is it today?"),
			title=_("No baseline"),
		)
	_keep_readings(doc, before)
	doc.attainment = None
	if doc.baseline_on and doc.readings and flt(doc.baseline) != flt(doc.target):
		doc.attainment = round(
			core.attainment(flt(doc.baseline), flt(doc.target), flt(_newest(doc).value)) * 100, 1
		)
	_judge(doc, before)


def _judge(doc, before) -> None:
	"""State and result from the figures; a signature holds only for what was signed."""
	if before and doc.countersigned_at and _figures(doc) != _figures(before):
		doc.countersigned_by = doc.countersigned_at = None
		ownership.note(doc, _("The figures changed: the result is signed anew"))
	known = ownership.facts_of(doc)
	doc.result = machine.result(known)
	doc.state = machine.state(known)


def _figures(doc) -> tuple:
	readings = sorted((str(getdate(row.read_on)), flt(row.value)) for row in doc.readings or [])
	return (flt(doc.baseline), flt(doc.target), str(doc.review_on or ""), *readings)


def _has_target(doc) -> bool:
	"""Whether somebody set a target. A Float that nobody filled in is 0, and 0 is a target where less is better."""
	return bool(flt(doc.target) or (doc.better == "Lower" and flt(doc.baseline)))


def _keep_baseline(doc, live) -> None:
	if getdate(doc.baseline_on) > getdate(nowdate()):
		frappe.throw(_("The baseline was taken on a day to come. Correct the day."))
	if not cstr(doc.baseline_source).strip():
		frappe.throw(
			_("Say where the baseline comes from: a report, a count, a stop watch."), title=_("No source")
		)
	if _has_target(doc) and flt(doc.baseline) == flt(doc.target):
		frappe.throw(
			_(
				"Target and baseline are the same ({0}): nothing could get better. Correct one of the two."
			).format(flt(doc.target)),
			title=_("Target and baseline"),
		)
	lower = flt(doc.target) < flt(doc.baseline)
	if _has_target(doc) and lower != (doc.better == "Lower"):
		frappe.throw(
			_(
				"Better is {0}, but the target lies on the other side of the baseline. Correct the direction or the target."
			).format(_(doc.better)),
			title=_("The wrong direction"),
		)
	doc.late_baseline = cint(bool(live and getdate(doc.baseline_on) > getdate(live)))


def _keep_readings(doc, before) -> None:
	if doc.readings and not (before and before.readings):
		_may_be_read(doc)
	days = []
	for row in doc.readings or []:
		if getdate(row.read_on) <= getdate(doc.baseline_on):
			frappe.throw(
				_("Reading {0} lies before the baseline of {1}. Correct the day.").format(
					row.idx, format_date(doc.baseline_on)
				),
				title=_("Reading before the baseline"),
			)
		if getdate(row.read_on) > getdate(nowdate()):
			frappe.throw(_("Reading {0} lies in the future. Correct the day.").format(row.idx))
		if getdate(row.read_on) in days:
			frappe.throw(_("There are two readings of {0}. Keep one.").format(format_date(row.read_on)))
		days.append(getdate(row.read_on))
		row.by = row.by or frappe.utils.get_fullname(frappe.session.user)


def _may_be_read(doc) -> None:
	"""Before the first figure is read it is agreed what it is held against, by whom, and when it is judged."""
	if not doc.accepted_at:
		frappe.throw(
			_("Nobody in the business owns it yet. The owner accepts it first, on their page."),
			title=_("Without an owner"),
		)
	if not _has_target(doc):
		frappe.throw(_("Set the target first: what shall it be?"), title=_("No target"))
	if not doc.review_on:
		frappe.throw(_("Say first on which day it is judged."), title=_("No day of review"))


def may_be_read_by(row, email: str) -> bool:
	"""Whether this address can note a figure of a benefit (a row of `of`) now: its owner, once it has all it needs."""
	return bool(
		email
		and row.owner_email == email
		and row.review_on
		and row.state in (machine.BASELINED, machine.TRACKING)
		and row.latest_on != getdate(nowdate())
	)


def reading_is_due(row, live) -> bool:
	"""Whether the owner is asked for a figure: the first one a fortnight after go-live, the last one before the review.

	row: as in `of`. live: the moment of go-live, None before it. In between a figure is welcome, and not asked for.
	"""
	if not live:
		return False
	today = getdate(nowdate())
	if row.latest_on is None:
		return (today - getdate(live)).days >= FIRST_READING_DAYS or today >= getdate(row.review_on)
	begins = add_days(getdate(row.review_on), -LAST_READING_DAYS)
	return today >= begins and row.latest_on < begins


def _newest(doc):
	return max(doc.readings, key=lambda row: getdate(row.read_on))


def follow_up(doc) -> None:
	"""Whoever is asked to own it hears of it; so does who signs, once there is a result."""
	ownership.follow_up(doc)
	before = doc.get_doc_before_save()
	if doc.result and not doc.countersigned_at and (not before or before.result != doc.result):
		ownership.ask_for_signature(doc)


def refresh_states() -> int:
	"""The day of judgement comes by itself: results of benefits whose last review is over; how many were found."""
	due = {"state": machine.TRACKING, "review_on": ("<=", nowdate()), "result": ("is", "not set")}
	rows = frappe.get_all(BENEFIT, due, pluck="name")
	for name in rows:
		# allowed: a job of the scheduler
		frappe.get_doc(BENEFIT, name).save(ignore_permissions=True)
	return len(rows)


def read(name: str, email: str, value: float, source: str, by: str) -> None:
	"""A reading by the owner of the benefit, from their page."""
	doc = frappe.get_doc(BENEFIT, name, for_update=True)
	if clean_address(email) != cstr(doc.owner_email).lower():
		frappe.throw(_("This benefit is owned by {0}.").format(doc.owner_name), frappe.PermissionError)
	if not cstr(source).strip():
		frappe.throw(_("Say where the figure comes from: a report, a count, a stop watch."))
	doc.append(
		"readings",
		{"read_on": nowdate(), "value": flt(value), "source": cstr(source).strip()[:140], "by": by},
	)
	# allowed: the owner was judged above and has no permission on the record
	doc.save(ignore_permissions=True)
