"""All initiatives that somebody may see, for the report: colours with reasons, clocks, burden, and what came of them."""

import frappe
from frappe import _
from frappe.utils import cint

from cx_desk.core import initiative as machine
from cx_desk.core import intake
from cx_desk.core import questions as core_questions
from cx_desk.initiatives import benefits, colours, facts, people, templates, waiting


def rows_of(filters: dict | None = None) -> list[frappe._dict]:
	"""Every initiative that the reader may see, with colour, reasons, clocks and burden."""
	filters = filters or {}
	conditions = {}
	if filters.get("unit"):
		conditions["unit"] = filters["unit"]
	if filters.get("lead"):
		conditions["lead"] = filters["lead"]
	if not cint(filters.get("over")):
		conditions["stage"] = ["not in", machine.OVER]
	found = []
	for name in frappe.get_list(
		people.INITIATIVE, filters=conditions, pluck="name", order_by="modified desc", limit=0
	):
		doc = frappe.get_doc(people.INITIATIVE, name)
		colour, reasons = colours.of(doc)
		waits = waiting.days_waiting(doc)
		burden = waiting.burden(doc)
		seat = facts.seat_days(doc)
		found.append(
			frappe._dict(
				name=name,
				title=_(doc.title) if doc.title == facts.UNNAMED else doc.title,
				unit=doc.unit,
				stage=templates.label_of(doc, doc.stage),
				template=doc.template,
				lead=doc.lead,
				colour=colour,
				state=_(colours.WORDS[colour]),
				reasons=" ".join(reasons),
				first_answer_hours=doc.first_answer_hours if doc.first_answer_at else None,
				seat_days=None if seat is None else round(seat, 1),
				held_days=round(facts.days_held(doc), 1),
				golive=doc.golive_date,
				support_until=doc.support_until,
				extensions=len(doc.extensions),
				days_business=round(waits.get(core_questions.BUSINESS, 0.0), 1),
				days_desk=round(waiting.on_us(waits), 1),
				teams=burden.teams,
				meetings=burden.meetings,
				questions=burden.questions,
				repeated=None if burden.repeated is None else round(burden.repeated * 100, 1),
				overruled=sum(row.outcome == "Overruled" for row in doc.gates),
			)
		)
	return sorted(found, key=lambda row: colours.ORDER[row.colour])


def came_true(rows) -> list[str]:
	"""What became of the benefits of the initiatives in the overview, as sentences."""
	return benefits.came_true([one for row in rows for one in benefits.of(row.name)])


def first_answers(rows) -> str:
	"""How long the business waited for a first human answer, as a sentence; empty without any."""
	hours = [row.first_answer_hours for row in rows if row.first_answer_hours is not None]
	if not hours:
		return ""
	found = intake.waiting(hours)
	return _(
		"First human answer: half within {0} business hours, nine of ten within {1}; within 8 hours {2} % (n = {3})."
	).format(round(found.median, 1), round(found.p90, 1), round(found.within * 100), found.n)
