"""Wants of a unit: checked when the unit is saved, asked about once a year, and each night set beside our figure.

The two questions, how important a want is to them and how we do, are asked by the yearly review's survey or in the
meeting; whichever was last stands on the unit.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, cstr, escape_html, flt, getdate, now_datetime, nowdate

from cx_desk.core import conversation as talk
from cx_desk.core import wants as core
from cx_desk.core import yearly_review
from cx_desk.units import review_answers, scope


def check(unit, method: str | None = None) -> None:
	"""Refuse a sixth want, empty words, a want that is nobody's; set the marks. `unit` is the document."""
	rows = unit.get("wants") or []
	for row in rows:
		if row.said_by and not row.said_by_name:
			row.said_by_name = frappe.db.get_value("Contact", row.said_by, "full_name")
		for value in (row.importance, row.how_we_do):
			if cstr(value) not in ("", "1", "2", "3", "4", "5"):
				frappe.throw(
					_(
						"{0} is no answer to how important or how we do: choose 1 to 5, or leave it empty."
					).format(frappe.bold(escape_html(cstr(value)))),
					title=_("What they want"),
				)
	problem = core.problem([(row.words, bool(row.said_by or row.said_by_name)) for row in rows])
	if problem:
		frappe.throw(_(problem), title=_("What they want"))
	before = unit.get_doc_before_save()
	figures = {row.name: row.figure for row in (before.get("wants") or [])} if before else {}
	for row in rows:
		# The value of another figure says nothing about this one; the night fills it in.
		row.known = cint(row.known and figures.get(row.name) == row.figure)
		row.mark = mark_of(row)


def questions(unit: str) -> list[yearly_review.Question]:
	"""The two questions about each want of a unit."""
	return yearly_review.want_questions((row.name, row.words) for row in _rows(unit))


def fill_review(doc) -> None:
	"""The wants of the unit in a service review that is planned or logged, so that both questions can be asked of each.

	Rows of wants that the unit no longer has stay only where they were answered.
	"""
	if doc.type != talk.SERVICE_REVIEW:
		doc.wants = []
		return
	if doc.state not in (talk.PLANNED, talk.HELD):
		return
	before = doc.get_doc_before_save()
	if doc.state == talk.HELD and not doc.is_new() and before is None:
		# Only looked at.
		return
	if doc.state == talk.HELD and before and before.state == talk.HELD:
		# A review that was held keeps the wants that were asked.
		_put_words_right(doc, before)
		return
	if not scope.sees_unit(frappe.session.user, doc.unit):
		# Anybody of the desk may log a conversation with any unit; its wants are for those who look after it.
		if not before:
			doc.wants = []
		return
	given = {row.want: row for row in doc.get("wants") or []}
	kept = []
	for want in _rows(doc.unit):
		row = given.get(want.name) or doc.append("wants", {"want": want.name})
		row.words, row.idx = want.words, len(kept) + 1
		kept.append(row)
	doc.wants = kept


def _put_words_right(doc, before) -> None:
	known = {row.want: row.words for row in before.get("wants") or []}
	for row in list(doc.get("wants") or []):
		if row.want in known:
			row.words = known[row.want]
		else:
			doc.remove(row)


def take_from_review(doc) -> None:
	"""What was said about each want in a review that was held goes to the unit."""
	if doc.type != talk.SERVICE_REVIEW or doc.state != talk.HELD:
		return
	for row in doc.get("wants") or []:
		said = {"importance": cint(row.importance), "how_we_do": cint(row.how_we_do)}
		_say(doc.unit, row.want, said, getdate(doc.starts_on))


def take_answers(days: int = 2) -> int:
	"""What was answered to the yearly review's survey in these days goes to the units; how many wants.

	Read again and again, so that nothing depends on a job that failed: what is already there changes nothing.
	"""
	taken = 0
	for row in review_answers.read(since=now_datetime() - timedelta(days=days)):
		for want, said in yearly_review.want_answers(row.choices).items():
			taken += _say(row.unit, want, said, getdate(row.changed_at))
	return taken


def _say(unit: str, want: str, said: dict[str, int], on: date) -> bool:
	"""Write what was said of a want unless something newer stands there; whether anything changed."""
	rows = [row for row in _rows(unit) if row.name == want]
	said = {field: str(value) for field, value in said.items() if value}
	if not rows or not said or (rows[0].asked_on and getdate(rows[0].asked_on) > on):
		return False
	row = rows[0]
	if all(cstr(row.get(field)) == value for field, value in said.items()) and row.asked_on:
		return False
	row.update(said)
	values = {**said, "asked_on": on, "mark": mark_of(row)}
	frappe.db.set_value("CX Unit Want", want, values, update_modified=False)
	frappe.clear_document_cache("CX Business Unit", unit)
	return True


def _rows(unit: str) -> list[frappe._dict]:
	return frappe.get_all(
		"CX Unit Want",
		filters={"parent": unit, "parenttype": "CX Business Unit"},
		fields=[
			"name",
			"words",
			"importance",
			"how_we_do",
			"asked_on",
			"figure",
			"our_value",
			"our_target",
			"known",
		],
		order_by="idx asc",
	)


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
