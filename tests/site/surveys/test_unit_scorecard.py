"""The scorecard of all units: from the night's snapshot, and counted, the same as each unit's own score."""

import time
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate

from cx_desk.surveys import answering, rollups, triggers
from cx_desk.units import scores

FIGURES = ("survey", "question", "type", "value", "low", "high", "n", "answers", "asked", "answered")
MORE = ("response_rate", "band", "window", "few", "main", "method", "target")


class TestUnitScorecard(FrappeTestCase):
	def setUp(self):
		kit.empty()
		kit.switch_on()
		for number in range(3):
			frappe.get_doc(
				{
					"doctype": "CX Business Unit",
					"unit_name": f"Surveytest Card {number}",
					"parent_cx_business_unit": "Surveytest Card 0" if number == 2 else "All Units",
					"is_group": int(number == 0),
				}
			).insert()
		for number in range(6):
			self.answer(number, 1 + number % 5)

	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def answer(self, number, value):
		found, token = kit.asked(f"card{number}")
		page = answering.open_page(token)
		form = {
			"stamp": page.stamp,
			f"q_{page.version['questions'][0]['key']}": str(value),
			"gestures": "5",
		}
		with patch.object(time, "time", return_value=time.time() + 10):
			answering.submit(token, form, agent=kit.PHONE)
		rollups.move_unit("HD Ticket", found.event_name, f"Surveytest Card {number % 3}")

	def alike(self):
		card = {(row.unit, row.question): row for row in scores.scorecard(kit.TICKET_SURVEY)}
		seen = 0
		for unit in frappe.get_all("CX Business Unit", pluck="name"):
			for own in scores.unit_scores(unit, survey=kit.TICKET_SURVEY):
				seen += 1
				row = card.pop((unit, own.question))
				for field in (*FIGURES, *MORE):
					if isinstance(own[field], float):
						self.assertAlmostEqual(row[field], own[field], 6, (unit, field))
					else:
						self.assertEqual(row[field], own[field], (unit, field))
		self.assertFalse(card)
		self.assertEqual(seen, 4)

	def test_counted(self):
		frappe.db.delete("CX Unit Snapshot")
		self.alike()

	def test_until_the_nights_job_ran_the_night_before_counts(self):
		rollups.take_snapshots()
		before = {row.unit: row.answers for row in scores.scorecard(kit.TICKET_SURVEY)}
		frappe.db.sql("update `tabCX Unit Snapshot` set as_of = as_of - interval 1 day")
		self.answer(7, 1)
		self.assertEqual({row.unit: row.answers for row in scores.scorecard(kit.TICKET_SURVEY)}, before)
		frappe.db.sql("update `tabCX Unit Snapshot` set as_of = as_of - interval 1 day")
		self.assertNotEqual({row.unit: row.answers for row in scores.scorecard(kit.TICKET_SURVEY)}, before)

	def test_where_there_are_many_answers_a_unit_shows_the_nights(self):
		rollups.take_snapshots()
		unit = "Surveytest Card 0"
		now, many = scores.unit_score(unit).answers, patch.object(scores, "_COUNT_LIVE_UP_TO", 1)
		self.answer(9, 1)
		self.assertEqual(scores.unit_score(unit).answers, now + 1)
		with many:
			row = scores.unit_score(unit)
		self.assertEqual(row.answers, now)
		self.assertEqual(getdate(row.as_of), getdate())

	def test_from_the_snapshot(self):
		rollups.take_snapshots()
		self.alike()
		before = [(row.unit, row.answers, row.value) for row in scores.scorecard(kit.TICKET_SURVEY)]
		# A reader of the night's figures is told so, and they stay the night's.
		self.answer(7, 1)
		after = scores.scorecard(kit.TICKET_SURVEY)
		self.assertEqual([(row.unit, row.answers, row.value) for row in after], before)
		self.assertEqual(getdate(after[0].as_of), getdate())
