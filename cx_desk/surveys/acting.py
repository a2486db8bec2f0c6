"""Turns answers that need somebody into voices. A guest's post only marks them; this runs from the scheduler."""

import frappe

from cx_desk.core import answers, ledger
from cx_desk.core import voice as machine
from cx_desk.host import names
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
				frappe.log_error(title="CX Desk: answer without a voice", reference_name=name)
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
	voice = None
	if kind and response.kind != "Suspected machine":
		voice = _hear(response, kind)
	frappe.db.set_value(
		"CX Survey Response", name, "act_state", "Done" if voice else "Nothing to do", update_modified=False
	)
	return voice


def _hear(response, kind: str) -> str:
	invitation = frappe._dict(recipient=None, contact=None)
	if response.invitation:
		invitation = (
			frappe.db.get_value(
				"CX Survey Invitation", response.invitation, ["recipient", "contact"], as_dict=True
			)
			or invitation
		)
	contact = response.contact or invitation.contact
	nobody = not (contact or invitation.recipient or response.event_doctype == names.TICKET)
	return voices.hear(
		kind,
		statement_of(response, kind),
		unit=response.unit,
		ticket=response.event_name if response.event_doctype == names.TICKET else None,
		contact=contact if contact and frappe.db.exists("Contact", contact) else None,
		source_email=ledger.normal_address(invitation.recipient) or None,
		# A poster or a shared link does not say who it was.
		source_type=machine.ANONYMOUS if nobody else machine.KNOWN,
		response=response.name,
		driver=response.driver,
		confidential=response.privacy == "Confidential",
		# A comment that becomes a low answer by an edit is another voice; the same one is heard once.
		origin=f"response:{response.name}:{kind}",
		needs_source_yes=kind in _NEEDS_YES,
	)


def statement_of(response, kind: str) -> str:
	"""What the voice says: the person's words, else what was ticked."""
	parts = []
	if response.score is not None and (scale := answers.scale_of(response.main_type or "")):
		parts.append(f"{response.score} / {scale[1]}")
	if kind == "Not solved":
		parts.append(frappe._("It is not solved"))
	if not parts and kind == "Low answer":
		parts += [
			f"{row.question}: {row.score} / {scale[1]}"
			for row in response.answers
			if (scale := answers.scale_of(row.question_type or ""))
		]
	head = ", ".join(parts)
	# A voice links its answer; the words stand in it so that nobody has to look twice.
	return "\n".join(part for part in (head, response.comment) if part) or frappe._(kind)
