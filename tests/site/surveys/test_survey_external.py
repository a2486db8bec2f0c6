"""Answers that no mail of ours asked for: counted like others, once per origin, and never as a person unknown."""

from datetime import timedelta

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate, now_datetime

from cx_desk.core import answers, ledger
from cx_desk.surveys import acting, answering, rollups, triggers, versions
from cx_desk.units import scores


class TestAnswersFromElsewhere(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()
		self.version = versions.current(kit.TICKET_SURVEY)
		self.content = versions.load(self.version)
		self.question = self.content["questions"][0]["key"]

	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def filled(self, score=5, **more):
		return answers.read_form(self.content, {f"q_{self.question}": str(score), **more})

	def record(self, filled=None, **more):
		values = {"channel": "Poster", "unit": "Unassigned", **more}
		return answering.record_external(kit.TICKET_SURVEY, self.version, filled or self.filled(), **values)

	def test_it_is_counted_on_its_own_day_and_channel(self):
		at = now_datetime() - timedelta(days=3)
		name = self.record(answered_at=at, channel="Link")
		response = frappe.get_doc("CX Survey Response", name)
		self.assertEqual((response.kind, response.channel, response.score), ("Person", "Link", 5))
		self.assertEqual((response.event_day, response.asked_day), (getdate(at), None))
		self.assertFalse(response.invitation)
		rows = frappe.get_all(
			"CX Score Rollup",
			filters={"survey": kit.TICKET_SURVEY, "count": ["!=", 0], "question": self.question},
			fields=["day", "measure", "channel", "score", "count"],
		)
		self.assertEqual(
			[(row.day, row.measure, row.channel, row.score, row["count"]) for row in rows],
			[(getdate(at), "Answer", "Link", 5, 1)],
		)
		rollups.rebuild()
		self.assertEqual(frappe.db.count("CX Score Rollup", {"question": self.question, "count": 1}), 1)

	def test_who_cannot_be_told_from_others_is_an_answer_and_no_person(self):
		for _ in range(3):
			self.record()
		self.record(respondent_key=ledger.address_key("ann@surveytest.example"))
		score = scores.unit_score("Unassigned", kit.TICKET_SURVEY)
		self.assertEqual((score.n, score.answers), (1, 4))
		rollups.take_snapshots()
		snapshot = frappe.get_all(
			"CX Unit Snapshot",
			filters={"unit": "Unassigned", "period": "90 days"},
			fields=["people", "answers"],
		)
		self.assertIn({"people": 1, "answers": 4}, snapshot)

	def test_the_same_origin_is_recorded_once(self):
		first = self.record(origin="form-7/answer-1", channel="Source")
		again = self.record(self.filled(1), origin="form-7/answer-1", channel="Source")
		self.assertEqual(first, again)
		self.assertEqual(frappe.db.get_value("CX Survey Response", first, "score"), 5)
		self.assertNotEqual(first, self.record(origin="form-7/answer-2", channel="Source"))
		self.assertEqual(frappe.db.count("CX Survey Response"), 2)
		# Two deliveries at once: the second looks before the first is there.
		exists, frappe.db.exists = frappe.db.exists, lambda *args, **more: None
		try:
			self.assertEqual(self.record(self.filled(1), origin="form-7/answer-1"), first)
		finally:
			frappe.db.exists = exists
		self.assertEqual(
			frappe.db.count("CX Survey Answer", {"parent": first}), len(answering._answers_of(first))
		)

	def test_a_low_one_is_heard(self):
		name = self.record(self.filled(1, comment="The queue at the counter."))
		self.assertTrue(acting.act(name))
		voice = frappe.get_doc("CX Voice", {"response": name})
		self.assertEqual((voice.kind, voice.unit, voice.contact), ("Low answer", "Unassigned", None))

	def test_what_cannot_be_recorded_says_why_and_leaves_nothing(self):
		wrong = self.filled(9)
		for filled, more, says in (
			(wrong, {}, "not complete"),
			(None, {"answered_at": now_datetime() + timedelta(days=1)}, "future"),
		):
			with self.assertRaisesRegex(frappe.ValidationError, says):
				self.record(filled, **more)
		with self.assertRaisesRegex(frappe.ValidationError, "no version"):
			answering.record_external(kit.TICKET_SURVEY, "nothing", self.filled(), channel="Link")
		self.assertEqual(frappe.db.count("CX Survey Response"), 0)
