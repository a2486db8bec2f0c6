"""Considerations: what reviewing teams have to judge, each with an outcome, a reason and, where wanted, a ticket."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_fullname, now_datetime

from cx_desk.initiatives import people, telling, templates

CONSIDERATION = "CX Consideration"
NOT_STARTED, QUESTIONS, CONDITIONS = "Not started", "Questions open", "Conditions"
CLEARED, NOT_APPLICABLE, REFUSED = "Cleared", "Not applicable", "Refused"
# With these the gate opens, see domain.md 4.
DONE = (CONDITIONS, CLEARED, NOT_APPLICABLE)
JUDGED = (*DONE, REFUSED)
DELETED = "Deleted"
# Of a ticket, and of the host's list entry.
WORK_DONE = ("Resolved", "Closed")


def make_from_plan(doc) -> None:
	"""The considerations of the plan, each once."""
	known = set(frappe.get_all(CONSIDERATION, {"initiative": doc.name}, pluck="title"))
	for row in templates.read_plan(doc).get("considerations", []):
		if row["title"] in known:
			continue
		one = frappe.new_doc(CONSIDERATION)
		team = row["team"] if row["team"] and frappe.db.exists(*_team(row["team"])) else None
		one.update(
			{
				"initiative": doc.name,
				"title": row["title"],
				"mandatory": row["mandatory"],
				"team": team,
				"questions": row["questions"],
			}
		)
		# allowed: the plan makes them, whoever moved the initiative
		one.insert(ignore_permissions=True)


def drop_untouched(doc) -> None:
	"""Another template was chosen: what nobody has begun to judge goes."""
	for row in of(doc.name):
		if row.verdict == NOT_STARTED and not row.ticket and not row.todo:
			frappe.delete_doc(CONSIDERATION, row.name, ignore_permissions=True)  # allowed: the plan made it


def _team(name: str) -> tuple[str, str]:
	from cx_desk.host.names import TEAM

	return TEAM, name


def of(initiative: str) -> list[frappe._dict]:
	"""Considerations of an initiative, mandatory ones first."""
	return frappe.get_all(
		CONSIDERATION,
		filters={"initiative": initiative},
		fields=[
			"name",
			"title",
			"mandatory",
			"team",
			"responsible",
			"verdict",
			"note",
			"due",
			"ticket",
			"todo",
			"decided_by",
			"decided_at",
		],
		order_by="mandatory desc, creation asc, title asc",
	)


def blocking(initiative: str) -> tuple[str, ...]:
	"""Mandatory ones that are not judged yet or refused; a refused one blocks even when it was not mandatory."""
	return tuple(
		row.title
		for row in of(initiative)
		if row.verdict == REFUSED or (row.mandatory and row.verdict not in DONE)
	)


def keep(doc) -> None:
	"""A judgement with conditions, against it or without object needs its words; who judged stays in the record."""
	before = doc.get_doc_before_save()
	doc.verdict = doc.verdict or NOT_STARTED
	doc.title = " ".join(cstr(doc.title).split())
	if doc.verdict in (CONDITIONS, NOT_APPLICABLE, REFUSED) and not cstr(doc.note).strip():
		frappe.throw(
			_("{0}: write the conditions or the reason, as the business will read it.").format(
				_(doc.verdict)
			),
			title=_("The words are missing"),
		)
	if frappe.db.exists(
		CONSIDERATION, {"initiative": doc.initiative, "title": doc.title, "name": ("!=", doc.name)}
	):
		frappe.throw(_("“{0}” is there already.").format(doc.title))
	if before and before.initiative != doc.initiative:
		frappe.throw(_("A consideration stays with its initiative."))
	if before and cint(before.mandatory) and not cint(doc.mandatory):
		frappe.throw(_("It is mandatory in the template. If it does not apply, say so and why."))
	was = before.verdict if before else NOT_STARTED
	if doc.verdict == was:
		if before:
			doc.decided_by, doc.decided_at = before.decided_by, before.decided_at
		return
	if doc.verdict in DONE:
		_no_open_questions(doc)
	if doc.verdict in JUDGED:
		doc.decided_by, doc.decided_at = get_fullname(frappe.session.user), now_datetime()
	else:
		doc.decided_by = doc.decided_at = None


def _no_open_questions(doc) -> None:
	from cx_desk.core import questions as core

	waiting = frappe.get_all(
		"CX Open Question",
		{"consideration": doc.name, "state": ("in", (core.OPEN, core.ANSWERED))},
		pluck="name",
	)
	if waiting and doc.name:
		frappe.throw(
			_("Questions of this consideration are still open: {0}. Close or withdraw them first.").format(
				", ".join(waiting)
			),
			title=_("Not judged yet"),
		)


def open_ticket(name: str) -> str:
	"""A ticket for the reviewing team, or a list entry for the person where there is no team; what was made."""
	from cx_desk.host import initiative_tickets

	doc = frappe.get_doc(CONSIDERATION, name, for_update=True)
	if doc.ticket or doc.todo:
		return doc.ticket or doc.todo
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	subject = _("{0}: {1}").format(initiative.title, doc.title)
	if doc.team:
		text = "<br>".join(
			frappe.utils.escape_html(part)
			for part in (
				_("Please judge this for the initiative {0}.").format(initiative.name),
				cstr(doc.questions),
				cstr(initiative.outcome),
			)
			if part
		)
		doc.ticket = initiative_tickets.open_for_team(subject, text, doc.team)
		doc.ticket_state = "Open"
		# allowed: whoever may change the consideration opens its ticket
		doc.save(ignore_permissions=True)
		return doc.ticket
	if doc.responsible:
		todo = frappe.new_doc("ToDo")
		todo.update(
			{
				"allocated_to": doc.responsible,
				"reference_type": CONSIDERATION,
				"reference_name": doc.name,
				"description": frappe.utils.escape_html(subject),
				"date": doc.due,
			}
		)
		# allowed: as above
		todo.insert(ignore_permissions=True)
		doc.todo, doc.ticket_state = todo.name, "Open"
		# allowed: as above
		doc.save(ignore_permissions=True)
		return todo.name
	frappe.throw(_("Choose the team or the person who judges it first."))


def follow_work() -> int:
	"""Copy what became of tickets and list entries; where the work is done, the lead notes the outcome. How many changed."""
	from cx_desk.host.tickets import facts

	rows = frappe.get_all(
		CONSIDERATION,
		filters={"verdict": ("not in", JUDGED)},
		or_filters={"ticket": ("is", "set"), "todo": ("is", "set")},
		fields=["name", "ticket", "ticket_state", "todo", "initiative", "title"],
	)
	tickets = facts([row.ticket for row in rows])
	entries = dict(
		frappe.get_all(
			"ToDo", {"name": ("in", [row.todo for row in rows] or [""])}, ["name", "status"], as_list=True
		)
	)
	changed = 0
	for row in rows:
		if row.ticket:
			found = tickets.get(str(row.ticket))
			state = found.status_category if found else DELETED
		else:
			state = entries.get(row.todo) or DELETED
		if state == row.ticket_state:
			continue
		frappe.db.set_value(CONSIDERATION, row.name, "ticket_state", state)
		changed += 1
		if state in WORK_DONE:
			doc = frappe.get_doc(people.INITIATIVE, row.initiative)
			telling.notify(doc, doc.lead, _("The work on “{0}” is done. Note the outcome.").format(row.title))
	return changed
