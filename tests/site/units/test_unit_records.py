"""Units, mappings and assignments as an admin meets them: what is refused, what is kept, what follows."""

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from cx_desk.units import assignments, cover, cover_report, mapping_import, resolving, unmapped
from cx_desk.units.scope import visible_units


class UnitRecords(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.ada = kit.make_user("records.ada@desk.example", "Agent")
		cls.bob = kit.make_user("records.bob@desk.example", "Agent")
		cls.eve = kit.make_user("records.eve@desk.example", "Agent")

	def setUp(self):
		frappe.db.savepoint("records")
		self.addCleanup(frappe.db.rollback, save_point="records")
		self.addCleanup(frappe.set_user, "Administrator")

	def refused(self, action, *words):
		frappe.db.savepoint("refused")
		with self.assertRaises(frappe.ValidationError) as caught:
			action()
		frappe.db.rollback(save_point="refused")
		for word in words:
			self.assertIn(word, str(caught.exception))


class TestBusinessUnit(UnitRecords):
	def root(self):
		return frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")}, "name")

	def catcher(self):
		return frappe.db.get_value("CX Business Unit", {"is_unassigned": 1}, "name")

	def test_a_unit_without_a_parent_stands_below_the_root(self):
		kit.make_unit("Kit orphan")
		doc = frappe.get_doc({"doctype": "CX Business Unit", "unit_name": "  Kit   orphan two "}).insert()
		self.assertEqual(doc.name, "Kit orphan two")
		self.assertEqual(doc.parent_cx_business_unit, self.root())
		self.assertEqual(
			len(frappe.get_all("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")})), 1
		)

	def test_a_unit_that_gets_one_below_it_becomes_a_group(self):
		kit.make_unit("Kit below", kit.RETAIL)
		self.assertTrue(frappe.db.get_value("CX Business Unit", kit.RETAIL, "is_group"))

	def test_root_and_catcher_are_protected(self):
		root, catcher = (frappe.get_doc("CX Business Unit", name) for name in (self.root(), self.catcher()))
		self.refused(root.delete, "top of the tree")
		self.refused(catcher.delete, "cannot be deleted")
		self.refused(
			lambda: frappe.rename_doc("CX Business Unit", catcher.name, kit.CLAIMS, merge=True), "merged"
		)
		self.refused(
			lambda: frappe.rename_doc("CX Business Unit", root.name, kit.SOUTH, merge=True), "merged"
		)
		for values in ({"disabled": 1}, {"is_group": 1}):
			doc = frappe.get_doc("CX Business Unit", catcher.name)
			self.refused(lambda doc=doc, values=values: doc.update(values).save(), "no mapping knows")
		root.disabled = 1
		self.refused(root.save, "cannot be disabled")
		self.refused(lambda: kit.make_unit("Kit under catcher", catcher.name), "no units below")
		doc = frappe.get_doc("CX Business Unit", kit.CLAIMS)
		doc.is_unassigned = 1
		doc.save()
		self.assertFalse(frappe.db.get_value("CX Business Unit", kit.CLAIMS, "is_unassigned"))

	def test_the_catcher_may_be_renamed_and_goes_on_catching(self):
		frappe.rename_doc("CX Business Unit", self.catcher(), "Kit nowhere")
		ticket = kit.make_ticket("records@kit-nobody.example")
		self.assertEqual(frappe.db.get_value("HD Ticket", ticket.name, "cx_business_unit"), "Kit nowhere")

	def test_a_unit_that_something_belongs_to_is_not_deleted(self):
		kit.map_to("Domain", "records.example", kit.CLAIMS)
		self.refused(frappe.get_doc("CX Business Unit", kit.CLAIMS).delete, "CX Unit Mapping: 1", "disable")

	def test_critical_hours_that_cannot_be_read_are_said_when_they_are_written_and_shown_ever_after(self):
		unit = frappe.get_doc("CX Business Unit", kit.CLAIMS)
		unit.critical_hours = "Mon-Fri 11:00-14:00, exam <b>week</b>"
		frappe.clear_messages()
		unit.save()
		(said,) = [one for one in frappe.get_message_log() if one.get("title") == "Critical hours"]
		self.assertIn("do not wait for it: <strong>exam &lt;b&gt;week&lt;/b&gt;</strong>", said["message"])
		unit.reload()
		unit.run_method("onload")
		self.assertEqual(
			unit.get_onload("critical_hours"),
			{"understood": ["Mon-Fri 11:00-14:00"], "unread": ["exam <b>week</b>"]},
		)
		frappe.clear_messages()
		unit.headcount = 301
		unit.save()
		self.assertEqual(frappe.get_message_log(), [])

	def test_the_form_of_a_unit_that_is_not_ones_own_is_told_that_it_cannot_be_changed(self):
		user = kit.make_user("records.liaison@desk.example", "CX Liaison", "Agent")
		kit.assign(kit.RETAIL, user)
		may = {}
		frappe.clear_messages()
		frappe.set_user(user)
		for name in (kit.RETAIL, kit.CLAIMS):
			unit = frappe.get_doc("CX Business Unit", name)
			unit.run_method("onload")
			may[name] = (unit.get_onload("may_write"), unit.get_onload("in_scope"))
		self.assertEqual(may, {kit.RETAIL: (True, True), kit.CLAIMS: (False, False)})
		self.assertEqual(frappe.get_message_log(), [], "the reader asked for nothing that was refused")

	def test_renaming_and_merging_keep_mappings_assignments_and_tickets(self):
		kit.map_to("Domain", "records.example", kit.CLAIMS)
		kit.assign(kit.CLAIMS, self.ada)
		ticket = kit.make_ticket("x@records.example")
		frappe.rename_doc("CX Business Unit", kit.CLAIMS, "Kit Claims renamed")
		self.assertEqual(
			frappe.db.get_value("HD Ticket", ticket.name, "cx_business_unit"), "Kit Claims renamed"
		)
		frappe.rename_doc("CX Business Unit", "Kit Claims renamed", kit.TREASURY, merge=True)
		self.assertEqual(
			frappe.db.get_value("CX Unit Mapping", {"value": "records.example"}, "unit"), kit.TREASURY
		)
		self.assertEqual(cover.liaison_of(kit.TREASURY).liaison, self.ada)
		self.assertEqual(frappe.db.get_value("HD Ticket", ticket.name, "cx_business_unit"), kit.TREASURY)
		self.assertEqual(
			frappe.db.get_value("HD View", f"CX-VIEW-MY-UNITS-{self.ada}", "filters").count(kit.TREASURY), 1
		)


class TestUnitMapping(UnitRecords):
	def test_a_value_is_stored_in_one_form_and_only_once(self):
		row = kit.map_to("Person", "Ann <ANN@Records.Example>", kit.CLAIMS)
		self.assertEqual(row.value, "ann@records.example")
		self.refused(
			lambda: kit.map_to("Person", "ann@records.example ", kit.RETAIL),
			"mapped to",
			kit.CLAIMS,
			"Change",
		)
		self.assertTrue(
			kit.map_to("Department", "ann@records.example", kit.RETAIL), "another kind is another thing"
		)

	def test_the_database_holds_a_value_only_once_too(self):
		row = kit.map_to("Domain", "records.example", kit.CLAIMS)
		with self.assertRaises(Exception):
			row.name = "Another name"
			row.db_insert()

	def test_nonsense_is_refused_with_what_to_do(self):
		self.refused(lambda: kit.map_to("Domain", "not a domain", kit.CLAIMS), "after the @")
		self.refused(lambda: kit.map_to("Person", "ann@", kit.CLAIMS), "no mail address")
		catcher = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1}, "name")
		self.refused(lambda: kit.map_to("Domain", "records.example", catcher), "real unit")

	def test_an_import_is_checked_before_it_is_written(self):
		kit.map_to("Person", "ann@records.example", kit.RETAIL)
		text = (
			"address,unit\n"
			f"joe@records.example,{kit.CLAIMS}\n"
			f"joe@records.example,{kit.CLAIMS}\n"
			f"ann@records.example,{kit.CLAIMS}\n"
			"kim@records.example,Kit Claim\n"
			"lou@records.example,Kit Brand New\n"
			"max@records.example,Kit Left Out\n"
			f"nobody,{kit.CLAIMS}\n"
		)
		before = frappe.db.count("CX Unit Mapping")
		plan = mapping_import.check(text, "Person")
		self.assertEqual(frappe.db.count("CX Unit Mapping"), before, "a check writes nothing")
		self.assertEqual(plan["counts"]["double"], 1)
		self.assertEqual(
			[(row["line"], row["status"]) for row in plan["problems"]],
			[(3, "double"), (4, "change"), (8, "bad")],
		)
		self.assertEqual(
			{unit["name"]: unit["nearest"][:1] for unit in plan["unknown_units"]}["Kit Claim"], [kit.CLAIMS]
		)
		done = mapping_import.run(text, "Person", {"Kit Claim": kit.CLAIMS, "Kit Brand New": ""})
		self.assertEqual((done["added"], done["changed"], done["left_out"]), (3, 0, 3))
		self.assertEqual(done["units_made"], ["Kit Brand New"])
		rows = dict(
			frappe.get_all(
				"CX Unit Mapping", {"value": ("like", "%records.example")}, ["value", "unit"], as_list=True
			)
		)
		self.assertEqual(
			rows,
			{
				"joe@records.example": kit.CLAIMS,
				"kim@records.example": kit.CLAIMS,
				"lou@records.example": "Kit Brand New",
				"ann@records.example": kit.RETAIL,
			},
		)
		again = mapping_import.run(text, "Person", {"Kit Claim": kit.CLAIMS}, replace=True)
		self.assertEqual((again["added"], again["changed"]), (0, 1))
		self.assertEqual(
			frappe.db.get_value("CX Unit Mapping", {"value": "ann@records.example"}, "unit"), kit.CLAIMS
		)

	def test_tickets_are_looked_up_again_except_by_hand(self):
		old = kit.make_ticket("x@records.example")
		by_hand = kit.make_ticket("x@records.example")
		by_hand.reload()
		by_hand.cx_business_unit = kit.RETAIL
		by_hand.save()
		modified = frappe.db.get_value("HD Ticket", old.name, "modified")
		kit.map_to("Domain", "records.example", kit.CLAIMS)
		known = {}
		rows = frappe.get_all(
			"HD Ticket",
			{"name": ("in", (old.name, by_hand.name)), "cx_unit_rule": ("!=", "By hand")},
			["name", "raised_by", "contact", "customer", "agent_group", "cx_business_unit", "cx_unit_rule"],
		)
		self.assertEqual(resolving.resolve_batch(rows, known), 1)
		values = frappe.db.get_value("HD Ticket", old.name, ["cx_business_unit", "cx_unit_rule", "modified"])
		self.assertEqual(tuple(values), (kit.CLAIMS, "Domain", modified))
		self.assertEqual(frappe.db.get_value("HD Ticket", by_hand.name, "cx_business_unit"), kit.RETAIL)

	def test_a_suggestion_is_made_and_accepted(self):
		kit.map_to("Person", "located@records.example", kit.CLAIMS)
		for _ in range(6):
			kit.make_ticket("located@records.example")
		lost = kit.make_ticket("lost@records.example")
		row = next(row for row in unmapped.rows() if row["address"] == "lost@records.example")
		self.assertEqual((row["kind"], row["value"], row["unit"]), ("Domain", "records.example", kit.CLAIMS))
		self.assertIn("6 of 6", row["why"])
		resolving.accept(row["kind"], row["value"], row["unit"])
		self.assertEqual(frappe.db.get_value("HD Ticket", lost.name, "cx_business_unit"), kit.CLAIMS)
		self.assertFalse([row for row in unmapped.rows() if row["address"] == "lost@records.example"])

	def test_only_who_may_map_may_import_accept_and_look_up(self):
		from cx_desk.api import units as api

		frappe.set_user(self.ada)
		for door in (
			lambda: api.check_import("a,b"),
			lambda: api.run_import("a,b"),
			lambda: api.accept_suggestion("Domain", "x.example", kit.CLAIMS),
			lambda: api.start_resolving(),
			lambda: api.resolving_progress(),
			lambda: api.hand_over(self.ada, self.bob, nowdate()),
		):
			with self.assertRaises(frappe.PermissionError):
				door()


class TestLiaisonAssignment(UnitRecords):
	def test_two_liaisons_at_once_are_refused_with_both_periods(self):
		first = kit.assign(kit.RETAIL, self.ada, start=0, end=30)
		self.refused(
			lambda: kit.assign(kit.RETAIL, self.bob, start=30),
			frappe.utils.format_date(first.from_date),
			frappe.utils.format_date(first.to_date),
			frappe.utils.format_date(add_days(nowdate(), 30)),
			"end the other first",
		)
		kit.assign(kit.RETAIL, self.bob, start=31)
		kit.assign(kit.RETAIL, self.bob, "Deputy", start=0)
		kit.assign(kit.TREASURY, self.bob, start=0)

	def test_an_end_before_the_start_is_refused(self):
		self.refused(lambda: kit.assign(kit.RETAIL, self.ada, start=0, end=-1), "lies before")

	def test_somebody_who_cannot_sign_in_is_refused(self):
		portal = kit.make_user("records.portal@firm.example", user_type="Website User")
		self.refused(lambda: kit.assign(kit.RETAIL, portal), "cannot sign in")

	def test_who_is_made_liaison_gets_the_role_and_a_view(self):
		row = kit.assign(kit.RETAIL, self.ada)
		self.assertIn("CX Liaison", frappe.get_roles(self.ada))
		view = frappe.get_doc("HD View", f"CX-VIEW-MY-UNITS-{self.ada}")
		self.assertEqual((view.user, view.public, kit.RETAIL in view.filters), (self.ada, 0, True))
		row.delete()
		self.assertFalse(frappe.db.exists("HD View", view.name))

	def test_a_manager_needs_no_admin(self):
		"""Units, assignments, hand-over, import and suggestions with the role CX Manager alone."""
		from cx_desk.api import units as api

		boss = kit.make_user("records.boss@desk.example", "CX Manager")
		frappe.set_user(boss)
		frappe.get_doc({"doctype": "CX Business Unit", "unit_name": "Kit by boss"}).insert()
		frappe.get_doc(
			{
				"doctype": "CX Liaison Assignment",
				"unit": "Kit by boss",
				"user": self.ada,
				"from_date": add_days(nowdate(), -5),
			}
		).insert()
		self.assertIn("CX Liaison", frappe.get_roles(self.ada))
		self.assertEqual(api.hand_over(self.ada, self.bob, nowdate())["handed_over"], ["Kit by boss"])
		self.assertEqual(api.who_answers("Kit by boss")["liaison"]["of"], "Kit by boss")
		self.assertEqual(
			api.run_import("boss@records.example,Kit from boss", choices={"Kit from boss": ""})["added"], 1
		)
		self.assertEqual(
			api.accept_suggestion("Domain", "boss.example", "Kit by boss")["mapping"], "Domain: boss.example"
		)
		frappe.set_user("Administrator")

	def test_cover_today_and_on_a_date_climbs_the_tree(self):
		kit.assign(kit.SOUTH, self.ada, start=-10)
		kit.assign(kit.RETAIL, self.bob, start=10)
		self.assertEqual(cover.liaison_of(kit.RETAIL).liaison, self.ada)
		self.assertEqual(cover.liaison_of(kit.RETAIL, add_days(nowdate(), 10)).liaison, self.bob)
		self.assertIsNone(cover.liaison_of(kit.CLAIMS).liaison)
		self.assertEqual(set(cover.units_of(self.ada)), {kit.SOUTH, kit.RETAIL, kit.TREASURY})
		self.assertEqual(set(cover.units_of(self.ada, add_days(nowdate(), 10))), {kit.SOUTH, kit.TREASURY})
		self.assertEqual(set(visible_units(self.ada)), {kit.SOUTH, kit.RETAIL, kit.TREASURY})
		self.assertEqual(visible_units(self.eve), [])

	def test_a_portfolio_is_handed_over(self):
		day = getdate(add_days(nowdate(), 5))
		kit.assign(kit.RETAIL, self.ada, end=60)
		kit.assign(kit.TREASURY, self.ada, "Deputy")
		kit.assign(kit.CLAIMS, self.ada, start=20)
		kit.assign(kit.NORTH, self.ada, start=-90, end=-60)
		kit.assign(kit.NORTH, self.bob, "Specialist")
		done = assignments.hand_over(self.ada, self.bob, day)
		self.assertEqual(set(done["handed_over"]), {kit.RETAIL, kit.TREASURY, kit.CLAIMS})
		eve_before = add_days(day, -1)
		self.assertEqual(cover.liaison_of(kit.RETAIL, eve_before).liaison, self.ada)
		self.assertEqual(cover.liaison_of(kit.RETAIL, day).liaison, self.bob)
		self.assertIsNone(cover.liaison_of(kit.RETAIL, add_days(nowdate(), 61)).liaison)
		self.assertEqual(cover.liaison_of(kit.TREASURY, day).deputy, self.bob)
		self.assertEqual(cover.liaison_of(kit.CLAIMS, add_days(nowdate(), 20)).liaison, self.bob)
		self.assertEqual(cover.units_of(self.ada, day), [])
		self.refused(lambda: assignments.hand_over(self.ada, self.bob, day), "no unit on or after")

	def test_a_clash_with_a_third_person_refuses_the_whole_hand_over(self):
		kit.assign(kit.RETAIL, self.ada, end=20)
		kit.assign(kit.RETAIL, self.eve, start=21)
		frappe.db.set_value("CX Liaison Assignment", {"user": self.ada}, "to_date", None)
		self.refused(lambda: assignments.hand_over(self.ada, self.bob, add_days(nowdate(), 5)), "at a time")
		self.assertEqual(cover.liaison_of(kit.RETAIL, add_days(nowdate(), 6)).liaison, self.ada)

	def test_the_cover_report_names_gaps_and_overload(self):
		kit.assign(kit.SOUTH, self.ada, end=10)
		rows, summary = cover_report.rows(most=1)
		notes = {row["unit"]: (row["state"], row["note"]) for row in rows}
		self.assertEqual(notes[kit.CLAIMS], ("gap", "no liaison"))
		self.assertIn("no liaison from", notes[kit.RETAIL][1])
		self.assertIn("too much", notes[kit.RETAIL][1])
		self.assertEqual(summary["busy"], ["Records.Ada"])
		only = {row["unit"] for row in cover_report.rows(only_open=True)[0]}
		self.assertIn(kit.CLAIMS, only)
		self.assertNotIn(kit.NORTH, only)


class TestResolvingAll(UnitRecords):
	def test_a_run_over_all_tickets_counts_what_it_looks_at(self):
		"""Tickets from before the installation have no rule at all, and count too."""
		from unittest.mock import patch

		bare = kit.make_ticket("x@records-all.example")
		frappe.db.set_value("HD Ticket", bare.name, {"cx_business_unit": None, "cx_unit_rule": None})
		kit.map_to("Domain", "records-all.example", kit.CLAIMS)
		with patch.object(frappe.db, "commit"):
			report = resolving.resolve_all()
		self.assertEqual((report["state"], report["done"]), ("done", report["total"]))
		self.assertEqual(frappe.db.get_value("HD Ticket", bare.name, "cx_business_unit"), kit.CLAIMS)
		self.assertEqual(resolving.progress()["state"], "done")
