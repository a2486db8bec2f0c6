"""The tree of units read: what stands below a unit, what above it. A unit counts with everything below it."""

from collections.abc import Iterable

import frappe

UNIT = "CX Business Unit"


def below(unit: str) -> list[str]:
	"""A unit and all below it, in the order of the tree; itself alone where it is unknown."""
	place = _place(unit)
	if not place:
		return [unit]
	return frappe.get_all(
		UNIT, {"lft": (">=", place.lft), "rgt": ("<=", place.rgt)}, pluck="name", order_by="lft"
	)


def branches(units: Iterable[str]) -> dict[str, list[str]]:
	"""Unit -> itself and all below it, for those that exist. One query."""
	rows = frappe.get_all(UNIT, fields=["name", "lft", "rgt"], order_by="lft")
	place = {row.name: row for row in rows}
	return {
		unit: [row.name for row in rows if place[unit].lft <= row.lft and row.rgt <= place[unit].rgt]
		for unit in units
		if unit in place
	}


def relatives(unit: str) -> set[str]:
	"""A unit, all below it and all above it: tickets of one are tickets of the other."""
	place = _place(unit)
	if not place:
		return {unit}
	above = frappe.get_all(UNIT, {"lft": ("<", place.lft), "rgt": (">", place.rgt)}, pluck="name")
	return {*above, *below(unit)}


def _place(unit: str) -> frappe._dict | None:
	return frappe.db.get_value(UNIT, unit, ["lft", "rgt"], as_dict=True)
