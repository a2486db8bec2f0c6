"""Host facts of arriving mail: headers are dropped, so automatic answers to our records are marked before."""

from unittest.mock import patch

import frappe
from frappe.email.receive import InboundMail
from frappe.tests.utils import FrappeTestCase

from cx_desk.host import incoming

RAW = "From: a@b.example\nSubject: Hello\nMessage-ID: <1@b.example>\n{0}\n\nI am away."


class TestIncomingMail(FrappeTestCase):
	def setUp(self):
		incoming.listen()

	def values(self, header: str, reference: str | None) -> dict:
		mail = InboundMail(
			RAW.format(header), frappe._dict(name="Box", append_to=None, email_id="x@y.example")
		)
		record = frappe.new_doc(reference) if reference else ""
		with patch.object(mail, "reference_document", return_value=record):
			return mail.as_dict()

	def test_only_answers_to_our_records_are_marked(self):
		for reference in (
			"CX Voice",
			"CX Survey Invitation",
			"CX Open Question",
			"CX Visit",
			"CX Announcement",
		):
			found = self.values("Auto-Submitted: auto-replied", reference)
			self.assertEqual(found["communication_type"], incoming.AUTOMATED, reference)
		self.assertNotIn("communication_type", self.values("Auto-Submitted: auto-replied", "HD Ticket"))
		self.assertNotIn("communication_type", self.values("Auto-Submitted: auto-replied", None))
		self.assertNotIn("communication_type", self.values("X-Mailer: Post", "CX Voice"))

	def test_wrapped_once_and_only_where_mail_is_fetched(self):
		wrapped = InboundMail.as_dict
		incoming.listen()
		self.assertIs(InboundMail.as_dict, wrapped)
		with patch.object(incoming, "listen") as listen:
			incoming.before_job("frappe.desk.notifications.clear")
			incoming.before_job(None)
			self.assertFalse(listen.called)
			incoming.before_job("frappe.email.doctype.email_account.email_account.pull_from_email_account")
			self.assertTrue(listen.called)

	def test_the_hooks_are_there_for_jobs_and_requests(self):
		self.assertIn("cx_desk.host.incoming.before_job", frappe.get_hooks("before_job"))
		self.assertIn("cx_desk.host.incoming.before_request", frappe.get_hooks("before_request"))
