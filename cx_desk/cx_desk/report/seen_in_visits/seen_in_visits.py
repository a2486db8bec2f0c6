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
	asked = any(row["surveys"] is not None for row in rows)
	data = [{**row, "seen": _("{0} of {1} visits").format(row["visits"], row["of"])} for row in rows]
	return columns(asked), data, message(held, asked), chart(data)


def columns(asked: bool):
	"""asked: whether the reader may read survey answers, so that there is something to set beside the visits."""
	found = [
		{
			"fieldname": "driver",
			"label": _("Category"),
			"fieldtype": "Link",
			"options": "CX Driver",
			"width": 240,
		},
		{"fieldname": "seen", "label": _("Seen or heard in"), "fieldtype": "Data", "width": 160},
	]
	if asked:
		found += [
			{
				"fieldname": "surveys",
				"label": _("Survey answers that name it"),
				"fieldtype": "Int",
				"width": 210,
			},
			{"fieldname": "gap", "label": _("What differs"), "fieldtype": "Data", "width": 280},
		]
	return found


def message(held: int, asked: bool) -> str:
	if not held:
		return _("No visit was held in this time, so nothing was seen.")
	text = _(
		"Visits that were held: {0}. These are counts of our own visits: places that were not visited are not in them."
	).format(held)
	if not asked:
		text += " " + _("What surveys say stands here for those who may read their answers.")
	return text


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
