"""Mails that the business writes back: the answer to a question, or words about an initiative, heard as a voice.

Called on every save of a mail by the documents that it answers: the same mail is heard once. Machines are not heard.
"""

import frappe
from frappe import _
from frappe.utils import cstr

from cx_desk.core import questions as core
from cx_desk.initiatives import people, questions, telling
from cx_desk.units import replies, voices


def hear_answer(doc, communication) -> None:
	"""Take a received mail as the answer to a question.

	A stranger's mail is no answer: the lead is told, and the mail stays in the record.
	"""
	sender = replies.person_behind(communication)
	if not sender:
		return
	if sender != cstr(doc.addressee_email).lower():
		_tell_of_stranger(doc, communication, sender)
		return
	text = replies.words_of(communication)
	if not text:
		return
	if doc.state not in (core.OPEN, core.ANSWERED):
		# The question is closed, the words are not lost: they are a voice.
		if text not in cstr(doc.answer):
			hear_words(frappe.get_doc(people.INITIATIVE, doc.initiative), communication)
		return
	fresh = frappe.get_doc(questions.QUESTION, doc.name)
	if any(cstr(row.note).strip() == text for row in fresh.steps):
		return
	questions.answer(doc.name, text, by=_("{0}, by mail").format(fresh.addressee_name), email=sender)


def hear_words(doc, communication) -> None:
	"""Words by mail about an initiative itself, or its news, are a voice; those of the desk's own people are not."""
	sender, text = replies.said_by_business(communication)
	if not text:
		return
	known = next((row for row in doc.people if row.email == sender), None)
	voices.hear(
		"Reply",
		text,
		unit=doc.unit,
		source_email=sender,
		source_name=known.person_name if known else communication.sender_full_name,
		responsible=doc.lead or doc.representative,
		origin=f"mail:{communication.name}",
	)


def _tell_of_stranger(doc, communication, sender: str) -> None:
	text = _("A mail from {0} is not taken as the answer to {1}: it was put to {2}.").format(
		sender, doc.name, doc.addressee_name
	)
	if frappe.db.exists(
		"Notification Log", {"document_name": doc.initiative, "subject": frappe.utils.escape_html(text)}
	):
		return
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	asked_by = doc.asked_by if doc.asked_by != "Administrator" else None
	telling.notify(
		initiative, asked_by or initiative.lead or frappe.get_cached_doc("CX Settings").desk_manager, text
	)
