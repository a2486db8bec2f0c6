"""Reminders, expiry, taking back, mails that come back, and how long words are kept."""

from datetime import timedelta
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.email.receive import InboundMail
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, add_months, now_datetime

from cx_desk.core import bounces, ledger, survey_policy
from cx_desk.host import incoming
from cx_desk.surveys import answering, delivery, people, retention, waves
from cx_desk.surveys.shipped import RELATIONSHIP_SURVEY, TICKET_SURVEY

REPORT = """From: MAILER-DAEMON@mx.example
To: desk@surveytest.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{id}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
Subject: How did we do?

--b--
"""


class TestLifecycle(FrappeTestCase):
	def setUp(self):
		# The host commits after each mail that it sends, and in a test it sends notifications at once.
		commit = patch.object(frappe.db, "commit")
		commit.start()
		self.addCleanup(commit.stop)
		frappe.db.savepoint("cx_case")
		kit.switch_on()
		kit.empty()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")
		frappe.clear_document_cache("CX Survey", TICKET_SURVEY)

	def asked(self, who="ann", **values):
		"""A question that is out since a week ago."""
		found, _token = kit.asked(who)
		values = {"status": ledger.SENT, "queued_at": add_days(now_datetime(), -7), **values}
		frappe.db.set_value("CX Survey Invitation", found.name, values)
		return kit.rows(name=found.name)[0]

	def remind(self):
		return waves.remind_batch([TICKET_SURVEY])[1:]

	def row(self, name):
		return kit.rows(name=name)[0]

	# Reminders.

	def test_tickets_have_no_reminder_and_relationship_surveys_have_one(self):
		self.assertFalse(frappe.db.get_value("CX Survey", TICKET_SURVEY, "reminder"))
		self.assertTrue(frappe.db.get_value("CX Survey", RELATIONSHIP_SURVEY, "reminder"))
		found = self.asked()
		with patch.object(frappe.db, "commit"):
			waves.remind()
		self.assertEqual(self.row(found.name).wave, 0)

	def test_one_reminder_with_a_link_of_its_own(self):
		found = self.asked()
		self.assertEqual(self.remind(), (1, 0))
		row = self.row(found.name)
		self.assertEqual((row.wave, row.status), (1, ledger.SENT))
		self.assertTrue(row.reminded_at)
		self.assertEqual(row.delivery, delivery.REMINDER_QUEUED)
		self.assertEqual(answering.open_page(kit.token_of(row)).view, answering.FORM)
		self.assertIn("Reminder", kit.mail_of(row)["Subject"])
		self.assertEqual(self.remind(), (0, 0))

	def test_no_reminder_after_the_answer_nor_before_three_working_days(self):
		answered = self.asked()
		frappe.db.set_value("CX Survey Invitation", answered.name, "status", ledger.ANSWERED)
		self.assertEqual(self.remind(), (0, 0))
		frappe.db.set_value(
			"CX Survey Invitation",
			answered.name,
			{"status": ledger.SENT, "queued_at": now_datetime() - timedelta(days=2, hours=23)},
		)
		self.assertEqual(self.remind(), (0, 0))
		self.assertEqual(self.row(answered.name).wave, 0)

	def test_a_reminder_draws_on_the_budget_and_respects_no(self):
		found = self.asked()
		kit.settings(yearly_budget=1)
		self.assertEqual(self.remind(), (0, 1))
		self.assertEqual(self.row(found.name).delivery, f"Not reminded: {survey_policy.BUDGET}")
		kit.settings(yearly_budget=0)
		frappe.db.set_value("CX Survey Invitation", found.name, {"wave": 0})
		frappe.db.set_value("CX Contact Preference", people.preference(found.recipient).name, "opted_out", 1)
		self.assertEqual(self.remind(), (0, 1))
		self.assertEqual(self.row(found.name).delivery, f"Not reminded: {survey_policy.OPTED_OUT}")

	def test_those_who_must_wait_do_not_keep_others_waiting(self):
		late, early = self.asked(), None
		doc = kit.resolve(kit.ticket(kit.person("bob")))
		kit.run_decisions()
		early = kit.row(doc)
		frappe.db.set_value(
			"CX Survey Invitation",
			early.name,
			{"status": ledger.SENT, "queued_at": add_days(now_datetime(), -6)},
		)
		wait = survey_policy.Decision(survey_policy.WAIT)
		ask = survey_policy.Decision(survey_policy.ASK)
		with patch.object(survey_policy, "decide_reminder", side_effect=[wait]):
			place, reminded, _left = waves.remind_batch([TICKET_SURVEY], batch=1)
		self.assertEqual(reminded, 0)
		with patch.object(survey_policy, "decide_reminder", side_effect=[ask]):
			self.assertEqual(waves.remind_batch([TICKET_SURVEY], batch=1, after=place)[1:], (1, 0))
		self.assertEqual((self.row(late.name).wave, self.row(early.name).wave), (0, 1))

	# Expiry.

	def test_a_survey_has_its_own_time(self):
		frappe.db.set_value("CX Survey", TICKET_SURVEY, "expiry_days", 3)
		frappe.clear_document_cache("CX Survey", TICKET_SURVEY)
		found, _token = kit.asked()
		self.assertAlmostEqual(
			found.expires_at.timestamp(), add_days(now_datetime(), 3).timestamp(), delta=60
		)
		self.assertIn("3 days", kit.mail_of(found).get_body(("plain",)).get_content())

	# Taking back.

	def test_a_question_about_a_deleted_ticket_is_taken_back(self):
		found, token = kit.asked()
		frappe.db.delete("HD Ticket", {"name": found.event_name})
		self.assertEqual(delivery.withdraw_changed(), 1)
		row = self.row(found.name)
		self.assertEqual((row.status, row.reason), (ledger.WITHDRAWN, survey_policy.GONE))
		self.assertFalse(frappe.db.exists("Email Queue", found.email_queue))
		self.assertEqual(answering.open_page(token).view, answering.CLOSED)

	def test_taken_back_by_hand_with_a_reason(self):
		found, token = kit.asked()
		with self.assertRaisesRegex(frappe.ValidationError, "Say why"):
			delivery.withdraw_by_hand(found.name, "  ")
		delivery.withdraw_by_hand(found.name, "She lost a colleague")
		row = self.row(found.name)
		self.assertEqual(
			(row.status, row.reason, row.delivery),
			(ledger.WITHDRAWN, delivery.BY_HAND, "She lost a colleague"),
		)
		self.assertIsNone(row.queued_at)
		self.assertEqual(answering.open_page(token).view, answering.CLOSED)
		with self.assertRaisesRegex(frappe.ValidationError, "Nothing to take back"):
			delivery.withdraw_by_hand(found.name, "again")

	def test_a_pending_question_can_be_taken_back(self):
		found = kit.row(kit.resolve(kit.ticket()))
		delivery.withdraw_by_hand(found.name, "A test ticket")
		kit.run_decisions()
		self.assertEqual(self.row(found.name).status, ledger.WITHDRAWN)

	def test_a_reminder_that_waits_in_the_queue_leaves_the_proof_of_the_first_mail(self):
		found = self.asked()
		self.remind()
		delivery.withdraw_by_hand(found.name, "Enough")
		row = self.row(found.name)
		self.assertTrue(row.queued_at)
		self.assertIsNone(row.reminded_at)

	# Mails that come back.

	def receive(self, found, **values):
		"""A delivery report lies in the desk's mailbox, whose mails become tickets."""
		account = kit.mail_account()
		frappe.db.set_value(
			"Email Account", account, {"enable_incoming": 1, "use_imap": 0, "append_to": "HD Ticket"}
		)
		frappe.clear_document_cache("Email Account", account)
		values = {"action": "failed", "status": "5.1.1", "address": found.recipient, **values}
		raw = REPORT.format(
			id=frappe.generate_hash(length=10),
			message_id=values.pop("message_id", found.message_id),
			**values,
		)
		incoming.listen()
		return InboundMail(raw, frappe.get_doc("Email Account", account)).process()

	def test_a_report_fails_the_row_and_makes_no_ticket(self):
		found = self.asked()
		before = frappe.db.count("HD Ticket")
		communication = self.receive(found)
		row = self.row(found.name)
		self.assertEqual((row.status, row.reason), (ledger.FAILED, bounces.ADDRESS_UNKNOWN))
		self.assertIn("User unknown", row.delivery)
		self.assertEqual(frappe.db.count("HD Ticket"), before)
		self.assertEqual(
			(communication.reference_doctype, communication.reference_name, communication.communication_type),
			("CX Survey Invitation", found.name, "Automated Message"),
		)
		self.assertFalse(frappe.db.exists("CX Voice", {"source_email": "mailer-daemon@mx.example"}))
		# The queue's copy does not bring it back.
		with patch.object(frappe.db, "commit"):
			delivery.follow()
		self.assertEqual(self.row(found.name).status, ledger.FAILED)
		self.assertEqual(frappe.db.get_value("CX Score Rollup", {"measure": "Asked"}, "sum(count)") or 0, 0)

	def test_a_dead_address_is_asked_no_more_and_again_after_a_year(self):
		found = self.asked()
		self.receive(found)
		kit.settings(cooldown_days=0)
		doc = kit.resolve(kit.ticket())
		kit.run_decisions()
		row = kit.row(doc)
		self.assertEqual((row.status, row.reason), (ledger.SUPPRESSED, survey_policy.UNDELIVERABLE))
		preference = people.preference(found.recipient).name
		self.assertIn(
			"User unknown", frappe.db.get_value("CX Contact Preference", preference, "undeliverable_why")
		)
		frappe.db.set_value(
			"CX Contact Preference", preference, "undeliverable_at", add_days(now_datetime(), -366)
		)
		doc = kit.resolve(kit.ticket(subject="again"))
		kit.run_decisions()
		self.assertEqual(kit.row(doc).status, ledger.QUEUED)

	def test_a_full_mailbox_fails_once_and_is_asked_again(self):
		found = self.asked()
		self.receive(found, status="5.2.2")
		self.assertEqual(self.row(found.name).reason, bounces.MAILBOX_FULL)
		self.assertFalse(
			people.facts_by_address({found.recipient}, now_datetime())[found.recipient].undeliverable
		)

	def test_an_answer_outlives_its_bounce_and_a_delay_is_none(self):
		found = self.asked(status=ledger.ANSWERED)
		self.receive(found)
		self.assertEqual(self.row(found.name).status, ledger.ANSWERED)
		other = self.asked("bob")
		self.receive(other, action="delayed", status="4.4.1")
		self.assertEqual(self.row(other.name).status, ledger.SENT)

	def test_a_report_about_another_mail_is_left_to_the_host(self):
		found = self.asked()
		communication = self.receive(found, message_id="nobody@nowhere.example")
		self.assertEqual(communication.reference_doctype, "HD Ticket")
		self.assertEqual(self.row(found.name).status, ledger.SENT)

	def test_the_report_of_a_first_mail_is_known_after_the_reminder(self):
		found = self.asked()
		first = found.message_id
		self.remind()
		self.assertNotEqual(self.row(found.name).message_id, first)
		self.receive(found, message_id=first)
		self.assertEqual(self.row(found.name).status, ledger.FAILED)

	def test_an_error_of_the_queue_fails_the_row_with_its_reason(self):
		found, _token = kit.asked()
		error = f"smtplib.SMTPRecipientsRefused: {{'{found.recipient}': (550, b'5.1.1 User unknown')}}"
		frappe.db.set_value("Email Queue", found.email_queue, {"status": "Error", "error": error})
		with patch.object(frappe.db, "commit"):
			delivery.follow()
		row = self.row(found.name)
		self.assertEqual((row.status, row.reason), (ledger.FAILED, bounces.ADDRESS_UNKNOWN))
		self.assertTrue(
			people.facts_by_address({found.recipient}, now_datetime())[found.recipient].undeliverable
		)

	def test_a_reminder_that_fails_takes_its_question_along(self):
		found = self.asked()
		self.remind()
		queue = self.row(found.name).email_queue
		frappe.db.set_value("Email Queue", queue, {"status": "Error", "error": "(550, b'5.2.1 closed')"})
		with patch.object(frappe.db, "commit"):
			delivery.follow()
		self.assertEqual(self.row(found.name).reason, bounces.MAILBOX_CLOSED)

	# Retention.

	def test_words_go_with_what_repeats_them_and_ledger_rows_go(self):
		from cx_desk.surveys import acting

		found, token = kit.asked()
		key = answering.open_page(token).version["questions"][0]["key"]
		answering.submit(
			token,
			{
				"stamp": answering.make_stamp(answering._find(token), None, 1.0),
				f"q_{key}": "1",
				"comment": "The printer bit me",
				"gestures": "2",
			},
			agent=kit.PHONE,
		)
		response = frappe.db.get_value("CX Survey Response", {"invitation": found.name})
		acting.act(response)
		voice = frappe.db.get_value("CX Voice", {"response": response})
		old = add_months(now_datetime(), -25)
		frappe.db.set_value("CX Survey Response", response, "answered_at", old)
		with patch.object(frappe.db, "commit"):
			retention.empty_comments(24)
			self.assertIsNone(frappe.db.get_value("CX Survey Response", response, "comment"))
			self.assertIn("bit me", frappe.db.get_value("CX Voice", voice, "statement"))
			# It was still open then; its words go at the first night after it is over.
			frappe.db.set_value("CX Voice", voice, {"state": "Settled", "creation": old})
			retention.empty_comments(24)
			self.assertNotIn("bit me", frappe.db.get_value("CX Voice", voice, "statement"))
			self.assertEqual(frappe.db.get_value("CX Survey Response", response, "score"), 1)
			frappe.db.set_value(
				"CX Survey Invitation", found.name, "event_at", add_months(now_datetime(), -14)
			)
			retention.delete_ledger(13)
		self.assertFalse(kit.rows(name=found.name))
