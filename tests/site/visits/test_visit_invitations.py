"""Calendar invitations of visits: one UID for life, SEQUENCE that grows, and who is taken off is told."""

from datetime import timedelta
from email import message_from_string

import visit_kit as kit
import voice_kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.api import visits as api
from cx_desk.core import visit as machine
from cx_desk.immersion import visits


class TestVisitInvitations(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.people = kit.people()
		kit.no_visits()
		voice_kit.mail_account()
		frappe.set_user(self.people.liaison)
		self.visit = kit.visit(self.people.agent, aim="How the gate works <at night>", place="Gate 4")

	def tearDown(self):
		frappe.set_user("Administrator")

	def mails(self):
		"""(recipient, message, calendar text), oldest first."""
		found = []
		filters = {"reference_doctype": "CX Visit", "reference_name": self.visit.name}
		for row in frappe.get_all("Email Queue", filters, ["name", "message"], order_by="creation asc"):
			message = message_from_string(row.message)
			part = next(part for part in message.walk() if part.get_filename() == "invite.ics")
			to = frappe.get_all("Email Queue Recipient", {"parent": row.name}, pluck="recipient")
			found.append((to[0], message, part.get_payload(decode=True).decode().replace("\r\n ", "")))
		return found

	def steps(self, to):
		return sorted(
			(text.split("METHOD:")[1].split("\r\n")[0], text.split("SEQUENCE:")[1].split("\r\n")[0])
			for recipient, _message, text in self.mails()
			if recipient.startswith(to)
		)

	def test_host_and_visitor_are_invited_and_answer_the_liaison(self):
		invited = api.invite(self.visit.name)["invited"]
		self.assertEqual(invited, [kit.HOST, self.people.agent])
		for _to, message, text in self.mails():
			self.assertIn(self.people.liaison, message["Reply-To"])
			self.assertIn("LOCATION:Gate 4", text)
			body = "".join(
				part.get_payload(decode=True).decode()
				for part in message.walk()
				if part.get_content_type() == "text/html"
			)
			self.assertIn("at night", body)
			self.assertNotIn("<at night>", body)

	def test_new_time_taken_off_and_cancelled(self):
		api.invite(self.visit.name)
		doc = frappe.get_doc("CX Visit", self.visit.name)
		doc.report = "A note of our own."
		doc.save()
		self.assertEqual(self.steps(kit.HOST), [("REQUEST", "0")], "what does not concern them is not sent")
		doc.append("people", {"side": "Desk", "user": self.people.second})
		doc.set("people", [row for row in doc.people if row.user != self.people.agent])
		doc.starts_on = doc.starts_on + timedelta(hours=1)
		doc.save()
		self.assertEqual(self.steps(self.people.agent), [("CANCEL", "1"), ("REQUEST", "0")])
		visits.move(doc.name, machine.CANCELLED, reason="Flood", cancelled_by=machine.BY_BUSINESS)
		self.assertEqual(self.steps(kit.HOST), [("CANCEL", "2"), ("REQUEST", "0"), ("REQUEST", "1")])
		self.assertEqual(self.steps(self.people.second), [("CANCEL", "2"), ("REQUEST", "1")])
		uids = {
			line for *_rest, text in self.mails() for line in text.split("\r\n") if line.startswith("UID:")
		}
		self.assertEqual(len(uids), 1)

	def test_who_may_not_write_the_visit_invites_nobody(self):
		frappe.set_user(self.people.stranger)
		with self.assertRaises(frappe.PermissionError):
			api.invite(self.visit.name)

	def test_nobody_with_an_address_is_said(self):
		alone = kit.visit(self.people.liaison, starts=kit.workday(21), type="Floor-walk", host_contact=None)
		with self.assertRaisesRegex(frappe.ValidationError, "Nobody can be invited"):
			api.invite(alone.name)
