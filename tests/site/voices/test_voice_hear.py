"""A voice is heard with an owner and a due time, whoever hears it and whoever is missing."""

from datetime import datetime
from unittest.mock import patch

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import get_datetime

from cx_desk.units import voice_news, voice_owners, voices


class TestHear(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.lead = kit.user("lead", "Agent", "Agent Manager")
		self.manager = kit.user("manager", "CX Manager")
		self.liaison = kit.user("liaison", "CX Liaison")
		self.agent = kit.user("agent", "Agent")
		self.unit = kit.unit()
		kit.liaison(self.unit, self.liaison)
		self.team = kit.team(self.lead)
		kit.settings(desk_manager=self.manager, first_contact_hours=8)
		self.ticket = kit.ticket(self.team, self.unit)

	def tearDown(self):
		frappe.set_user("Administrator")
		for who in (self.lead, self.manager, self.liaison, self.agent):
			frappe.db.set_value("User", who, "enabled", 1)

	def hear(self, **given):
		given.setdefault("ticket", self.ticket)
		return frappe.get_doc("CX Voice", voices.hear(given.pop("kind", "Low answer"), "2 of 5", **given))

	def test_a_low_answer_goes_to_the_team_lead_with_what_the_ticket_knows(self):
		doc = self.hear()
		self.assertEqual(doc.state, "Heard")
		self.assertEqual(doc.responsible, self.lead)
		self.assertEqual(
			(doc.unit, doc.team, doc.source_email), (self.unit, self.team, "carla@voicetest.example")
		)
		self.assertEqual(doc.needs_source_yes, 1)
		self.assertEqual(doc.due_at, doc.first_due_at)
		self.assertEqual([step.to_state for step in doc.steps], ["Heard"])

	def test_never_ownerless(self):
		frappe.db.set_value("User", self.lead, "enabled", 0)
		self.assertEqual(self.hear().responsible, self.manager)
		frappe.db.set_value("User", self.manager, "enabled", 0)
		other = kit.user("second", "CX Manager")
		self.assertTrue(voice_owners.is_enabled(self.hear().responsible))
		with patch.object(voice_owners, "_managers", return_value=[other]):
			self.assertEqual(self.hear().responsible, other)
		with patch.object(voice_owners, "_managers", return_value=[]):
			self.assertEqual(self.hear().responsible, "Administrator")

	def test_a_named_owner_who_is_disabled_is_skipped(self):
		frappe.db.set_value("User", self.agent, "enabled", 0)
		self.assertEqual(self.hear(responsible=self.agent).responsible, self.lead)

	def test_praise_goes_to_the_agent_of_the_ticket(self):
		frappe.db.set_value("HD Ticket", self.ticket, "_assign", frappe.as_json([self.agent]))
		self.assertEqual(self.hear(kind="Praise").responsible, self.agent)
		self.assertEqual(self.hear(kind="Low answer").responsible, self.lead)

	def test_who_may_not_read_a_ticket_does_not_learn_its_person_by_naming_it(self):
		"""Teams may be kept to their own tickets; a voice takes over the ticket's person, unit and team."""

		def keep_to_own_tickets(on):
			frappe.db.set_single_value("HD Settings", "restrict_tickets_by_agent_group", on)
			frappe.clear_document_cache("HD Settings", "HD Settings")

		before = frappe.db.get_single_value("HD Settings", "restrict_tickets_by_agent_group")
		# Telling the owner of a voice commits.
		self.addCleanup(frappe.db.commit)
		self.addCleanup(keep_to_own_tickets, before)
		keep_to_own_tickets(1)
		frappe.set_user(kit.user("other", "Agent"))
		self.assertFalse(frappe.has_permission("HD Ticket", "read", doc=self.ticket))
		said = {"doctype": "CX Voice", "kind": "Said", "statement": "x"}
		with self.assertRaises(frappe.PermissionError):
			frappe.get_doc({**said, "ticket": self.ticket}).insert()
		mine = frappe.get_doc({**said, "source_name": "Ann"}).insert()
		mine.ticket = self.ticket
		with self.assertRaises(frappe.PermissionError):
			mine.save()
		frappe.set_user("Administrator")
		made = frappe.get_doc({**said, "ticket": self.ticket}).insert()
		self.assertEqual(made.source_email, "carla@voicetest.example")

	def test_confidential_words_stay_with_the_answer_and_go_to_the_liaison(self):
		doc = self.hear(confidential=True)
		self.assertEqual(doc.responsible, self.liaison)
		self.assertNotIn("2 of 5", doc.statement)

	def test_a_word_about_what_was_deleted_is_still_heard(self):
		doc = self.hear(
			ticket="no such ticket",
			contact="no such contact",
			unit="no such unit",
			driver="no such reason",
			response="no such answer",
			source_email="carla@voicetest.example",
		)
		self.assertEqual(doc.responsible, self.manager)
		self.assertFalse(doc.ticket or doc.driver or doc.response)
		self.assertTrue(doc.unit)

	def test_the_same_origin_is_one_voice(self):
		first = self.hear(origin="test:one")
		self.assertEqual(self.hear(origin="test:one").name, first.name)
		self.assertEqual(frappe.db.count("CX Voice", {"origin": "test:one"}), 1)

	def test_business_hours_of_the_sla_decide_the_due_time(self):
		friday = datetime(2026, 11, 20, 16, 0)
		due = voice_owners.due_time(self.ticket, friday)
		self.assertGreater(due, datetime(2026, 11, 23))
		self.assertLess(due, datetime(2026, 11, 25))
		kit.settings(first_contact_hours=1)
		self.assertEqual(
			voice_owners.due_time(self.ticket, datetime(2026, 11, 19, 12, 0)), datetime(2026, 11, 19, 13, 0)
		)

	def test_a_promise_keeps_its_own_day(self):
		doc = self.hear(kind="Promise", due_at="2027-01-29 12:00:00")
		self.assertEqual(get_datetime(doc.first_due_at), datetime(2027, 1, 29, 12))

	def test_first_due_is_fixed_once(self):
		doc = self.hear()
		first = doc.first_due_at
		doc.due_at = "2027-05-01 12:00:00"
		doc.first_due_at = "2027-05-01 12:00:00"
		doc.save()
		doc.reload()
		self.assertEqual(doc.first_due_at, first)
		self.assertEqual(get_datetime(doc.due_at), datetime(2027, 5, 1, 12))
		self.assertIn("Due time moved", doc.steps[-1].note)

	def test_needs_the_sentence_and_who(self):
		with self.assertRaisesRegex(frappe.ValidationError, "one sentence is enough"):
			voices.hear("Said", "  ", source_name="Carla")
		with self.assertRaisesRegex(frappe.ValidationError, "Say who said it"):
			voices.hear("Said", "Something")
		with self.assertRaisesRegex(frappe.ValidationError, "no mail address"):
			voices.hear("Said", "Something", source_email="carla at home")

	def test_seen_needs_nobody(self):
		doc = frappe.get_doc("CX Voice", voices.hear("Seen", "One headset for two", unit=self.unit))
		self.assertEqual(doc.source_type, "Seen")
		self.assertFalse(doc.needs_source_yes)

	def test_a_very_long_mail_is_shortened(self):
		doc = frappe.get_doc("CX Voice", voices.hear("Reply", "x" * 200_000, source_name="Carla"))
		self.assertLessEqual(len(doc.statement), voices.LONGEST_STATEMENT)

	def test_list_entry_and_notifications_never_hold_the_words(self):
		words = "purple elephants in the server room"
		name = voices.hear("Low answer", words, ticket=self.ticket)
		todo = frappe.get_all(
			"ToDo",
			filters={"reference_type": "CX Voice", "reference_name": name, "status": "Open"},
			fields=["allocated_to", "description"],
		)
		self.assertEqual([row.allocated_to for row in todo], [self.lead])
		logs = frappe.get_all(
			"Notification Log",
			filters={"document_name": name},
			fields=["subject", "email_content", "for_user"],
		)
		self.assertEqual({row.for_user for row in logs}, {self.lead, self.liaison})
		comments = frappe.get_all("Comment", filters={"reference_name": name}, pluck="content")
		for text in [*(row.description for row in todo), *(row.subject for row in logs), *comments]:
			self.assertNotIn("elephants", text or "")
		for message in frappe.get_all("Email Queue", fields=["message"], order_by="creation desc", limit=5):
			self.assertNotIn("elephants", message.message)

	def test_a_notification_that_fails_does_not_take_the_voice_with_it(self):
		with patch.object(voice_news, "_notify", side_effect=RuntimeError("mail is down")) as broken:
			broken.__name__ = "_notify"
			name = voices.hear("Low answer", "2 of 5", ticket=self.ticket)
		self.assertTrue(frappe.db.exists("CX Voice", name))
		self.assertTrue(frappe.db.exists("ToDo", {"reference_name": name, "status": "Open"}))
		with patch.object(voice_news, "keep_list_entry", side_effect=frappe.QueryDeadlockError) as deadlock:
			deadlock.__name__ = "keep_list_entry"
			with self.assertRaises(frappe.QueryDeadlockError):
				voices.hear("Low answer", "2 of 5", ticket=self.ticket)

	def test_hostile_text_is_stored_as_text(self):
		nasty = "<img src=x onerror=alert(1)>{{ 7*7 }}'; drop table tabUser; --"
		doc = frappe.get_doc("CX Voice", voices.hear("Said", nasty, source_name=nasty[:30]))
		doc.reload()
		self.assertEqual(doc.statement, "‹img src=x onerror=alert(1)›{{ 7*7 }}'; drop table tabUser; --")
		for formula in ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"):
			stored = frappe.get_doc("CX Voice", voices.hear("Said", formula, source_name="Carla")).statement
			self.assertEqual(stored, f"'{formula}")
		for words in ("- a list", "2 < 3", "R&D -- again"):
			self.assertEqual(
				frappe.get_doc("CX Voice", voices.hear("Said", words, source_name="C")).statement, words
			)
		for row in frappe.get_all("ToDo", filters={"reference_name": doc.name}, pluck="description"):
			self.assertNotIn("onerror", row)

	def test_orphans_are_adopted(self):
		name = self.hear(responsible=self.agent).name
		self.assertEqual(frappe.db.get_value("CX Voice", name, "responsible"), self.agent)
		frappe.db.set_value("User", self.agent, "enabled", 0)
		self.assertGreaterEqual(voice_owners.adopt_orphans(), 1)
		self.assertEqual(frappe.db.get_value("CX Voice", name, "responsible"), self.lead)
		self.assertEqual(voice_owners.adopt_orphans(), 0)
