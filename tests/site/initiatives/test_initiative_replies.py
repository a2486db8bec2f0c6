"""Raw mails through the host's Email Account: an answer, a quoted answer, an automatic one, and a stranger's."""

from pathlib import Path
from unittest.mock import patch

import initiative_kit as kit
import voice_kit

import frappe
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.tests.utils import FrappeTestCase
from frappe.utils.background_jobs import execute_job

from cx_desk.api import initiatives as api
from cx_desk.initiatives import questions, waiting

MAILS = Path(__file__).resolve().parent / "mails"
PLAIN = """From: Hanna Hr <{sender}>
To: servicedesk@desk.example
Subject: Re: Question: HR self-service portal
Message-ID: <{id}@initiativetest.example>
In-Reply-To: <{reply_to}>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

{text}
"""
PULL = "frappe.email.doctype.email_account.email_account.pull_from_email_account"


class TestReplies(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world)
		kit.hand_in(self.name)
		self.question = self.ask("Which payroll period comes first?")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def ask(self, text, **values):
		doc = frappe.get_doc(
			{
				"doctype": "CX Open Question",
				"initiative": self.name,
				"question": text,
				"audience": "Business",
				"addressee_email": kit.CONTACT,
				"due": kit.in_days(5),
				**values,
			}
		)
		return doc.insert().name

	def receive(self, text="", sender=kit.CONTACT, mail=None):
		"""A raw mail lies in the mailbox and the host's job fetches it, as its worker runs it."""
		raw = (MAILS / f"{mail}.eml").read_text(encoding="utf-8") if mail else PLAIN
		reply_to = frappe.db.get_value("CX Open Question", self.question, "message_id")
		self.assertTrue(reply_to)
		places = {"id": frappe.generate_hash(length=12), "reply_to": reply_to, "sender": sender, "text": text}
		for place, value in places.items():
			raw = raw.replace("{" + place + "}", value)
		account = voice_kit.mail_account()
		frappe.db.set_value("Email Account", account, {"enable_incoming": 1, "use_imap": 0})
		frappe.clear_document_cache("Email Account", account)
		box = {"latest_messages": [raw.encode()], "uid_list": [1], "seen_status": {}}
		with (
			patch.object(EmailAccount, "get_incoming_server") as server,
			patch.object(frappe, "destroy"),
			patch.object(frappe.db, "close"),
		):
			server.return_value.get_messages.return_value = box
			execute_job(frappe.local.site, PULL, None, "test", {"email_account": account}, is_async=False)
		frappe.set_user("Administrator")
		return frappe.get_doc("CX Open Question", self.question)

	def mails(self, kind):
		return frappe.get_all(
			"Communication",
			{"reference_name": self.question, "sent_or_received": "Received", "communication_type": kind},
			pluck="name",
		)

	def test_a_quoted_answer_is_taken_without_the_quote_once(self):
		doc = self.receive(
			"May, because June is too late.\n\nOn Mon, 2 Mar 2026, Desk wrote:\n> Which payroll period?"
		)
		self.assertEqual((doc.state, doc.answer), ("Answered", "May, because June is too late."))
		self.assertIn("by mail", doc.answered_by)
		self.assertEqual(doc.turn, "Desk")
		mail = frappe.get_last_doc(
			"Communication", {"reference_name": self.question, "sent_or_received": "Received"}
		)
		mail.save()
		self.assertEqual(
			frappe.get_doc("CX Open Question", self.question).answer, "May, because June is too late."
		)

	def test_a_plain_answer_and_one_word_more(self):
		self.receive("May.")
		doc = self.receive("And July for the second part.")
		self.assertEqual(doc.answer, "May.\n\nAnd July for the second part.")

	def test_an_answer_through_a_server_that_asks_for_no_automatic_ones(self):
		doc = self.receive(mail="answer")
		self.assertEqual(
			(doc.state, doc.answer), ("Answered", "May, because June is too late. The café team begins.")
		)

	def test_a_quoted_answer_of_another_program_and_language(self):
		doc = self.receive(mail="quoted")
		self.assertEqual((doc.state, doc.answer), ("Answered", "Ab Mai, für alle.\n\nViele Grüße\nHanna"))

	def test_machines_are_known_by_their_headers_and_stay_so(self):
		for mail in ("away", "bounce"):
			with self.subTest(mail=mail):
				doc = self.receive(mail=mail)
				self.assertEqual((doc.state, doc.answer, doc.turn), ("Open", None, "Business"))
		self.assertEqual((len(self.mails("Automated Message")), self.mails("Communication")), (2, []))
		for name in self.mails("Automated Message"):
			frappe.get_doc("Communication", name).save()
		self.assertEqual(frappe.get_doc("CX Open Question", self.question).state, "Open")
		self.assertFalse(self.voices())

	def test_a_strangers_mail_is_not_taken(self):
		doc = self.receive(mail="stranger")
		self.assertEqual((doc.state, doc.answer), ("Open", None))
		self.assertTrue(
			frappe.db.exists(
				"Notification Log", {"document_name": self.name, "subject": ["like", "%mallory%"]}
			)
		)

	def voices(self):
		return frappe.get_all("CX Voice", {"kind": "Reply", "source_email": kit.CONTACT}, pluck="statement")

	def test_words_on_a_closed_question_or_on_news_are_voices(self):
		questions.answer(self.question, "May.", email=kit.CONTACT)
		questions.accept(self.question)
		self.receive("Sorry, it is June now.")
		self.assertEqual(frappe.db.get_value("CX Open Question", self.question, "answer"), "May.")
		self.assertIn("Sorry, it is June now.", self.voices())
		announcement = frappe.get_doc(
			{"doctype": "CX Announcement", "initiative": self.name, "title": "It comes"}
		).insert()
		mail = frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"sender": kit.CONTACT,
				"subject": "Re: It comes",
				"content": "On a Monday, really?",
				"reference_doctype": "CX Announcement",
				"reference_name": announcement.name,
			}
		).insert(ignore_permissions=True)
		mail.save()
		self.assertEqual(self.voices().count("On a Monday, really?"), 1)

	def test_never_ask_twice(self):
		questions.answer(self.question, "May.", email=kit.CONTACT)
		with self.assertRaisesRegex(frappe.ValidationError, "looks answered"):
			self.ask("Which is the first payroll period?")
		name = self.ask("Which is the first payroll period?", asked_anyway="The calendar changed.")
		self.assertEqual(
			frappe.db.get_value("CX Open Question", name, "asked_anyway"), "The calendar changed."
		)
		other = questions.take_answer_of(self.name, "Which payroll period is the first?", self.question)
		self.assertEqual(
			frappe.db.get_value("CX Open Question", other, ["state", "answer"]), ("Duplicate", "May.")
		)
		burden = waiting.burden(frappe.get_doc("CX Initiative", self.name))
		self.assertEqual((burden.questions, round(burden.repeated, 2)), (3, 0.67))

	def test_to_nobody_or_without_a_day(self):
		with self.assertRaisesRegex(frappe.ValidationError, "who is asked"):
			self.ask("Who pays for the licences?", addressee_email=None)
		with self.assertRaisesRegex(frappe.ValidationError, "past"):
			self.ask("Who pays for the licences?", due="2020-01-01")
		with self.assertRaisesRegex(frappe.ValidationError, "not closed unanswered"):
			questions.accept(self.question)
		questions.answer(self.question, "May.", email=kit.CONTACT)
		questions.accept(self.question)
		self.assertEqual(
			frappe.db.get_value("CX Open Question", self.question, ["state", "turn"]), ("Accepted", "")
		)

	def test_nobody_makes_the_own_answer_official(self):
		doc = frappe.get_doc(
			{
				"doctype": "CX Open Question",
				"initiative": self.name,
				"question": "Which port does the turnstile need?",
				"audience": "IT team",
				"responsible": self.world.outsider,
				"due": kit.in_days(5),
			}
		).insert()
		frappe.db.set_value("CX Open Question", doc.name, "asked_by", self.world.lead)
		kit.as_user(self.world.outsider, api.step_question, doc.name, "answer", "443.")
		for step, words in (("accept", ""), ("reopen", "I was wrong.")):
			with self.assertRaisesRegex(frappe.PermissionError, "what becomes of the answer"):
				kit.as_user(self.world.outsider, api.step_question, doc.name, step, words)
		kit.as_user(self.world.lead, api.step_question, doc.name, "accept")
		self.assertEqual(frappe.db.get_value("CX Open Question", doc.name, "state"), "Accepted")
