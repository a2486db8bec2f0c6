"""Answering by link: once, edited within the window, late, in two tabs, by machines; and what follows."""

import time
from datetime import timedelta
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.core import answers, ledger
from cx_desk.surveys import acting, answering, replies, rollups, triggers, versions
from cx_desk.units import scores


class TestSurveyAnswering(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()
		self.found, self.token = kit.asked()
		self.question = versions.load(self.found.survey_version)["questions"][0]["key"]

	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def form(self, score=2, page=None, **values):
		page = page or answering.open_page(self.token)
		return {"stamp": page.stamp, f"q_{self.question}": str(score), "gestures": "5", **values}

	def post(self, form=None, token=None, later=10, agent=kit.PHONE, **more):
		form = form or self.form(**more)
		with patch.object(time, "time", return_value=time.time() + later):
			return answering.submit(token or self.token, form, agent=agent)

	def response(self, kind="Person"):
		return frappe.get_doc("CX Survey Response", {"invitation": self.found.name, "kind": kind})

	def ledger(self):
		return kit.rows(name=self.found.name)[0]

	def counts(self):
		rows = frappe.get_all(
			"CX Score Rollup",
			filters={"survey": kit.TICKET_SURVEY, "count": ["!=", 0]},
			fields=["measure", "question", "score", "count"],
		)
		return {(row.measure, row.question, row.score): row.count for row in rows}

	def test_an_answer_is_recorded_with_its_counts(self):
		page = self.post(not_solved="1", comment='Still <b>slow</b> & "cold"')
		self.assertEqual(page.view, answering.THANKS)
		self.assertTrue(page.can_edit_until)
		response = self.response()
		self.assertEqual((response.score, response.low, response.not_solved), (2, 1, 1))
		self.assertEqual(response.comment, 'Still ‹b›slow‹/b› & "cold"')
		self.assertEqual(response.event_day, self.found.event_at.date())
		self.assertEqual(response.unit, self.found.unit)
		self.assertEqual(self.ledger().status, ledger.ANSWERED)
		self.assertEqual(
			self.counts(),
			{
				("Answer", self.question, 2): 1,
				("Answer", "not_solved", 1): 1,
				("Asked", "", -1): 1,
				("Answered", "", -1): 1,
			},
		)

	def test_an_answer_takes_few_statements(self):
		form = self.form(2, comment="words")
		with kit.count_queries() as statements:
			self.post(form)
		# The invitation, how things stand, response, answers, counts, and the invitation answered.
		self.assertEqual(len(statements), 6, statements)
		form = self.form(4)
		with kit.count_queries() as statements:
			self.post(form)
		self.assertLessEqual(len(statements), 8, statements)

	def test_opening_changes_nothing_and_preselects(self):
		before = (self.ledger(), self.counts())
		page = answering.open_page(self.token, rating="4")
		self.assertEqual(page.values, {f"q_{self.question}": "4"})
		self.assertEqual(answering.open_page(self.token, rating="9").values, {})
		self.assertEqual(answering.open_page(self.token, rating="<script>").values, {})
		self.assertEqual((self.ledger(), self.counts()), before)

	def test_an_edit_keeps_history_and_moves_the_counts(self):
		self.post(score=2, comment="first")
		page = self.post(score=5, comment="second")
		self.assertEqual(page.view, answering.THANKS)
		response = self.response()
		self.assertEqual((response.score, response.comment), (5, "second"))
		history = frappe.parse_json(response.history)
		self.assertEqual([(one["score"], one["comment"]) for one in history], [(2, "first")])
		self.assertEqual(self.counts()[("Answer", self.question, 5)], 1)
		self.assertNotIn(("Answer", self.question, 2), self.counts())
		self.assertEqual(frappe.db.count("CX Survey Response", {"invitation": self.found.name}), 1)

	def test_two_tabs(self):
		first, second = answering.open_page(self.token), answering.open_page(self.token)
		self.post(self.form(2, first))
		page = self.post(self.form(5, second, comment="typed in the other tab"))
		self.assertEqual((page.view, page.notice), (answering.FORM, answering.CONFLICT))
		self.assertEqual(page.values["comment"], "typed in the other tab")
		self.assertEqual(self.response().score, 2)
		# Sent again from what is shown now, it replaces.
		self.post({**page.values, "stamp": page.stamp, "gestures": "4"})
		self.assertEqual(self.response().score, 5)

	def test_after_the_window_the_answer_stands(self):
		self.post(score=2)
		form = self.form(5)
		frappe.db.set_value(
			"CX Survey Response", self.response().name, "answered_at", now_datetime() - timedelta(hours=25)
		)
		self.assertEqual(answering.open_page(self.token).view, answering.THANKS)
		page = self.post({**form, "comment": "too late"})
		self.assertEqual(page.view, answering.CLOSED)
		self.assertEqual(page.values["comment"], "too late")
		self.assertEqual(self.response().score, 2)

	def test_every_closed_link_gets_the_same_page(self):
		form = self.form()
		doc = frappe.get_doc("HD Ticket", self.found.event_name)
		closings = {
			"unknown": lambda: None,
			"expired": lambda: frappe.db.set_value(
				"CX Survey Invitation", self.found.name, "expires_at", add_days(now_datetime(), -1)
			),
			"withdrawn": lambda: frappe.db.set_value(
				"CX Survey Invitation", self.found.name, "status", "Withdrawn"
			),
			"reopened": lambda: kit.resolve(doc, "Open"),
			"gone": lambda: frappe.delete_doc("HD Ticket", doc.name, ignore_permissions=True),
		}
		for name, close in closings.items():
			frappe.db.savepoint("closing")
			close()
			token = "x" * 32 if name == "unknown" else self.token
			self.assertEqual(answering.open_page(token), answering.Page(answering.CLOSED), name)
			page = answering.submit(token, form, agent=kit.PHONE)
			self.assertEqual(page.view, answering.CLOSED, name)
			self.assertFalse(frappe.db.exists("CX Survey Response", {"invitation": self.found.name}))
			frappe.db.rollback(save_point="closing")

	def test_closed_links_cost_the_same_queries(self):
		def queries(token):
			with kit.count_queries() as statements:
				answering.open_page(token)
			return len(statements)

		frappe.db.set_value("CX Survey Invitation", self.found.name, "status", "Withdrawn")
		queries(self.token)
		self.assertEqual(queries("x" * 32), queries(self.token))
		self.assertEqual(queries("'; DROP TABLE x --"), queries(self.token))

	def test_a_stamp_of_another_link_is_none(self):
		other, token = kit.asked("bob")
		page = self.post(self.form(page=answering.open_page(token)))
		self.assertEqual((page.view, page.notice), (answering.FORM, answering.DOUBT))
		self.assertEqual(self.response("Suspected machine").machine_evidence, "the form was never shown")
		self.assertEqual(kit.rows(name=other.name)[0].status, ledger.QUEUED)

	def test_a_machine_before_and_after_the_person_is_kept_apart(self):
		for rating in "12345":
			answering.open_page(self.token, rating)
		self.post(later=0.1, score=1, gestures="")
		self.assertEqual(self.ledger().status, ledger.QUEUED)
		self.assertNotIn(("Answer", self.question, 1), self.counts())
		self.assertEqual(self.response("Suspected machine").act_state, "Nothing to do")
		self.post(score=4)
		self.assertEqual(self.response().score, 4)
		self.post(self.form(1, website="http://x.example"))
		self.post(self.form(1), agent="Barracuda link scanner")
		self.post(self.form(1, gestures="0"))
		self.assertEqual(self.response().score, 4)
		self.assertEqual(
			frappe.db.count(
				"CX Survey Response", {"invitation": self.found.name, "kind": "Suspected machine"}
			),
			4,
		)
		self.assertEqual(self.counts()[("Answer", self.question, 4)], 1)

	def test_machines_cannot_fill_the_table(self):
		for _number in range(30):
			self.post(self.form(1, website="x"))
		self.assertEqual(frappe.db.count("CX Survey Response", {"invitation": self.found.name}), 20)

	def test_a_manager_can_say_that_it_was_the_person(self):
		self.post(self.form(1, website="autofilled"))
		name = self.response("Suspected machine").name
		answering.reclassify(name, "Person")
		self.assertEqual(self.ledger().status, ledger.ANSWERED)
		self.assertEqual(self.counts()[("Answer", self.question, 1)], 1)
		self.assertEqual(self.response().act_state, "Pending")
		answering.reclassify(name, "Suspected machine")
		self.assertNotIn(("Answer", self.question, 1), self.counts())
		self.assertEqual(self.ledger().status, ledger.QUEUED)
		self.post(score=3)
		with self.assertRaisesRegex(frappe.ValidationError, "answered already"):
			answering.reclassify(name, "Person")

	def test_over_long_and_wrong_input_is_sent_back_whole(self):
		text = "ä" * 200_000
		page = self.post(self.form(3, comment=text))
		self.assertEqual((page.view, dict(page.errors)), (answering.FORM, {"comment": answers.TOO_LONG}))
		self.assertEqual(page.values["comment"], text)
		page = self.post(self.form(17))
		self.assertEqual(page.errors[self.question], answers.UNKNOWN_VALUE)
		self.assertFalse(frappe.db.exists("CX Survey Response", {"invitation": self.found.name}))
		# Corrected and sent at once: the clock went on from the first showing.
		page = self.post({**self.form(3), "stamp": page.stamp}, later=10.2)
		self.assertEqual(page.view, answering.THANKS)
		self.assertEqual(self.response().score, 3)

	def test_a_test_invitation_counts_nowhere(self):
		frappe.db.set_value("CX Survey Invitation", self.found.name, "is_test", 1)
		before = self.counts()
		self.assertEqual(self.post().notice, answering.TEST)
		self.assertEqual(self.counts(), before)

	def test_unsubscribing_and_back(self):
		self.assertFalse(answering.is_unsubscribed(self.token))
		self.assertTrue(answering.unsubscribe(self.token))
		self.assertTrue(answering.is_unsubscribed(self.token))
		record = frappe.get_doc("CX Contact Preference", {"address_hash": ledger.address_key(kit.person())})
		self.assertIn(self.found.name, record.proof)
		self.assertTrue(record.opted_out_at)
		answering.unsubscribe(self.token, back=True)
		self.assertFalse(answering.is_unsubscribed(self.token))
		self.assertIsNone(answering.is_unsubscribed("x" * 32))
		self.assertFalse(answering.unsubscribe("x" * 32))

	def test_answers_become_voices_once(self):
		self.post(score=2, not_solved="1", comment="Still broken")
		name = self.response().name
		voice = frappe.get_doc("CX Voice", acting.act(name))
		self.assertEqual(voice.kind, "Not solved")
		self.assertIn("Still broken", voice.statement)
		self.assertEqual((voice.response, voice.ticket), (name, self.found.event_name))
		self.assertEqual(voice.source_email, kit.person())
		self.assertTrue(voice.needs_source_yes)
		self.assertTrue(voice.responsible)
		self.assertTrue(voice.due_at)
		self.assertIsNone(acting.act(name))
		frappe.db.set_value("CX Survey Response", name, "act_state", "Pending")
		self.assertEqual(acting.act(name), voice.name)

	def test_an_edit_that_makes_it_low_makes_a_voice(self):
		self.post(score=5)
		self.assertIsNone(acting.act(self.response().name))
		self.post(score=1)
		voice = frappe.get_doc("CX Voice", acting.act(self.response().name))
		self.assertEqual((voice.kind, voice.statement), ("Low answer", "1 / 5"))

	def test_praise_and_comments_make_voices_that_need_no_yes(self):
		self.post(score=5, comment="Great work")
		voice = frappe.get_doc("CX Voice", acting.act(self.response().name))
		self.assertEqual((voice.kind, voice.needs_source_yes), ("Praise", 0))

	def test_a_confidential_answer_keeps_its_words_to_itself(self):
		frappe.db.set_value("CX Survey Response", self.make_confidential(), "privacy", "Confidential")
		voice = frappe.get_doc("CX Voice", acting.act(self.response().name))
		self.assertNotIn("secret", voice.statement)
		self.assertTrue(voice.confidential)

	def make_confidential(self):
		self.post(score=1, comment="secret words")
		return self.response().name

	def test_a_reply_is_heard_once_and_automatic_ones_are_not(self):
		invitation = frappe.get_doc("CX Survey Invitation", self.found.name)

		def reply(subject, text, sender=None):
			return frappe.get_doc(
				{
					"doctype": "Communication",
					"communication_type": "Communication",
					"communication_medium": "Email",
					"sent_or_received": "Received",
					"sender": sender or kit.person(),
					"subject": subject,
					"content": text,
					"reference_doctype": "CX Survey Invitation",
					"reference_name": invitation.name,
				}
			).insert(ignore_permissions=True)

		def voices():
			return frappe.get_all(
				"CX Voice", filters={"ticket": self.found.event_name}, fields=["kind", "statement"]
			)

		communication = reply(
			"Re: How did we do?", "It still jams.<br><blockquote>How satisfied</blockquote>"
		)
		communication.save(ignore_permissions=True)
		self.assertEqual([(one.kind, one.statement) for one in voices()], [("Reply", "It still jams.")])
		reply("Automatic reply: How did we do?", "I am away.")
		reply("Undelivered Mail Returned to Sender", "550", sender="mailer-daemon@x.example")
		self.assertEqual(len(voices()), 1)
		self.assertEqual(self.ledger().status, ledger.QUEUED)
		replies.hear_reply(invitation, communication)
		self.assertEqual(len(voices()), 1)

	def test_moving_a_ticket_moves_its_counts(self):
		self.post(score=2)
		frappe.get_doc(
			{
				"doctype": "CX Business Unit",
				"unit_name": "Surveytest Move",
				"parent_cx_business_unit": "All Units",
			}
		).insert()
		rollups.move_unit("HD Ticket", self.found.event_name, "Surveytest Move")
		self.assertEqual(self.response().unit, "Surveytest Move")
		left = frappe.get_all(
			"CX Score Rollup",
			filters={"survey": kit.TICKET_SURVEY, "count": ["!=", 0]},
			pluck="unit",
			distinct=True,
		)
		self.assertEqual(left, ["Surveytest Move"])
		before = self.counts()
		rollups.rebuild()
		self.assertEqual(self.counts(), before)
		self.assertEqual(scores.unit_score("Surveytest Move").answers, 1)

	def test_the_units_score(self):
		for name, value in (("p1", 5), ("p2", 4), ("p3", 1)):
			_found, token = kit.asked(name)
			page = answering.open_page(token)
			self.post(self.form(value, page), token=token)
		score = scores.unit_score(self.found.unit)
		self.assertEqual((score.answers, score.n, score.asked, score.answered), (3, 3, 4, 3))
		self.assertAlmostEqual(score.value, 2 / 3)
		self.assertTrue(score.low < score.value < score.high)
		self.assertEqual((score.method, score.few, score.window), ("Wilson", True, 365))
		self.assertEqual(score.band, "Not clear")
		rollups.take_snapshots()
		again = scores.unit_score(self.found.unit)
		self.assertEqual((again.n, again.value), (3, score.value))
		above = scores.unit_score("All Units")
		self.assertEqual((above.answers, above.n), (3, 3))

	def test_one_who_answers_often_is_one_person(self):
		kit.settings(cooldown_days=0, yearly_budget=0)
		for value in (5, 5, 1):
			_found, token = kit.asked("often")
			self.post(self.form(value, answering.open_page(token)), token=token)
		score = scores.unit_score(self.found.unit)
		self.assertEqual((score.answers, score.n), (3, 1))
		self.assertAlmostEqual(score.effective, 1.0)
