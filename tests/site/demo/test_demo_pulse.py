"""The demo's anonymous pulse: made once, counted in batches, taken away again."""

from unittest.mock import patch

import anonymous_kit
import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.demo import memory, pulse
from cx_desk.surveys import anonymous, triggers
from cx_desk.units import scores


class TestDemoPulse(FrappeTestCase):
	def setUp(self):
		anonymous_kit.sweep()
		kit.switch_on()
		anonymous_kit.units()

	def tearDown(self):
		frappe.db.rollback()
		anonymous_kit.sweep()
		triggers.forget()

	def test_made_counted_and_removed(self):
		people = [
			frappe._dict(raised_by=f"pulse{number}@{kit.DOMAIN}", contact=None, cx_business_unit=unit)
			for unit, count in (("Surveytest Big", 40), ("Surveytest Small", 12))
			for number in range(100 * count, 101 * count)
		]
		with patch.object(pulse, "requesters_of", return_value=people):
			made = pulse.make()
			self.assertEqual(pulse.make(), 0)
		self.assertGreater(made, 15)
		counted = frappe.db.count(anonymous.RESPONSE, {"counted": 1})
		self.assertGreaterEqual(made, counted)
		self.assertLess(made - counted, 5, "all but a last few are counted: the round is over")
		top = anonymous._top()
		(score,) = scores.unit_scores(top, survey=pulse.SURVEY)
		self.assertEqual((score.answers, score.asked), (counted, 52))
		self.assertEqual(
			frappe.db.count("CX Survey Invitation", {"survey": pulse.SURVEY, "status": "Expired"}), 52
		)
		self.assertEqual(pulse.remove(), made)
		memory.forget()
		for doctype in ("CX Survey", "CX Score Rollup", "CX Survey Invitation", anonymous.RESPONSE):
			field = "name" if doctype == "CX Survey" else "survey"
			self.assertFalse(frappe.db.exists(doctype, {field: pulse.SURVEY}), doctype)
