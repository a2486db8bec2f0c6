"""A machine's mail is known by its headers; a person's never is one because of what their mail server adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core.automatic_mail import why_automatic

PERSON = [
	("From", "Hanna <hanna@business.example>"),
	("Subject", "Automatic doors: a question"),
	("Return-Path", "<hanna@business.example>"),
	("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply"),
	("Precedence", "list"),
	("Content-Type", 'multipart/alternative; boundary="report"'),
]


@pytest.mark.parametrize(
	"header",
	[
		("Auto-Submitted", "auto-replied"),
		("auto-submitted", "Auto-Generated; owner-email=x@y.example"),
		("Auto-Submitted", "auto-replied (vacation)"),
		("X-Autoreply", "yes"),
		("X-Autorespond", "Away"),
		("Precedence", "auto_reply"),
		("PRECEDENCE", " Bulk "),
		("Content-Type", 'multipart/report; report-type=delivery-status; boundary="x"'),
		("Return-Path", "<>"),
	],
)
def test_machines(header):
	assert why_automatic([*PERSON[:2], header]).lower().startswith(header[0].lower())


@pytest.mark.parametrize(
	"header",
	[
		("Auto-Submitted", "no"),
		("Auto-Submitted", "No; because=person"),
		("X-Autoreply", "no"),
		("Precedence", "normal"),
		("X-Auto-Response-Suppress", "All"),
		("Content-Type", "text/plain"),
		("Return-Path", "<bulk@business.example>"),
	],
)
def test_people(header):
	assert why_automatic([*PERSON, header]) is None


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40) | st.none() | st.integers())))
def test_whatever_stands_there_is_read(headers):
	found = why_automatic(headers)
	assert found is None or len(found) <= 140
