"""The bar of the Gantt view, and the days of the calendar, as the reader may see them."""

import initiative_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from cx_desk.api import initiatives as api
from cx_desk.initiatives import facts, form, moving, timeline


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
		self.assertEqual(form._on_whom(days), {"us": 70, "business": 20, "others": 10})
		self.assertIsNone(form._on_whom({"Business": 0.2}))
