"""Told and settled week by week: of the voices first due in a week, those told and settled."""

import frappe
from frappe import _
from frappe.utils import cint, format_date

from cx_desk.units import told


def execute(filters: dict | None = None):
	"""Columns, rows, note, chart and summary of the report."""
	filters = frappe._dict(filters or {})
	weeks = min(max(cint(filters.weeks) or told.WEEKS, 1), 104)
	chosen = {key: filters[key] for key in ("unit", "team", "kind") if filters.get(key)}
	if unit := chosen.pop("unit", None):
		chosen["unit"] = ["descendants of (inclusive)", unit]
	series = told.weekly(weeks, filters=chosen)
	whole = told.figure(weeks, filters=chosen)
	# Without rows the host says "nothing to show", here and in the chart of the workspace.
	rows = [row(monday, result) for monday, result in series] if whole.n else []
	return columns(), rows, note(whole), chart(series), summary(whole)


def columns() -> list[dict]:
	"""One row per week; figures of our own records carry n and no interval."""
	return [
		{"fieldname": "week", "label": _("Week from"), "fieldtype": "Date", "width": 120},
		{"fieldname": "share", "label": _("Told and settled"), "fieldtype": "Percent", "width": 140},
		{"fieldname": "settled", "label": _("Above the line"), "fieldtype": "Int", "width": 120},
		{"fieldname": "n", "label": _("First due (n)"), "fieldtype": "Int", "width": 110},
		{"fieldname": "waiting", "label": _("Told, yes awaited"), "fieldtype": "Int", "width": 140},
		{"fieldname": "ours", "label": _("Not told or not settled"), "fieldtype": "Int", "width": 170},
		{"fieldname": "seen", "label": _("Beside it: seen"), "fieldtype": "Int", "width": 130},
		{"fieldname": "anonymous", "label": _("Beside it: anonymous"), "fieldtype": "Int", "width": 160},
	]


def row(monday, result) -> dict:
	"""One week; a week without voices has no share."""
	return {
		"week": monday,
		"share": None if result.value is None else 100 * result.value,
		"settled": result.settled,
		"n": result.n,
		"waiting": result.waiting,
		"ours": result.ours,
		"seen": result.seen,
		"anonymous": result.anonymous,
	}


def note(whole) -> str:
	"""What the figure means, and that there is no interval."""
	text = _(
		"Of the voices of a known person whose first due time fell in the week: those that were told and are settled. "
		"Low answers, “not solved” and voices of visits need the person's own yes; for others being told is enough. It "
		"counts our own records, so there is no interval. What is seen or anonymous is counted beside it."
	)
	if not whole.n:
		text = _("No voice was due in these weeks yet.") + " " + text
	return text


def chart(series) -> dict | None:
	"""Share per week as a line; weeks without voices are left out, not drawn as zero."""
	filled = [(monday, result) for monday, result in series if result.value is not None]
	if not filled:
		return None
	return {
		"data": {
			"labels": [format_date(monday, "d MMM") for monday, _result in filled],
			"datasets": [
				{
					"name": _("Told and settled, %"),
					"values": [round(100 * r.value, 1) for _monday, r in filled],
				}
			],
		},
		"type": "line",
		"colors": ["#1f5f8b"],
		"lineOptions": {"dotSize": 5, "regionFill": 1},
		"axisOptions": {"xIsSeries": 1},
		"fieldtype": "Percent",
	}


def summary(whole) -> list[dict]:
	"""The whole period above the table."""
	color = {None: "Grey"}.get(whole.value, "Blue")
	return [
		{
			"label": _("Told and settled"),
			"value": told.labelled(told.headline(whole)),
			"datatype": "Data",
			"indicator": color,
		},
		{
			"label": _("Told, their yes awaited"),
			"value": whole.waiting,
			"datatype": "Int",
			"indicator": "Yellow",
		},
		{"label": _("Not told or not settled"), "value": whole.ours, "datatype": "Int", "indicator": "Red"},
	]
