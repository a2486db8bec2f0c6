"""The report of all initiatives: never a colour without its reason, and what came of the benefits."""

import initiative_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime, nowdate

from cx_desk.cx_desk.report.initiatives import initiatives as report
from cx_desk.initiatives import benefits, colours, moving, overview


class TestColours(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world)
		kit.hand_in(self.name)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def colour(self, **values):
		if values:
			frappe.db.set_value("CX Initiative", self.name, values)
		return colours.of(frappe.get_doc("CX Initiative", self.name))

	def test_each_colour_says_why(self):
		self.assertEqual(self.colour()[0], "orange")
		kit.take(self.world, self.name)
		self.assertEqual(self.colour(), ("green", []))
		near = {"stage": "In delivery", "golive_date": kit.in_days(5)}
		colour, reasons = self.colour(**near)
		self.assertEqual(colour, "red")
		self.assertIn("mandatory criteria are open", reasons[0])
		seat = {"representative": None, "desk_seat_at": None, "submitted_at": add_days(now_datetime(), -30)}
		self.assertIn("has no seat yet", " ".join(self.colour(golive_date=None, **seat)[1]))
		# A hold is its own reason, and nags for nothing else.
		hold = {"stage": "On hold", "held_stage": "In delivery", "review_date": kit.in_days(20)}
		colour, reasons = self.colour(**hold)
		self.assertEqual((colour, len(reasons)), ("blue", 1), reasons)
		self.assertEqual(self.colour(review_date=nowdate())[0], "orange")
		self.assertEqual(self.colour(stage="Closed"), ("gray", []))

	def benefit(self, **values):
		doc = frappe.get_doc(
			{
				"doctype": "CX Benefit",
				"initiative": self.name,
				"title": "Minutes",
				"owner_name": "Sven Sponsor",
				"measure": "Minutes",
				"better": "Lower",
				"baseline": 18,
				"target": 12,
				"baseline_on": add_days(nowdate(), -30),
				"baseline_source": "Stop watch",
				"review_on": nowdate(),
				**values,
			}
		).insert()
		frappe.db.set_value("CX Benefit", doc.name, "accepted_at", now_datetime())
		return frappe.get_doc("CX Benefit", doc.name)

	def test_a_result_without_its_second_signature_is_seen(self):
		kit.take(self.world, self.name)
		benefit = self.benefit()
		frappe.db.set_value("CX Benefit", benefit.name, "review_on", add_days(nowdate(), -2))
		live = {"stage": "Handed over", "live_at": add_days(now_datetime(), -20)}
		self.assertIn("no figure was read", " ".join(self.colour(**live)[1]))
		benefit.reload()
		benefit.append("readings", {"read_on": nowdate(), "value": 14, "source": "Count", "by": "Sven"})
		benefit.save()
		self.assertIn("countersigned", " ".join(self.colour()[1]))

	def test_what_came_of_the_benefits(self):
		# The worked numbers: planned 120, 40 and -10, of which 90, 52 and -15 came.
		rows = []
		for kind, baseline, target, latest in (
			("Benefit", 200, 80, 110),
			("Benefit", 100, 60, 48),
			("Dis-benefit", 10, 20, 25),
		):
			row = {"kind": kind, "baseline": baseline, "target": target, "latest": latest, "measure": "Money"}
			rows.append(frappe._dict(row, baseline_on=nowdate(), state="Tracking"))
		self.assertIn("85 % of what was planned, 81 %", benefits.came_true(rows)[0])
		rows[0].state, rows[1].state, rows[2].state = "Realised", "Partly", "Cancelled"
		self.assertIn("75 % reached (n = 2", benefits.came_true(rows)[0])
		self.assertEqual(benefits.came_true([]), [])

	def test_the_report_holds_it_all(self):
		kit.take(self.world, self.name)
		self.benefit()
		hold = {"key": "hold", "reason": "Year end.", "review_date": kit.in_days(30)}
		kit.as_user(self.world.manager, moving.move, self.name, "On hold", **hold)
		columns, rows, _message, _chart, summary = report.execute({"unit": self.world.unit})
		row = next(one for one in rows if one.name == self.name)
		self.assertEqual((row.colour, row.held_days), ("blue", 0.0))
		self.assertIn("held_days", [column["fieldname"] for column in columns])
		self.assertEqual(
			sum(one["value"] for one in summary), len([one for one in rows if one.colour != "gray"])
		)
		self.assertEqual(kit.as_user(self.world.outsider, overview.rows_of, {"unit": self.world.unit}), [])
