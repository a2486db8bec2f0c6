"""A question to a resolver or development team: one answer, dated, which goes back to everybody who reported it."""

import frappe
from frappe import _
from frappe.utils import cstr, format_date, get_fullname, getdate, now_datetime, nowdate

from cx_desk.core import voice as voice_machine
from cx_desk.immersion import visits
from cx_desk.units import cover, voices

QUESTION = "CX Resolver Question"
OPEN, ANSWERED, WITHDRAWN = "Open", "Answered", "Withdrawn"


def keep(doc) -> None:
	"""Hold a question to its rules: a due date ahead, an enabled person who follows it up, the answer by a step alone."""
	before = doc.get_doc_before_save()
	doc.question = cstr(doc.question).strip()
	if not doc.question:
		frappe.throw(_("Write the question as the team can answer it."))
	if not doc.flags.cx_move:
		if before:
			for name in ("state", "answer", "answered_on", "answered_by"):
				doc.set(name, before.get(name))
		else:
			doc.state, doc.answer, doc.answered_on, doc.answered_by = OPEN, None, None, None
	if (not before or getdate(doc.due_on) != getdate(before.due_on)) and getdate(doc.due_on) < getdate(
		nowdate()
	):
		frappe.throw(_("The answer would be due in the past. Give a day from today on."))
	if not voices.is_enabled(doc.answerer):
		frappe.throw(_("{0} cannot follow it up: choose an enabled user of the desk.").format(doc.answerer))


def ask_for(
	point, voice, question=None, ask=None, asked_of=None, due_on=None, responsible=None, **_rest
) -> str:
	"""The question that a voice joins: a known one that is open, or a new one. Its name."""
	if question:
		state = frappe.db.get_value(QUESTION, question, "state")
		if state != OPEN:
			frappe.throw(
				_("The question {0} is not open any more. Ask a new one.").format(frappe.bold(question))
			)
		return question
	if point.question and not ask:
		return point.question
	if not cstr(ask).strip() or not cstr(asked_of).strip() or not due_on:
		frappe.throw(
			_("A question needs its text, the team that it is put to, and the day by which they answer.")
		)
	doc = frappe.new_doc(QUESTION)
	doc.update(
		{
			"question": ask,
			"asked_of": asked_of,
			"due_on": due_on,
			"unit": voice.unit,
			"answerer": responsible or cover.liaison_of(voice.unit).liaison or voice.responsible,
		}
	)
	# allowed: whoever may triage the visit may ask; the visit's permission was checked
	doc.insert(ignore_permissions=True)
	return doc.name


def reports_of(question: str) -> list[frappe._dict]:
	"""Everybody who reported it: the voices that joined the question, oldest first."""
	names = frappe.get_all(visits.POINT, {"question": question}, pluck="voice")
	return frappe.get_all(
		voices.VOICE,
		{"name": ("in", names or [""])},
		["name", "statement", "state", "source_name", "source_email", "source_type", "unit"],
		order_by="creation asc",
	)


def answer(question: str, text: str, by: str | None = None) -> dict:
	"""Write down the team's answer and send it to everybody who reported it; how many were told, how many could not be.

	A voice without an address stays Done with the answer as its outcome: its owner tells the person. Permission is the
	caller's matter.
	"""
	doc = frappe.get_doc(QUESTION, question, for_update=True)
	if doc.state != OPEN:
		frappe.throw(_("This question is not open any more."))
	if not cstr(text).strip():
		frappe.throw(_("Write the answer, as it can be told to those who reported it."))
	doc.flags.cx_move = "answer"
	doc.update({"state": ANSWERED, "answer": cstr(text).strip(), "answered_on": now_datetime()})
	doc.answered_by = cstr(by).strip() or doc.asked_of
	doc.save()
	outcome = _("{0} answered on {1}: {2}").format(doc.answered_by, format_date(nowdate()), doc.answer)
	told, left = 0, 0
	for row in reports_of(question):
		if _tell(row, outcome):
			told += 1
		else:
			left += 1
	return {"told": told, "left": left}


def _tell(row, outcome: str) -> bool:
	state = row.state
	if state in (voice_machine.HEARD, voice_machine.CONTESTED):
		state = voices.move(row.name, voice_machine.OWNED, keep_owner=True).state
	if state == voice_machine.OWNED:
		state = _as_manager(row.name, voice_machine.DONE, outcome=outcome)
	if state != voice_machine.DONE or row.source_type != voice_machine.KNOWN or not row.source_email:
		return False
	doc = frappe.get_doc(voices.VOICE, row.name)
	savepoint = "cx_tell"
	frappe.db.savepoint(savepoint)
	try:
		_as_manager(row.name, voice_machine.TOLD, key="tell", message_back=voices.proposed_message_back(doc))
	except frappe.ValidationError:
		# No mail account, or a person who wants no mail: the owner still has it on the list.
		frappe.db.rollback(save_point=savepoint)
		frappe.clear_last_message()
		return False
	return True


def _as_manager(voice: str, to: str, **given) -> str:
	"""The answer goes to all who reported it, whoever owns their voices."""
	user = frappe.session.user
	try:
		frappe.set_user("Administrator")
		return voices.move(
			voice, to, note=_("Answer brought by {0}").format(get_fullname(user)), **given
		).state
	finally:
		frappe.set_user(user)


def withdraw(question: str, reason: str) -> str:
	"""Take an open question back with a reason; its voices stay with their owners."""
	doc = frappe.get_doc(QUESTION, question, for_update=True)
	if doc.state != OPEN:
		frappe.throw(_("This question is not open any more."))
	if not cstr(reason).strip():
		frappe.throw(_("Say why the question is withdrawn."))
	doc.flags.cx_move = "withdraw"
	doc.update({"state": WITHDRAWN, "answer": cstr(reason).strip(), "answered_on": now_datetime()})
	doc.answered_by = get_fullname(frappe.session.user)
	doc.save()
	return doc.state


def show(doc) -> None:
	"""Who reported it, as far as the reader may see the voices."""
	if not doc.is_new():
		names = frappe.get_all(visits.POINT, {"question": doc.name}, pluck="voice")
		rows = frappe.get_list(
			voices.VOICE,
			filters={"name": ("in", names or [""])},
			fields=["name", "statement", "state", "source_name", "unit"],
			order_by="creation asc",
		)
		doc.set_onload("reports", rows)
		doc.set_onload("hidden", len(names) - len(rows))


def forbid_deletion(doc) -> None:
	"""A question that somebody waits for is withdrawn, not deleted."""
	if frappe.flags.in_uninstall or frappe.session.user == "Administrator":
		return
	if frappe.db.exists(visits.POINT, {"question": doc.name}):
		frappe.throw(_("People wait for this answer. Withdraw the question with a reason instead."))
