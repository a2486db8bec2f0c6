"""What delivery reports and errors of mail servers mean for asking."""

from email import message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import bounces

REPORT = """From: MAILER-DAEMON@mx.example
To: desk@site.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 02 Mar 2026 09:00:00 +0000

Final-Recipient: rfc822; Ann@Business.example
Original-Recipient: rfc822;ann@business.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.business.example
Diagnostic-Code: smtp; 550 {status} <ann@business.example>:
    Recipient address rejected: User unknown

--b
Content-Type: {kind}

Message-ID: <one.two@site.example>
Subject: How did we do?

--b--
"""


def report(action="failed", status="5.1.1", kind="message/rfc822"):
	return message_from_string(REPORT.format(action=action, status=status, kind=kind))


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_address_reason_and_mail(kind):
	found = bounces.read_report(report(kind=kind))
	assert found.why == bounces.ADDRESS_UNKNOWN
	assert found.dead
	assert found.address == "ann@business.example"
	assert found.message_ids == ("one.two@site.example",)
	assert found.detail.startswith("5.1.1")
	assert "User unknown" in found.detail


def test_a_delay_and_a_letter_are_no_bounce():
	assert bounces.read_report(report(action="delayed", status="4.4.1")) is None
	assert bounces.read_report(report(action="delivered", status="2.0.0")) is None
	assert bounces.read_report(message_from_string("From: a@b.example\n\nNo, it is fine.")) is None


def test_a_broken_report_is_no_bounce():
	text = REPORT.format(action="failed", status="5.1.1", kind="message/rfc822")
	for cut in range(0, len(text), 37):
		found = bounces.read_report(message_from_string(text[:cut]))
		assert found is None or found.why in bounces.WHYS


@pytest.mark.parametrize(
	("status", "why"),
	[
		("5.1.1", bounces.ADDRESS_UNKNOWN),
		("5.1.10", bounces.ADDRESS_UNKNOWN),
		("5.2.1", bounces.MAILBOX_CLOSED),
		("5.2.2", bounces.MAILBOX_FULL),
		("4.2.2", bounces.MAILBOX_FULL),
		("5.7.1", bounces.REFUSED),
		("4.4.7", bounces.NOT_DELIVERED),
		("5.0.0", bounces.NOT_DELIVERED),
		("", bounces.NOT_DELIVERED),
	],
)
def test_what_a_code_means(status, why):
	assert bounces.why_of(status) == why


@pytest.mark.parametrize(
	("error", "why"),
	[
		(
			'Traceback (most recent call last):\n  File "x.py", line 5.1.1\nsmtplib.SMTPRecipientsRefused: '
			"{'ann@business.example': (550, b'5.1.1 <ann@business.example>: User unknown')}",
			bounces.ADDRESS_UNKNOWN,
		),
		(
			"smtplib.SMTPRecipientsRefused: {'a@b.example': (550, b'No such user here')}",
			bounces.ADDRESS_UNKNOWN,
		),
		("smtplib.SMTPDataError: (550, b'blocked using a list')", bounces.REFUSED),
		("smtplib.SMTPResponseException: (452, b'4.2.2 mailbox full')", bounces.MAILBOX_FULL),
		("ConnectionRefusedError: [Errno 111] Connection refused", bounces.NOT_DELIVERED),
		("", bounces.NOT_DELIVERED),
		(None, bounces.NOT_DELIVERED),
	],
)
def test_what_an_error_means(error, why):
	found = bounces.read_error(error)
	assert found.why == why
	assert found.dead == (why in bounces.DEAD)


def test_for_now_is_never_dead():
	assert not bounces.read_error("450 4.1.1 user unknown, try again").dead


@given(st.text(max_size=400), st.text(max_size=12))
def test_any_text_has_an_answer(text, status):
	assert bounces.why_of(status, text) in bounces.WHYS
	assert len(bounces.read_error(text).detail) <= 300
