"""Calendar invitations to a planned conversation: sent once by hand, then kept true by themselves.

The organiser is the liaison, with their own address, and replies go there: an answer to the desk's mailbox would
open a ticket. A changed time or place goes out with the next sequence number, a cancellation takes it out again.
"""

import hashlib

import frappe
from frappe import _
from frappe.utils import (
	cint,
	cstr,
	escape_html,
	get_datetime,
	get_fullname,
	now_datetime,
	validate_email_address,
)

from cx_desk.core import conversation as machine
from cx_desk.core import icalendar
from cx_desk.host.service_calendar import site_zone
from cx_desk.units import cover

CONVERSATION = "CX Conversation"


def send(doc) -> list[str]:
	"""Invite everybody who has an address; the addresses come back. ValidationError where nobody can be invited."""
	if doc.state != machine.PLANNED:
		frappe.throw(_("Only a planned conversation has an invitation."))
	addresses = [person.address for person in attendees(doc)]
	if not addresses:
		frappe.throw(
			_("Nobody can be invited: choose a contact with a mail address, or add people with one below."),
			title=_("No address"),
		)
	_send(doc, addresses, cancelled=False)
	return addresses


def follow_up(doc) -> None:
	"""After a save: who was invited is told of a new time or place, or that it is cancelled."""
	if not doc.invited_at or doc.flags.cx_inviting:
		return
	invited = [address for address in cstr(doc.invited_to).split("\n") if address]
	if doc.state == machine.CANCELLED:
		if doc.invite_hash:
			_send(doc, invited, cancelled=True)
		return
	if doc.state == machine.PLANNED and doc.invite_hash != _digest(doc):
		now_invited = [person.address for person in attendees(doc)]
		gone = [address for address in invited if address not in now_invited]
		if gone:
			_mail(doc, gone, cint(doc.invite_sequence) + 1, cancelled=True)
		_send(doc, now_invited, cancelled=False)


def meeting(doc, sequence: int, people: list[icalendar.Person]) -> icalendar.Meeting:
	"""The conversation as a meeting: the same UID for its whole life."""
	zone = site_zone()
	return icalendar.Meeting(
		uid=f"{doc.name.lower()}@{frappe.local.site}",
		sequence=sequence,
		starts=get_datetime(doc.starts_on).replace(tzinfo=zone),
		ends=get_datetime(doc.ends_on).replace(tzinfo=zone),
		stamp=now_datetime().replace(tzinfo=zone),
		summary=subject(doc),
		organizer=organizer(doc),
		attendees=tuple(people),
		description=cstr(doc.agenda),
		location=cstr(doc.location),
	)


def organizer(doc) -> icalendar.Person:
	"""The unit's liaison, else who planned it; always a person with an address of their own."""
	for user in (cover.liaison_of(doc.unit).liaison, doc.owner, frappe.session.user):
		address = frappe.db.get_value("User", user, "email") if user else None
		if address and validate_email_address(address):
			return icalendar.Person(address, get_fullname(user))
	frappe.throw(_("The unit's liaison has no mail address, so nobody could answer the invitation."))


def attendees(doc) -> list[icalendar.Person]:
	"""Everybody of the conversation with an address, each once, without the organiser."""
	found: dict[str, icalendar.Person] = {}
	if doc.contact:
		address = frappe.db.get_value("Contact", doc.contact, "email_id")
		if address:
			found[address.lower()] = icalendar.Person(address, doc.who)
	for row in doc.people or []:
		if row.email and validate_email_address(row.email):
			found.setdefault(row.email.lower(), icalendar.Person(row.email, cstr(row.person_name)))
	found.pop(organizer(doc).address.lower(), None)
	return list(found.values())


def subject(doc) -> str:
	"""What stands in the calendar: the type and the unit, never what was said."""
	return _("{0} with {1}").format(_(doc.type), doc.unit) if doc.type else cstr(doc.unit)


def _digest(doc) -> str:
	parts = [doc.starts_on, doc.ends_on, doc.location, doc.agenda, doc.type, doc.unit]
	parts += sorted(person.address for person in attendees(doc))
	return hashlib.sha256("\n".join(cstr(part) for part in parts).encode()).hexdigest()[:32]


def _send(doc, addresses: list[str], cancelled: bool) -> None:
	sequence = cint(doc.invite_sequence) + 1 if doc.invited_at else 0
	_mail(doc, addresses, sequence, cancelled)
	values = {
		"invited_at": now_datetime(),
		"invited_to": "\n".join(addresses),
		"invite_sequence": sequence,
		"invite_hash": None if cancelled else _digest(doc),
	}
	frappe.db.set_value(CONVERSATION, doc.name, values, update_modified=False)
	doc.update(values)


def _mail(doc, addresses: list[str], sequence: int, cancelled: bool) -> None:
	known = {person.address: person for person in attendees(doc)}
	people = [known.get(address, icalendar.Person(address)) for address in addresses]
	if not people:
		return
	make = icalendar.cancellation if cancelled else icalendar.invitation
	if cancelled:
		title = _("Cancelled: {0}").format(subject(doc))
	elif sequence:
		title = _("Changed: {0}").format(subject(doc))
	else:
		title = subject(doc)
	sender = organizer(doc)
	try:
		_queue(doc, people, sender, title, make(meeting(doc, sequence, people)), cancelled)
	except frappe.OutgoingEmailError:
		frappe.throw(
			_("The invitation was not sent, because no outgoing mail account works. See cx-doctor."),
			title=_("Not sent"),
		)


def _queue(doc, people, sender: icalendar.Person, title: str, text: str, cancelled: bool) -> None:
	for person in people:
		frappe.sendmail(
			recipients=[person.address],
			subject=title,
			message=_body(doc, sender, cancelled),
			reply_to=sender.address,
			reference_doctype=CONVERSATION,
			reference_name=doc.name,
			add_unsubscribe_link=0,
			attachments=[{"fname": "invite.ics", "fcontent": text}],
		)


def _body(doc, sender: icalendar.Person, cancelled: bool) -> str:
	when = frappe.utils.format_datetime(doc.starts_on, "EEEE, d MMMM yyyy HH:mm")
	lines = [f"<p>{escape_html(_('Hello,'))}</p>"]
	if cancelled:
		reason = cstr(doc.reason).strip()
		lines.append(f"<p>{escape_html(_('our conversation of {0} is cancelled.').format(when))}</p>")
		if reason:
			lines.append(f"<p>{escape_html(reason)}</p>")
	else:
		lines.append(f"<p>{escape_html(_('you are invited to a conversation on {0}.').format(when))}</p>")
		if cstr(doc.location).strip():
			lines.append(f"<p>{escape_html(_('Where: {0}').format(doc.location))}</p>")
		if cstr(doc.agenda).strip():
			agenda = escape_html(doc.agenda).replace("\n", "<br>")
			lines.append(f"<p>{escape_html(_('Agenda'))}:<br>{agenda}</p>")
	lines.append(f"<p>{escape_html(sender.name or sender.address)}</p>")
	return "\n".join(lines)
