"""A mail that answers a message back is heard: as more words while the desk is at it, else as a voice of its own."""

import html
import re

import frappe
from frappe.utils import cstr, parse_addr, strip_html_tags

from cx_desk.core import voice as machine
from cx_desk.host.people import is_staff
from cx_desk.units import voices

# Subjects under which machines answer, in the languages that are common here; headers are gone by now.
_AUTOMATIC = re.compile(
	r"^\s*(auto(matic)?[ -]?(reply|response|antwort)|automatische antwort|out of (the )?office|abwesenheit|"
	r"abwesend|undeliver(ed|able)|delivery (status|failure)|mail delivery|unzustellbar|"
	r"r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica)",
	re.IGNORECASE,
)
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|bounces?|do-?not-?reply)@", re.IGNORECASE)
_QUOTED = re.compile(
	r"^(>|On .+ wrote:|Am .+ schrieb.*:|-{2,} ?(Original|Urspr|Forwarded|Weitergel)|_{10,}|(From|Von): .+@)",
	re.IGNORECASE,
)


def hear_reply(doc, communication) -> None:
	"""Take a received mail on a voice. Called on every save of the mail: the same mail is heard once."""
	sender, text = said_by_business(communication)
	if not text:
		return
	origin = f"mail:{communication.name}"
	if frappe.db.exists("CX Voice", {"origin": origin}):
		return
	own = sender in addresses_of(doc)
	if doc.state in machine.OUR_TURN and own:
		_add_to_trail(doc.name, text)
		return
	voices.hear(
		machine.REPLY,
		text,
		unit=doc.unit,
		ticket=doc.ticket,
		contact=doc.contact if own else None,
		source_email=sender,
		source_name=doc.source_name if own else communication.sender_full_name,
		responsible=doc.responsible,
		# What answers a confidential voice was written to the people who may read that voice, and is read by no
		# others: its words stay with the mail.
		confidential=bool(doc.confidential),
		origin=origin,
	)


def _add_to_trail(name: str, text: str) -> None:
	doc = frappe.get_doc("CX Voice", name, for_update=True)
	text = voices.shorten(text)
	if not any(step.note == text for step in doc.steps):
		voices.note_on(doc, text, by=machine.PERSON)


def addresses_of(doc) -> set[str]:
	"""The mail addresses of the person, in lower case."""
	addresses = {cstr(doc.source_email).lower()}
	if doc.contact:
		rows = frappe.get_all(
			"Contact Email", filters={"parent": doc.contact, "parenttype": "Contact"}, pluck="email_id"
		)
		addresses |= {cstr(row).lower() for row in rows}
	return addresses - {""}


def person_behind(communication) -> str:
	"""The address of the person who wrote a received mail; empty for what we sent and what a machine wrote."""
	if communication.sent_or_received != "Received" or communication.communication_type != "Communication":
		return ""
	sender = cstr(parse_addr(cstr(communication.sender))[1]).lower()
	return "" if is_automatic(sender, communication.subject) else sender


def said_by_business(communication) -> tuple[str, str]:
	"""(address, words) of a received mail; empty words where nobody of the business said anything.

	Mails of the desk's own people, of machines and automatic answers are no words of the business.
	"""
	sender = person_behind(communication)
	return (sender, words_of(communication)) if sender and not is_staff(sender) else (sender, "")


def is_automatic(sender: str, subject: str | None) -> bool:
	"""Whether a mail was written by a machine, as far as sender and subject show it."""
	subject = re.sub(r"^((re|aw|fwd?|wg)\s*:\s*)+", "", cstr(subject).strip(), flags=re.IGNORECASE)
	return bool(_MACHINES.match(sender) or _AUTOMATIC.match(subject))


def words_of(communication) -> str:
	"""What the person wrote, without the message that they answer."""
	text = cstr(communication.text_content) or _plain(cstr(communication.content))
	lines = []
	for line in text.splitlines():
		if _QUOTED.match(line.strip()):
			break
		lines.append(line.rstrip())
	return voices.shorten(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def _plain(text: str) -> str:
	text = re.split(r"<blockquote|<div class=\"gmail_quote|<div id=\"divRplyFwdMsg", text, maxsplit=1)[0]
	text = re.sub(r"<(style|script|head)\b.*?</\1>", "", text, flags=re.IGNORECASE | re.DOTALL)
	text = re.sub(r"<br\s*/?>|</(p|div|li|tr|h\d)>", "\n", text, flags=re.IGNORECASE)
	return html.unescape(strip_html_tags(text))
