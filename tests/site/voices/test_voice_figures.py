"""What is shown about voices stays within the reader's scope: figure, cards, Monday mail, report."""

from datetime import timedelta
from unittest.mock import patch

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

from cx_desk.api import voices as api
from cx_desk.core import voice as machine
from cx_desk.cx_desk.report.told_and_settled.told_and_settled import execute
from cx_desk.units import monday_mail, told, voices


class TestFigures(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		# allowed in tests only: the figures are compared on a site without other voices
		frappe.db.delete("CX Voice")
		self.manager = kit.user("manager", "CX Manager")
		self.liaison = kit.user("liaison", "CX Liaison")
		self.agent = kit.user("agent", "Agent")
		self.mine, self.other = kit.unit(), kit.unit("Voicetest Elsewhere")
		kit.liaison(self.mine, self.liaison)
		kit.settings(desk_manager=self.manager, monday_mail=1, sample_data="")
		kit.mail_account()
		now = now_datetime()
		# Nine days back: last week or the week before, never the running one.
		self.due = now - timedelta(days=9)
		for unit, states in (
			(self.mine, [(), ("Owned", "Done", "Told")]),
			(self.other, [("Owned", "Done", "Told"), ("Owned", "Done", "Told"), ()]),
		):
			for number, way in enumerate(states):
				name = voices.hear(
					machine.LOW_ANSWER if number == 0 else machine.SAID,
					"secret words of the person",
					source_name=f"Person {unit} {number}",
					unit=unit,
					responsible=self.manager,
				)
				kit.walk(name, *way)
				frappe.db.set_value("CX Voice", name, {"first_due_at": self.due, "due_at": self.due})

	def tearDown(self):
		frappe.set_user("Administrator")

	def test_the_figure_by_hand(self):
		whole = told.figure()
		# Told: one low answer (its yes is awaited) and two said (told suffices); two are untouched.
		self.assertEqual((whole.settled, whole.n, whole.waiting, whole.ours), (2, 5, 1, 2))
		self.assertEqual(told.headline(whole), "40 % of 5")
		self.assertEqual(sum(result.n for _monday, result in told.weekly()), 5)

	def test_each_sees_their_own_scope(self):
		self.assertEqual(told.figure(user=self.manager).n, 5)
		self.assertEqual(told.figure(user=self.liaison).n, 2)
		self.assertEqual(told.figure(user=self.agent).n, 0)
		frappe.set_user(self.liaison)
		self.assertIn("50 % of 2", api.told_and_settled_card()["value"])
		self.assertEqual(api.overdue_card()["value"], 1)
		self.assertEqual(api.new_low_answers_card()["value"], 1)
		self.assertEqual(api.open_promises_card()["value"], 0)
		columns, rows, note, chart, _summary = execute({})
		self.assertEqual(sum(row["n"] for row in rows), 2)
		self.assertIn("no interval", note)
		self.assertTrue(chart)
		self.assertNotIn("interval", " ".join(column["fieldname"] for column in columns))

	def test_an_empty_report_has_no_rows_and_says_so(self):
		frappe.set_user(self.agent)
		_columns, rows, note, chart, _summary = execute({"weeks": 4})
		self.assertEqual((rows, chart), ([], None))
		self.assertIn("No voice was due", note)

	def test_report_by_unit_and_with_absurd_weeks(self):
		_columns, rows, *_rest = execute({"unit": self.mine, "weeks": 10**9})
		self.assertEqual(sum(row["n"] for row in rows), 2)
		self.assertEqual(len(rows), 104)

	def test_cards_need_permission(self):
		frappe.set_user("Guest")
		for card in (
			api.told_and_settled_card,
			api.overdue_card,
			api.new_low_answers_card,
			api.open_promises_card,
		):
			with self.assertRaises(frappe.PermissionError):
				card()

	def test_monday_mail_goes_to_managers_and_liaisons_once_a_week(self):
		people = monday_mail.recipients()
		self.assertIn(self.manager, people)
		self.assertIn(self.liaison, people)
		self.assertNotIn(self.agent, people)
		frappe.db.set_global(monday_mail.LAST_WEEK_KEY, "")
		self.assertEqual(monday_mail.send(), len(people))
		self.assertEqual(monday_mail.send(), 0)
		kit.settings(monday_mail=0)
		self.assertEqual(monday_mail.send(force=True), 0)

	def test_monday_mail_holds_no_words_and_nothing_of_other_units(self):
		content = monday_mail.content(self.liaison)
		for form in ("html", "txt"):
			text = frappe.get_template(f"templates/emails/cx_monday.{form}").render(content)
			self.assertIn("50 % of 2", text)
			self.assertIn("New low answers", text)
			self.assertNotIn("secret words", text)
			self.assertNotIn("Voicetest Elsewhere", text)
		self.assertIn("Voicetest Elsewhere", str(monday_mail.content(self.manager)))
		# What other areas register comes after these four.
		self.assertEqual([section["total"] for section in content["sections"]][:4], [1, 0, 1, 1])

	def test_nothing_to_report_is_one_line(self):
		frappe.db.delete("CX Voice")
		content = monday_mail.content(self.manager)
		self.assertTrue(content["nothing"])
		text = frappe.get_template("templates/emails/cx_monday.txt").render(content)
		self.assertIn("Nothing to report", text)
		self.assertNotIn("Overdue promises", text)

	def test_one_readers_trouble_keeps_nobody_from_the_mail(self):
		frappe.db.set_global(monday_mail.LAST_WEEK_KEY, "")
		real = monday_mail.send_to

		def broken(user):
			if user == self.manager:
				raise ValueError("broken record")
			real(user)

		with patch.object(monday_mail, "send_to", broken):
			self.assertEqual(monday_mail.send(), len(monday_mail.recipients()) - 1)


class TestDoors(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.lead = kit.user("lead", "Agent", "Agent Manager")
		self.agent = kit.user("agent", "Agent")
		kit.settings(desk_manager=kit.user("manager", "CX Manager"))
		self.ticket = kit.ticket(kit.team(self.lead), kit.unit())

	def tearDown(self):
		frappe.set_user("Administrator")

	def test_they_said_in_one_sentence(self):
		frappe.set_user(self.lead)
		answer = api.they_said(self.ticket, "The new form is confusing")
		doc = frappe.get_doc("CX Voice", answer["name"])
		self.assertEqual(
			(doc.kind, doc.state, doc.source_email), ("Said", "Heard", "carla@voicetest.example")
		)
		self.assertIn("owns it, due", answer["message"])

	def test_they_said_by_whom_and_done_at_once(self):
		frappe.set_user(self.lead)
		done = frappe.get_doc(
			"CX Voice",
			api.they_said(self.ticket, "No toner", who="Ben from Sales", done="Brought a new one")["name"],
		)
		self.assertEqual(
			(done.state, done.source_name, done.outcome), ("Done", "Ben from Sales", "Brought a new one")
		)
		seen = frappe.get_doc(
			"CX Voice", api.they_said(self.ticket, "Two share a headset", who="Seen")["name"]
		)
		self.assertEqual((seen.source_type, seen.source_email), ("Seen", None))

	def test_a_promise_keeps_its_day(self):
		frappe.set_user(self.lead)
		name = api.they_said(self.ticket, "New docks by May", kind="Promise", due="2027-05-03")["name"]
		self.assertEqual(str(frappe.db.get_value("CX Voice", name, "first_due_at")), "2027-05-03 23:59:00")
		for nonsense in ("next week", "2027-13-45"):
			with self.assertRaisesRegex(frappe.ValidationError, "is no date"):
				api.they_said(self.ticket, "x", kind="Promise", due=nonsense)

	def test_they_said_needs_the_ticket(self):
		outsider = kit.user("outsider")
		for who in ("Guest", outsider):
			frappe.set_user(who)
			with self.assertRaises(frappe.PermissionError):
				api.they_said(self.ticket, "x")

	def test_move_needs_to_write_the_voice(self):
		frappe.set_user("Administrator")
		name = voices.hear("Low answer", "2 of 5", ticket=self.ticket)
		outsider = kit.user("outsider")
		for who in ("Guest", outsider, self.agent):
			frappe.set_user(who)
			with self.assertRaises(frappe.PermissionError):
				api.move(name, "Owned")
		frappe.set_user(self.lead)
		self.assertEqual(api.move(name, "Owned")["state"], "Owned")
		with self.assertRaises(frappe.ValidationError):
			api.move(name, "Nonsense")
