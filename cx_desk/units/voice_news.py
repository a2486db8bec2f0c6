"""What follows from a saved voice: the message back, the owner's list entry, word to owner and liaison.

List entries and notifications name a voice's kind and number; its words stay in the voice.
"""

import frappe
from frappe import _
from frappe.utils import get_datetime, get_fullname

from cx_desk.core import voice as machine
from cx_desk.host import error_log
from cx_desk.units.language import speaking_to
from cx_desk.units.voice_owners import VOICE, is_enabled, liaison_of


def follow_up(doc) -> None:
	"""What follows from a saved voice: the message back, the owner's list entry, word to owner and liaison."""
	before = doc.get_doc_before_save()
	step = doc.flags.pop("cx_move", None)
	if step == "tell":
		from cx_desk.units import message_back

		message_back.send(doc)
	_quietly(keep_list_entry, doc)
	for text, liaison, always in _news(doc, before, step):
		_quietly(_notify, doc, text, liaison=liaison, always=always)


def _quietly(do, doc, *args, **kwargs) -> None:
	"""A list entry or a notification that fails must not take the voice with it. Deadlocks are passed on."""
	savepoint = f"cx_{do.__name__.strip('_')}"
	frappe.db.savepoint(savepoint)
	try:
		do(doc, *args, **kwargs)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception:
		frappe.db.rollback(save_point=savepoint)
		error_log.log(f"CX Desk: {do.__name__}", reference_doctype=VOICE, reference_name=doc.name)


def _news(doc, before, step: str | None):
	"""Whom a saved voice is news to: (what makes the text, for the liaison, also for who did it)."""
	by_person = frappe.session.user in ("Guest", "Administrator")
	if before is None:
		yield _for_owner, False, False
		yield _for_liaison, True, False
	elif step == "no":
		yield _contested_again, False, True
		yield _contested, True, False
	elif step == "yes" and by_person:
		yield _confirmed, False, False
	elif step == "note" and by_person:
		yield _more_said, False, False
	elif before.responsible != doc.responsible and doc.state in machine.OUR_TURN:
		yield _for_owner, False, False


def _for_owner(doc) -> str:
	return _("A voice is yours: {0} on {1}, due {2}").format(
		_named(doc), _about(doc), frappe.format(doc.due_at, "Datetime")
	)


def _for_liaison(doc) -> str:
	return _("Voice: {0} on {1}, {2} owns it").format(_named(doc), _about(doc), get_fullname(doc.responsible))


def _contested_again(doc) -> str:
	return _("Not settled: the person contests {0}. It is yours again.").format(_named(doc))


def _contested(doc) -> str:
	return _("Not settled: the person contests {0}").format(_named(doc))


def _confirmed(doc) -> str:
	return _("Settled: the person confirms {0}").format(_named(doc))


def _more_said(doc) -> str:
	return _("The person said more: {0}").format(_named(doc))


def _named(doc) -> str:
	return f"{_(doc.kind)} ({doc.name})"


def _about(doc) -> str:
	if doc.ticket:
		return _("ticket {0}").format(doc.ticket)
	return doc.unit or _("no unit")


def _notify(doc, text, liaison: bool = False, always: bool = False) -> None:
	"""A notification of the host in the reader's language, without the person's words; the record opens from it."""
	user = liaison_of(doc.unit) if liaison else doc.responsible
	if not is_enabled(user) or (liaison and user == doc.responsible):
		return
	if user == frappe.session.user and not always:
		return
	with speaking_to(user):
		subject = text(doc)
	notification = frappe.new_doc("Notification Log")
	notification.update(
		{
			"for_user": user,
			"from_user": None if frappe.session.user == "Guest" else frappe.session.user,
			"type": "Alert" if liaison else "Assignment",
			"document_type": VOICE,
			"document_name": doc.name,
			"subject": frappe.utils.escape_html(subject),
		}
	)
	# allowed: the host makes its notifications the same way; a guest's "no" must reach the owner
	notification.insert(ignore_permissions=True)


def keep_list_entry(doc) -> None:
	"""Exactly one open ToDo of the host for the owner while it is the desk's turn, none otherwise."""
	ours = doc.state in machine.OUR_TURN
	entries = frappe.get_all(
		"ToDo",
		filters={"reference_type": VOICE, "reference_name": doc.name, "status": "Open"},
		fields=["name", "allocated_to", "date"],
	)
	due = get_datetime(doc.due_at).date() if doc.due_at else None
	kept = False
	for entry in entries:
		if ours and entry.allocated_to == doc.responsible and not kept:
			kept = True
			if entry.date != due:
				frappe.db.set_value("ToDo", entry.name, "date", due)
			continue
		todo = frappe.get_doc("ToDo", entry.name)
		todo.status = "Closed"
		# allowed: the list entry follows the voice, whoever moved it
		todo.save(ignore_permissions=True)
	if ours and not kept:
		with speaking_to(doc.responsible):
			description = _("Voice: {0} on {1}").format(_named(doc), _about(doc))
		todo = frappe.new_doc("ToDo")
		todo.update(
			{
				"allocated_to": doc.responsible,
				"assigned_by": doc.responsible if frappe.session.user == "Guest" else frappe.session.user,
				"reference_type": VOICE,
				"reference_name": doc.name,
				"description": frappe.utils.escape_html(description),
				"date": due,
				"priority": "High" if doc.needs_source_yes else "Medium",
			}
		)
		# allowed: as above
		todo.insert(ignore_permissions=True)
