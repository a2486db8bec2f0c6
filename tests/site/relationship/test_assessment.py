"""The desk's own assessment on a site."""

import unit_kit as kit
from relationship_kit import RollbackCase

import frappe

from cx_desk.api import relationship as api


class TestAssessment(RollbackCase):
	def test_begins_with_the_standard_and_says_what_is_next(self):
		doc = frappe.get_doc({"doctype": "CX Desk Assessment"}).insert()
		self.assertEqual([row.level for row in doc.criteria][:2], ["Reactive", "Proactive"])
		self.assertFalse(doc.level)
		self.assertIn("Reactive: Managers can name", doc.next_step)
		doc.criteria[0].update({"met": 1, "evidence": "https://desk.example/minutes"})
		doc.criteria[1].met = 1
		doc.save()
		self.assertEqual(doc.level, "Reactive")
		self.assertIn("Name the evidence for: The team knows", doc.next_step)

	def test_the_form_of_a_new_one_shows_what_it_begins_with(self):
		shown = api.first_criteria()
		doc = frappe.get_doc({"doctype": "CX Desk Assessment"}).insert()
		self.assertEqual(shown, [{"level": row.level, "criterion": row.criterion} for row in doc.criteria])
		frappe.set_user(kit.make_user("assess.agent@desk.example", "Agent"))
		with self.assertRaises(frappe.PermissionError):
			api.first_criteria()

	def test_a_level_that_is_typed_is_put_right(self):
		doc = frappe.get_doc({"doctype": "CX Desk Assessment", "level": "Business-led"}).insert()
		self.assertFalse(doc.level)
