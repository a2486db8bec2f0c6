"""Doors to units: re-resolving tickets, handing over, importing a mapping, accepting a suggestion."""

import frappe
from frappe import _
from frappe.utils import getdate

from cx_desk.host import requests
from cx_desk.units import assignments, cover, mapping_import, resolving


@frappe.whitelist(methods=["POST"])
def hand_over(leaver: str, successor: str, first_day: str) -> dict:
	"""Give everything somebody answers for to a successor."""
	frappe.has_permission("CX Liaison Assignment", "create", throw=True)
	frappe.has_permission("CX Liaison Assignment", "write", throw=True)
	return assignments.hand_over(leaver, successor, getdate(first_day))


@frappe.whitelist(methods=["POST"])
def start_resolving(only_unassigned: bool = False) -> str:
	"""Look up the unit of every ticket again, except those set by hand; returns the id of the job."""
	frappe.has_permission("CX Unit Mapping", "create", throw=True)
	return resolving.start(only_unassigned=frappe.utils.sbool(only_unassigned))


@frappe.whitelist()
def resolving_progress() -> dict:
	"""How far the last run has come: {"state", "done", "total", "changed", "message"}."""
	frappe.has_permission("CX Unit Mapping", "read", throw=True)
	return resolving.progress()


@frappe.whitelist(methods=["POST"])
def check_import(text: str, kind: str = "Person") -> dict:
	"""What an import would do, without writing anything."""
	frappe.has_permission("CX Unit Mapping", "import", throw=True)
	return mapping_import.check(text, kind)


@frappe.whitelist(methods=["POST"])
def run_import(
	text: str, kind: str = "Person", choices: str | dict | None = None, replace: bool = False
) -> dict:
	"""Write the rows that the check found good. `choices`: unknown unit -> an existing unit, or '' to make it."""
	frappe.has_permission("CX Unit Mapping", "import", throw=True)
	frappe.has_permission("CX Unit Mapping", "create", throw=True)
	return mapping_import.run(
		text, kind, requests.as_json(choices, dict), replace=frappe.utils.sbool(replace)
	)


@frappe.whitelist(methods=["POST"])
def accept_suggestion(kind: str, value: str, unit: str) -> dict:
	"""Make a suggested mapping and give its tickets their unit at once."""
	frappe.has_permission("CX Unit Mapping", "create", throw=True)
	_require_unit(unit)
	return resolving.accept(kind, value, unit)


@frappe.whitelist()
def who_answers(unit: str) -> dict:
	"""Today's liaison and deputy of a unit, each with name and the unit they are taken from."""
	_require_unit(unit)
	frappe.has_permission("CX Business Unit", "read", doc=unit, throw=True)
	card = cover.card_of(unit)
	return {
		role: card[role] and {"full_name": card[role].full_name, "of": card[role].of}
		for role in ("liaison", "deputy")
	}


def _require_unit(unit: str) -> None:
	if not frappe.db.exists("CX Business Unit", unit):
		frappe.throw(_("There is no unit {0}.").format(unit))
