"""All initiatives that the reader may see: a colour with its reasons, the clocks, and what was asked of the business."""

import frappe
from frappe import _

from cx_desk.initiatives import colours, overview


def execute(filters: dict | None = None):
	rows = overview.rows_of(filters)
	said = [overview.first_answers(rows), *overview.came_true(rows)]
	return (
		columns(),
		rows,
		"<br>".join(frappe.utils.escape_html(line) for line in said if line),
		None,
		summary(rows),
	)


def columns() -> list[dict]:
	"""Of initiatives and units only: no figure stands beside a person of the desk."""
	return [
		{"fieldname": "title", "label": _("Initiative"), "fieldtype": "Data", "width": 230},
		{"fieldname": "state", "label": _("How it is"), "fieldtype": "Data", "width": 180},
		{"fieldname": "reasons", "label": _("Why"), "fieldtype": "Data", "width": 470},
		{"fieldname": "stage", "label": _("Stage"), "fieldtype": "Data", "width": 180},
		{
			"fieldname": "unit",
			"label": _("Business unit"),
			"fieldtype": "Link",
			"options": "CX Business Unit",
			"width": 150,
		},
		{"fieldname": "golive", "label": _("Go-live"), "fieldtype": "Date", "width": 125},
		{"fieldname": "support_until", "label": _("Support until"), "fieldtype": "Date", "width": 125},
		{
			"fieldname": "name",
			"label": _("Number"),
			"fieldtype": "Link",
			"options": "CX Initiative",
			"width": 110,
		},
		{"fieldname": "extensions", "label": _("Extended"), "fieldtype": "Int", "width": 90},
		{
			"fieldname": "first_answer_hours",
			"label": _("First answer (business hours)"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 120,
		},
		{
			"fieldname": "seat_days",
			"label": _("Desk seat (days)"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 120,
		},
		{
			"fieldname": "held_days",
			"label": _("Rested (days)"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 110,
		},
		{"fieldname": "overruled", "label": _("Advice overruled"), "fieldtype": "Int", "width": 120},
		{
			"fieldname": "days_business",
			"label": _("Waited for the business (days)"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 120,
		},
		{
			"fieldname": "days_desk",
			"label": _("Waited for us (days)"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 120,
		},
		{"fieldname": "questions", "label": _("Questions"), "fieldtype": "Int", "width": 90},
		{
			"fieldname": "repeated",
			"label": _("Asked before"),
			"fieldtype": "Percent",
			"precision": 1,
			"width": 110,
		},
		{"fieldname": "teams", "label": _("Teams"), "fieldtype": "Int", "width": 80},
		{"fieldname": "meetings", "label": _("Meetings"), "fieldtype": "Int", "width": 90},
	]


def summary(rows) -> list[dict]:
	"""How many stand in which colour."""
	indicator = {"red": "Red", "orange": "Orange", "blue": "Blue", "green": "Green"}
	return [
		{
			"value": sum(row.colour == colour for row in rows),
			"label": _(colours.WORDS[colour]),
			"datatype": "Int",
			"indicator": indicator[colour],
		}
		for colour in indicator
	]
