"""Did it change anything: fixed before the visit, counted by rule afterwards, honest about what it cannot tell."""

from datetime import date, timedelta

import visit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, get_datetime, getdate, nowdate

from cx_desk.immersion import effects, my_business, visits

START = date(2024, 1, 1)


def tickets(unit: str, first: date, counts: list[int]) -> None:
	"""So many tickets a week from a day on, written past the host: only unit and day matter here."""
	rows = []
	for week, count in enumerate(counts):
		for number in range(count):
			day = first + timedelta(weeks=week, days=number % 7)
			rows.append((900000000 + frappe.local.cx_row, "Effect", unit, day, 0, day, day))
			frappe.local.cx_row += 1
	frappe.db.bulk_insert(
		"HD Ticket",
		["name", "subject", "cx_business_unit", "opening_date", "is_merged", "creation", "modified"],
		rows,
	)


class EffectCase(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.local.cx_row = 0
		cls.people = kit.people()

	def setUp(self):
		frappe.set_user("Administrator")
		kit.no_visits()
		frappe.db.delete("HD Ticket", {"subject": "Effect"})

	def asked(self, **values):
		return kit.visit(
			self.people.agent,
			**{"type": "Floor-walk", "effect_question": "Do tickets fall?", "effect_weeks": 6, **values},
		)


class TestLock(EffectCase):
	def refused(self, text, act, *args, **given):
		with self.assertRaises(frappe.ValidationError) as refused:
			act(*args, **given)
		self.assertIn(text, str(refused.exception))

	def test_after_locking_nothing_is_changed(self):
		doc = self.asked(comparison=[{"unit": kit.OTHER}])
		effects.lock(doc.name)
		for field, value in (
			("effect_question", "Something else"),
			("effect_weeks", 8),
			("effect_hoped", "More tickets"),
		):
			doc = frappe.get_doc("CX Visit", doc.name)
			doc.set(field, value)
			self.refused("locked", doc.save)
		doc = frappe.get_doc("CX Visit", doc.name)
		doc.comparison = []
		self.refused("locked", doc.save)
		doc = frappe.get_doc("CX Visit", doc.name)
		doc.effect_locked_at, doc.effect_verdict = None, "As hoped"
		doc.save()
		doc.reload()
		self.assertTrue(doc.effect_locked_at)
		self.assertFalse(doc.effect_verdict)

	def test_it_is_asked_before_the_visit_only(self):
		self.refused("logged afterwards", self.asked, starts=kit.workday(-7))
		doc = self.asked()
		frappe.db.set_value("CX Visit", doc.name, "starts_on", add_days(nowdate(), -1))
		self.refused("begun", effects.lock, doc.name)
		doc = frappe.get_doc("CX Visit", doc.name)
		doc.effect_question = "Another one?"
		self.refused("begun", doc.save)

	def test_controls_that_do_not_compare_are_refused(self):
		root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")})
		self.refused("compared with itself", self.asked, comparison=[{"unit": kit.UNIT}])
		self.refused("both sides", self.asked, comparison=[{"unit": root}])
		self.refused("twice", self.asked, comparison=[{"unit": kit.OTHER}, {"unit": kit.OTHER}])
		self.refused("weeks before and after", self.asked, effect_weeks=2)

	def test_a_question_that_was_never_locked_holds_up_closing_until_it_is_taken_out(self):
		doc = self.asked(report="Seen.", comparison=[{"unit": kit.OTHER}])
		past = {"state": "Shared", "starts_on": kit.workday(-7), "ends_on": kit.workday(-7, 12)}
		frappe.db.set_value("CX Visit", doc.name, past)
		self.refused("not locked before", visits.move, doc.name, "Closed")
		doc = frappe.get_doc("CX Visit", doc.name)
		doc.effect_question = ""
		doc.save()
		self.assertFalse(doc.comparison, "nothing is compared without a question")
		doc.effect_question = "Do they fall after all?"
		self.refused("before the visit", doc.save)
		self.assertEqual(visits.move(doc.name, "Closed").state, "Closed")

	def test_my_business_reminds_of_it_while_it_can_be_locked(self):
		def said():
			entries = my_business.section(frappe._dict(units=[kit.UNIT]))["entries"]
			return " ".join(line for entry in entries for line in entry["lines"])

		doc = self.asked()
		self.assertIn("not locked yet", said())
		effects.lock(doc.name)
		self.assertNotIn("not locked yet", said())

	def test_the_time_that_the_planner_read_cannot_count_as_before(self):
		doc = self.asked(effect_chosen_days=91)
		frappe.db.set_value("CX Visit", doc.name, "visit_round", "CXP-by-hand")
		doc = frappe.get_doc("CX Visit", doc.name)
		doc.flags.ignore_links = True
		doc.effect_chosen_days = 90
		self.refused("91 days", doc.save)

	def test_the_time_it_was_chosen_from_is_not_before(self):
		doc = self.asked(effect_chosen_days=91)
		before, after, weeks = effects.windows(doc)
		self.assertEqual(before + timedelta(weeks=weeks), getdate(doc.creation) - timedelta(days=91))
		self.assertEqual(after, getdate(doc.starts_on) + timedelta(days=15))
		self.assertEqual(effects.due_on(doc), after + timedelta(weeks=6))


class TestVerdict(EffectCase):
	def judge(self, weeks=12, comparison=(kit.OTHER,), **given):
		return effects.judge(kit.UNIT, list(comparison), START, START + timedelta(weeks=20), weeks, **given)

	def test_a_clear_fall_is_as_hoped_and_a_rise_is_opposite(self):
		tickets(kit.UNIT, START, [20] * 12)
		tickets(kit.OTHER, START, [21, 19] * 6)
		tickets(kit.UNIT, START + timedelta(weeks=20), [8] * 12)
		tickets(kit.OTHER, START + timedelta(weeks=20), [20, 21] * 6)
		found = self.judge()
		self.assertEqual(found["verdict"], "As hoped")
		self.assertIn("240 tickets in the 12 weeks before, 96", effects.sentence(found))
		self.assertEqual(self.judge(hoped="rise")["verdict"], "Opposite")

	def test_a_fall_that_hit_everybody_is_no_change(self):
		for unit in (kit.UNIT, kit.OTHER):
			tickets(unit, START, [20] * 12)
			tickets(unit, START + timedelta(weeks=20), [12] * 12)
		self.assertEqual(self.judge()["verdict"], "No clear change")
		self.assertEqual(self.judge(comparison=())["verdict"], "As hoped", "alone it would have fooled us")

	def test_too_few_tickets_cannot_tell(self):
		tickets(kit.UNIT, START, [1, 0, 1] * 4)
		tickets(kit.UNIT, START + timedelta(weeks=20), [0, 1, 0] * 4)
		found = self.judge()
		self.assertEqual((found["verdict"], found["note"]), ("Cannot tell", "comparison"))
		self.assertIn("had no tickets", effects.sentence(found))

	def test_windows_without_tickets_say_what_to_do(self):
		found = self.judge()
		self.assertEqual((found["verdict"], found["note"]), ("Cannot tell", "empty"))
		self.assertIn("choose longer windows", effects.sentence(found))

	def test_a_unit_counts_with_everything_below_it(self):
		child = kit.kit.unit("Visittest Hall")
		doc = frappe.get_doc("CX Business Unit", child)
		doc.parent_cx_business_unit = kit.UNIT
		frappe.db.set_value("CX Business Unit", kit.UNIT, "is_group", 1)
		doc.save()
		tickets(child, START, [5] * 12)
		self.assertEqual(sum(self.judge()["before"]), 60)

	def test_at_most_four_queries(self):
		tickets(kit.UNIT, START, [5] * 12)
		with self.assertQueryCount(4):
			self.judge()

	def test_it_is_judged_once_when_the_weeks_are_over(self):
		doc = self.asked(comparison=[{"unit": kit.OTHER}], effect_washout_days=0, effect_weeks=4)
		effects.lock(doc.name)
		with self.assertRaisesRegex(frappe.ValidationError, "did not take place"):
			effects.work_out(doc.name)
		held = get_datetime(add_days(nowdate(), -20))
		frappe.db.set_value(
			"CX Visit", doc.name, {"state": "Held", "starts_on": held, "ends_on": held + timedelta(hours=1)}
		)
		with self.assertRaisesRegex(frappe.ValidationError, "end on"):
			effects.work_out(doc.name)
		held = get_datetime(add_days(nowdate(), -40))
		values = {
			"starts_on": held,
			"ends_on": held + timedelta(hours=1),
			"creation": add_days(nowdate(), -41),
		}
		frappe.db.set_value("CX Visit", doc.name, values, update_modified=False)
		self.assertGreaterEqual(effects.work_out_due(), 1)
		self.assertEqual(effects.work_out_due(), 0, "once")
		doc.reload()
		self.assertEqual(doc.effect_verdict, "Cannot tell")
		self.assertTrue(doc.effect_computed_at)

	def test_a_unit_of_the_comparison_that_was_visited_too_is_named(self):
		doc = self.asked(comparison=[{"unit": kit.OTHER}], effect_chosen_days=0, effect_washout_days=0)
		effects.lock(doc.name)
		long_ago = kit.workday(-60)
		frappe.db.set_value(
			"CX Visit",
			doc.name,
			{
				"state": "Held",
				"starts_on": long_ago,
				"ends_on": long_ago + timedelta(hours=2),
				"creation": long_ago,
			},
		)
		tickets(kit.UNIT, effects.windows(frappe.get_doc("CX Visit", doc.name))[0], [9] * 6)
		tickets(kit.OTHER, effects.windows(frappe.get_doc("CX Visit", doc.name))[0], [9] * 6)
		kit.visit(self.people.second, unit=kit.OTHER, starts=kit.workday(-30))
		found = effects.work_out(doc.name)
		self.assertEqual(found["visited_too"], [kit.OTHER])
		self.assertIn(f"Of these, {kit.OTHER} had a visit of their own", effects.sentence(found))

	def test_units_of_a_similar_level_are_suggested(self):
		doc = self.asked(effect_chosen_days=0, effect_weeks=6)
		before, _after, weeks = effects.windows(doc)
		tickets(kit.UNIT, before, [10] * weeks)
		tickets(kit.OTHER, before, [12] * weeks)
		self.assertIn(kit.OTHER, [row["unit"] for row in effects.suggest(doc.name)])
		kit.visit(self.people.second, unit=kit.OTHER, type="Floor-walk")
		self.assertNotIn(
			kit.OTHER, [row["unit"] for row in effects.suggest(doc.name)], "it is visited itself"
		)
