"""Turns answers that need somebody into voices. A guest's post only marks them; this runs from the scheduler."""

import frappe

from cx_desk.core import answers, ledger, survey_content
from cx_desk.core import voice as machine
from cx_desk.host import error_log, names, tickets
from cx_desk.surveys import acting_rules
from cx_desk.units import voices

_BATCH = 200
# Of these the person must say that it is settled.
_NEEDS_YES = ("Low answer", "Not solved")


def act_on_answers(limit: int = 2000) -> int:
	"""Make the voices of all answers that wait for one; how many were made.

	Each answer is a transaction of its own. One that fails is logged and tried again at the next run.
	"""
	made, failed = 0, set()
	while made < limit:
		waiting = frappe.get_all(
			"CX Survey Response",
			filters={"act_state": "Pending", "name": ["not in", list(failed) or [""]]},
			pluck="name",
			order_by="answered_at asc",
			limit=_BATCH,
		)
		if not waiting:
			break
		for name in waiting:
			try:
				made += int(bool(act(name)))
				frappe.db.commit()  # allowed: each answer is a transaction of its own
			except Exception:
				frappe.db.rollback()
				failed.add(name)
				error_log.log("CX Desk: answer without a voice", reference_name=name)
	return made


def act(name: str) -> str | None:
	"""Make the voice of one answer, in the caller's transaction; its name, None where none is needed any more."""
	response = frappe.get_doc("CX Survey Response", name, for_update=True)
	if response.act_state != "Pending":
		return None
	kind = answers.voice_kind(
		bool(response.low),
		bool(response.not_solved),
		response.comment or "",
		response.main_type or "",
		response.score,
	)
	voice, ticket = None, None
	if response.kind != "Suspected machine":
		voice, ticket = _act(response, kind)
	done = "Done" if voice or ticket else "Nothing to do"
	# An address that was given to be written back to stands with the voice now, and nowhere else.
	frappe.db.set_value(
		"CX Survey Response", name, {"act_state": done, "reply_to": None}, update_modified=False
	)
	return voice


def _act(response, kind: str | None) -> tuple[str | None, str | None]:
	"""Voice and ticket of one answer: as it always is, and as the rules add to it."""
	# Answers from before, brought in from elsewhere, are history: nobody waits for a word about them.
	rules = acting_rules.for_answer(response) if response.channel != "Import" else []
	person = _person(response)
	may_raise = response.privacy == "Named" and bool(person.recipient)
	by, raises = (
		acting_rules.voice_rule(rules, may_raise),
		acting_rules.ticket_rule(rules) if may_raise else None,
	)
	voice = None
	if kind or by:
		voice = _hear(response, kind or machine.COMMENT, person, by)
		if by:
			acting_rules.note_rule(voice, by)
		if person.reply_to:
			_warn_of_address(voice, response)
	ticket = None
	if raises:
		text = statement_of(response, kind or machine.COMMENT)
		ticket = acting_rules.raise_ticket(raises, response, text, person.recipient)
		if ticket and voice:
			said = frappe._("Ticket {0} was raised by the rule “{1}”.").format(ticket, raises.title)
			voices.note_on(frappe.get_doc("CX Voice", voice, for_update=True), said)
	return voice, ticket


def _person(response) -> frappe._dict:
	"""Address and contact of who answered, as far as they are known."""
	invitation = frappe._dict(recipient=None, contact=None)
	if response.invitation:
		invitation = (
			frappe.db.get_value(
				"CX Survey Invitation", response.invitation, ["recipient", "contact"], as_dict=True
			)
			or invitation
		)
	return frappe._dict(
		recipient=ledger.normal_address(invitation.recipient) or None,
		contact=response.contact or invitation.contact,
		# Typed by whoever stood there: good enough to write to, not to raise a ticket in somebody's name.
		reply_to=ledger.normal_address(response.reply_to) or None,
	)


def _warn_of_address(voice: str, response) -> None:
	place = frappe.db.get_value("CX Survey Link", response.event_name, "title") or response.channel
	text = frappe._(
		"The address was typed on a page open to everybody ({0}): whoever wrote it may be somebody else."
	).format(place)
	doc = frappe.get_doc("CX Voice", voice, for_update=True)
	if all(step.note != text for step in doc.steps):
		voices.note_on(doc, text)


def _hear(response, kind: str, person: frappe._dict, by: frappe._dict | None) -> str:
	contact, ticket = person.contact, None
	if response.event_doctype == names.TICKET:
		ticket = tickets.of_record(response.event_name, response.event_key)
	nobody = not (contact or person.recipient or person.reply_to or ticket)
	return voices.hear(
		kind,
		statement_of(response, kind),
		unit=response.unit,
		ticket=ticket,
		contact=contact if contact and frappe.db.exists("Contact", contact) else None,
		source_email=person.recipient or person.reply_to,
		# A poster or a shared link does not say who it was.
		source_type=machine.ANONYMOUS if nobody else machine.KNOWN,
		response=response.name,
		driver=response.driver,
		# A confidential answer is read by its unit's liaison and by nobody whom a rule names.
		responsible=by.responsible if by and response.privacy == "Named" else None,
		due_at=acting_rules.due_at(by, ticket) if by else None,
		confidential=response.privacy == "Confidential",
		# A comment that becomes a low answer by an edit is another voice; the same one is heard once.
		origin=f"response:{response.name}:{kind}",
		needs_source_yes=kind in _NEEDS_YES,
	)


def statement_of(response, kind: str) -> str:
	"""What the voice says: the person's words, else what was ticked."""
	parts = []
	if response.score is not None and (scale := survey_content.scale_of(response.main_type or "")):
		parts.append(f"{response.score} / {scale[1]}")
	if kind == "Not solved":
		parts.append(frappe._("It is not solved"))
	if not parts and kind == "Low answer":
		parts += [
			f"{row.question}: {row.score} / {scale[1]}"
			for row in response.answers
			if (scale := survey_content.scale_of(row.question_type or ""))
		]
	if response.driver:
		parts.append(frappe._(response.driver))
	head = ", ".join(parts)
	# A voice links its answer; the words stand in it so that nobody has to look twice.
	return "\n".join(part for part in (head, response.comment) if part) or frappe._(kind)
