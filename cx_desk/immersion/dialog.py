"""What visits add to the CX dialog on a ticket: the coming or last visit to the unit, and who of the desk knows it."""

import frappe
from frappe import _
from frappe.query_builder.terms import ValueWrapper
from frappe.utils import format_date, format_datetime, get_datetime, now_datetime, pretty_date

from cx_desk.core import visit as machine
from cx_desk.immersion import knowledge, visits

MOST = 4
VISIT, PERSON = "visit", "person"
KEPT_SECONDS = 600


def section(ctx) -> dict | None:
	"""The coming and the last visit, and who knows the unit; None where there is neither.

	One query when nothing is cached, none after that: the dialog of every ticket of a unit shows the same.
	"""
	unit = ctx.ticket.cx_business_unit
	if not unit:
		return None
	rows = frappe.cache.get_value(_key(unit), expires=True)
	if rows is None:
		rows = _read(unit)
		frappe.cache.set_value(_key(unit), rows, expires_in_sec=KEPT_SECONDS)
	now = now_datetime()
	held = [row for row in rows if row.what == VISIT and row.state in machine.TOOK_PLACE]
	coming = [
		row
		for row in rows
		if row.what == VISIT and row.state == machine.PLANNED and get_datetime(row.at) >= now
	]
	# Who was confirmed by the unit comes before who only visited; the list is of this unit alone, without figures.
	people = sorted((row for row in rows if row.what == PERSON), key=lambda row: (-row.level, row.words))[
		:MOST
	]
	if not (coming or held or people):
		return None
	first = min(coming, key=lambda row: get_datetime(row.at), default=None)
	last = max(held, key=lambda row: get_datetime(row.at), default=None)
	return {
		"key": "visits",
		"title": _("Go and see"),
		"template": "cx_desk/templates/dialog/visits.html",
		"context": {
			"coming": first,
			"coming_when": format_datetime(first.at, "EEE d MMM, HH:mm") if first else "",
			"last": last,
			"last_when": pretty_date(get_datetime(last.at)) if last else "",
			"people": [
				{"name": row.words, "knows": _(knowledge.LEVELS[row.level]), "dated": format_date(row.at)}
				for row in people
			],
		},
	}


def _key(unit: str) -> str:
	return f"cx_visits_of_unit:{unit}"


def forget(*units: str) -> None:
	"""Drop what is cached of units now, and again after the commit so that no other process keeps the old."""
	for unit in units:
		if unit:
			frappe.cache.delete_value(_key(unit))
			frappe.db.after_commit.add(lambda unit=unit: frappe.cache.delete_value(_key(unit)))


def _read(unit: str) -> list[frappe._dict]:
	"""Visits of a unit and who knows it, in one query: what, words (type or name), state, at, level."""
	visit = frappe.qb.DocType(visits.VISIT)
	known = frappe.qb.DocType(knowledge.KNOWLEDGE)
	user = frappe.qb.DocType("User")
	seen = (
		frappe.qb.from_(visit)
		.select(
			ValueWrapper(VISIT).as_("what"),
			visit.type.as_("words"),
			visit.state.as_("state"),
			visit.starts_on.as_("at"),
			ValueWrapper(0).as_("level"),
		)
		.where(visit.unit == unit)
		.where(visit.state != machine.CANCELLED)
	)
	people = (
		frappe.qb.from_(known)
		.join(user)
		.on((user.name == known.user) & (user.enabled == 1))
		.select(ValueWrapper(PERSON), user.full_name, ValueWrapper(""), known.evidence_on, known.level)
		.where(known.unit == unit)
	)
	return seen.union_all(people).run(as_dict=True)
