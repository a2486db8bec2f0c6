"""Calendar invitations: one UID for life, SEQUENCE that grows, CANCEL; the liaison is the organiser."""

from datetime import timedelta
from email import message_from_string
from unittest.mock import patch
from zoneinfo import ZoneInfo

import unit_kit as kit
import voice_kit
from relationship_kit import RollbackCase, liaison_of

import frappe
from frappe.utils import now_datetime

from cx_desk.api import relationship as api
from cx_desk.core import conversation as machine
from cx_desk.relationship import conversations


def unfolded(part):
	return part.get_payload(decode=True).decode().replace("\r\n ", "")


class TestInvitations(RollbackCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		voice_kit.mail_account()
		cls.liaison = liaison_of(kit.TREASURY, "rel.host@desk.example")
		cls.contact = voice_kit.contact("Tina Treasury", "tina@reltest.example")

	def setUp(self):
		super().setUp()
		frappe.set_user(self.liaison)
		self.plan = frappe.new_doc("CX Conversation")
		self.plan.update(
			{
				"unit": kit.TREASURY,
				"contact": self.contact,
				"starts_on": (now_datetime() + timedelta(days=2)).replace(microsecond=0),
				"type": "Service review",
				"agenda": "Quarter end, and what changed; ünïcode",
				"people": [{"side": "Business", "person_name": "Kai", "email": "kai@reltest.example"}],
			}
		)
		self.plan.insert()

	def mails(self):
		"""(recipient, message, calendar text) of every queued mail of the conversation, oldest first."""
		found = []
		for row in frappe.get_all(
			"Email Queue",
			{"reference_doctype": "CX Conversation", "reference_name": self.plan.name},
			["name", "message"],
			order_by="creation asc",
		):
			message = message_from_string(row.message)
			part = next(part for part in message.walk() if part.get_filename() == "invite.ics")
			to = frappe.get_all("Email Queue Recipient", {"parent": row.name}, pluck="recipient")
			found.append((to[0], message, unfolded(part)))
		return found

	def test_everybody_is_invited_and_answers_go_to_the_liaison(self):
		self.assertEqual(
			sorted(api.invite(self.plan.name)["invited"]), ["kai@reltest.example", "tina@reltest.example"]
		)
		mails = self.mails()
		self.assertEqual(sorted(to for to, _, _ in mails), ["kai@reltest.example", "tina@reltest.example"])
		for _to, message, text in mails:
			self.assertIn("rel.host@desk.example", message["Reply-To"])
			self.assertIn("METHOD:REQUEST", text)
			self.assertIn("SEQUENCE:0", text)
			self.assertIn("mailto:rel.host@desk.example", text)
			self.assertNotIn("TZID", text)

	def test_in_the_language_of_the_unit_and_by_its_clock(self):
		unit = frappe.get_doc("CX Business Unit", self.plan.unit)
		unit.language, unit.time_zone = "de", "America/New_York"
		unit.save()
		self.plan.db_set({"starts_on": "2027-01-08 15:30:00", "ends_on": "2027-01-08 16:00:00"})
		self.plan.reload()
		with patch("cx_desk.units.clock.site_zone", return_value=ZoneInfo("Europe/Berlin")):
			api.invite(self.plan.name)
		_to, message, text = self.mails()[0]
		body = next(part for part in message.walk() if part.get_content_type() == "text/plain")
		words = body.get_payload(decode=True).decode()
		self.assertIn("am Freitag, 8. Januar 2027, 09:30 (America/New York)", " ".join(words.split()))
		self.assertIn("Guten Tag", words)
		self.assertIn("SEQUENCE:0", text)

	def test_change_and_cancellation_keep_the_uid(self):
		api.invite(self.plan.name)
		doc = frappe.get_doc("CX Conversation", self.plan.name)
		doc.notes = "A note for ourselves tells nobody anything."
		doc.save()
		self.assertEqual(len(self.mails()), 2, "what does not concern them is not sent")
		doc.starts_on = doc.starts_on + timedelta(hours=1)
		doc.save()
		conversations.move(doc.name, machine.CANCELLED, reason="Holiday", cancelled_by=machine.BY_DESK)
		texts = [text for to, _, text in self.mails() if to.startswith("tina")]
		uids = {line for text in texts for line in text.split("\r\n") if line.startswith("UID:")}
		self.assertEqual(len(uids), 1)
		steps = [
			(text.split("METHOD:")[1].split("\r\n")[0], text.split("SEQUENCE:")[1].split("\r\n")[0])
			for text in texts
		]
		self.assertEqual(sorted(steps), [("CANCEL", "2"), ("REQUEST", "0"), ("REQUEST", "1")])

	def test_who_is_taken_off_gets_a_cancellation(self):
		api.invite(self.plan.name)
		doc = frappe.get_doc("CX Conversation", self.plan.name)
		doc.set("people", [])
		doc.save()
		last = [text for to, _, text in self.mails() if to.startswith("kai")]
		self.assertTrue(any("METHOD:CANCEL" in text for text in last))
		self.assertEqual(
			frappe.db.get_value("CX Conversation", doc.name, "invited_to"), "tina@reltest.example"
		)

	def test_an_independent_parser_reads_all_of_them(self):
		import vobject

		api.invite(self.plan.name)
		conversations.move(self.plan.name, machine.CANCELLED, reason="x", cancelled_by=machine.BY_DESK)
		for _to, _message, text in self.mails():
			event = vobject.readOne(text.replace("\n", "\r\n") if "\r\n" not in text else text).vevent
			self.assertEqual(event.description.value, self.plan.agenda)
			self.assertEqual(event.organizer.value, "mailto:rel.host@desk.example")

	def test_nobody_to_invite_and_held_ones_are_refused(self):
		doc = frappe.new_doc("CX Conversation")
		doc.update(
			{"unit": kit.TREASURY, "who": "Somebody", "starts_on": now_datetime() + timedelta(days=1)}
		).insert()
		with self.assertRaisesRegex(frappe.ValidationError, "Nobody can be invited"):
			api.invite(doc.name)
		held = api.log_conversation(kit.TREASURY, "Tina", "Hello", contact=self.contact)
		with self.assertRaisesRegex(frappe.ValidationError, "Only a planned"):
			api.invite(held["name"])
