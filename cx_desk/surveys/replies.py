"""A mail that answers an invitation: a person who answers with words is heard. A reply is never an answer."""

from frappe.utils import cstr, parse_addr

from cx_desk.core import ledger
from cx_desk.host import names
from cx_desk.host.people import is_staff
from cx_desk.surveys import versions
from cx_desk.units import voices
from cx_desk.units.replies import is_automatic, words_of


def hear_reply(doc, communication) -> None:
	"""Make a voice of a received mail. Called on every save of the mail: the same mail is heard once.

	Mails of the desk's own people, of machines and automatic answers are no words of the business.
	"""
	if communication.sent_or_received != "Received" or communication.communication_type != "Communication":
		return
	sender = parse_addr(cstr(communication.sender))[1].lower()
	if not sender or is_automatic(sender, communication.subject) or is_staff(sender):
		return
	text = words_of(communication)
	if not text:
		return
	own = ledger.normal_address(doc.recipient) == sender
	voices.hear(
		"Reply",
		text,
		unit=doc.unit,
		ticket=doc.event_name if doc.event_doctype == names.TICKET else None,
		contact=doc.contact if own else None,
		source_email=sender,
		source_name=cstr(communication.sender_full_name) or None,
		# A reply to a confidential survey is a confidential word, and its text stays with the mail.
		confidential=versions.load(doc.survey_version).get("privacy") == "Confidential",
		origin=f"mail:{communication.name}",
	)
