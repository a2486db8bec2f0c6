"""What is refused of units, assignments, conversations and wants: with what is wrong and what to do, nothing half written."""

import unit_kit as kit
from relationship_kit import RollbackCase, liaison_of

import frappe
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from cx_desk.api import relationship as api


class TestBadInput(RollbackCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.liaison = liaison_of(kit.RETAIL, "bad.liaison@desk.example")

	def counts(self):
		return [
			frappe.db.count(doctype)
			for doctype in (
				"CX Business Unit",
				"CX Liaison Assignment",
				"CX Conversation",
				"CX Voice",
				"CX Unit Want",
			)
		]

	def refuse(self, words: str, call, *args, **kwargs):
		"""The call is refused with these words, and nothing of it stands."""
		before = self.counts()
		frappe.db.savepoint("cx_bad")
		with self.assertRaisesRegex(frappe.ValidationError, words) as caught:
			call(*args, **kwargs)
		frappe.db.rollback(save_point="cx_bad")
		self.assertEqual(self.counts(), before)
		return str(caught.exception)

	def test_a_loop_in_the_tree(self):
		unit = frappe.get_doc("CX Business Unit", kit.SOUTH)
		unit.parent_cx_business_unit = kit.RETAIL
		self.refuse("run in a circle. Choose another parent", unit.save)
		unit = frappe.get_doc("CX Business Unit", kit.SOUTH)
		unit.parent_cx_business_unit = kit.SOUTH
		self.refuse("below|loop|itself|cannot", unit.save)
		self.assertNotEqual(
			frappe.db.get_value("CX Business Unit", kit.SOUTH, "parent_cx_business_unit"), kit.RETAIL
		)

	def test_overlapping_liaisons_name_the_other_one(self):
		other = kit.make_user("bad.other@desk.example", "CX Liaison")
		text = self.refuse("bad.liaison|Bad.Liaison|overlap", kit.assign, kit.RETAIL, other)
		self.assertRegex(text, "end|date|Enter|Choose|first")
		# A deputy beside a liaison is no overlap.
		kit.assign(kit.RETAIL, other, role="Deputy")

	def test_an_end_before_a_start(self):
		other = kit.make_user("bad.other@desk.example", "CX Liaison")
		self.refuse("before|end", kit.assign, kit.CLAIMS, other, start=0, end=-5)
		frappe.set_user(self.liaison)
		now = now_datetime()
		doc = frappe.get_doc(
			{
				"doctype": "CX Conversation",
				"unit": kit.RETAIL,
				"who": "Rita",
				"notes": "Hello",
				"starts_on": add_to_date(now, hours=-2),
				"ends_on": add_to_date(now, hours=-3),
			}
		)
		self.refuse("It ends before it starts. Correct the end", doc.insert)
		doc = frappe.get_doc(
			{
				"doctype": "CX Conversation",
				"unit": kit.RETAIL,
				"who": "Rita",
				"type": "Service review",
				"starts_on": add_days(now, 5),
				"period_from": nowdate(),
				"period_to": add_days(nowdate(), -9),
			}
		)
		self.refuse("period of the review ends before it starts", doc.insert)

	def test_a_held_conversation_in_the_future(self):
		frappe.set_user(self.liaison)
		self.refuse(
			"in the future was not held yet. Correct the time, or plan it instead",
			api.log_conversation,
			kit.RETAIL,
			"Rita",
			"Hello",
			held_on=str(add_to_date(now_datetime(), hours=2)),
		)

	def test_what_a_conversation_lacks(self):
		frappe.set_user(self.liaison)
		self.refuse("Say who you spoke with", api.log_conversation, kit.RETAIL, "  ", "Hello")
		self.refuse("one sentence is enough", api.log_conversation, kit.RETAIL, "Rita", "   ")
		self.refuse("no business unit", api.log_conversation, "No such unit", "Rita", "Hello")
		self.refuse(
			"due before the conversation",
			api.log_conversation,
			kit.RETAIL,
			"Rita",
			"Hello",
			promise="We look",
			promise_due=add_days(nowdate(), -3),
		)
		self.refuse(
			"lies before this one",
			api.log_conversation,
			kit.RETAIL,
			"Rita",
			"Hello",
			next_date=add_days(nowdate(), -3),
		)

	def test_a_date_that_is_none(self):
		frappe.set_user(self.liaison)
		for field in ("held_on", "next_date", "promise_due"):
			with self.subTest(field):
				before = self.counts()
				frappe.db.savepoint("cx_bad")
				with self.assertRaises(frappe.ValidationError) as caught:
					api.log_conversation(kit.RETAIL, "Rita", "Hello", promise="We look", **{field: "soon"})
				frappe.db.rollback(save_point="cx_bad")
				self.assertIn("soon", str(caught.exception))
				self.assertEqual(self.counts(), before)

	def test_wants(self):
		doc = frappe.get_doc("CX Business Unit", kit.RETAIL)
		want = {"said_by_name": "Rita"}
		for wants, words in (
			([{"words": f"Want {n}", **want} for n in range(6)], "at most five wants.*Take one out first"),
			([{"words": "Quick"}], "Say whose words the want is: choose a contact or give a name"),
			([{"words": "   ", **want}], "in their own words|[Mm]andatory|[Vv]alue missing"),
			([{"words": "Quick", **want}, {"words": " quick ", **want}], "stands there twice"),
			([{"words": "Quick", "importance": "6", **want}], "6"),
			([{"words": "Quick", "how_we_do": "-1", **want}], "-1"),
		):
			with self.subTest(words):
				doc.reload()
				doc.set("wants", wants)
				self.refuse(words, doc.save)

	def test_a_level_that_is_no_step_of_the_ladder(self):
		frappe.set_user(self.liaison)
		doc = frappe.get_doc("CX Conversation", api.plan_review(kit.RETAIL))
		doc.their_level = "6 Best friends"
		self.refuse("6 Best friends", doc.save)

	def test_importance_beyond_the_scale_in_a_review(self):
		unit = frappe.get_doc("CX Business Unit", kit.RETAIL)
		unit.set("wants", [{"words": "Quick", "said_by_name": "Rita"}])
		unit.save()
		frappe.set_user(self.liaison)
		doc = frappe.get_doc("CX Conversation", api.plan_review(kit.RETAIL))
		doc.wants[0].importance = "9"
		self.refuse("9", doc.save)
