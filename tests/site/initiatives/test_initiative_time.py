"""The bar of the Gantt view, and the days of the calendar, as the reader may see them."""

import initiative_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from cx_desk.api import initiatives as api
from cx_desk.initiatives import colours, facts, moving, page, questions, timeline, waiting


class TestTime(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def bar(self):
		return frappe.db.get_value("CX Initiative", self.name, ["runs_from", "runs_until", "color"])

	def change(self, **values):
		doc = frappe.get_doc("CX Initiative", self.name)
		doc.update(values)
		doc.save()

	def test_the_bar_ends_where_an_end_is_agreed(self):
		self.assertEqual(self.bar(), (getdate(nowdate()), None, timeline.ASKED))
		self.change(wanted_by=kit.in_days(40))
		self.assertEqual(self.bar()[1], getdate(kit.in_days(40)))
		self.change(golive_date=kit.in_days(20), runs_until="2020-01-01")
		self.assertEqual(self.bar()[1], getdate(kit.in_days(20)))
		kit.hand_in(self.name)
		moving.move(self.name, "Withdrawn", key="withdraw", reason="Not needed.")
		self.assertEqual(self.bar()[1:], (getdate(nowdate()), timeline.RESTING))

	def events(self, user=None, filters=None):
		period = (add_days(nowdate(), -1), add_days(nowdate(), 60))
		rows = kit.as_user(user or self.world.manager, api.events, "CX Initiative", *period, filters=filters)
		return {row["title"]: row for row in rows if "Portal of the timetest" in row["title"]}

	def test_the_calendar_shows_the_days_that_count(self):
		self.change(title="Portal of the timetest", golive_date=kit.in_days(20))
		frappe.get_doc(
			{
				"doctype": "CX Announcement",
				"initiative": self.name,
				"title": "It comes",
				"due_on": kit.in_days(9),
			}
		).insert()
		frappe.get_doc(
			{
				"doctype": "CX Announcement",
				"initiative": self.name,
				"title": "Much later",
				"due_on": kit.in_days(200),
			}
		).insert()
		found = self.events()
		self.assertEqual(
			set(found), {"Go-live: Portal of the timetest", "News: It comes (Portal of the timetest)"}
		)
		one = found["Go-live: Portal of the timetest"]
		self.assertEqual(
			(one["doctype"], one["name"], one["start"]), ("CX Initiative", self.name, kit.in_days(20))
		)
		self.assertEqual(self.events(self.world.outsider), {})
		self.assertEqual(self.events(filters='[["CX Initiative", "stage", "=", "Closed", false]]'), {})

	def test_without_a_period_it_says_so(self):
		with self.assertRaisesRegex(frappe.ValidationError, "first and the last day"):
			api.events("CX Initiative")

	def test_a_hold_stops_the_clock_of_the_desks_seat(self):
		kit.hand_in(self.name)
		kit.as_user(self.world.manager, moving.move, self.name, "Triage", message="Hello Hanna.")
		now = frappe.utils.now_datetime()
		ago = {"submitted_at": add_days(now, -20), "stage_since": add_days(now, -12), "held_days": 3}
		frappe.db.set_value("CX Initiative", self.name, {**ago, "stage": "On hold", "held_stage": "Triage"})
		self.assertAlmostEqual(facts.seat_days(frappe.get_doc("CX Initiative", self.name)), 5, places=2)
		self.change(representative=self.world.agent)
		self.assertAlmostEqual(frappe.db.get_value("CX Initiative", self.name, "desk_seat_days"), 5, places=2)

	def test_the_waiting_is_split_by_whose_turn_it_was(self):
		days = {"Desk": 20.0, "IT team": 1.0, "Business": 6.0, "Supplier": 3.0}
		self.assertEqual(waiting.shares(days), {"us": 70, "business": 20, "others": 10})
		self.assertIsNone(waiting.shares({"Business": 0.2}))

	def ask(self, days=5):
		return frappe.get_doc(
			{
				"doctype": "CX Open Question",
				"initiative": self.name,
				"question": "How many turnstiles does the depot have?",
				"audience": "Business",
				"addressee_email": kit.CONTACT,
				"due": kit.in_days(days),
			}
		).insert()

	def back(self, doctype, parent, days):
		"""Move the rows of a trail back in time."""
		for row in frappe.get_all(doctype, {"parent": parent}, ["name", "at"]):
			frappe.db.set_value(doctype, row.name, "at", add_days(row.at, -days), update_modified=False)

	def test_a_hold_stops_every_clock_and_moves_what_is_due(self):
		kit.hand_in(self.name)
		kit.take(self.world, self.name)
		question = self.ask(2)
		# Asked twelve days ago, held for the last ten.
		self.back("CX Initiative Step", self.name, 20)
		self.back("CX Question Step", question.name, 12)
		hold = {"key": "hold", "reason": "Year end.", "review_date": kit.in_days(30)}
		kit.as_user(self.world.manager, moving.move, self.name, "On hold", **hold)
		ten = add_days(frappe.utils.now_datetime(), -10)
		step = frappe.get_all(
			"CX Initiative Step", {"parent": self.name, "to_stage": "On hold"}, pluck="name"
		)
		frappe.db.set_value("CX Initiative Step", step[0], "at", ten)
		frappe.db.set_value("CX Initiative", self.name, "stage_since", ten)
		frappe.db.set_value("CX Open Question", question.name, "due", kit.in_days(-8))
		doc = frappe.get_doc("CX Initiative", self.name)
		self.assertAlmostEqual(waiting.days_waiting(doc)["Business"], 2, places=2)
		self.assertAlmostEqual(frappe.get_doc("CX Open Question", question.name).days_business, 2, places=2)
		row = frappe.get_doc("CX Open Question", question.name)
		self.assertFalse(waiting.is_late(doc, row))
		self.assertEqual(waiting.turn_of(doc)["days"], 10)
		self.assertNotIn("overdue", " ".join(colours.of(doc)[1]))
		resume = {"key": "resume", "reason": "The year is closed."}
		kit.as_user(self.world.manager, moving.move, self.name, "Triage", **resume)
		row.reload()
		self.assertEqual(getdate(row.due), getdate(kit.in_days(2)))
		self.assertIn("It rested", row.steps[-1].what)
		doc.reload()
		self.assertAlmostEqual(doc.held_days, 10, places=2)
		# It is their turn since it was asked, without the rest.
		self.assertEqual(waiting.turn_of(doc), {"side": "Business", "days": 2, "questions": 1})

	def test_our_turn_begins_when_the_business_answered(self):
		kit.hand_in(self.name)
		kit.take(self.world, self.name)
		question = self.ask()
		self.back("CX Initiative Step", self.name, 20)
		self.back("CX Question Step", question.name, 12)
		frappe.db.set_value(
			"CX Initiative", self.name, "stage_since", add_days(frappe.utils.now_datetime(), -20)
		)
		questions.answer(question.name, "Four.", by="Hanna Hr", email=kit.CONTACT)
		found = waiting.turn_of(frappe.get_doc("CX Initiative", self.name))
		self.assertEqual((found["side"], found["days"]), ("Desk", 0))

	def test_nobody_waits_once_it_is_over(self):
		kit.hand_in(self.name)
		kit.take(self.world, self.name)
		question = self.ask()
		self.back("CX Question Step", question.name, 12)
		self.back("CX Initiative Step", self.name, 20)
		moving.move(self.name, "Withdrawn", key="withdraw", reason="Not needed.")
		last = frappe.get_all(
			"CX Initiative Step", {"parent": self.name, "to_stage": "Withdrawn"}, pluck="name"
		)
		frappe.db.set_value("CX Initiative Step", last[0], "at", add_days(frappe.utils.now_datetime(), -5))
		doc = frappe.get_doc("CX Initiative", self.name)
		self.assertAlmostEqual(waiting.days_waiting(doc)["Business"], 7, places=2)
		self.assertEqual(page.show(kit.link(self.name)).initiative.mine, [])
