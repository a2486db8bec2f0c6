"""Wants of a unit: checked when the unit is saved, and each night set beside our figure with the mark."""

import frappe
from frappe import _
from frappe.utils import cint, flt, nowdate

from cx_desk.core import wants as core


def check(unit, method: str | None = None) -> None:
	"""Refuse a sixth want, empty words, a want that is nobody's; set the marks. `unit` is the document."""
	rows = unit.get("wants") or []
	for row in rows:
		if row.said_by and not row.said_by_name:
			row.said_by_name = frappe.db.get_value("Contact", row.said_by, "full_name")
	problem = core.problem([(row.words, bool(row.said_by or row.said_by_name)) for row in rows])
	if problem:
		frappe.throw(_(problem), title=_("What they want"))
	before = unit.get_doc_before_save()
	figures = {row.name: row.figure for row in (before.get("wants") or [])} if before else {}
	for row in rows:
		# The value of another figure says nothing about this one; the night fills it in.
		row.known = cint(row.known and figures.get(row.name) == row.figure)
		row.mark = mark_of(row)


def mark_of(row) -> str:
	"""The mark of a want as it stands. An empty number is stored as 0, so that `known` tells whether there is one."""
	known = bool(row.our_target) if row.figure == core.OWN else bool(row.figure and row.known)
	target = flt(row.our_target) or default_target(row.figure)
	return core.mark(cint(row.how_we_do) or None, flt(row.our_value) if known else None, target)


def default_target(figure: str | None) -> float:
	"""The target where a want names none: the score's of CX Settings; 90 % of service levels, 80 % told and settled."""
	if figure == core.EXPERIENCE:
		return flt(frappe.get_cached_doc("CX Settings").score_target) or 70.0
	return {core.SLA: 90.0, core.TOLD: 80.0}.get(figure or "", 0.0)


def refresh(units: list[str] | None = None) -> int:
	"""Fill in our figures beside the wants and set the marks; how many wants."""
	rows = frappe.get_all(
		"CX Unit Want",
		filters={"parenttype": "CX Business Unit", **({"parent": ["in", units]} if units else {})},
		fields=["name", "parent", "figure", "how_we_do", "our_value", "our_target", "known"],
	)
	figures: dict[tuple[str, str], float | None] = {}
	for row in rows:
		if row.figure in (core.EXPERIENCE, core.SLA, core.TOLD):
			key = (row.parent, row.figure)
			if key not in figures:
				figures[key] = our_figure(*key)
			row.our_value, row.known = figures[key], figures[key] is not None
		values = {"our_value": row.our_value or 0, "known": cint(row.known), "mark": mark_of(row)}
		frappe.db.set_value("CX Unit Want", row.name, values, update_modified=False)
	return len(rows)


def our_figure(unit: str, figure: str) -> float | None:
	"""Our figure about a unit in percent; None where it is not known."""
	from cx_desk.relationship import lights

	key = {core.EXPERIENCE: "experience", core.SLA: "sla", core.TOLD: "told"}[figure]
	pair = lights.of_units([unit], nowdate()).get(unit)
	if pair is None:
		return None
	entry = next(e for e in (*pair.felt.inputs, *pair.done.inputs) if e.key == key)
	if "percent" in entry.params:
		return round(float(entry.params["percent"]), 1)
	if entry.params.get("n") and "part" in entry.params:
		return round(100 * entry.params["part"] / entry.params["n"], 1)
	return None
