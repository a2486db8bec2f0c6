"""Calendar invitations to a visit: sent once by hand, then kept true by themselves.

The organiser is the unit's liaison or the first visitor, with their own address: an answer to the desk's mailbox would
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

from cx_desk.core import icalendar
from cx_desk.core import visit as machine
from cx_desk.host.service_calendar import site_zone
from cx_desk.units import cover

VISIT = "CX Visit"


def send(doc) -> list[str]:
	"""Invite host and people with an address; the addresses come back. ValidationError where nobody can be."""
	if doc.state != machine.PLANNED:
		frappe.throw(_("Only a planned visit has an invitation."))
	people = attendees(doc)
	if not people:
		frappe.throw(_("Nobody can be invited: give the host a mail address, or add people with one."))
	_send(doc, people, cancelled=False)
	return [person.address for person in people]


def follow_up(doc) -> None:
	"""After a save: who was invited is told of a new time or place, or that it is cancelled."""
	if not doc.invited_at:
		return
	if doc.state == machine.CANCELLED and doc.invite_hash:
		invited = [icalendar.Person(address) for address in cstr(doc.invited_to).split("\n") if address]
		_send(doc, invited, cancelled=True)
	elif doc.state == machine.PLANNED and doc.invite_hash != _digest(doc):
		_send(doc, attendees(doc), cancelled=False)


def file_of(doc) -> str:
	"""The visit as a calendar file, to be put into one's own calendar."""
	return icalendar.invitation(_meeting(doc, cint(doc.invite_sequence), attendees(doc)))


def organizer(doc) -> icalendar.Person:
	"""The unit's liaison, else the first visitor, else who planned it."""
	first = next((row.user for row in doc.people if row.user), None)
	for user in (cover.liaison_of(doc.unit).liaison, first, doc.owner):
		address = frappe.db.get_value("User", user, "email") if user else None
		if address and validate_email_address(address):
			return icalendar.Person(address, get_fullname(user))
	frappe.throw(
		_("Nobody of the desk on this visit has a mail address, so nobody could answer the invitation.")
	)


def attendees(doc) -> list[icalendar.Person]:
	"""Everybody of the visit with an address, each once, without the organiser."""
	found: dict[str, icalendar.Person] = {}
	if doc.host_email:
		found[doc.host_email.lower()] = icalendar.Person(doc.host_email, cstr(doc.host_name))
	for row in doc.people:
		if row.email and validate_email_address(row.email):
			found.setdefault(row.email.lower(), icalendar.Person(row.email, cstr(row.person_name)))
	found.pop(organizer(doc).address.lower(), None)
	return list(found.values())


def subject(doc) -> str:
	"""What stands in the calendar: the type and the unit, never what was heard."""
	return _("{0}: {1} and the service desk").format(_(doc.type), doc.unit)


def _meeting(doc, sequence: int, people: list[icalendar.Person]) -> icalendar.Meeting:
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
		description=cstr(doc.aim),
		location=cstr(doc.place),
	)


def _digest(doc) -> str:
	parts = [get_datetime(doc.starts_on), get_datetime(doc.ends_on), doc.place, doc.aim, doc.type, doc.unit]
	parts += sorted(person.address for person in attendees(doc))
	return hashlib.sha256("\n".join(cstr(part) for part in parts).encode()).hexdigest()[:32]


def _send(doc, people: list[icalendar.Person], cancelled: bool) -> None:
	sequence = cint(doc.invite_sequence) + 1 if doc.invited_at else 0
	make = icalendar.cancellation if cancelled else icalendar.invitation
	title = subject(doc)
	if cancelled:
		title = _("Cancelled: {0}").format(title)
	elif sequence:
		title = _("Changed: {0}").format(title)
	sender = organizer(doc)
	text = make(_meeting(doc, sequence, people))
	try:
		for person in people:
			frappe.sendmail(
				recipients=[person.address],
				subject=title,
				message=_body(doc, sender, cancelled),
				reply_to=sender.address,
				reference_doctype=VISIT,
				reference_name=doc.name,
				add_unsubscribe_link=0,
				attachments=[{"fname": "visit.ics", "fcontent": text}],
			)
	except frappe.OutgoingEmailError:
		frappe.throw(_("The invitation was not sent, because no outgoing mail account works. See cx-doctor."))
	values = {
		"invited_at": now_datetime(),
		"invited_to": "\n".join(person.address for person in people),
		"invite_sequence": sequence,
		"invite_hash": None if cancelled else _digest(doc),
	}
	frappe.db.set_value(VISIT, doc.name, values, update_modified=False)
	doc.update(values)


def _body(doc, sender: icalendar.Person, cancelled: bool) -> str:
	when = frappe.utils.format_datetime(doc.starts_on, "EEEE, d MMMM yyyy HH:mm")
	lines = [f"<p>{escape_html(_('Hello,'))}</p>"]
	if cancelled:
		lines.append(f"<p>{escape_html(_('our visit of {0} is cancelled.').format(when))}</p>")
		lines.append(f"<p>{escape_html(cstr(doc.reason).strip())}</p>")
	else:
		lines.append(f"<p>{escape_html(_('we would like to see each other on {0}.').format(when))}</p>")
		if cstr(doc.place).strip():
			lines.append(f"<p>{escape_html(_('Where: {0}').format(doc.place))}</p>")
		if cstr(doc.aim).strip():
			aim = escape_html(cstr(doc.aim)).replace("\n", "<br>")
			lines.append(f"<p>{escape_html(_('What we want to understand'))}:<br>{aim}</p>")
	lines.append(f"<p>{escape_html(sender.name or sender.address)}</p>")
	return "\n".join(lines)
