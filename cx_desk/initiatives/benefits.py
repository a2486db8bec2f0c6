"""Benefits: owned in the business, with a baseline before go-live, a target that differs, and readings in order."""

import frappe
from frappe import _
from frappe.utils import cstr, flt, format_date, getdate, nowdate

from cx_desk.core import intake as core
from cx_desk.core.mapping import clean_address
from cx_desk.initiatives import people

BENEFIT = "CX Benefit"
IDENTIFIED, OWNED, BASELINED, TRACKING = "Identified", "Owned", "Baselined", "Tracking"
REALISED, PARTLY, MISSED, CANCELLED = "Realised", "Partly", "Missed", "Cancelled"
FINISHED = (REALISED, PARTLY, MISSED, CANCELLED)
# One good reading may be luck: realised takes two.
READINGS_FOR_REALISED = 2


def of(initiative: str) -> list[frappe._dict]:
	"""The benefits of an initiative."""
	return frappe.get_all(
		BENEFIT,
		filters={"initiative": initiative},
		fields=[
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
			*("attainment", "late_baseline", "review_on", "experience", "baseline_on", "baseline_plan"),
		],
		order_by="creation asc",
	)


def read_today(name: str) -> bool:
	"""Whether somebody noted a figure today: a day has one."""
	return bool(
		frappe.db.exists("CX Benefit Reading", {"parent": name, "parenttype": BENEFIT, "read_on": nowdate()})
	)


def next_review(rows) -> str:
	"""The last review that is still to come, for reading; empty when none is."""
	days = [getdate(row.review_on) for row in rows if row.review_on and row.state != CANCELLED]
	coming = max((day for day in days if day > getdate(nowdate())), default=None)
	return format_date(coming) if coming else ""


def keep(doc) -> None:
	"""Hold a benefit to its rules, and find its state from what is known of it."""
	from cx_desk.host.people import is_staff

	doc.owner_email = clean_address(doc.owner_email) or None
	if doc.owner_email and is_staff(doc.owner_email):
		frappe.throw(
			_("{0} works for the desk. A benefit is owned in the business.").format(
				doc.owner_name or doc.owner_email
			),
			title=_("Owner in the business"),
		)
	live = frappe.db.get_value(people.INITIATIVE, doc.initiative, "live_at")
	has_target = (
		doc.target is not None and cstr(doc.target) != "" and (flt(doc.target) or _said(doc, "target"))
	)
	if doc.baseline_on:
		_keep_baseline(doc, live, has_target)
	elif doc.readings:
		frappe.throw(
			_("Before anything is read after go-live, take the baseline: what is it today?"),
			title=_("No baseline"),
		)
	_keep_readings(doc)
	doc.attainment = None
	if doc.baseline_on and doc.readings and flt(doc.baseline) != flt(doc.target):
		doc.attainment = round(
			core.attainment(flt(doc.baseline), flt(doc.target), flt(_newest(doc).value)) * 100, 1
		)
	doc.state = state_of(doc)


def _said(doc, fieldname: str) -> bool:
	# A target of 0 is a target: a Float that nobody filled in is 0 as well.
	return doc.better == "Lower" and flt(doc.baseline) != 0


def _keep_baseline(doc, live, has_target: bool) -> None:
	if getdate(doc.baseline_on) > getdate(nowdate()):
		frappe.throw(_("The baseline was taken on a day to come. Correct the day."))
	if not cstr(doc.baseline_source).strip():
		frappe.throw(
			_("Say where the baseline comes from: a report, a count, a stop watch."), title=_("No source")
		)
	if has_target and flt(doc.baseline) == flt(doc.target):
		frappe.throw(
			_(
				"Target and baseline are the same ({0}): nothing could get better. Correct one of the two."
			).format(flt(doc.target)),
			title=_("Target and baseline"),
		)
	lower = flt(doc.target) < flt(doc.baseline)
	if has_target and lower != (doc.better == "Lower"):
		frappe.throw(
			_(
				"Better is {0}, but the target lies on the other side of the baseline. Correct the direction or the target."
			).format(_(doc.better)),
			title=_("The wrong direction"),
		)
	doc.late_baseline = int(bool(live and getdate(doc.baseline_on) > getdate(live)))


def _keep_readings(doc) -> None:
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


def _newest(doc):
	return max(doc.readings, key=lambda row: getdate(row.read_on))


def state_of(doc) -> str:
	"""Where a benefit stands: nothing about it is set by hand but what was measured and when it is judged."""
	if cstr(doc.cancel_reason).strip():
		return CANCELLED
	if not cstr(doc.owner_name).strip():
		return IDENTIFIED
	if not doc.baseline_on:
		return OWNED
	if not doc.readings:
		return BASELINED
	over = doc.review_on and getdate(doc.review_on) <= getdate(nowdate())
	if not over:
		return TRACKING
	reached = flt(doc.attainment)
	if reached >= 100 and len(doc.readings) >= READINGS_FOR_REALISED:
		return REALISED
	return PARTLY if reached > 0 else MISSED


def follow_up(doc) -> None:
	"""The owner may see the page of the initiative."""
	if doc.owner_email:
		people.add(doc.initiative, doc.owner_name, doc.owner_email, people.OWNER)


def refresh_states() -> int:
	"""The day of judgement comes by itself: states of benefits whose last review is over."""
	rows = frappe.get_all(BENEFIT, {"state": TRACKING, "review_on": ("<=", nowdate())}, pluck="name")
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
