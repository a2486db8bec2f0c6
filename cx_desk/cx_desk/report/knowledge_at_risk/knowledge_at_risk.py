"""What if somebody goes on a day: units that would be known well by fewer than two, and who could take over."""

import frappe
from frappe import _

from cx_desk.immersion import knowledge
from cx_desk.units.scope import visible_units


def execute(filters=None):
	filters = filters or {}
	if not (filters.get("user") and filters.get("on")):
		return columns(), [], _("Choose a person and the day on which they would go. Nothing is stored.")
	rows = knowledge.what_if(filters["user"], filters["on"], visible_units(frappe.session.user))
	return columns(), rows, message(rows)


def columns():
	return [
		{
			"fieldname": "unit",
			"label": _("Business unit"),
			"fieldtype": "Link",
			"options": "CX Business Unit",
			"width": 220,
		},
		{
			"fieldname": "who_is_left",
			"label": _("Knows them well without them"),
			"fieldtype": "Data",
			"width": 220,
		},
		{"fieldname": "could_take_over", "label": _("Could take over"), "fieldtype": "Data", "width": 240},
		{"fieldname": "what_to_do", "label": _("What to do"), "fieldtype": "Data", "width": 460},
	]


def message(rows) -> str:
	if not rows:
		return _("No unit that you see would fall under two people who know it well.")
	return _(
		"{0} units would be known well by fewer than two people. This plans hand-overs; it is never used to rate people."
	).format(len(rows))
