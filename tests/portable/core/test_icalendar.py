"""Invitation, change and cancellation as iCalendar text, read back by a parser of our own and, where there, vobject."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from cx_desk.core.icalendar import Meeting, Person, cancellation, escape, fold, invitation

BERLIN = timezone(timedelta(hours=1))
MEETING = Meeting(
	uid="cxc-00001@desk.example",
	sequence=0,
	starts=datetime(2026, 11, 30, 10, 30, tzinfo=BERLIN),
	ends=datetime(2026, 11, 30, 11, 0, tzinfo=BERLIN),
	stamp=datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc),
	summary="Service review, Payments; Q4",
	organizer=Person("lena@desk.example", "Lena Liaison"),
	attendees=(Person("sam@pay.example", 'Sam "the boss" Sponsor'), Person("kim@pay.example")),
	description="Agenda:\n1. Ünïcode – long enough to be folded over more than one line, as agendas usually are",
	location="Room 4, 2nd floor",
)


def parse(text):
	"""Properties of the event as name -> (parameters, value), after unfolding."""
	assert text.endswith("\r\n")
	assert "\n" not in text.replace("\r\n", "")
	for line in text.split("\r\n"):
		assert len(line.encode()) <= 75
	lines = text.replace("\r\n ", "").split("\r\n")
	found = {}
	for line in lines:
		name, _, value = line.partition(":")
		found.setdefault(name.partition(";")[0], []).append((line.partition(":")[0], value))
	return found


def test_an_invitation():
	found = parse(invitation(MEETING))
	assert found["METHOD"] == [("METHOD", "REQUEST")]
	assert found["UID"][0][1] == "cxc-00001@desk.example"
	assert found["SEQUENCE"][0][1] == "0"
	assert found["DTSTART"][0][1] == "20261130T093000Z"
	assert found["DTEND"][0][1] == "20261130T100000Z"
	assert found["ORGANIZER"] == [('ORGANIZER;CN="Lena Liaison"', "mailto:lena@desk.example")]
	assert found["SUMMARY"][0][1] == "Service review\\, Payments\\; Q4"
	assert len(found["ATTENDEE"]) == 2
	assert "the boss" in found["ATTENDEE"][0][0]
	assert '"the boss"' not in found["ATTENDEE"][0][0]


def test_change_and_cancellation_keep_the_uid_and_raise_the_sequence():
	first = parse(invitation(MEETING))
	later = parse(invitation(replace(MEETING, sequence=1, starts=MEETING.starts + timedelta(minutes=15))))
	gone = parse(cancellation(replace(MEETING, sequence=2)))
	assert first["UID"] == later["UID"] == gone["UID"]
	assert (later["SEQUENCE"][0][1], gone["SEQUENCE"][0][1]) == ("1", "2")
	assert gone["METHOD"][0][1] == "CANCEL"
	assert gone["STATUS"][0][1] == "CANCELLED"


@pytest.mark.parametrize("make", [invitation, cancellation])
def test_an_independent_parser_accepts_it(make):
	vobject = pytest.importorskip("vobject")
	calendar = vobject.readOne(make(replace(MEETING, sequence=3)))
	event = calendar.vevent
	assert event.uid.value == MEETING.uid
	assert event.dtstart.value == MEETING.starts
	assert event.summary.value == MEETING.summary
	assert event.description.value == MEETING.description
	assert event.organizer.value == "mailto:lena@desk.example"
	assert [line.value for line in event.contents["attendee"]] == [
		"mailto:sam@pay.example",
		"mailto:kim@pay.example",
	]
	assert event.sequence.value == "3"


def test_no_line_can_be_smuggled_in():
	evil = replace(
		MEETING,
		summary="Hello\r\nATTENDEE:mailto:all@firm.example",
		organizer=Person("lena@desk.example", 'X"\r\nBEGIN:VALARM'),
	)
	found = parse(invitation(evil))
	assert len(found["ATTENDEE"]) == 2
	assert "BEGIN:VALARM" not in invitation(evil).split("\r\n")
	with pytest.raises(ValueError, match="mail address"):
		invitation(replace(MEETING, attendees=(Person("a@b.example\r\nX:1"),)))
	with pytest.raises(ValueError, match="UID"):
		invitation(replace(MEETING, uid="a\r\nb"))


def test_refused():
	with pytest.raises(ValueError, match="zone"):
		invitation(replace(MEETING, starts=datetime(2026, 1, 1), ends=datetime(2026, 1, 2)))
	with pytest.raises(ValueError, match="before"):
		invitation(replace(MEETING, ends=MEETING.starts - timedelta(minutes=1)))
	with pytest.raises(ValueError, match="sequence"):
		invitation(replace(MEETING, sequence=-1))


def test_folding_never_splits_a_character():
	folded = fold("DESCRIPTION:" + "ä" * 200)
	assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
	assert folded.replace("\r\n ", "") == "DESCRIPTION:" + "ä" * 200
	assert escape("a\\b;c,d\ne\x07") == "a\\\\b\\;c\\,d\\ne"
