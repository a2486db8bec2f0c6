"""Experience targets: the four states, who may set which, what changes are told of, and to whom."""

import card_kit
import survey_kit
import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.api import scorecards as api
from cx_desk.relationship import review_pack
from cx_desk.surveys import targets
from cx_desk.units import monday_mail


class TestExperienceTargets(FrappeTestCase):
	def setUp(self):
		survey_kit.empty()
		kit.make_tree()
		card_kit.make_survey()
		frappe.db.set_global(targets.LAST_WEEK_KEY, "")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", card_kit.SURVEY)

	def target(self, target=70, **values):
		return frappe.get_doc(
			{
				"doctype": "CX Experience Target",
				"target_name": "Kit target",
				"survey": card_kit.SURVEY,
				"metric": "Score",
				"unit": kit.SOUTH,
				"target": target,
				"period": "90 days",
				**values,
			}
		).insert()

	def answers(self, good, bad, unit=kit.RETAIL, start=0):
		for number in range(good + bad):
			card_kit.give(start + number, 5 if number < good else 1, unit=unit)

	def test_the_four_states(self):
		few = self.target()
		self.assertEqual(few.reload().state, "Too few")
		self.answers(30, 0)
		self.assertEqual(targets.look(few.name), "Met")
		doc = few.reload()
		self.assertEqual((doc.state, doc.n, doc.value), ("Met", 30, 100))
		self.assertEqual([(row.was, row.state) for row in doc.steps], [("", "Too few"), ("Too few", "Met")])
		self.assertEqual(targets.state_of(few.name), "Met")
		self.answers(0, 12, start=100)
		self.assertEqual(targets.look(few.name), "Not shown either way")
		self.answers(0, 40, start=200)
		self.assertEqual(targets.look(few.name), "Missed")
		# Nothing new, no further step.
		self.assertEqual(targets.look(few.name), "Missed")
		self.assertEqual(len(few.reload().steps), 4)

	def test_each_metric_has_its_figure(self):
		for number in range(12):
			name = card_kit.give(number, 5 if number < 10 else 1)
			frappe.db.set_value("CX Survey Response", name, "agreement_status", "Fulfilled")
		lost = self.target(30, metric="Lost time").reload()
		self.assertAlmostEqual(lost.value, (2 * 30 + 10 * 5) / 12, 1)
		self.assertEqual(lost.n, 12)
		self.assertEqual(lost.state, "Met", "low is good")
		melon = self.target(5, metric="Watermelon rate").reload()
		self.assertAlmostEqual(melon.value, 100 * 2 / 12, 1)
		self.assertEqual(melon.n, 12)
		nps = self.target(20, question=self.key("NPS")).reload()
		self.assertEqual(round(nps.value), round(100 * (10 - 2) / 12))
		with self.assertRaises(frappe.ValidationError):
			self.target(500, question=self.key("NPS"))
		with self.assertRaises(frappe.ValidationError):
			self.target(question=self.key("Choice"))
		with self.assertRaises(frappe.ValidationError):
			self.target(120)
		with self.assertRaises(frappe.ValidationError):
			self.target(metric="Not solved")

	def key(self, kind):
		return next(
			row.key
			for row in frappe.get_doc("CX Survey", card_kit.SURVEY).questions
			if row.question_type == kind
		)

	def test_another_line_is_judged_at_once(self):
		self.answers(30, 0)
		doc = self.target(70).reload()
		self.assertEqual(doc.state, "Met")
		doc.target = 99
		doc.save()
		self.assertEqual(doc.reload().state, "Not shown either way")
		self.assertEqual(len(doc.steps), 2)

	def test_looked_at_once_a_week(self):
		doc = self.target()
		self.answers(30, 0)
		self.assertEqual(targets.look_once_a_week(), 1)
		self.answers(0, 60, start=100)
		self.assertEqual(targets.look_once_a_week(), 0)
		self.assertEqual(doc.reload().state, "Met")

	def test_who_may_set_which(self):
		liaison = kit.make_user("target.retail@desk.example", "CX Liaison")
		kit.assign(kit.RETAIL, liaison)
		whole, foreign = self.target(unit=None), self.target(unit=kit.TREASURY)
		frappe.set_user(liaison)
		own = self.target(unit=kit.RETAIL)
		self.assertEqual({row["id"] for row in targets.rows_for(survey=card_kit.SURVEY)}, {own.name})
		for values in ({"unit": None}, {"unit": kit.TREASURY}):
			with self.assertRaises(frappe.PermissionError):
				self.target(**values)
		for other in (whole, foreign):
			with self.assertRaises(frappe.PermissionError):
				api.target_card(other.name)
			with self.assertRaises(frappe.PermissionError):
				api.look_at_target(other.name)
		# Taking a foreign target over by writing one's own unit into it.
		taken = frappe.get_doc("CX Experience Target", foreign.name)
		taken.unit = kit.RETAIL
		with self.assertRaises(frappe.PermissionError):
			taken.save()
		self.assertEqual(api.target_card(own.name)["state"], "Too few")

	def test_a_change_is_told_on_monday_within_scope(self):
		manager = kit.make_user("target.manager@desk.example", "CX Manager")
		liaison = kit.make_user("target.treasury@desk.example", "CX Liaison")
		kit.assign(kit.TREASURY, liaison)
		doc = self.target(unit=kit.RETAIL)
		week = add_days(now_datetime(), -7)
		self.assertIsNone(targets.monday_section(manager, week), "a first look is no change")
		self.answers(0, 40)
		targets.look(doc.name)
		section = targets.monday_section(manager, week)
		self.assertEqual(section["lines"][0]["text"], f"Kit target · {kit.RETAIL}: now Missed, was Too few")
		self.assertIsNone(targets.monday_section(liaison, week))
		frappe.set_user(manager)
		self.assertIn(
			"Experience targets that changed", [s["title"] for s in monday_mail.content(manager)["sections"]]
		)
		frappe.set_user("Administrator")
		(change,) = targets.changes_since(week)
		self.assertEqual((change.target, change.state, change.was), (doc.name, "Missed", "Too few"))

	def test_in_the_review_pack(self):
		self.answers(30, 0)
		self.target()
		self.assertIn("cx_desk.surveys.targets.review_section", frappe.get_hooks("cx_review_pack_sections"))
		section = targets.review_section(frappe._dict(unit=kit.SOUTH))
		self.assertEqual(section["rows"][1][-2], "Met")
		self.assertTrue(review_pack.build)
		self.assertIsNone(targets.review_section(frappe._dict(unit=kit.CLAIMS)))

	def test_a_target_that_is_not_there(self):
		with self.assertRaises(frappe.DoesNotExistError):
			targets.state_of("CXT-99999")


class TestTargetOfAConfidentialSurvey(FrappeTestCase):
	def setUp(self):
		survey_kit.empty()
		kit.make_tree()
		self.survey = card_kit.make_survey("Confidential", "Card kit confidential")

	def tearDown(self):
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", self.survey)

	def test_it_says_nothing_that_its_readers_may_not_see(self):
		for number in range(30):
			card_kit.give(number, 5, survey=self.survey)
		doc = frappe.get_doc(
			{
				"doctype": "CX Experience Target",
				"target_name": "Kit confidential",
				"survey": self.survey,
				"unit": kit.RETAIL,
				"target": 70,
			}
		).insert()
		doc.reload()
		self.assertEqual((doc.state, doc.n, doc.value), ("Too few", 0, 0))
