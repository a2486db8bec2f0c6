"""iCalendar text of a meeting (RFC 5545, RFC 5546): invitation, change and cancellation. Pure.

One UID for the meeting's whole life, a SEQUENCE that only grows, times in UTC, lines folded at 75 octets and ended
by CRLF. The organiser is a person: answers to a desk's mailbox would open tickets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone

PRODUCT = "-//CX Desk//Conversation//EN"
REQUEST, CANCEL = "REQUEST", "CANCEL"

_ADDRESS = re.compile(r"^[^\s@<>\"]+@[^\s@<>\"]+$")


@dataclass(frozen=True)
class Person:
	"""Somebody of the meeting: a mail address and a name to show."""

	address: str
	name: str = ""


@dataclass(frozen=True)
class Meeting:
	"""A meeting as it stands now.

	uid: the same for its whole life. sequence: 0 for the first invitation, one more for each change and for the
	cancellation. starts, ends, stamp (when this text is made): aware datetimes.
	"""

	uid: str
	sequence: int
	starts: datetime
	ends: datetime
	stamp: datetime
	summary: str
	organizer: Person
	attendees: tuple[Person, ...] = field(default=())
	description: str = ""
	location: str = ""


def invitation(meeting: Meeting) -> str:
	"""The text that invites to a meeting or, with a higher sequence, changes it."""
	return _calendar(meeting, REQUEST)


def cancellation(meeting: Meeting) -> str:
	"""The text that takes a meeting out of the calendars it went to."""
	return _calendar(meeting, CANCEL)


def _calendar(meeting: Meeting, method: str) -> str:
	if meeting.sequence < 0:
		raise ValueError("a sequence is 0 or more")
	if meeting.ends < meeting.starts:
		raise ValueError("the meeting ends before it starts")
	if not meeting.uid.strip() or any(ord(char) < 32 for char in meeting.uid):
		raise ValueError("a meeting needs a UID of one line")
	lines = [
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		f"PRODID:{PRODUCT}",
		"CALSCALE:GREGORIAN",
		f"METHOD:{method}",
		"BEGIN:VEVENT",
		f"UID:{escape(meeting.uid)}",
		f"SEQUENCE:{meeting.sequence}",
		f"DTSTAMP:{utc(meeting.stamp)}",
		f"DTSTART:{utc(meeting.starts)}",
		f"DTEND:{utc(meeting.ends)}",
		f"SUMMARY:{escape(meeting.summary)}",
	]
	if meeting.description.strip():
		lines.append(f"DESCRIPTION:{escape(meeting.description)}")
	if meeting.location.strip():
		lines.append(f"LOCATION:{escape(meeting.location)}")
	lines.append(f"ORGANIZER{_name(meeting.organizer)}:mailto:{_address(meeting.organizer)}")
	for person in meeting.attendees:
		rsvp = ";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE" if method == REQUEST else ""
		lines.append(f"ATTENDEE{_name(person)}{rsvp}:mailto:{_address(person)}")
	lines += [
		f"STATUS:{'CONFIRMED' if method == REQUEST else 'CANCELLED'}",
		"TRANSP:OPAQUE",
		"END:VEVENT",
		"END:VCALENDAR",
	]
	return "".join(f"{fold(line)}\r\n" for line in lines)


def utc(moment: datetime) -> str:
	"""20261122T093000Z; ValueError for a time without a zone."""
	if moment.tzinfo is None:
		raise ValueError("a calendar needs times with a zone")
	return moment.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def escape(text: str) -> str:
	"""A text value: backslash, comma, semicolon and line ends escaped, other control characters taken out."""
	text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
	text = "".join(char for char in text if char in "\n\t" or (ord(char) >= 32 and ord(char) != 127))
	for char, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
		text = text.replace(char, escaped)
	return text


def _name(person: Person) -> str:
	"""The CN parameter: quoted, without the characters that a quoted parameter cannot hold."""
	name = "".join(char for char in " ".join(person.name.split()) if char != '"' and ord(char) >= 32)
	return f';CN="{name}"' if name else ""


def _address(person: Person) -> str:
	address = person.address.strip()
	if not _ADDRESS.match(address):
		raise ValueError(f"{person.address!r} is no mail address")
	return address


def fold(line: str) -> str:
	"""A line in pieces of at most 75 octets, never within a character."""
	pieces, piece, size = [], "", 0
	for char in line:
		octets = len(char.encode())
		if size + octets > 75:
			pieces.append(piece)
			# A continued line begins with a space, which counts.
			piece, size = "", 1
		piece += char
		size += octets
	return "\r\n ".join([*pieces, piece])
