"""Initiatives over time: how long each runs, for the Gantt view, and the days that count, for the calendar."""

import frappe
from frappe import _
from frappe.utils import getdate

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.initiatives import benefits, news, people

# Of the bar in the Gantt view, by where it stands: asked for, on its way, with users, resting or over.
ASKED, ON_ITS_WAY, WITH_USERS, RESTING = "#f5a524", "#4a90d9", "#3fa773", "#98a2b3"
COLORS = {
	**dict.fromkeys((machine.DRAFT, machine.SUBMITTED, machine.TRIAGE), ASKED),
	**dict.fromkeys(
		(machine.ASSESSING, machine.APPROVED, machine.IN_DELIVERY, machine.TRANSITION), ON_ITS_WAY
	),
	**dict.fromkeys((machine.EARLY_LIFE, machine.HANDED_OVER, machine.BENEFITS), WITH_USERS),
}


def keep(doc) -> None:
	"""First and last day and colour of the bar; without an agreed end there is none, and the view shows that."""
	doc.runs_from = getdate(doc.submitted_at or doc.creation)
	doc.color = COLORS.get(doc.stage, RESTING)
	if doc.stage in machine.OVER or doc.stage in (machine.HANDED_OVER, machine.BENEFITS):
		until = doc.stage_since
	else:
		until = doc.support_until or doc.golive_date or doc.wanted_by or doc.review_date
	doc.runs_until = max(getdate(until), doc.runs_from) if until else None


def events(start, end, filters=None) -> list[dict]:
	"""The days of a period that count: go-lives, ends of early life support, looks again, news and benefit reviews.

	Only of initiatives that the reader may see and that the filters of the list leave.
	"""
	first, last = getdate(start), getdate(end)
	rows = frappe.get_list(
		people.INITIATIVE,
		filters=[row[:4] for row in filters or []],
		fields=["name", "title", "stage", "golive_date", "live_at", "support_until", "review_date"],
		limit=0,
	)
	found = []
	for row in rows:
		if row.golive_date:
			text = _("Live: {0}") if row.live_at else _("Go-live: {0}")
			found.append(
				_event(people.INITIATIVE, row.name, text.format(row.title), row.golive_date, "go_live")
			)
		if row.stage == machine.EARLY_LIFE and row.support_until:
			text = _("Extra support ends: {0}").format(row.title)
			found.append(_event(people.INITIATIVE, row.name, text, row.support_until, "support"))
		if row.stage in (*machine.WAITING, machine.DECLINED) and row.review_date:
			text = _("Look at it again: {0}").format(row.title)
			found.append(_event(people.INITIATIVE, row.name, text, row.review_date, "again"))
	titles = {row.name: row.title for row in rows}
	for doctype, day, label, gone in (
		(news.NEWS, "due_on", _("News: {0} ({1})"), (news.SENT, news.CANCELLED)),
		(benefits.BENEFIT, "review_on", _("Benefit: {0} ({1})"), (core_benefit.CANCELLED,)),
	):
		parts = frappe.get_list(
			doctype,
			filters={
				"initiative": ["in", list(titles) or [""]],
				day: ["between", [first, last]],
				"state": ["not in", gone],
			},
			fields=["name", "title", "initiative", day],
			limit=0,
		)
		for part in parts:
			text = label.format(part.title, titles[part.initiative])
			found.append(_event(doctype, part.name, text, part[day], "part"))
	return [event for event in found if first <= getdate(event["start"]) <= last]


def _event(doctype: str, name: str, title: str, day, kind: str) -> dict:
	# A day is moved on the form, where what follows from it is seen; docstatus 1 keeps it from being dragged.
	return {
		"doctype": doctype,
		"name": name,
		"title": title,
		"start": str(getdate(day)),
		"end": str(getdate(day)),
		"kind": kind,
		"docstatus": 1,
	}
