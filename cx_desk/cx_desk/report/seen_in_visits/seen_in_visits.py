"""Seen in so many of so many visits: the categories of what was seen and heard, beside what the surveys say."""

from frappe import _
from frappe.utils import add_days, nowdate

from cx_desk.immersion import triage
from cx_desk.units.branches import below


def execute(filters=None):
	filters = filters or {}
	since, until = filters.get("from_date") or add_days(nowdate(), -365), filters.get("to_date") or nowdate()
	unit = filters.get("unit")
	held, rows = triage.seen_in_visits(since, until, below(unit) if unit else None)
	data = [{**row, "seen": _("{0} of {1} visits").format(row["visits"], row["of"])} for row in rows]
	return columns(), data, message(held), chart(data)


def columns():
	return [
		{
			"fieldname": "driver",
			"label": _("Category"),
			"fieldtype": "Link",
			"options": "CX Driver",
			"width": 240,
		},
		{"fieldname": "seen", "label": _("Seen or heard in"), "fieldtype": "Data", "width": 160},
		{"fieldname": "surveys", "label": _("Voices from surveys"), "fieldtype": "Int", "width": 160},
		{"fieldname": "gap", "label": _("What differs"), "fieldtype": "Data", "width": 280},
	]


def message(held: int) -> str:
	if not held:
		return _("No visit was held in this time, so nothing was seen.")
	return _(
		"{0} visits were held. These are counts of our own visits: places that were not visited are not in them."
	).format(held)


def chart(data):
	shown = [row for row in data if row["visits"]][:10]
	if not shown:
		return None
	return {
		"data": {
			"labels": [row["driver"] for row in shown],
			"datasets": [{"name": _("Visits"), "values": [row["visits"] for row in shown]}],
		},
		"type": "bar",
		"colors": ["#1f5f8b"],
	}
