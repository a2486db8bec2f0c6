"""Which units a person may see: computed from today's assignments, never from User Permissions."""

import frappe
from frappe.utils import getdate, nowdate

from cx_desk.core.units import DEPUTY, LIAISON, merge_ranges

MANAGER_ROLE = "CX Manager"
LIAISON_ROLE = "CX Liaison"


def sees_everything(user: str) -> bool:
	"""Managers and the Administrator see every unit. A System Manager configures, and reads no answers."""
	return user == "Administrator" or MANAGER_ROLE in frappe.get_roles(user)


def scope_ranges(user: str, roles: tuple[str, ...] | None = None) -> list[tuple[int, int]]:
	"""Nested-set ranges of the units somebody is assigned to today, in any role or only in `roles`."""
	assignment = frappe.qb.DocType("CX Liaison Assignment")
	unit = frappe.qb.DocType("CX Business Unit")
	today = getdate(nowdate())
	query = (
		frappe.qb.from_(assignment)
		.join(unit)
		.on(unit.name == assignment.unit)
		.select(unit.lft, unit.rgt)
		.where(assignment.user == user)
		.where(assignment.from_date <= today)
		.where(assignment.to_date.isnull() | (assignment.to_date >= today))
	)
	if roles:
		query = query.where(assignment.role.isin(roles))
	return merge_ranges((row[0], row[1]) for row in query.run())


def visible_units(user: str) -> list[str] | None:
	"""Names of the units a person may see: their assignments with everything below; None means all."""
	if sees_everything(user):
		return None
	ranges = scope_ranges(user)
	if not ranges:
		return []
	unit = frappe.qb.DocType("CX Business Unit")
	inside = [(unit.lft >= left) & (unit.rgt <= right) for left, right in ranges]
	query = frappe.qb.from_(unit).select(unit.name).where(_any(inside)).orderby(unit.lft)
	return [row[0] for row in query.run()]


def sees_unit(user: str, unit: str | None) -> bool:
	"""Whether a unit lies within a person's scope; rows without a unit are the managers'."""
	if sees_everything(user):
		return True
	return bool(unit) and in_ranges(unit, scope_ranges(user))


def answers_for_unit(user: str, unit: str | None) -> bool:
	"""Whether a person is liaison or deputy of the unit or of one above it, today."""
	return bool(unit) and in_ranges(unit, scope_ranges(user, (LIAISON, DEPUTY)))


def in_ranges(unit: str, ranges: list[tuple[int, int]]) -> bool:
	"""Whether a unit lies in one of the nested-set ranges."""
	if not ranges:
		return False
	place = frappe.db.get_value("CX Business Unit", unit, ["lft", "rgt"])
	return bool(place) and any(left <= place[0] and place[1] <= right for left, right in ranges)


def unit_condition(user: str, doctype: str, field: str = "unit") -> str:
	"""The SQL condition, in parentheses, that keeps a list of `doctype` within a person's scope."""
	if sees_everything(user):
		return "(1=1)"
	return range_condition(scope_ranges(user), doctype, field)


def range_condition(ranges: list[tuple[int, int]], doctype: str, field: str = "unit") -> str:
	"""The SQL condition, in parentheses, for rows whose unit lies in one of the ranges."""
	if not ranges:
		return "(1=0)"
	inside = " or ".join(f"(cx_u.lft >= {int(left)} and cx_u.rgt <= {int(right)})" for left, right in ranges)
	return (
		f"(`tab{doctype}`.`{field}` in"
		f" (select cx_u.name from `tabCX Business Unit` cx_u where {inside}))"
	)


def names_condition(units: list[str], doctype: str, field: str = "unit") -> str:
	"""The SQL condition, in parentheses, for rows of exactly these units."""
	if not units:
		return "(1=0)"
	return f"(`tab{doctype}`.`{field}` in ({', '.join(frappe.db.escape(unit) for unit in units)}))"


def _any(conditions: list):
	result = conditions[0]
	for condition in conditions[1:]:
		result = result | condition
	return result
