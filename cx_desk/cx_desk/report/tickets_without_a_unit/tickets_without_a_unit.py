"""Tickets that no mapping knows, with a suggestion that one click accepts."""

from frappe import _
from frappe.utils import cint

from cx_desk.units import unmapped


def execute(filters=None):
	filters = filters or {}
	rows = unmapped.rows(
		cint(filters.get("days") or unmapped.LOOK_BACK_DAYS), bool(cint(filters.get("only_suggested")))
	)
	tickets = sum(row["tickets"] for row in rows)
	cards = [
		{
			"label": _("Tickets"),
			"value": tickets,
			"datatype": "Int",
			"indicator": "Orange" if tickets else "Green",
		},
		{
			"label": _("With a suggestion"),
			"value": sum(row["tickets"] for row in rows if row["unit"]),
			"datatype": "Int",
		},
	]
	message = None if rows else _("Every ticket of this period has a unit.")
	return _columns(), rows, message, None, cards if rows else None


def _columns():
	return [
		{"fieldname": "person", "label": _("Person"), "fieldtype": "Data", "align": "left", "width": 190},
		{"fieldname": "tickets", "label": _("Tickets"), "fieldtype": "Int", "width": 80},
		{
			"fieldname": "unit",
			"label": _("Suggested unit"),
			"fieldtype": "Link",
			"options": "CX Business Unit",
			"align": "left",
			"width": 190,
		},
		{"fieldname": "action", "label": "", "fieldtype": "Data", "align": "left", "width": 110},
		{"fieldname": "kind", "label": _("By mapping"), "fieldtype": "Data", "align": "left", "width": 110},
		{"fieldname": "value", "label": _("Value"), "fieldtype": "Data", "align": "left", "width": 210},
		{"fieldname": "why", "label": _("Why"), "fieldtype": "Data", "align": "left", "width": 330},
		{"fieldname": "address", "label": _("Address"), "fieldtype": "Data", "align": "left", "width": 210},
		{
			"fieldname": "department",
			"label": _("Department"),
			"fieldtype": "Data",
			"align": "left",
			"width": 120,
		},
		{
			"fieldname": "customer",
			"label": _("HD Customer"),
			"fieldtype": "Data",
			"align": "left",
			"width": 120,
		},
		{"fieldname": "team", "label": _("Team"), "fieldtype": "Data", "align": "left", "width": 120},
		{"fieldname": "last", "label": _("Last ticket"), "fieldtype": "Datetime", "width": 160},
	]
