"""Recurring visits by the host's Auto Repeat, begun and ended by who looks after the visit; one is always planned ahead.

The host lets only System Managers make an Auto Repeat, makes each record on the very day, and stops for good when its
job misses that day. Here the next visit is planned a turn ahead, so that it can be announced, and a missed day is made up.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, getdate, nowdate

from cx_desk.core import visit as machine
from cx_desk.immersion import suitable, visits

REPEAT = "Auto Repeat"
FREQUENCIES = ("Weekly", "Monthly", "Quarterly", "Half-yearly", "Yearly")
# A recurring visit that does not suit on its day is moved by at most so many days.
MOVED_DAYS = 14


def start(visit: str, frequency: str, until: str | None = None) -> dict:
	"""Repeat a visit, and plan the next one at once; its name and day. Permission is the caller's matter.

	until: no further one is planned from this day on. ValidationError with what is wrong.
	"""
	doc = frappe.get_doc(visits.VISIT, visit, for_update=True)
	if frequency not in FREQUENCIES:
		frappe.throw(_("Choose how often: {0}.").format(", ".join(_(one) for one in FREQUENCIES)))
	if doc.state == machine.CANCELLED:
		frappe.throw(_("This visit was cancelled. Plan it again, then repeat it."))
	if doc.auto_repeat:
		frappe.throw(_("This visit is repeated already. Stop that first."))
	first = max(getdate(doc.starts_on), getdate(nowdate()))
	end = None
	if cstr(until).strip():
		try:
			end = getdate(until)
		except Exception:
			end = None
		if not end or end <= first:
			frappe.throw(
				_("Give a last day after {0}, or leave it empty.").format(frappe.format(first, "Date"))
			)
	repeat = frappe.get_doc(
		{
			"doctype": REPEAT,
			"reference_doctype": visits.VISIT,
			"reference_document": doc.name,
			"frequency": frequency,
			"start_date": first,
			"end_date": end,
		}
	)
	# allowed: the host gives this doctype to System Managers alone; the visit's own permission was asked for
	repeat.insert(ignore_permissions=True)
	made = repeat.make_new_document()
	return {"visit": made.name, "starts_on": cstr(made.starts_on)}


def stop(visit: str) -> None:
	"""Plan no further ones; what is planned stays. Permission is the caller's matter."""
	name = frappe.db.get_value(visits.VISIT, visit, "auto_repeat")
	if not name or not frappe.db.exists(REPEAT, name):
		frappe.throw(_("This visit is not repeated."))
	repeat = frappe.get_doc(REPEAT, name)
	repeat.disabled = 1
	# allowed: as above
	repeat.save(ignore_permissions=True)
	frappe.db.set_value(visits.VISIT, {"auto_repeat": name}, "auto_repeat", None)


def show(doc) -> None:
	"""Say on the form whether it is repeated. The host's form asks for the Auto Repeat, which most people may not read."""
	doc.set_onload("repeats", bool(doc.auto_repeat))
	if not frappe.has_permission(REPEAT, "read"):
		doc.auto_repeat = None


def plan_next(doc, reference, auto_repeat) -> None:
	"""Fill a visit that Auto Repeat makes: ahead of today, the same time of day, nothing of the last.

	Where the unit must not be disturbed then, or nobody can go, it is the first weekday after that suits.
	"""
	was, ends = get_datetime(reference.starts_on), get_datetime(reference.ends_on)
	day = getdate(auto_repeat.next_schedule_date)
	while day <= getdate(nowdate()):
		day = getdate(auto_repeat.get_next_schedule_date(day, for_full_schedule=True))
	for row in doc.people:
		row.stayed_away = 0
	for ahead in range(MOVED_DAYS):
		on = day + timedelta(days=ahead)
		if ahead and on.weekday() >= 5:
			continue
		doc.starts_on = datetime.combine(on, was.time())
		doc.ends_on = doc.starts_on + (ends - was)
		if suitable.suits(doc):
			return
	frappe.throw(
		_("No day in the two weeks from {0} suits. Change the time of the visit that is repeated.").format(
			frappe.format(day, "Date")
		)
	)


def catch_up() -> int:
	"""Make up for days on which the host's job did not run, after which it would stay silent; how many."""
	missed = frappe.get_all(
		REPEAT,
		{
			"reference_doctype": visits.VISIT,
			"status": "Active",
			"disabled": 0,
			"next_schedule_date": ("<", nowdate()),
		},
		pluck="name",
	)
	for name in missed:
		repeat = frappe.get_doc(REPEAT, name)
		day = repeat.next_schedule_date
		repeat.create_documents()
		if not frappe.db.get_value(REPEAT, name, "disabled"):
			frappe.db.set_value(REPEAT, name, "next_schedule_date", repeat.get_next_schedule_date(day))
	return len(missed)
