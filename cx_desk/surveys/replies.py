"""A mail that answers an invitation: a person who answers with words is heard. A reply is never an answer."""

from frappe.utils import cstr

from cx_desk.core import ledger
from cx_desk.host import names, tickets
from cx_desk.surveys import versions
from cx_desk.units import voices
from cx_desk.units.replies import said_by_business


def hear_reply(doc, communication) -> None:
	"""Make a voice of a received mail. Called on every save of the mail: the same mail is heard once."""
	sender, text = said_by_business(communication)
	if not text:
		return
	own = ledger.normal_address(doc.recipient) == sender
	voices.hear(
		"Reply",
		text,
		unit=doc.unit,
		ticket=tickets.of_record(doc.event_name, doc.event_key)
		if doc.event_doctype == names.TICKET
		else None,
		contact=doc.contact if own else None,
		source_email=sender,
		source_name=cstr(communication.sender_full_name) or None,
		# A reply to a confidential survey is a confidential word, and its text stays with the mail.
		confidential=versions.load(doc.survey_version).get("privacy") == "Confidential",
		origin=f"mail:{communication.name}",
	)
