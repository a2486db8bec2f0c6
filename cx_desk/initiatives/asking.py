"""A question on its way to who was asked: by mail to the business and beyond, by a notification to IT.

The mail is also kept as a Communication with its own id, so that an answer finds the question when the host has
cleared its queue.
"""

import frappe
from frappe import _
from frappe.utils import cstr, format_date

from cx_desk.core import questions as core
from cx_desk.initiatives import mailing, people, telling

QUESTION = "CX Open Question"


def ask(doc, again: bool = False) -> None:
	"""Tell who was asked. again: it was asked back, and what is missing stands in the last step."""
	if not doc.addressee_email or doc.audience == core.IT_TEAM:
		if doc.responsible:
			telling.notify(
				frappe.get_doc(people.INITIATIVE, doc.initiative),
				doc.responsible,
				_("A question for you: {0}").format(short(doc.question)),
			)
		return
	if doc.audience == core.BUSINESS and not people.stands_on(doc.initiative, doc.addressee_email):
		people.add(doc.initiative, doc.addressee_name, doc.addressee_email, people.KEY_USER)
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	with mailing.language_of(doc.addressee_email, initiative.unit):
		head = (
			_("One more word on this, please:")
			if again
			else _("Hello {0}, one question for you:").format(doc.addressee_name)
		)
		text = "\n\n".join(
			part
			for part in (
				head,
				doc.question,
				doc.steps[-1].note if again and doc.steps else "",
				_("We need it by {0}.").format(format_date(doc.due)),
			)
			if part
		)
		subject, button = _("Question: {0}").format(initiative.title), _("Answer")
	queued = mailing.send(
		initiative,
		doc.addressee_email,
		subject,
		text,
		reference=(QUESTION, doc.name),
		button=button,
		in_reply_to=doc.message_id or "",
	)
	if queued:
		frappe.db.set_value(QUESTION, doc.name, "message_id", queued.message_id, update_modified=False)
		doc.message_id = queued.message_id
		_log(doc, text, queued.message_id)


def _log(doc, text: str, message_id: str) -> None:
	"""The question as a Communication with the mail's id: answers find it when the host has cleared its queue."""
	communication = frappe.new_doc("Communication")
	communication.update(
		{
			"communication_type": "Automated Message",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": _("Question: {0}").format(doc.initiative),
			"content": frappe.utils.escape_html(text).replace("\n", "<br>"),
			"recipients": doc.addressee_email,
			"reference_doctype": QUESTION,
			"reference_name": doc.name,
			"message_id": message_id,
		}
	)
	# allowed: the record of a mail that was sent
	communication.insert(ignore_permissions=True)


def short(text: str | None) -> str:
	"""A question or an answer in at most 120 letters, for subjects and reasons."""
	text = " ".join(cstr(text).split())
	return text if len(text) <= 120 else text[:119].rstrip() + "…"
