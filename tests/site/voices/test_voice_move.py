"""One function moves a voice; everything else is put right or refused with the reason."""

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_to_date, get_datetime, now_datetime

from cx_desk.core import voice as machine
from cx_desk.units import voices


class TestMove(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.lead = kit.user("lead", "Agent", "Agent Manager")
		self.manager = kit.user("manager", "CX Manager")
		self.agent = kit.user("agent", "Agent")
		self.unit = kit.unit()
		self.team = kit.team(self.lead)
		kit.settings(desk_manager=self.manager)
		self.ticket = kit.ticket(self.team, self.unit)
		self.name = voices.hear("Low answer", "2 of 5", ticket=self.ticket)

	def tearDown(self):
		frappe.set_user("Administrator")

	def get(self):
		return frappe.get_doc("CX Voice", self.name)

	def test_the_whole_way(self):
		frappe.set_user(self.lead)
		kit.walk(self.name, "Owned", "Done", "Told")
		frappe.set_user("Administrator")
		voices.move(self.name, "Settled", by=machine.PERSON)
		doc = self.get()
		self.assertEqual([step.to_state for step in doc.steps], ["Heard", "Owned", "Done", "Told", "Settled"])
		self.assertEqual(doc.settled_by, "The person")
		self.assertTrue(doc.owned_at and doc.told_at and doc.settled_at)
		self.assertEqual(doc.steps[-1].by, "Carla Conti")
		self.assertFalse(frappe.db.exists("ToDo", {"reference_name": self.name, "status": "Open"}))

	def test_blocked_with_the_reason_and_nothing_changed(self):
		frappe.set_user(self.lead)
		with self.assertRaisesRegex(
			frappe.ValidationError, "cannot become Done. From here it can become: Owned"
		):
			voices.move(self.name, "Done", outcome="x")
		voices.move(self.name, "Owned")
		with self.assertRaisesRegex(frappe.ValidationError, "Say what was done"):
			voices.move(self.name, "Done")
		kit.walk(self.name, "Done", "Told")
		with self.assertRaisesRegex(frappe.ValidationError, "Their own yes is needed.*14 days"):
			voices.move(self.name, "Settled", settled_by="The desk")
		self.assertEqual(self.get().state, "Told")

	def test_silence_for_two_weeks_can_be_closed_and_stays_below_the_line(self):
		kit.walk(self.name, "Owned", "Done", "Told")
		frappe.db.set_value("CX Voice", self.name, "told_at", add_to_date(now_datetime(), days=-15))
		voices.move(self.name, "Settled", settled_by="The desk")
		doc = self.get()
		self.assertEqual(doc.settled_by, "The desk")
		counted = machine.VoiceCount(
			get_datetime(doc.first_due_at), doc.state, doc.source_type, doc.settled_by, True
		)
		self.assertFalse(machine.counts_as_settled(counted))

	def test_no_goes_back_with_a_new_due_time_and_the_owner_is_told(self):
		frappe.db.set_value(
			"CX Voice", self.name, {"due_at": "2020-01-01 10:00:00", "first_due_at": "2020-01-01 10:00:00"}
		)
		frappe.set_user(self.lead)
		kit.walk(self.name, "Owned", "Done", "Told")
		frappe.set_user("Guest")
		voices.move(self.name, "Contested", by=machine.PERSON, note="It dropped again")
		frappe.set_user("Administrator")
		doc = self.get()
		self.assertEqual((doc.state, doc.responsible, doc.contested_count), ("Contested", self.lead, 1))
		self.assertGreater(get_datetime(doc.due_at), now_datetime())
		self.assertEqual(get_datetime(doc.first_due_at), get_datetime("2020-01-01 10:00:00"))
		self.assertTrue(
			frappe.db.exists(
				"ToDo", {"reference_name": self.name, "status": "Open", "allocated_to": self.lead}
			)
		)
		told = frappe.get_all(
			"Notification Log", filters={"document_name": self.name, "for_user": self.lead}, pluck="subject"
		)
		self.assertTrue(any("Not settled" in subject for subject in told))
		frappe.set_user(self.lead)
		kit.walk(self.name, "Owned", "Declined", "Told")
		self.assertEqual(self.get().state, "Told")

	def test_never_told_without_the_message(self):
		kit.mail_account()
		kit.walk(self.name, "Owned", "Done")
		frappe.get_doc(
			{"doctype": "Email Unsubscribe", "email": "carla@voicetest.example", "global_unsubscribe": 1}
		).insert(ignore_permissions=True, ignore_if_duplicate=True)
		self.addCleanup(frappe.db.delete, "Email Unsubscribe", {"email": "carla@voicetest.example"})
		with self.assertRaisesRegex(frappe.ValidationError, "wants no mail"):
			voices.move(self.name, "Told", message_back="We replaced it.")
		doc = self.get()
		self.assertEqual((doc.state, doc.told_at, doc.message_back), ("Done", None, None))
		voices.move(self.name, "Told", note="On the phone")
		self.assertEqual(self.get().state, "Told")

	def test_contested_while_the_owner_left(self):
		kit.walk(self.name, "Owned", "Done", "Told")
		frappe.db.set_value("CX Voice", self.name, "responsible", self.agent)
		frappe.db.set_value("User", self.agent, "enabled", 0)
		self.addCleanup(frappe.db.set_value, "User", self.agent, "enabled", 1)
		voices.move(self.name, "Contested", by=machine.PERSON)
		self.assertEqual(self.get().responsible, self.lead)

	def test_state_and_kept_fields_cannot_be_typed(self):
		doc = self.get()
		first = doc.first_due_at
		doc.update(
			{"settled_by": "The person", "told_at": now_datetime(), "needs_source_yes": 0, "token_hash": "x"}
		)
		doc.append("steps", {"to_state": "Settled", "note": "made up"})
		doc.save()
		doc.reload()
		self.assertFalse(doc.settled_by or doc.told_at or doc.token_hash)
		self.assertEqual(doc.needs_source_yes, 1)
		self.assertEqual(len(doc.steps), 1)
		self.assertEqual(doc.first_due_at, first)

	def test_a_card_dragged_on_the_board_is_judged_like_the_button(self):
		doc = self.get()
		doc.state = "Settled"
		with self.assertRaisesRegex(frappe.ValidationError, "cannot become"):
			doc.save()
		doc = self.get()
		doc.state = "Owned"
		doc.save()
		self.assertEqual([step.to_state for step in self.get().steps], ["Heard", "Owned"])
		doc = self.get()
		doc.state = "Done"
		with self.assertRaisesRegex(frappe.ValidationError, "Say what was done"):
			doc.save()

	def test_a_new_record_cannot_begin_settled(self):
		doc = frappe.get_doc(
			{
				"doctype": "CX Voice",
				"statement": "x",
				"source_name": "Carla",
				"state": "Settled",
				"settled_by": "The person",
			}
		).insert()
		self.assertEqual(doc.state, "Heard")
		self.assertFalse(doc.settled_by)
		self.assertTrue(doc.responsible)

	def test_somebody_else_takes_it_on_and_owns_it(self):
		frappe.set_user(self.agent)
		voices.move(self.name, "Owned")
		frappe.set_user("Administrator")
		self.assertEqual(self.get().responsible, self.agent)
		todo = frappe.get_all(
			"ToDo", filters={"reference_name": self.name, "status": "Open"}, pluck="allocated_to"
		)
		self.assertEqual(todo, [self.agent])

	def test_others_are_told_whose_it_is(self):
		voices.move(self.name, "Owned")
		frappe.set_user(self.agent)
		with self.assertRaisesRegex(frappe.ValidationError, r"Only the owner \(Lead"):
			voices.move(self.name, "Done", outcome="x")

	def test_owner_is_handed_over_never_emptied(self):
		doc = self.get()
		doc.responsible = None
		doc.save()
		self.assertEqual(self.get().responsible, self.lead)
		doc = self.get()
		doc.responsible = self.agent
		doc.save()
		self.assertIn("Handed over", self.get().steps[-1].note)
		doc = self.get()
		doc.responsible = "Guest"
		with self.assertRaisesRegex(frappe.ValidationError, "cannot own a voice"):
			doc.save()

	def test_not_deleted_by_its_owner(self):
		frappe.db.set_value("CX Voice", self.name, "responsible", self.manager)
		frappe.set_user(self.manager)
		with self.assertRaisesRegex(frappe.PermissionError, "not deleted by its owner"):
			frappe.delete_doc("CX Voice", self.name)
		frappe.set_user(self.lead)
		with self.assertRaises(frappe.PermissionError):
			frappe.delete_doc("CX Voice", self.name)

	def test_moves_for_the_form_say_why_not(self):
		frappe.set_user(self.agent)
		moves = voices.next_moves(self.get())
		self.assertEqual([(move["key"], move["allowed"]) for move in moves], [("take", True)])
		frappe.set_user("Administrator")
		kit.walk(self.name, "Owned")
		for move in voices.next_moves(self.get(), self.agent):
			self.assertFalse(move["allowed"])
			self.assertIn("Only the owner", move["why_not"])

	def test_deleting_the_ticket_keeps_the_voice(self):
		# A later ticket first: the host gives the number of the last one deleted to the next.
		kit.ticket(self.team, self.unit)
		frappe.delete_doc("HD Ticket", self.ticket, force=False)
		doc = self.get()
		self.assertEqual(doc.ticket, self.ticket)
		kit.walk(self.name, "Owned", "Done", "Told", "Contested")
		self.assertEqual((self.get().state, self.get().ticket), ("Contested", self.ticket))
		doc = self.get()
		doc.driver = "no such reason"
		with self.assertRaises(frappe.LinkValidationError):
			doc.save()
