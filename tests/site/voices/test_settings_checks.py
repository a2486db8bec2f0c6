"""CX Settings refuses what would lose a voice, never send or cannot be read, and says what to do."""

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.setup import defaults, voice_board


class TestSettings(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.lead = kit.user("lead", "Agent", "Agent Manager")
		self.gone = kit.user("gone", "CX Manager", enabled=0)

	def refuse(self, pattern, **values):
		with self.assertRaisesRegex(frappe.ValidationError, pattern):
			kit.settings(**values)

	def test_people_who_cannot_answer(self):
		self.refuse("desk manager .* is disabled", desk_manager=self.gone)
		team = kit.team(self.lead)
		self.refuse("Choose an enabled user as team lead", team_leads=[{"team": team, "user": self.gone}])
		self.refuse("already has a lead above", team_leads=[{"team": team, "user": self.lead}] * 2)

	def test_a_lead_who_left_later_does_not_lock_the_form(self):
		kit.team(self.lead)
		frappe.db.set_value("User", self.lead, "enabled", 0)
		self.addCleanup(frappe.db.set_value, "User", self.lead, "enabled", 1)
		kit.settings(cooldown_days=31)

	def test_times(self):
		self.refuse("must be later than", send_from="17:00:00", send_until="09:00:00")
		self.refuse("must be later than", send_from="09:00:00", send_until="09:00:00")
		self.refuse("Set both times", send_from=None)

	def test_numbers(self):
		self.refuse("365 days", cooldown_days=-1)
		self.refuse("400 business hours", first_contact_hours=0)
		self.refuse("must not be shorter", score_window_days=90, score_wide_days=30)
		self.refuse("13 or more", ledger_months=3)
		self.refuse("expire before", delay_hours=48, expiry_days=1)

	def test_holds(self):
		row = {"from_date": "2026-03-10", "to_date": "2026-03-01", "reason": "Exam week"}
		self.refuse("Exam week.*ends before it starts", holds=[row])

	def test_brand(self):
		self.refuse("cannot be read", brand_color="#ffee88")
		self.refuse("must be a public file", brand_logo="/private/files/logo.png")

	def test_defaults_are_stored_and_never_overwrite(self):
		frappe.db.delete("Singles", {"doctype": "CX Settings"})
		frappe.db.set_single_value("CX Settings", "cooldown_days", 45)
		defaults.store()
		doc = frappe.get_doc("CX Settings")
		self.assertEqual(doc.cooldown_days, 45)
		self.assertEqual(str(doc.send_from).zfill(8), "09:00:00")
		self.assertEqual(doc.yearly_budget, 6)

	def test_the_board_is_there_and_shows_every_state(self):
		voice_board.make()
		voice_board.make()
		board = frappe.get_doc("Kanban Board", voice_board.BOARD)
		states = frappe.get_meta("CX Voice").get_field("state").options.split("\n")
		self.assertEqual(sorted(column.column_name for column in board.columns), sorted(states))
