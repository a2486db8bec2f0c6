"""The demo's triggers: made once, their rows are in the ledger, and nothing of them stays."""

import survey_kit as kit
import voice_kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.demo import triggers as demo
from cx_desk.surveys import dry_run, ledger_check, shipped, triggers


class TestDemoTriggers(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()
		demo.remove()
		self.addCleanup(triggers.forget)
		self.addCleanup(frappe.db.rollback)

	def test_made_once_and_taken_back(self):
		unit = voice_kit.unit("Surveytest Finance")
		for number in range(60):
			doc = kit.ticket(kit.person(f"demo{number}"))
			frappe.db.set_value("HD Ticket", doc.name, "cx_business_unit", unit)
		before = {
			name: frappe.db.get_value("CX Survey Trigger", name, ["enabled", "enabled_since"])
			for name in demo.ON
		}
		count = demo.make()
		# A week of half a year, for sixty people and whoever else the site knows.
		self.assertGreater(count, 0)
		self.assertEqual(demo.make(), 0)
		rows = frappe.get_all("CX Survey Invitation", {"trigger": shipped.RELATIONSHIP_TRIGGER})
		self.assertEqual(len(rows), count)
		account = next(one for one in ledger_check.examine() if one.trigger == shipped.RELATIONSHIP_TRIGGER)
		self.assertTrue(account.clean, account)
		self.assertIn("would_send", dry_run.run(demo.TO_TRY))
		self.assertEqual(demo.remove(), count)
		self.assertFalse(frappe.db.exists("CX Survey Trigger", demo.TO_TRY))
		self.assertFalse(frappe.db.exists("CX Survey Invitation", {"trigger": shipped.RELATIONSHIP_TRIGGER}))
		for name, was in before.items():
			self.assertEqual(
				frappe.db.get_value("CX Survey Trigger", name, ["enabled", "enabled_since"]), was
			)
