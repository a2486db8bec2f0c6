"""Acting rules: whose voice, by when, a ticket instead; missed targets; escalation. Without rules as before."""

from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, add_to_date, now_datetime

from cx_desk.core import voice as machine
from cx_desk.surveys import acting, acting_rules, answering, targets
from cx_desk.surveys.shipped import TICKET_SURVEY


class TestActing(FrappeTestCase):
	def setUp(self):
		# The host commits after each mail that it sends, and in a test it sends notifications at once.
		commit = patch.object(frappe.db, "commit")
		commit.start()
		self.addCleanup(commit.stop)
		frappe.db.savepoint("cx_case")
		kit.switch_on()
		kit.empty()
		frappe.db.delete("CX Acting Rule")
		self.manager = self.user("manager", "CX Manager")
		self.owner = self.user("owner", "Agent")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def user(self, name, *roles):
		address = f"{name}@rules.{kit.DOMAIN}"
		if not frappe.db.exists("User", address):
			doc = frappe.get_doc(
				{"doctype": "User", "email": address, "first_name": name.title(), "send_welcome_email": 0}
			)
			doc.flags.no_welcome_mail = True
			doc.insert(ignore_permissions=True)
		frappe.get_doc("User", address).add_roles(*roles)
		return address

	def rule(self, **values):
		return frappe.get_doc(
			{"doctype": "CX Acting Rule", "title": "Payroll", "cause": "Word", "words": "payroll*", **values}
		).insert()

	def answer(self, score="4", comment="", who="ann", **values):
		found, token = kit.asked(who, **values)
		key = answering.open_page(token).version["questions"][0]["key"]
		stamp = answering.make_stamp(answering._find(token), None, 1.0)
		answering.submit(
			token, {"stamp": stamp, f"q_{key}": score, "comment": comment, "gestures": "2"}, agent=kit.PHONE
		)
		return frappe.db.get_value("CX Survey Response", {"invitation": found.name, "kind": "Person"})

	def voice(self, response):
		names = frappe.get_all("CX Voice", filters={"response": response}, pluck="name")
		self.assertLessEqual(len(names), 1)
		return frappe.get_doc("CX Voice", names[0]) if names else None

	def act(self, response):
		acting.act(response)
		return self.voice(response)

	def test_without_rules_as_it_always_was(self):
		self.assertIsNone(self.act(self.answer("4")))
		self.assertEqual(self.act(self.answer("1", who="bob")).kind, "Low answer")

	def test_a_word_gives_the_voice_its_owner_and_due_time(self):
		rule = self.rule(responsible=self.owner, due_hours=2, note="Call HR first.")
		voice = self.act(self.answer("3", "PAYROLLS were late again"))
		self.assertEqual(
			(voice.kind, voice.responsible, voice.acting_rule), ("Comment", self.owner, rule.name)
		)
		self.assertLess(voice.due_at, acting_rules._after(now_datetime(), 3, voice.ticket))
		self.assertIn("Call HR first.", voice.steps[-1].note)
		self.assertIn("Payroll", voice.steps[-1].note)
		self.assertIsNone(self.act(self.answer("3", who="bob")))

	def test_a_rule_and_the_default_make_one_voice(self):
		self.rule(responsible=self.owner)
		voice = self.act(self.answer("1", "payroll"))
		self.assertEqual((voice.kind, voice.responsible), ("Low answer", self.owner))
		self.assertTrue(voice.needs_source_yes)

	def test_a_score_without_words_can_make_a_voice(self):
		self.rule(cause="Score", words="", at_least=3, at_most=3, title="The undecided")
		voice = self.act(self.answer("3"))
		self.assertEqual(voice.kind, "Comment")
		self.assertIn("3 / 5", voice.statement)
		self.assertIsNone(self.act(self.answer("5", who="bob")))

	def test_a_reason_makes_a_voice(self):
		frappe.get_doc(
			{"doctype": "CX Driver", "driver_name": "Surveytest slow", "name": "Surveytest slow"}
		).db_insert()
		self.rule(cause="Reason", words="", driver="Surveytest slow")
		response = self.answer("4")
		frappe.db.set_value("CX Survey Response", response, "driver", "Surveytest slow")
		self.assertIn("Surveytest slow", self.act(response).statement)

	def test_the_lowest_position_decides(self):
		self.rule(responsible=self.manager, position=5)
		self.rule(responsible=self.owner, position=1, title="First")
		self.assertEqual(self.act(self.answer("3", "payroll")).responsible, self.owner)

	def test_a_rule_holds_for_its_unit_and_those_below(self):
		unit = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1})
		root = frappe.db.get_value("CX Business Unit", unit, "parent_cx_business_unit")
		rule = self.rule(unit=root, responsible=self.owner)
		self.assertEqual(self.act(self.answer("3", "payroll")).acting_rule, rule.name)
		with patch.object(acting_rules, "_branch", return_value=frozenset({"Elsewhere"})):
			self.assertIsNone(self.act(self.answer("4", who="bob")))
			self.assertFalse(self.act(self.answer("3", "payroll", who="cid")).acting_rule)

	# Tickets.

	def test_a_ticket_is_raised_as_the_person_and_once(self):
		self.rule(makes="Ticket", note="For HR.")
		response = self.answer("4", "payroll is wrong")
		acting.act(response)
		ticket = frappe.db.get_value("CX Survey Response", response, "act_ticket")
		doc = frappe.get_doc("HD Ticket", ticket)
		self.assertEqual(doc.raised_by, f"ann@{kit.DOMAIN}")
		self.assertIn("payroll is wrong", doc.description)
		self.assertIn("For HR.", doc.description)
		self.assertIn(ticket, self.voice(response).steps[-1].note)
		count = frappe.db.count("HD Ticket")
		frappe.db.set_value("CX Survey Response", response, "act_state", "Pending")
		acting.act(response)
		self.assertEqual(frappe.db.count("HD Ticket"), count)

	def test_the_same_matter_has_one_open_ticket(self):
		kit.settings(cooldown_days=0, yearly_budget=0)
		self.rule(makes="Ticket")
		first = self.answer("4", "payroll is wrong")
		acting.act(first)
		second = self.answer("4", "payroll is still wrong", subject="other")
		count = frappe.db.count("HD Ticket")
		acting.act(second)
		numbers = [frappe.db.get_value("CX Survey Response", name, "act_ticket") for name in (first, second)]
		self.assertEqual(numbers[0], numbers[1])
		self.assertEqual(frappe.db.count("HD Ticket"), count)
		kit.resolve(frappe.get_doc("HD Ticket", numbers[0]))
		third = self.answer("4", "payroll once more", subject="third")
		acting.act(third)
		self.assertNotEqual(frappe.db.get_value("CX Survey Response", third, "act_ticket"), numbers[0])

	def test_a_confidential_answer_makes_no_ticket_and_is_quoted_nowhere(self):
		frappe.db.set_value("CX Survey", TICKET_SURVEY, "privacy", "Confidential")
		frappe.clear_document_cache("CX Survey", TICKET_SURVEY)
		self.addCleanup(frappe.clear_document_cache, "CX Survey", TICKET_SURVEY)
		self.rule(makes="Ticket", responsible=self.owner)
		response = self.answer("2", "payroll secret")
		count = frappe.db.count("HD Ticket")
		voice = self.act(response)
		self.assertEqual(frappe.db.count("HD Ticket"), count)
		self.assertTrue(voice.confidential)
		self.assertNotEqual(voice.responsible, self.owner)
		self.assertNotIn("secret", voice.statement)
		self.assertFalse(any("secret" in (step.note or "") for step in voice.steps))

	# Targets and escalation.

	def test_a_missed_target_makes_one_voice(self):
		self.rule(cause="Missed target", words="", responsible=self.owner, title="Targets")
		change = frappe._dict(
			target="T1",
			target_name="CSAT Finance",
			unit=None,
			state="Missed",
			at=now_datetime(),
			value=61.0,
			line=70.0,
			n=25,
		)
		met = frappe._dict(change, target="T2", state="Met")
		with patch.object(targets, "changes_since", return_value=[change, met]):
			self.assertEqual(acting_rules.act_on_targets(), 1)
			self.assertEqual(acting_rules.act_on_targets(), 0)
		voice = frappe.get_last_doc("CX Voice", filters={"source_type": "Seen"})
		self.assertIn("CSAT Finance", voice.statement)
		self.assertEqual(voice.responsible, self.owner)

	def overdue(self, hours_ago):
		self.rule(responsible=self.owner, escalate_after=4, escalate_to=self.manager)
		voice = self.act(self.answer("2", "payroll"))
		frappe.db.set_value("CX Voice", voice.name, "due_at", add_to_date(now_datetime(), hours=-hours_ago))
		return voice.name

	def told(self, voice):
		return frappe.get_all(
			"Notification Log", filters={"document_name": voice, "for_user": self.manager}, pluck="subject"
		)

	def test_overdue_is_told_once_and_without_the_words(self):
		voice = self.overdue(24 * 7)
		self.assertEqual(acting_rules.escalate(), 1)
		self.assertEqual(acting_rules.escalate(), 0)
		told = [subject for subject in self.told(voice) if "Overdue" in subject]
		self.assertEqual(len(told), 1)
		self.assertNotIn("payroll were", told[0])

	def test_a_little_late_or_answered_is_not_told(self):
		voice = self.overdue(0)
		self.assertEqual(acting_rules.escalate(), 0)
		frappe.db.set_value(
			"CX Voice", voice, {"due_at": add_days(now_datetime(), -9), "state": machine.TOLD}
		)
		self.assertEqual(acting_rules.escalate(), 0)
		self.assertFalse([subject for subject in self.told(voice) if "Overdue" in subject])

	# Bad settings.

	def test_rules_that_could_never_act_are_refused(self):
		for values, words in (
			({"words": "*"}, "cannot be looked for"),
			({"words": " \n"}, "at least one word"),
			({"cause": "Score", "words": ""}, "which score"),
			({"at_least": 5, "at_most": 2}, "no score"),
			({"cause": "Missed target", "makes": "Ticket"}, "choose a voice"),
			({"responsible": "Guest"}, "cannot own"),
			({"escalate_after": 2, "escalate_to": self.owner}, "CX Manager"),
		):
			with self.assertRaisesRegex(frappe.ValidationError, words, msg=str(values)):
				self.rule(**values)
