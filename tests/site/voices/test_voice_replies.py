"""A mail that answers a message back is heard, once, and only when a person of the business wrote it."""

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.units import replies, voices


class TestReplies(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.lead = kit.user("lead", "Agent", "Agent Manager")
		kit.settings(desk_manager=kit.user("manager", "CX Manager"))
		kit.contact()
		self.name = voices.hear(
			"Low answer", "2 of 5", source_email="carla@voicetest.example", responsible=self.lead
		)

	def receive(
		self, text, sender="Carla Conti <carla@voicetest.example>", subject="Re: Your word", html=None
	):
		return frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"sender": sender,
				"subject": subject,
				"content": html or text,
				"text_content": text if not html else None,
				"reference_doctype": "CX Voice",
				"reference_name": self.name,
			}
		).insert(ignore_permissions=True)

	def replies(self):
		return frappe.get_all(
			"CX Voice",
			filters={"origin": ["like", "mail:%"], "kind": "Reply"},
			fields=["*"],
			order_by="creation desc",
		)

	def get(self):
		return frappe.get_doc("CX Voice", self.name)

	def test_more_words_while_we_are_at_it_join_the_trail(self):
		mail = self.receive("It also happens on Wi-Fi.\n\nOn Mon, 2 Mar 2026, Desk wrote:\n> What was it?")
		mail.save()
		notes = [step.note for step in self.get().steps]
		self.assertEqual(notes.count("It also happens on Wi-Fi."), 1)
		self.assertEqual(self.get().state, "Heard")
		self.assertFalse([row for row in self.replies() if row.statement.startswith("It also")])

	def test_words_after_the_message_back_are_a_voice_with_an_owner(self):
		kit.walk(self.name, "Owned", "Done", "Told")
		mail = self.receive("No, it dropped again today.")
		mail.save()
		found = [row for row in self.replies() if row.origin == f"mail:{mail.name}"]
		self.assertEqual(len(found), 1)
		self.assertEqual(
			(found[0].statement, found[0].responsible, found[0].state),
			("No, it dropped again today.", self.lead, "Heard"),
		)
		self.assertTrue(found[0].due_at)
		self.assertEqual(self.get().state, "Told")

	def test_what_answers_a_confidential_voice_is_as_confidential(self):
		"""The team of the ticket, and specialists of the unit, read neither the voice nor what the person adds."""
		kit.walk(self.name, "Owned", "Done", "Told")
		frappe.db.set_value("CX Voice", self.name, "confidential", 1)
		mail = self.receive("As I wrote in your survey, it dropped again.")
		found = [row for row in self.replies() if row.origin == f"mail:{mail.name}"]
		self.assertEqual([row.confidential for row in found], [1])
		self.assertNotIn("dropped", found[0].statement)

	def test_html_mail_without_the_quote(self):
		kit.walk(self.name, "Owned", "Done", "Told")
		self.receive("", html="<div>Thanks,<br>all good</div><blockquote>What we did</blockquote>")
		self.assertEqual(self.replies()[0].statement, "Thanks,\nall good")

	def test_machines_and_the_desk_itself_are_no_voices(self):
		kit.walk(self.name, "Owned", "Done", "Told")
		before = len(self.replies())
		self.receive("I am away until May", subject="Automatic reply: Your word")
		self.receive("Ich bin nicht da", subject="AW: Abwesenheitsnotiz: Ihr Wort")
		self.receive("User unknown", sender="mailer-daemon@voicetest.example", subject="Undelivered mail")
		self.receive("I called her", sender=self.lead)
		self.receive("> only a quote")
		self.assertEqual(len(self.replies()), before)

	def test_somebody_else_who_answers_is_heard_as_themselves(self):
		self.receive("I have the same trouble", sender="Ben Berg <ben@voicetest.example>")
		new = self.replies()[0]
		self.assertEqual(
			(new.source_email, new.statement), ("ben@voicetest.example", "I have the same trouble")
		)
		self.assertNotIn("I have the same trouble", [step.note for step in self.get().steps])

	def test_an_answer_by_mail_finds_its_voice_long_after_the_queue_was_emptied(self):
		"""Through the host's own receiving: a raw message that only names the Message-ID it answers."""
		from frappe.email.receive import InboundMail

		account = frappe.get_doc("Email Account", kit.mail_account())
		kit.walk(self.name, "Owned", "Done")
		voices.move(self.name, "Told", key="tell", message_back="We replaced the gateway.")
		told = self.get()
		self.assertTrue(told.message_id)
		for queue in frappe.get_all("Email Queue", filters={"reference_name": self.name}, pluck="name"):
			frappe.delete_doc("Email Queue", queue, force=True)
		raw = "\r\n".join(
			[
				"From: Carla Conti <carla@voicetest.example>",
				f"To: {account.email_id}",
				"Subject: Re: Your word",
				f"Message-ID: <{frappe.generate_hash(length=12)}@voicetest.example>",
				f"In-Reply-To: <{told.message_id}>",
				"Date: Mon, 23 Nov 2026 09:00:00 +0000",
				"Content-Type: text/plain; charset=utf-8",
				"",
				"Still not: it dropped at nine.",
				"",
				"On Sun, 22 Nov 2026, Desk wrote:",
				"> We replaced the gateway.",
			]
		)
		communication = InboundMail(raw, account).process()
		self.assertEqual(
			(communication.reference_doctype, communication.reference_name), ("CX Voice", self.name)
		)
		new = [row for row in self.replies() if row.origin == f"mail:{communication.name}"]
		self.assertEqual([row.statement for row in new], ["Still not: it dropped at nine."])
		self.assertEqual(new[0].responsible, self.lead)

	def test_sent_mails_are_not_heard(self):
		mail = self.receive("x")
		mail.sent_or_received = "Sent"
		before = len(self.replies())
		replies.hear_reply(self.get(), mail)
		self.assertEqual(len(self.replies()), before)

	def test_what_counts_as_automatic(self):
		for subject in (
			"Out of office: x",
			"RE: AW: Automatische Antwort: x",
			"Undeliverable: x",
			"Auto: no",
		):
			self.assertEqual(
				replies.is_automatic("a@b.example", subject), not subject.startswith("Auto: no"), subject
			)
		self.assertTrue(replies.is_automatic("no-reply@b.example", "Hello"))
		self.assertFalse(replies.is_automatic("noreen@b.example", "Re: out of paper again"))
