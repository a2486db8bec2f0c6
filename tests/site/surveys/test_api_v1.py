"""The interface for other programs: every answer is as docs/reference/openapi.json says, for whoever asks."""

import json

import card_kit
import openapi_kit
import survey_kit
import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.api import v1
from cx_desk.surveys import rollups


class TestApi(FrappeTestCase):
	def setUp(self):
		survey_kit.switch_on()
		survey_kit.empty()
		kit.make_tree()
		card_kit.make_survey()
		self.manager = kit.make_user("api.manager@desk.example", "CX Manager")
		self.liaison = kit.make_user("api.retail@desk.example", "CX Liaison")
		kit.assign(kit.RETAIL, self.liaison)
		for number in range(12):
			card_kit.give(
				number,
				5 if number < 9 else 1,
				unit=kit.RETAIL,
				comment="I waited",
				driver=card_kit.DRIVERS[0],
			)
			card_kit.give(50 + number, 2, unit=kit.TREASURY)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", card_kit.SURVEY)

	def call(self, name, /, **arguments):
		"""What the function answers, as JSON carries it, held against the description."""
		found = json.loads(frappe.as_json(getattr(v1, name)(**arguments)))
		self.assertEqual(openapi_kit.faults(openapi_kit.answer_schema(name), found), [], name)
		return found

	def test_a_score_carries_everything(self):
		frappe.set_user(self.manager)
		(main,) = [row for row in self.call("scores", unit=kit.RETAIL, survey=card_kit.SURVEY) if row["main"]]
		self.assertEqual((main["value"], main["n"], main["answers"]), (0.75, 12, 12))
		self.assertLess(main["low"], 0.75)
		self.assertEqual(main["method"], "Wilson")
		self.assertFalse(main["suppressed"])
		whole = [row for row in self.call("scores") if row["main"] and row["survey"] == card_kit.SURVEY]
		self.assertEqual(whole[0]["n"], 24)

	def test_every_reading_function_is_as_described(self):
		frappe.get_doc(
			{
				"doctype": "CX Experience Target",
				"target_name": "Api",
				"survey": card_kit.SURVEY,
				"unit": kit.RETAIL,
				"target": 50,
			}
		).insert()
		rollups.take_snapshots()
		frappe.set_user(self.manager)
		self.assertIn(card_kit.SURVEY, [row["survey"] for row in self.call("surveys")])
		self.assertEqual(len({row["unit"] for row in self.call("units", survey=card_kit.SURVEY)}), 4)
		card = self.call("card", survey=card_kit.SURVEY)
		self.assertTrue(card["drivers"])
		self.assertTrue(card["themes"]["listed"])
		self.assertTrue(card["lost_time"])
		self.call("card", survey=card_kit.SURVEY, unit=kit.CLAIMS)
		(target,) = self.call("targets", unit=kit.RETAIL)
		self.assertEqual((target["state"], target["n"]), ("Not shown either way", 12))

	def test_as_the_user_whose_token_it_is(self):
		frappe.set_user(self.liaison)
		self.assertEqual({row["unit"] for row in self.call("scores")}, {kit.RETAIL})
		self.assertEqual({row["unit"] for row in self.call("units", survey=card_kit.SURVEY)}, {kit.RETAIL})
		for name, arguments in (
			("scores", {"unit": kit.TREASURY}),
			("card", {"survey": card_kit.SURVEY, "unit": kit.TREASURY}),
			("targets", {"unit": kit.TREASURY}),
			("send", {"survey": card_kit.SURVEY, "recipients": [], "origin": "x"}),
		):
			with self.assertRaises(frappe.PermissionError, msg=name):
				getattr(v1, name)(**arguments)
		frappe.set_user(kit.make_user("api.agent@desk.example", "Agent"))
		for name in ("surveys", "scores", "targets"):
			with self.assertRaises(frappe.PermissionError, msg=name):
				getattr(v1, name)()

	def test_of_a_confidential_survey_no_more_than_on_the_screen(self):
		survey = card_kit.make_survey("Confidential", "Card kit confidential")
		south = kit.make_user("api.south@desk.example", "CX Liaison")
		kit.assign(kit.SOUTH, south)
		for number in range(12):
			card_kit.give(number, 5, unit=kit.RETAIL, survey=survey)
		frappe.set_user(south)
		for rows in (self.call("scores", unit=kit.SOUTH, survey=survey), self.call("units", survey=survey)):
			self.assertTrue(rows)
			for row in rows:
				self.assertTrue(row["suppressed"])
				self.assertEqual(
					[row[key] for key in ("value", "low", "high", "n", "answers", "asked")], [None] * 6
				)
		self.assertEqual(self.call("card", survey=survey, unit=kit.SOUTH)["audience"], "wide")

	def test_asking_by_program(self):
		frappe.set_user(self.manager)
		address = survey_kit.person("api")
		ask = {
			"survey": card_kit.SURVEY,
			"recipients": [{"email": address, "unit": kit.RETAIL}],
			"origin": "wave 1",
		}
		(row,) = self.call("send", **ask)
		self.assertTrue(row["new"])
		(again,) = self.call("send", **{**ask, "recipients": json.dumps(ask["recipients"])})
		self.assertEqual((again["name"], again["new"]), (row["name"], False))
		self.assertEqual(self.call("asked", name=row["name"])["status"], "Pending")
		survey_kit.run_decisions()
		self.assertEqual(self.call("asked", name=row["name"])["status"], "Queued")
		for wrong in (
			{"recipients": [{"email": "nobody"}]},
			{"recipients": []},
			{"origin": ""},
			{"about_doctype": "HD Ticket", "about_name": "1"},
		):
			with self.assertRaises(frappe.ValidationError, msg=wrong):
				v1.send(**{**ask, **wrong})

	def test_what_is_not_there(self):
		frappe.set_user(self.manager)
		for name, arguments in (
			("units", {"survey": "No such survey"}),
			("card", {"survey": "No such survey"}),
			("scores", {"unit": "No such unit"}),
			("asked", {"name": "no-such-row"}),
		):
			with self.assertRaises((frappe.DoesNotExistError, frappe.PermissionError), msg=name):
				getattr(v1, name)(**arguments)

	def test_the_check_itself_can_fail(self):
		schema = openapi_kit.answer_schema("scores")
		self.assertTrue(openapi_kit.faults(schema, [{"value": "much"}]))
		self.assertTrue(openapi_kit.faults(schema, {}))
