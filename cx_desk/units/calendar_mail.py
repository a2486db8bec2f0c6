"""Calendar invitations by mail to something planned: sent once by hand, then kept true by themselves.

The organiser is a person of the desk, with their own address, and replies go there: an answer to the desk's mailbox
would open a ticket. A changed time or place goes out with the next sequence number; a cancellation, or being taken off,
takes it out of the calendar again. Each area says in a subclass who is invited to what.
"""

import hashlib
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import (
	cint,
	cstr,
	escape_html,
	format_time,
	get_datetime,
	get_fullname,
	now_datetime,
	validate_email_address,
)

from cx_desk.core import icalendar
from cx_desk.host.service_calendar import site_zone
from cx_desk.units import clock
from cx_desk.units.language import languages_of, long_day, speaking


class CalendarMail:
	"""The invitations of one document with starts_on, ends_on and the fields invited_at, invited_to,
	invite_sequence and invite_hash. What raises, raises Frappe's ValidationError with what to do."""

	doctype = ""
	planned, cancelled = "", ""

	def __init__(self, doc):
		self.doc = doc

	# What an area says.

	def organizers(self) -> Iterable[str | None]:
		"""Users who may be the organiser, the best first."""
		raise NotImplementedError

	def guests(self) -> Iterable[tuple[str | None, str | None]]:
		"""Address and name of everybody to invite, with or without an address."""
		raise NotImplementedError

	def subject(self) -> str:
		"""What stands in the calendar; never what was said or heard."""
		raise NotImplementedError

	def place(self) -> str:
		raise NotImplementedError

	def about(self) -> tuple[str, str]:
		"""What it is about, and the words before it."""
		raise NotImplementedError

	def words(self) -> dict[str, str]:
		"""The area's own texts: not_planned, nobody, no_organizer, opening, cancelled; the last two with {0}."""
		raise NotImplementedError

	# What all share.

	def send(self) -> list[str]:
		"""Invite everybody who has an address; the addresses come back."""
		if self.doc.state != self.planned:
			frappe.throw(self.words()["not_planned"])
		addresses = [person.address for person in self.attendees()]
		if not addresses:
			frappe.throw(self.words()["nobody"], title=_("No address"))
		self._send(addresses, cancelled=False)
		return addresses

	def follow_up(self) -> None:
		"""After a save: who was invited is told of a new time or place, or that it is cancelled."""
		doc = self.doc
		if not doc.invited_at:
			return
		invited = [address for address in cstr(doc.invited_to).split("\n") if address]
		if doc.state == self.cancelled:
			if doc.invite_hash:
				self._send(invited, cancelled=True)
			return
		if doc.state == self.planned and doc.invite_hash != self._digest():
			now_invited = [person.address for person in self.attendees()]
			gone = [address for address in invited if address not in now_invited]
			if gone:
				self._mail(gone, cint(doc.invite_sequence) + 1, cancelled=True)
			self._send(now_invited, cancelled=False)

	def file(self) -> str:
		"""It as a calendar file, to be put into one's own calendar."""
		return icalendar.invitation(self._meeting(cint(self.doc.invite_sequence), self.attendees()))

	def organizer(self) -> icalendar.Person:
		"""A person with an address of their own."""
		for user in self.organizers():
			address = frappe.db.get_value("User", user, "email") if user else None
			if address and validate_email_address(address):
				return icalendar.Person(address, get_fullname(user))
		frappe.throw(self.words()["no_organizer"])

	def attendees(self) -> list[icalendar.Person]:
		"""Everybody with an address, each once, without the organiser."""
		found: dict[str, icalendar.Person] = {}
		for address, name in self.guests():
			if address and validate_email_address(address):
				found.setdefault(address.lower(), icalendar.Person(address, cstr(name)))
		found.pop(self.organizer().address.lower(), None)
		return list(found.values())

	def _meeting(self, sequence: int, people: list[icalendar.Person]) -> icalendar.Meeting:
		zone = site_zone()
		return icalendar.Meeting(
			uid=f"{self.doc.name.lower()}@{frappe.local.site}",
			sequence=sequence,
			starts=get_datetime(self.doc.starts_on).replace(tzinfo=zone),
			ends=get_datetime(self.doc.ends_on).replace(tzinfo=zone),
			stamp=now_datetime().replace(tzinfo=zone),
			summary=self.subject(),
			organizer=self.organizer(),
			attendees=tuple(people),
			description=self.about()[0],
			location=self.place(),
		)

	def _digest(self) -> str:
		doc = self.doc
		parts = [get_datetime(doc.starts_on), get_datetime(doc.ends_on), self.place(), self.about()[0]]
		parts += [doc.type, doc.unit, *sorted(person.address for person in self.attendees())]
		return hashlib.sha256("\n".join(cstr(part) for part in parts).encode()).hexdigest()[:32]

	def _send(self, addresses: list[str], cancelled: bool) -> None:
		sequence = cint(self.doc.invite_sequence) + 1 if self.doc.invited_at else 0
		self._mail(addresses, sequence, cancelled)
		values = {
			"invited_at": now_datetime(),
			"invited_to": "\n".join(addresses),
			"invite_sequence": sequence,
			"invite_hash": None if cancelled else self._digest(),
		}
		frappe.db.set_value(self.doctype, self.doc.name, values, update_modified=False)
		self.doc.update(values)

	def _mail(self, addresses: list[str], sequence: int, cancelled: bool) -> None:
		known = {person.address: person for person in self.attendees()}
		people = [known.get(address, icalendar.Person(address)) for address in addresses]
		languages = languages_of(addresses, self.doc.unit)
		try:
			for person in people:
				with speaking(languages[person.address]):
					self._mail_to(person, people, sequence, cancelled)
		except frappe.OutgoingEmailError:
			frappe.throw(
				_("The invitation was not sent, because no outgoing mail account works. See cx-doctor."),
				title=_("Not sent"),
			)

	def _mail_to(
		self, person: icalendar.Person, people: list[icalendar.Person], sequence: int, cancelled: bool
	) -> None:
		"""One mail to one of them, in the language that is set; the file names everybody."""
		title = self.subject()
		if cancelled:
			title = _("Cancelled: {0}").format(title)
		elif sequence:
			title = _("Changed: {0}").format(title)
		sender = self.organizer()
		make = icalendar.cancellation if cancelled else icalendar.invitation
		frappe.sendmail(
			recipients=[person.address],
			subject=title,
			message=self._body(sender, cancelled),
			reply_to=sender.address,
			reference_doctype=self.doctype,
			reference_name=self.doc.name,
			add_unsubscribe_link=0,
			attachments=[{"fname": "invite.ics", "fcontent": make(self._meeting(sequence, people))}],
		)

	def _when(self) -> str:
		"""The start by the unit's clock, which it names: the business reads it there, wherever this site stands."""
		starts = clock.at_unit(self.doc.unit, get_datetime(self.doc.starts_on))
		# An underscore is a sign of its own in the plain text that the host makes of the mail.
		zone = str(clock.zone_of(self.doc.unit)).replace("_", " ")
		return _("{0}, {1} ({2})").format(long_day(starts), format_time(starts, "HH:mm"), zone)

	def _body(self, sender: icalendar.Person, cancelled: bool) -> str:
		doc, words = self.doc, self.words()
		when = self._when()
		lines = [_("Hello,")]
		if cancelled:
			lines += [words["cancelled"].format(when), cstr(doc.reason).strip()]
		else:
			text, before = self.about()
			lines += [
				words["opening"].format(when),
				_("Where: {0}").format(self.place()) if self.place() else "",
				f"{before}:\n{text}" if text else "",
			]
		lines.append(sender.name or sender.address)
		return "\n".join(f"<p>{escape_html(line)}</p>".replace("\n", "<br>") for line in lines if line)
