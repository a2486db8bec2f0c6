"""How contact with each unit stands: the last real conversation, whoever had it, against the cadence of its tier."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import getdate, nowdate

from cx_desk.core.cadence import DUE, OVERDUE, Standing, standing
from cx_desk.core.conversation import HELD, PLANNED

CONVERSATION = "CX Conversation"


def standings(units: Iterable[str] | None = None, on: date | None = None) -> dict[str, Standing]:
	"""Unit -> how contact stands on a day (today); disabled units and the catcher of tickets are left out.

	Mail by automation and tickets are no conversations, so they cannot count. Two queries for all units.
	"""
	day = getdate(on or nowdate())
	filters = {"disabled": 0, "is_unassigned": 0}
	if units is not None:
		filters["name"] = ["in", list(units) or [""]]
	rows = frappe.get_all(
		"CX Business Unit", filters=filters, fields=["name", "tier", "creation"], order_by="lft"
	)
	last = last_held([row.name for row in rows], day)
	found = {}
	for row in rows:
		held = last.get(row.name)
		known_since = min(getdate(row.creation), day)
		found[row.name] = standing(
			row.tier,
			held.day if held else None,
			day,
			known_since=known_since,
			agreed_on=held.next_date if held else None,
		)
	return found


def last_held(units: Iterable[str], day: date) -> dict[str, frappe._dict]:
	"""Unit -> day, next_date, who, notes and name of its last held conversation up to a day."""
	units = list(units)
	if not units:
		return {}
	talk = frappe.qb.DocType(CONVERSATION)
	newest = (
		frappe.qb.from_(talk)
		.select(talk.unit, Max(talk.starts_on).as_("at"))
		.where(talk.state == HELD)
		.where(talk.starts_on < f"{day} 23:59:59.999999")
		.where(talk.unit.isin(units))
		.groupby(talk.unit)
	)
	rows = (
		frappe.qb.from_(talk)
		.join(newest)
		.on((newest.unit == talk.unit) & (newest.at == talk.starts_on))
		.select(talk.unit, talk.starts_on, talk.next_date, talk.who, talk.notes, talk.name)
		.where(talk.state == HELD)
	).run(as_dict=True)
	for row in rows:
		row.day = getdate(row.starts_on)
	return {row.unit: row for row in rows}


def next_planned(units: Iterable[str]) -> dict[str, frappe._dict]:
	"""Unit -> its next planned conversation from today on: starts_on, who, type, name."""
	rows = frappe.get_all(
		CONVERSATION,
		filters={"unit": ["in", list(units) or [""]], "state": PLANNED, "starts_on": [">=", nowdate()]},
		fields=["name", "unit", "starts_on", "who", "type"],
		order_by="starts_on desc",
	)
	return {row.unit: row for row in rows}


def work_list(units: Iterable[str] | None = None, on: date | None = None) -> list[tuple[str, Standing]]:
	"""Units whose conversation is due or overdue, the latest first: by state, then by how late in ideal gaps."""
	rank = {OVERDUE: 0, DUE: 1}
	found = [(unit, kept) for unit, kept in standings(units, on).items() if kept.state in rank]
	return sorted(found, key=lambda row: (rank[row[1].state], -row[1].lateness, row[0]))
