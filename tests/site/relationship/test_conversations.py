"""Conversations on a site: three fields, the cadence that restarts, promises as voices, times that are refused."""

from datetime import timedelta

import unit_kit as kit
from relationship_kit import RollbackCase, liaison_of

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

from cx_desk.api import relationship as api
from cx_desk.core import conversation as machine
from cx_desk.core.cadence import DUE, IN_TIME, NO_CADENCE, OVERDUE
from cx_desk.relationship import cadence, conversations


class TestConversations(RollbackCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.liaison = liaison_of(kit.RETAIL, "rel.liaison@desk.example")
		cls.agent = kit.make_user("rel.agent@desk.example", "Agent")
		cls.stranger = liaison_of(kit.CLAIMS, "rel.stranger@desk.example")
		for unit in (kit.RETAIL, kit.TREASURY, kit.CLAIMS):
			frappe.db.set_value("CX Business Unit", unit, "creation", add_days(nowdate(), -300))

	def setUp(self):
		super().setUp()
		frappe.set_user(self.liaison)

	def held(self, days=0, unit=kit.RETAIL, **values):
		doc = frappe.new_doc("CX Conversation")
		doc.update(
			{
				"unit": unit,
				"who": "Rita Retail",
				"notes": "All is well.",
				"starts_on": now_datetime() - timedelta(days=days, minutes=5),
				**values,
			}
		)
		return doc.insert()

	def planned(self, hours=24, **values):
		starts = now_datetime() + timedelta(hours=hours)
		return self.held(starts_on=starts, notes=None, **values)

	def test_three_fields_are_enough_and_the_cadence_restarts(self):
		self.assertEqual(cadence.standings([kit.RETAIL])[kit.RETAIL].state, OVERDUE)
		made = api.log_conversation(kit.RETAIL, "Rita Retail", "The tills are fine.")
		doc = frappe.get_doc("CX Conversation", made["name"])
		self.assertEqual((doc.state, doc.owner), (machine.HELD, self.liaison))
		kept = cadence.standings([kit.RETAIL])[kit.RETAIL]
		self.assertEqual((kept.state, kept.days), (IN_TIME, 0))
		self.assertIn("Last conversation today", made["standing"])

	def test_the_cadence_restarts_whoever_had_it(self):
		frappe.set_user(self.agent)
		api.log_conversation(kit.RETAIL, "Rita Retail", "Met at the coffee machine.")
		self.assertEqual(cadence.standings([kit.RETAIL])[kit.RETAIL].state, IN_TIME)

	def test_planned_cancelled_and_missed_ones_do_not_count(self):
		plan = self.planned()
		conversations.move(plan.name, machine.CANCELLED, reason="Illness", cancelled_by=machine.BY_BUSINESS)
		gone = self.held(1, state=machine.PLANNED, notes=None)
		conversations.move(gone.name, machine.MISSED)
		self.assertEqual(cadence.standings([kit.RETAIL])[kit.RETAIL].state, OVERDUE)

	def test_tickets_do_not_count(self):
		before = cadence.standings([kit.TREASURY])[kit.TREASURY]
		frappe.set_user("Administrator")
		ticket = frappe.get_doc(
			{"doctype": "HD Ticket", "subject": "Till", "raised_by": "rita@retail.example"}
		).insert()
		frappe.db.set_value("HD Ticket", ticket.name, "cx_business_unit", kit.TREASURY)
		self.assertEqual(cadence.standings([kit.TREASURY])[kit.TREASURY], before)

	def test_self_service_has_no_cadence(self):
		frappe.set_user("Administrator")
		unit = kit.make_unit("Kit Self", tier="Self-service")
		self.assertEqual(cadence.standings([unit])[unit].state, NO_CADENCE)
		self.assertNotIn(unit, [name for name, _ in cadence.work_list([unit])])

	def test_an_agreed_next_date_counts(self):
		self.held(10, next_date=add_days(nowdate(), -2))
		self.assertEqual(cadence.standings([kit.RETAIL])[kit.RETAIL].state, DUE)

	def test_a_promise_becomes_a_voice_with_owner_and_due_day(self):
		due = add_days(nowdate(), 7)
		made = api.log_conversation(
			kit.RETAIL, "Rita Retail", "Printers.", promise="We look at the printers", promise_due=due
		)
		voice = frappe.get_doc("CX Voice", made["promise"])
		self.assertEqual((voice.kind, voice.unit, voice.source_name), ("Promise", kit.RETAIL, "Rita Retail"))
		self.assertEqual((voice.responsible, getdate(voice.due_at)), (self.liaison, getdate(due)))
		self.assertEqual([row.name for row in conversations.voices_of(made["name"])], [voice.name])

	def test_the_same_sentence_is_kept_once(self):
		doc = self.held()
		first = api.keep_sentence(doc.name, "Want", "Faster  tills")["name"]
		self.assertEqual(api.keep_sentence(doc.name, "Want", "Faster tills")["name"], first)
		self.assertNotEqual(api.keep_sentence(doc.name, "Said", "Faster tills")["name"], first)

	def test_a_promise_due_before_the_conversation_is_refused(self):
		doc = self.held()
		with self.assertRaisesRegex(frappe.ValidationError, "later day"):
			api.keep_sentence(doc.name, "Promise", "Yesterday", due=add_days(nowdate(), -3))

	def test_held_in_the_future_is_refused_with_what_to_do(self):
		with self.assertRaisesRegex(frappe.ValidationError, "plan it instead"):
			self.held(-3, state=machine.HELD)
		with self.assertRaisesRegex(frappe.ValidationError, "plan it instead"):
			api.log_conversation(
				kit.RETAIL, "Rita", "Time travel", held_on=str(now_datetime() + timedelta(days=2))
			)

	def test_an_end_before_the_start_is_refused(self):
		with self.assertRaisesRegex(frappe.ValidationError, "ends before it starts"):
			self.held(ends_on=now_datetime() - timedelta(days=4))

	def test_nobody_and_nothing_are_refused(self):
		with self.assertRaisesRegex(frappe.ValidationError, "who you spoke with"):
			api.log_conversation(kit.RETAIL, "  ", "Something")
		with self.assertRaisesRegex(frappe.ValidationError, "one sentence"):
			api.log_conversation(kit.RETAIL, "Rita", " ")
		with self.assertRaisesRegex(frappe.ValidationError, "no business unit"):
			api.log_conversation("No such unit", "Rita", "Hello")

	def test_the_state_is_moved_by_its_rules_alone(self):
		plan = self.planned()
		plan.state = machine.HELD
		with self.assertRaisesRegex(frappe.ValidationError, "begins only on"):
			plan.save()
		done = self.held()
		done.state = machine.PLANNED
		with self.assertRaisesRegex(frappe.ValidationError, "stays held"):
			done.save()

	def test_a_moved_start_keeps_the_length(self):
		plan = self.planned(ends_on=now_datetime() + timedelta(hours=26)).reload()
		length = plan.ends_on - plan.starts_on
		plan.starts_on = plan.starts_on + timedelta(days=1)
		plan.save()
		self.assertEqual(plan.ends_on - plan.starts_on, length)

	def test_a_held_review_turns_its_promises_into_voices_once(self):
		review = self.held(
			type=machine.SERVICE_REVIEW,
			promise_next="- A named person for tills\n\n* A report each month",
			their_level="2 Order taker",
			our_level="3 Service provider",
		)
		kept = [row.statement for row in conversations.voices_of(review.name)]
		self.assertEqual(kept, ["A named person for tills", "A report each month"])
		review.agenda = "changed"
		review.save()
		self.assertEqual(len(conversations.voices_of(review.name)), 2)
		self.assertEqual(review.level_gap, "We think one step higher of it than they do")

	def test_one_planned_review_per_unit(self):
		first = api.plan_review(kit.RETAIL)
		self.assertEqual(api.plan_review(kit.RETAIL), first)
		frappe.set_user(self.agent)
		with self.assertRaises(frappe.PermissionError):
			api.plan_review(kit.RETAIL)

	def test_scope(self):
		mine = self.held()
		frappe.set_user(self.stranger)
		with self.assertRaises(frappe.PermissionError):
			frappe.get_doc("CX Conversation", mine.name).check_permission("read")
		with self.assertRaises(frappe.PermissionError):
			api.move_conversation(mine.name, machine.MISSED)
		self.assertNotIn(mine.name, frappe.get_list("CX Conversation", pluck="name"))
		frappe.set_user(self.liaison)
		both = self.held(people=[{"side": "Desk", "user": self.stranger}])
		frappe.set_user(self.stranger)
		self.assertIn(both.name, frappe.get_list("CX Conversation", pluck="name"))

	def test_naming_ones_own_unit_in_what_is_sent_opens_nothing(self):
		from frappe.client import save

		foreign = self.held()
		frappe.set_user(self.stranger)
		sent = {
			"doctype": "CX Conversation",
			"name": foreign.name,
			"owner": self.stranger,
			"unit": kit.CLAIMS,
		}
		sent |= {"who": "Me", "notes": "mine now", "people": [{"side": "Desk", "user": self.stranger}]}
		sent |= {"modified": str(foreign.modified), "starts_on": str(foreign.starts_on), "state": "Held"}
		with self.assertRaises(frappe.PermissionError):
			save(frappe.as_json(sent))

	def test_a_conversation_with_voices_stays(self):
		doc = self.held()
		api.keep_sentence(doc.name, "Said", "Do not lose this")
		frappe.set_user(kit.make_user("rel.manager@desk.example", "CX Manager"))
		with self.assertRaisesRegex(frappe.ValidationError, "it stays"):
			frappe.delete_doc("CX Conversation", doc.name)

	def test_a_review_is_planned_on_a_working_day(self):
		frappe.set_user(self.liaison)
		for today in range(7):
			with self.subTest(today), self.freeze_time(add_days(now_datetime(), today)):
				name = api.plan_review(kit.RETAIL)
				self.assertLess(frappe.db.get_value("CX Conversation", name, "starts_on").weekday(), 5)
				frappe.db.delete("CX Conversation", {"name": name})
