"""Which units a person may see: computed from today's assignments, never from User Permissions.

Scopes are SQL subqueries, so that a permission condition costs no query of its own and one row is checked
with the very condition that filters its list.
"""

import frappe
from frappe.utils import nowdate

from cx_desk.core.units import DEPUTY, LIAISON

MANAGER_ROLE = "CX Manager"
LIAISON_ROLE = "CX Liaison"


def sees_everything(user: str) -> bool:
	"""Managers and the Administrator see every unit. A System Manager configures, and reads no answers."""
	return user == "Administrator" or MANAGER_ROLE in frappe.get_roles(user)


def visible_units(user: str) -> list[str] | None:
	"""Names of the units a person may see: their assignments with everything below; None means all."""
	if sees_everything(user):
		return None
	return _names(assigned_units_sql(user))


def sees_unit(user: str, unit: str | None) -> bool:
	"""Whether a unit lies within a person's scope; rows without a unit are the managers'."""
	return sees_everything(user) or holds(unit, assigned_units_sql(user))


def answers_for_unit(user: str, unit: str | None) -> bool:
	"""Whether a person is liaison or deputy of the unit or of one above it, today."""
	return holds(unit, assigned_units_sql(user, (LIAISON, DEPUTY)))


def is_near(user: str, unit: str | None) -> bool:
	"""Whether a person is the unit's own liaison or deputy: the nearest one upwards in the tree, today."""
	return sees_everything(user) or holds(unit, near_units_sql(user))


def near_units(user: str) -> list[str] | None:
	"""Names of the units whose nearest liaison or deputy a person is today; None means all."""
	return None if sees_everything(user) else _names(near_units_sql(user))


def holds(unit: str | None, units_sql: str) -> bool:
	"""Whether the unit is among those that a subquery of this module gives."""
	return bool(unit) and bool(_names(f"{units_sql} and cx_u.name = {frappe.db.escape(unit)}"))


def unit_condition(user: str, doctype: str, field: str = "unit") -> str:
	"""The SQL condition, in parentheses, that keeps a list of `doctype` within a person's scope."""
	if sees_everything(user):
		return "(1=1)"
	return within(doctype, field, assigned_units_sql(user))


def near_condition(user: str, doctype: str, field: str = "unit") -> str:
	"""The SQL condition, in parentheses, for rows of the units whose own liaison or deputy a person is."""
	if sees_everything(user):
		return "(1=1)"
	return within(doctype, field, near_units_sql(user))


def within(doctype: str, field: str, units_sql: str) -> str:
	"""The SQL condition, in parentheses, for rows whose unit a subquery gives."""
	return f"(`tab{doctype}`.`{field}` in ({units_sql}))"


# Begins with the person's own assignments: most people of a desk have none, and no unit is looked at for them.
_BELOW_ASSIGNED = (
	"`tabCX Liaison Assignment` cx_a"
	" inner join `tabCX Business Unit` cx_top on cx_top.name = cx_a.unit"
	" inner join `tabCX Business Unit` cx_u on cx_u.lft >= cx_top.lft and cx_u.rgt <= cx_top.rgt"
)


def assigned_units_sql(user: str, roles: tuple[str, ...] | None = None) -> str:
	"""Subquery: the units somebody is assigned to today, in any role or only in `roles`, and all below."""
	in_roles = f" and cx_a.role in ({', '.join(map(frappe.db.escape, roles))})" if roles else ""
	return (
		f"select distinct cx_u.name from {_BELOW_ASSIGNED}"
		f" where cx_a.user = {frappe.db.escape(user)}{in_roles} and {_today('cx_a')}"
	)


def near_units_sql(user: str) -> str:
	"""Subquery: the units whose liaison or deputy somebody is today, reached upwards past nobody else's."""
	roles = ", ".join(map(frappe.db.escape, (LIAISON, DEPUTY)))
	return (
		f"select distinct cx_u.name from {_BELOW_ASSIGNED}"
		f" where cx_a.user = {frappe.db.escape(user)} and cx_a.role in ({roles}) and {_today('cx_a')}"
		" and not exists (select 1 from `tabCX Liaison Assignment` cx_b"
		" inner join `tabCX Business Unit` cx_mid on cx_mid.name = cx_b.unit"
		f" where cx_b.role = cx_a.role and {_today('cx_b')}"
		" and cx_mid.lft <= cx_u.lft and cx_mid.rgt >= cx_u.rgt"
		" and cx_mid.lft > cx_top.lft and cx_mid.rgt < cx_top.rgt)"
	)


def _today(alias: str) -> str:
	today = frappe.db.escape(nowdate())
	return f"{alias}.from_date <= {today} and ({alias}.to_date is null or {alias}.to_date >= {today})"


def _names(units_sql: str) -> list[str]:
	return [
		row[0] for row in frappe.db.sql(units_sql)
	]  # allowed: the same text serves as permission condition
