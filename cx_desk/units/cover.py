"""Who answers for which unit, today or on a date."""

from datetime import date

import frappe
from frappe.utils import getdate, nowdate

from cx_desk.core import units as tree
from cx_desk.core.units import DEPUTY, LIAISON, SPECIALIST, Assignment, Cover
from cx_desk.host.statements import bound, prepared
from cx_desk.host.tickets import COVER, REACH, UNIT, cover_rows


def read_assignments(day: date | None = None) -> list[Assignment]:
	"""Every assignment, or those that hold on a day."""
	assignment = frappe.qb.DocType("CX Liaison Assignment")
	query = frappe.qb.from_(assignment).select(
		assignment.unit,
		assignment.user,
		assignment.role,
		assignment.from_date,
		assignment.to_date,
		assignment.name,
	)
	if day:
		query = query.where(assignment.from_date <= day).where(
			assignment.to_date.isnull() | (assignment.to_date >= day)
		)
	return [Assignment(*row) for row in query.run()]


def read_parents() -> dict[str, str | None]:
	"""Unit -> the unit above it."""
	rows = frappe.get_all("CX Business Unit", fields=["name", "parent_cx_business_unit"])
	return {row.name: row.parent_cx_business_unit for row in rows}


def cover_of(unit: str, on: date | None = None) -> Cover:
	"""Liaison, deputy and specialists of a unit, each from the nearest unit upwards that has one.

	One query: the assignments of the units from this one up to the root.
	"""
	day = getdate(on or nowdate())
	rows = _read_upwards(unit=unit, day=day)
	parents = {row.name: row.parent_cx_business_unit for row in rows}
	held = [Assignment(row.name, row.user, row.role, row.from_date, row.to_date) for row in rows if row.user]
	return tree.cover_of(unit, held, parents, day)


@prepared
def _read_upwards():
	here = frappe.qb.DocType("CX Business Unit").as_("here")
	above = frappe.qb.DocType("CX Business Unit").as_("above")
	assignment = frappe.qb.DocType("CX Liaison Assignment")
	day = bound("day")
	return (
		frappe.qb.from_(here)
		.join(above)
		.on((above.lft <= here.lft) & (above.rgt >= here.rgt))
		.left_join(assignment)
		.on(
			(assignment.unit == above.name)
			& (assignment.from_date <= day)
			& (assignment.to_date.isnull() | (assignment.to_date >= day))
		)
		.select(
			above.name,
			above.parent_cx_business_unit,
			assignment.user,
			assignment.role,
			assignment.from_date,
			assignment.to_date,
		)
		.where(here.name == bound("unit"))
	)


def card_of(unit: str) -> frappe._dict | None:
	"""The card of a unit by name, as `card_from` gives it for a ticket. One query."""
	day = getdate(nowdate())
	here = frappe.qb.DocType("CX Business Unit").as_("here")
	above = frappe.qb.DocType("CX Business Unit").as_("above")
	assignment = frappe.qb.DocType("CX Liaison Assignment")
	user = frappe.qb.DocType("User")
	found = (
		frappe.qb.from_(here)
		.join(above)
		.on((above.lft <= here.lft) & (above.rgt >= here.rgt))
		.left_join(assignment)
		.on(
			(assignment.unit == above.name)
			& (assignment.from_date <= day)
			& (assignment.to_date.isnull() | (assignment.to_date >= day))
		)
		.left_join(user)
		.on((user.name == assignment.user) & (user.enabled == 1))
		.select(
			*[above[field].as_(f"unit_{field}") for field in UNIT],
			*[assignment[field].as_(f"cover_{field}") for field in COVER],
			*[user[field].as_(f"user_{field}") for field in REACH],
		)
		.where(here.name == unit)
	).run(as_dict=True)
	return card_from(cover_rows(found), unit)


def card_from(rows: list[frappe._dict], unit: str | None) -> frappe._dict | None:
	"""A unit for reading: its path, tier, critical hours, and today's liaison, deputy and specialists as people.

	`rows` are a ticket's `cover_rows` (host.tickets.with_person). People are dicts of user, full_name, email,
	phone, subject and the unit they answer for.
	"""
	if not unit or not rows:
		return None
	day = getdate(nowdate())
	units = {row.unit.name: row.unit for row in rows}
	parents = {name: row.parent_cx_business_unit for name, row in units.items()}
	taken = [row for row in rows if row.user]
	held = [
		Assignment(row.unit.name, row.user.name, row.cover.role, row.cover.from_date, row.cover.to_date)
		for row in taken
	]
	cover = tree.cover_of(unit, held, parents, day)

	def person(name: str | None, role: str, of: str | None) -> frappe._dict | None:
		row = next(
			(
				row
				for row in taken
				if (row.user.name, row.cover.role) == (name, role) and of in (None, row.unit.name)
			),
			None,
		)
		return row and frappe._dict(
			user=name,
			full_name=row.user.full_name or name,
			email=row.user.email,
			phone=row.user.phone or row.user.mobile_no,
			subject=row.cover.subject,
			of=of,
		)

	own = units[unit]
	return frappe._dict(
		name=unit,
		path=list(reversed(tree.path_up(unit, parents)))[:-1],
		tier=own.tier,
		is_unassigned=bool(own.is_unassigned),
		critical_hours=own.critical_hours,
		liaison=person(cover.liaison, LIAISON, cover.liaison_from),
		deputy=person(cover.deputy, DEPUTY, cover.deputy_from),
		specialists=[person(name, SPECIALIST, None) for name in cover.specialists],
	)


def liaison_of(unit: str, on: date | None = None) -> frappe._dict:
	"""The users who answer for a unit on a day: liaison, deputy (each a user or None), specialists (a list).

	Each comes from the unit itself or else from the nearest unit above it that has one.
	"""
	cover = cover_of(unit, on)
	return frappe._dict(
		liaison=cover.liaison,
		deputy=cover.deputy,
		specialists=list(cover.specialists),
		liaison_from=cover.liaison_from,
		deputy_from=cover.deputy_from,
	)


def units_of(user: str, on: date | None = None) -> list[str]:
	"""The units whose liaison or deputy a person is on a day, those reached from further up included.

	A unit below that has a liaison of its own does not count as the upper one's.
	"""
	day = getdate(on or nowdate())
	assignments = read_assignments(day)
	if not any(row.user == user and row.role in (LIAISON, DEPUTY) for row in assignments):
		return []
	parents = read_parents()
	found = []
	for unit in parents:
		cover = tree.cover_of(unit, assignments, parents, day)
		if user in (cover.liaison, cover.deputy):
			found.append(unit)
	return found
