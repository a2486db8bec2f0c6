"""The desk's own assessment on a site."""

from relationship_kit import RollbackCase

import frappe


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

	def test_a_level_that_is_typed_is_put_right(self):
		doc = frappe.get_doc({"doctype": "CX Desk Assessment", "level": "Business-led"}).insert()
		self.assertFalse(doc.level)
