"""Who answers for every unit on a day, where nobody does, and who has too much."""

from frappe import _
from frappe.utils import cint, flt

from cx_desk.units import cover_report


def execute(filters=None):
	filters = filters or {}
	rows, summary = cover_report.rows(
		filters.get("on"),
		cint(filters.get("ahead") or cover_report.AHEAD_DAYS),
		flt(filters.get("most") or cover_report.MOST_CONVERSATIONS),
		bool(cint(filters.get("only_open"))),
	)
	cards = [
		{"label": _("Units"), "value": summary["units"], "datatype": "Int"},
		{
			"label": _("Without a liaison"),
			"value": summary["gaps"],
			"datatype": "Int",
			"indicator": "Red" if summary["gaps"] else "Green",
		},
		{
			"label": _("People with too much"),
			"value": len(summary["busy"]),
			"datatype": "Int",
			"indicator": "Orange" if summary["busy"] else "Green",
		},
	]
	return _columns(), rows, None, None, cards


def _columns():
	return [
		{
			"fieldname": "unit",
			"label": _("Unit"),
			"fieldtype": "Link",
			"options": "CX Business Unit",
			"width": 260,
		},
		{"fieldname": "note", "label": _("To do"), "fieldtype": "Data", "align": "left", "width": 260},
		{"fieldname": "liaison", "label": _("Liaison"), "fieldtype": "Data", "align": "left", "width": 170},
		{
			"fieldname": "liaison_from",
			"label": _("Through"),
			"fieldtype": "Link",
			"options": "CX Business Unit",
			"align": "left",
			"width": 130,
		},
		{"fieldname": "deputy", "label": _("Deputy"), "fieldtype": "Data", "align": "left", "width": 170},
		{
			"fieldname": "specialists",
			"label": _("Specialists"),
			"fieldtype": "Data",
			"align": "left",
			"width": 180,
		},
		{"fieldname": "tier", "label": _("Tier"), "fieldtype": "Data", "align": "left", "width": 100},
		{"fieldname": "headcount", "label": _("Headcount"), "fieldtype": "Int", "width": 100},
		{"fieldname": "units", "label": _("Liaison's units"), "fieldtype": "Int", "width": 120},
		{
			"fieldname": "conversations",
			"label": _("Conversations due in 4 weeks"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 210,
		},
	]
