"""Rounds of the planner: figures that can be counted again, lots, visits accepted with a tap; and who knows what."""

import re
from datetime import timedelta

import visit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from cx_desk.core import planning
from cx_desk.immersion import effects, knowledge, planner, visits

TOP = "Plannertest Plant"


def tickets(unit: str, count: int, days_ago: int = 10, assigned: str | None = None) -> None:
	for _number in range(count):
		frappe.local.cx_row += 1
		day = add_days(nowdate(), -days_ago)
		frappe.db.bulk_insert(
			"HD Ticket",
			[
				"name",
				"subject",
				"cx_business_unit",
				"opening_date",
				"is_merged",
				"_assign",
				"creation",
				"modified",
			],
			[
				(
					910000000 + frappe.local.cx_row,
					"Planner",
					unit,
					day,
					0,
					frappe.as_json([assigned] if assigned else []),
					day,
					day,
				)
			],
		)


def unit(name: str, parent: str | None = None) -> str:
	kit.kit.unit(name)
	if parent:
		doc = frappe.get_doc("CX Business Unit", name)
		doc.parent_cx_business_unit = parent
		doc.save(ignore_permissions=True)
	return name


class PlannerCase(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.local.cx_row = 0
		cls.people = kit.people()
		unit(TOP)
		frappe.db.set_value("CX Business Unit", TOP, "is_group", 1)
		cls.units = [unit(f"Plannertest {letter}", TOP) for letter in "ABCDEF"]
		for user in (cls.people.agent, cls.people.second):
			if not frappe.db.exists("HD Agent", {"user": user}):
				frappe.get_doc(
					{"doctype": "HD Agent", "user": user, "agent_name": user, "is_active": 1}
				).insert(ignore_permissions=True)

	def setUp(self):
		frappe.set_user("Administrator")
		self.addCleanup(frappe.set_user, "Administrator")
		kit.no_visits()
		frappe.db.delete("CX Visit", {"unit": ("in", self.units)})
		frappe.db.delete("HD Ticket", {"subject": "Planner"})

	def round(self, slots=2):
		return frappe.get_doc({"doctype": "CX Visit Round", "unit": TOP, "slots": slots}).insert()


class TestRound(PlannerCase):
	def test_every_number_of_every_sentence_can_be_counted_again(self):
		for number, name in enumerate(self.units):
			tickets(name, 5 + number)
			tickets(name, 3, days_ago=200)
		kit.visit(self.people.agent, unit=self.units[2], type="Floor-walk", starts=kit.workday(-100))
		made = self.round(slots=6)
		self.assertEqual(len(made.proposals), 6)
		for row in made.proposals:
			counted = frappe.db.count(
				"HD Ticket",
				{
					"cx_business_unit": row.unit,
					"opening_date": ("between", [str(made.window_from), str(made.window_to)]),
					"is_merged": 0,
				},
			)
			self.assertIn(f"{counted} tickets since", row.sentence)
			last = frappe.db.get_value("CX Visit", {"unit": row.unit, "state": "Held"}, "starts_on")
			days = (getdate(nowdate()) - getdate(last)).days if last else None
			self.assertIn(f"last visited {days} days ago" if last else "never visited", row.sentence)
			self.assertIn("nobody of us knows them well", row.sentence)

	def test_what_they_feel_who_knows_them_and_what_goes_live_are_read_from_the_records(self):
		one, two, calm = self.units[:3]
		for name in (one, two, calm):
			tickets(name, 30)
		frappe.db.delete("CX Unit Week", {"unit": ("in", self.units)})
		for name, felt in ((one, "Poor"), (calm, "Good")):
			frappe.get_doc(
				{"doctype": "CX Unit Week", "unit": name, "week": nowdate(), "as_of": nowdate(), "felt": felt}
			).insert()
		tickets(one, 10, assigned=self.people.agent)
		for day, stage, title in (
			(add_days(nowdate(), 40), "Transition", "New tills"),
			(add_days(nowdate(), 20), "Withdrawn", "Old tills"),
			(add_days(nowdate(), 120), "Transition", "Far tills"),
		):
			doc = frappe.get_doc({"doctype": "CX Initiative", "title": title, "unit": self.units[5]})
			doc.append("units", {"unit": two, "people": 40})
			doc.flags.ignore_validate = doc.flags.ignore_mandatory = True
			doc.insert()
			frappe.db.set_value("CX Initiative", doc.name, {"stage": stage, "golive_date": day})
		knowledge.work_out()
		made = {row.unit: row for row in self.round(slots=6).proposals}
		for unit_name, row in made.items():
			well = frappe.db.count("CX Business Knowledge", {"unit": unit_name, "freshness": (">=", 60)})
			self.assertEqual("nobody of us knows them well" in row.sentence, well == 0, row.sentence)
			self.assertEqual("only one of us knows them well" in row.sentence, well == 1, row.sentence)
			felt = frappe.db.get_value("CX Unit Week", {"unit": unit_name}, "felt")
			self.assertEqual("what they feel is poor" in row.sentence, felt == "Poor", row.sentence)
			live = frappe.db.sql(
				"""select i.golive_date from `tabCX Initiative` i join `tabCX Initiative Unit` u on u.parent = i.name
				where u.unit = %s and i.stage = 'Transition' and i.golive_date between %s and %s""",
				(unit_name, nowdate(), add_days(nowdate(), 91)),
			)
			wanted = f"New tills goes live on {frappe.utils.format_date(live[0][0])}" if live else "goes live"
			self.assertEqual(wanted in row.sentence, bool(live), row.sentence)
		self.assertIn("goes live", made[two].sentence)
		self.assertGreater(made[one].need, made[calm].need)
		self.assertGreater(made[two].need, made[calm].need)

	def test_a_round_is_read_in_the_readers_language_with_the_same_numbers(self):
		for name in self.units:
			tickets(name, 6, assigned=self.people.second)
		doc = self.round()
		frappe.local.lang = "de"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		planner.show(doc)
		for row, shown in zip(doc.proposals, doc.get_onload("proposals"), strict=True):
			self.assertIn("Tickets seit", shown["sentence"])
			self.assertEqual(re.findall(r"\d+", shown["sentence"]), re.findall(r"\d+", row.sentence))

	def test_lots_are_drawn_and_can_be_drawn_again_from_the_record(self):
		for name in self.units:
			tickets(name, 6)
		made = self.round(slots=2)
		self.assertEqual(sorted(row.outcome for row in made.proposals), ["Drawn"] * 2 + ["Not drawn"] * 2)
		order = sorted(made.proposals, key=lambda row: planning.lot_of(row.unit, made.seed))
		self.assertEqual([row.unit for row in made.proposals], [row.unit for row in order])
		self.assertFalse(any(row.visitor for row in made.proposals if row.outcome == "Not drawn"))
		made.seed, made.slots = "another", 9
		made.set("proposals", [])
		made.save()
		made.reload()
		self.assertEqual((made.slots, len(made.proposals)), (2, 4))

	def test_accepted_with_a_tap_once_with_the_undrawn_as_comparison(self):
		for name in self.units:
			tickets(name, 6, assigned=self.people.second)
		made = self.round(slots=2)
		row = next(row for row in made.proposals if row.outcome == "Drawn")
		self.assertIn("works on their tickets", row.sentence)
		self.assertEqual(row.visitor, self.people.second)
		name = planner.accept(made.name, row.name)
		self.assertEqual(planner.accept(made.name, row.name), name)
		doc = frappe.get_doc("CX Visit", name)
		self.assertEqual(
			(doc.state, doc.unit, doc.proposal, doc.visit_round),
			("Planned", row.unit, row.sentence, made.name),
		)
		self.assertGreaterEqual(getdate(doc.starts_on), getdate(add_days(nowdate(), 14)))
		self.assertLess(getdate(doc.starts_on).weekday(), 5)
		undrawn = {one.unit for one in made.proposals if one.outcome == "Not drawn"}
		self.assertEqual({one.unit for one in doc.comparison}, undrawn)
		before, _after, weeks = effects.windows(doc)
		self.assertLessEqual(
			before + timedelta(weeks=weeks), getdate(made.window_from), "windows do not overlap"
		)
		out = next(one for one in made.proposals if one.outcome == "Not drawn")
		with self.assertRaisesRegex(frappe.ValidationError, "was not drawn"):
			planner.accept(made.name, out.name)
		again = self.round(slots=2)
		self.assertNotIn(row.unit, [one.unit for one in again.proposals], "a visit is planned there")

	def test_the_first_time_that_suits(self):
		frappe.db.set_value("CX Business Unit", self.units[0], "critical_hours", "Mon-Thu, Fri 08:00-13:00")
		self.addCleanup(frappe.db.set_value, "CX Business Unit", self.units[0], "critical_hours", None)
		tickets(self.units[0], 9)
		made = self.round(slots=4)
		frappe.local.message_log = []
		doc = frappe.get_doc("CX Visit", planner.accept(made.name, made.proposals[0].name))
		self.assertEqual((doc.starts_on.weekday(), doc.starts_on.hour), (4, 14))
		self.assertFalse(frappe.local.message_log)

	def test_bad_input(self):
		with self.assertRaisesRegex(frappe.ValidationError, "1 to 40"):
			self.round(slots=0)
		with self.assertRaisesRegex(frappe.ValidationError, "larger part"):
			self.round()

	def test_need_is_covered_better_than_by_whoever_waits_longest(self):
		for number, name in enumerate(self.units):
			tickets(name, 40 if number < 2 else 3)
		for name in self.units[:2]:
			kit.visit(
				self.people.agent,
				unit=name,
				type="Floor-walk",
				starts=kit.workday(-60, 8 + 3 * self.units.index(name)),
			)
		today = getdate(nowdate())
		facts = planner.read_facts(TOP, add_days(today, -91), add_days(today, -1), today)
		facts = [row for row in facts if row.tickets]
		needs = {need.unit: need.total for need in planning.rank(facts)}
		chosen = [need.unit for need in planning.rank(facts)][:2]
		other = planning.longest_unvisited(facts)[:2]
		self.assertGreater(planning.need_covered(chosen, needs), planning.need_covered(other, needs))


class TestKnowledge(PlannerCase):
	def rows(self):
		knowledge.work_out()
		found = frappe.get_all(
			"CX Business Knowledge",
			{"unit": ("in", self.units)},
			["unit", "user", "level", "evidence", "freshness"],
		)
		return {(row.unit, row.user): row for row in found}

	def test_from_visits_briefings_tickets_and_the_units_word(self):
		a, b, c, d = self.units[:4]
		kit.visit(self.people.agent, self.people.second, unit=a, type="Floor-walk", starts=kit.workday(-7))
		kit.visit(self.people.agent, unit=b, type="Briefing", starts=kit.workday(-14))
		tickets(c, 10, assigned=self.people.second)
		tickets(d, 9, assigned=self.people.second)
		confirmed = kit.visit(self.people.agent, unit=d, starts=kit.workday(-21))
		frappe.db.set_value("CX Visit", confirmed.name, "knows_us", 1)
		rows = self.rows()
		self.assertEqual((rows[a, self.people.agent].level, rows[a, self.people.second].level), (2, 2))
		self.assertEqual(rows[b, self.people.agent].evidence, "Briefing")
		self.assertEqual(
			(rows[c, self.people.second].level, rows[c, self.people.second].freshness), (3, 60.0)
		)
		self.assertNotIn((d, self.people.second), rows, "nine tickets are not ten")
		self.assertEqual(rows[d, self.people.agent].level, 5)

	def test_who_stayed_away_or_is_no_active_agent_knows_nothing(self):
		doc = kit.visit(
			self.people.agent,
			self.people.second,
			unit=self.units[0],
			type="Floor-walk",
			starts=kit.workday(-7),
		)
		doc.people[1].stayed_away = 1
		doc.save()
		cancelled = kit.visit(self.people.agent, unit=self.units[1], type="Floor-walk")
		visits.move(cancelled.name, "Cancelled", reason="Strike", cancelled_by="The business")
		self.assertEqual(list(self.rows()), [(self.units[0], self.people.agent)])

	def test_what_if_somebody_goes(self):
		tickets(self.units[0], 12, assigned=self.people.agent)
		kit.visit(self.people.second, unit=self.units[0], type="Floor-walk", starts=kit.workday(-7))
		rows = knowledge.what_if(self.people.agent, nowdate(), self.units)
		self.assertEqual([row["unit"] for row in rows], [self.units[0]])
		self.assertTrue(rows[0]["bare"])
		self.assertIn("Visitsecond", rows[0]["could_take_over"])
		self.assertEqual(knowledge.what_if(self.people.second, nowdate(), self.units), [])
		self.assertEqual(knowledge.what_if(self.people.agent, nowdate(), []), [])
		with self.assertRaisesRegex(frappe.ValidationError, "in the past"):
			knowledge.what_if(self.people.agent, add_days(nowdate(), -1), None)


class TestDialog(PlannerCase):
	"""What the CX dialog on a ticket says of the unit's visits, without a query when it is known."""

	def section(self):
		from cx_desk.immersion import dialog

		return dialog.section(
			frappe._dict(ticket=frappe._dict(cx_business_unit=self.units[0]), user=self.people.agent)
		)

	def test_coming_and_last_visit_and_who_knows_them(self):
		from cx_desk.immersion import dialog

		dialog.forget(*self.units)
		self.assertIsNone(self.section())
		kit.visit(self.people.agent, unit=self.units[0], type="Floor-walk", starts=kit.workday(-7))
		coming = kit.visit(self.people.agent, unit=self.units[0], type="Briefing", starts=kit.workday(14))
		knowledge.work_out()
		dialog.forget(self.units[0])
		shown = self.section()["context"]
		self.assertEqual((shown["coming"].words, shown["last"].words), ("Briefing", "Floor-walk"))
		self.assertEqual(shown["people"][0]["knows"], "has visited them")
		with self.assertQueryCount(0):
			self.section()
		visits.move(coming.name, "Cancelled", reason="Strike", cancelled_by="The desk")
		self.assertIsNone(self.section()["context"]["coming"], "a change is seen at once")
