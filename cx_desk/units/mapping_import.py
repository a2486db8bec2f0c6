"""Importing a mapping from two columns: checked first, written only when somebody has seen the check."""

import frappe
from frappe import _
from frappe.utils import now

from cx_desk.core import mapping_import as plans
from cx_desk.core.mapping import ORDER
from cx_desk.units.mapping import mapping_name
from cx_desk.units.tree import root_unit

# More than these are counted, not listed; the counts are always whole.
SHOWN = 200


def check(text: str, kind: str) -> dict:
	"""What an import would do: counts, lines with a problem, unknown units with the nearest names."""
	return _describe(_plan(text, kind, {}))


def run(text: str, kind: str, choices: dict, *, replace: bool = False) -> dict:
	"""Write the good lines; returns the counts of what was done.

	`choices` says for each unknown unit which unit is meant, or '' that it is to be made below the root; lines
	of unknown units without a choice are left out. `replace` also changes values that are mapped elsewhere.
	"""
	choices = {str(name): str(unit or "") for name, unit in (choices or {}).items()}
	made = [_make_unit(name) for name, unit in choices.items() if not unit]
	plan = _plan(text, kind, choices)
	new = plan.with_status(plans.NEW)
	changes = plan.with_status(plans.CHANGE) if replace else []
	_insert(kind, new)
	_change(kind, changes)
	left_out = len(plan.lines) - len(new) - len(changes) - plan.count(plans.SAME) - plan.count(plans.DOUBLE)
	return {
		"added": len(new),
		"changed": len(changes),
		"same": plan.count(plans.SAME) + plan.count(plans.DOUBLE),
		"left_out": left_out,
		"units_made": [unit for unit in made if unit],
	}


def _plan(text: str, kind: str, choices: dict) -> plans.Plan:
	if kind not in ORDER:
		frappe.throw(_("Choose what is mapped: one of {0}.").format(", ".join(_(one) for one in ORDER)))
	units = frappe.get_all("CX Business Unit", fields=["name", "is_unassigned"], order_by="lft")
	present = frappe.get_all("CX Unit Mapping", filters={"kind": kind}, fields=["value", "unit"])
	try:
		return plans.plan_import(
			text,
			kind,
			[unit.name for unit in units],
			{row.value: row.unit for row in present},
			choices,
			[unit.name for unit in units if unit.is_unassigned],
		)
	except ValueError as error:
		frappe.throw(_(str(error)))


def _describe(plan: plans.Plan) -> dict:
	problems = plan.with_status(plans.BAD, plans.CONFLICT, plans.DOUBLE, plans.CHANGE)
	statuses = (
		plans.NEW,
		plans.SAME,
		plans.CHANGE,
		plans.DOUBLE,
		plans.CONFLICT,
		plans.BAD,
		plans.UNKNOWN_UNIT,
	)
	waiting: dict[str, int] = {}
	for line in plan.with_status(plans.UNKNOWN_UNIT):
		waiting[line.unit] = waiting.get(line.unit, 0) + 1
	return {
		"lines": len(plan.lines),
		"counts": {status: plan.count(status) for status in statuses},
		"problems": [
			{
				"line": line.number,
				"value": line.value,
				"unit": line.unit,
				"status": line.status,
				"note": line.note,
			}
			for line in problems[:SHOWN]
		],
		"problems_not_shown": max(0, len(problems) - SHOWN),
		"unknown_units": [
			{"name": name, "nearest": list(near), "lines": waiting.get(name, 0)}
			for name, near in plan.unknown_units.items()
		],
	}


def _make_unit(name: str) -> str | None:
	name = " ".join(name.split())
	if not name or frappe.db.exists("CX Business Unit", name):
		return None
	unit = frappe.get_doc(
		{"doctype": "CX Business Unit", "unit_name": name, "parent_cx_business_unit": root_unit()}
	)
	return unit.insert().name


def _insert(kind: str, lines: list[plans.Line]) -> None:
	moment, user = now(), frappe.session.user
	frappe.db.bulk_insert(
		"CX Unit Mapping",
		["name", "creation", "modified", "owner", "modified_by", "kind", "value", "unit", "source"],
		[
			(
				mapping_name(kind, line.value),
				moment,
				moment,
				user,
				user,
				kind,
				line.value,
				line.unit,
				"Import",
			)
			for line in lines
		],
		ignore_duplicates=True,
	)


def _change(kind: str, lines: list[plans.Line]) -> None:
	by_unit: dict[str, list[str]] = {}
	for line in lines:
		by_unit.setdefault(line.unit, []).append(line.value)
	for unit, values in by_unit.items():
		frappe.db.set_value(
			"CX Unit Mapping", {"kind": kind, "value": ("in", values)}, {"unit": unit, "source": "Import"}
		)
