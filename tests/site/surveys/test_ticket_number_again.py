"""Helpdesk gives the number of a deleted last ticket to the next one: nothing said about the one is about the other."""

import survey_kit as kit
import unit_kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.core import ledger
from cx_desk.host import tickets as host_tickets
from cx_desk.patches import answers_know_their_ticket
from cx_desk.surveys import acting, answering, decide, dialog, ledger_check, reconcile, rollups, triggers
from cx_desk.units import dialog as unit_dialog
from cx_desk.units import tickets

RESPONSE, INVITATION = "CX Survey Response", "CX Survey Invitation"


class TestTicketNumberAgain(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()
		unit_kit.make_tree()

	def tearDown(self):
		frappe.db.rollback()
		kit.sweep()  # looking for what is missing commits
		unit_kit.remove_tree()
		frappe.db.commit()
		triggers.forget()

	def answered(self, unit: str, score: str = "1"):
		"""A resolved ticket of a unit whose person has answered; its ledger row."""
		doc = kit.ticket(kit.person("ann"))
		doc.cx_business_unit = unit
		doc.save(ignore_permissions=True)
		kit.resolve(doc)
		kit.run_decisions()
		row = kit.row(doc)
		version = frappe.get_doc("CX Survey Version", row.survey_version)
		question = frappe.parse_json(version.content)["questions"][0]["key"]
		stamp = answering.make_stamp(frappe.get_doc(INVITATION, row.name), None, answering.time.time() - 30)
		answering.submit(
			kit.token_of(row),
			{"stamp": stamp, f"q_{question}": score, "comment": "about the printer", "gestures": "3"},
			agent=kit.PHONE,
		)
		self.assertEqual(kit.row(doc).status, ledger.ANSWERED)
		return row

	def replaced(self, row, unit: str):
		"""The row's ticket deleted, and another person's that got its number."""
		frappe.delete_doc("HD Ticket", row.event_name, ignore_permissions=True, force=True)
		doc = kit.ticket(kit.person("bob"))
		self.assertEqual(str(doc.name), row.event_name, "the host no longer gives a number again")
		doc.cx_business_unit = unit
		doc.save(ignore_permissions=True)
		return frappe.get_doc("HD Ticket", doc.name)

	def counts(self, unit: str) -> int:
		return sum(frappe.get_all("CX Score Rollup", {"unit": unit}, pluck="count"))

	def test_it_has_rows_of_its_own_and_the_account_is_right(self):
		row = self.answered(unit_kit.RETAIL)
		new = kit.resolve(self.replaced(row, unit_kit.RETAIL))
		self.assertEqual(len(kit.rows(new)), 2)
		self.assertEqual({found.event_key for found in kit.rows(new)}, {row.event_key, str(new.key)})
		self.assertEqual(reconcile.add_missing(), 0)
		account = next(one for one in ledger_check.examine() if one.trigger == kit.TICKET_TRIGGER)
		self.assertTrue(account.clean, account)

	def test_counts_stay_with_the_unit_they_were_given_for(self):
		row = self.answered(unit_kit.RETAIL)
		before = self.counts(unit_kit.RETAIL)
		self.assertTrue(before)
		new = self.replaced(row, unit_kit.CLAIMS)
		self.assertEqual(tickets.reconcile_moves(), 0)
		tickets.move_counts(new.name)
		self.assertEqual((self.counts(unit_kit.RETAIL), self.counts(unit_kit.CLAIMS)), (before, 0))
		self.assertEqual(frappe.db.get_value(INVITATION, row.name, "unit"), unit_kit.RETAIL)
		# Its own rows do follow it.
		kit.resolve(new)
		new.reload()
		new.cx_business_unit = unit_kit.RETAIL
		new.save(ignore_permissions=True)
		self.assertEqual(tickets.reconcile_moves(), 1)

	def test_the_dialog_of_the_new_ticket_says_nothing_of_the_old_ones_answer(self):
		row = self.answered(unit_kit.RETAIL)
		doc = frappe.get_doc("HD Ticket", row.event_name)
		self.assertIn("Survey", self.section(doc)["title"])
		self.assertIsNone(self.section(self.replaced(row, unit_kit.RETAIL)))

	def section(self, doc):
		return dialog.survey_section(unit_dialog.open_ticket(str(doc.name), "Administrator"))

	def test_a_voice_from_the_answer_does_not_point_to_the_new_ticket(self):
		row = self.answered(unit_kit.RETAIL)
		new = self.replaced(row, unit_kit.RETAIL)
		acting.act(self.responses(row)[0])
		voices = frappe.get_all(
			"CX Voice", {"response": ["in", self.responses(row)]}, ["ticket", "source_email"]
		)
		self.assertTrue(voices)
		self.assertNotIn(str(new.name), {voice.ticket for voice in voices})

	def responses(self, row) -> list[str]:
		return frappe.get_all(RESPONSE, {"invitation": row.name}, pluck="name")

	def test_answers_from_before_get_the_key_of_their_own_ticket(self):
		row = self.answered(unit_kit.RETAIL)
		name = self.responses(row)[0]
		self.assertEqual(frappe.db.get_value(RESPONSE, name, "event_key"), row.event_key)
		for values, wanted in (
			({"event_key": None}, row.event_key),
			({"event_key": None, "invitation": None}, row.event_key),
			# Given before the ticket that has the number was raised.
			({"event_key": None, "invitation": None, "answered_at": "2020-01-01"}, None),
		):
			frappe.db.set_value(RESPONSE, name, values, update_modified=False)
			for _again in range(2):
				answers_know_their_ticket.execute()
			self.assertEqual(frappe.db.get_value(RESPONSE, name, "event_key"), wanted, values)

	def test_a_row_without_a_key_is_taken_at_its_name(self):
		row = self.answered(unit_kit.RETAIL)
		frappe.db.set_value(INVITATION, row.name, "event_key", None)
		frappe.db.set_value(RESPONSE, self.responses(row)[0], "event_key", None)
		rollups.move_unit("HD Ticket", row.event_name, unit_kit.CLAIMS, row.event_key)
		self.assertEqual(self.counts(unit_kit.RETAIL), 0)
		self.assertTrue(decide.is_still_resolved(self.facts(row), 1, None))

	def facts(self, row):
		return host_tickets.facts([row.event_name])[row.event_name]
