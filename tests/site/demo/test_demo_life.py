"""The whole life of the demo on a site: made, counted, repeated, removed. What is said of it is computed anew here,
from the log alone."""

from collections import Counter
from datetime import timedelta

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate

from cx_desk.demo import loader, log, memory, plan, removal, site
from cx_desk.demo.company import Company

COUNT = 40
# Logs and stamps that any work on a site leaves behind, and what the host's own jobs write.
NOT_COMPARED = {
	*("Error Log", "Activity Log", "Access Log", "Scheduled Job Log", "Route History", "Sessions", "Series"),
	*("Deleted Document", "Singles", "Version", "__global_search", "__UserSettings", "__Auth"),
}


def table_counts() -> dict[str, int]:
	tables = [t for t in frappe.db.get_tables(cached=False) if t.removeprefix("tab") not in NOT_COMPARED]
	return {table: frappe.db.sql(f"select count(*) from `{table}`")[0][0] for table in tables}


class TestDemoLife(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		if memory.is_there():
			removal.remove()
		frappe.db.commit()
		cls.loaded = loader.load(COUNT, smtp_port=None)
		cls.everything = log.read()
		cls.shift = cls.loaded.shift
		cls.incidents = [log.move(i, cls.shift) for i in log.choose(cls.everything, COUNT)]
		cls.tickets = dict(text.split(" ", 1) for text in memory.remembered("note:incident"))

	@classmethod
	def tearDownClass(cls):
		removal.remove()
		super().tearDownClass()

	def test_no_job_failed_on_the_way(self):
		self.assertFalse([what for what in self.loaded.happened if what.startswith("FAILED")])

	def test_the_times_are_the_logs_moved_by_whole_weeks(self):
		self.assertEqual(self.shift % timedelta(weeks=1), timedelta(0))
		newest = max(i.ends for i in self.incidents).date()
		self.assertTrue(getdate() - timedelta(days=14) <= newest < getdate(), newest)
		for incident in self.incidents:
			ticket = frappe.db.get_value(
				"HD Ticket",
				self.tickets[incident.number],
				["creation", "opening_date", "opening_time", "modified", "status_category"],
				as_dict=True,
			)
			self.assertEqual(ticket.creation, incident.opened)
			self.assertEqual(ticket.opening_date, incident.opened.date())
			self.assertEqual(ticket.modified, incident.ends)
			self.assertEqual(ticket.status_category, "Resolved")

	def test_every_tickets_unit_is_what_the_mapping_says(self):
		company = Company(self.everything, self.incidents, self.incidents[0].opened.date())
		unassigned = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1})
		for incident in self.incidents:
			unit = frappe.db.get_value("HD Ticket", self.tickets[incident.number], "cx_business_unit")
			self.assertEqual(unit, company.expected_unit(incident, unassigned), incident.number)

	def test_the_counts_of_the_tree_add_up(self):
		tickets = frappe.get_all(
			"HD Ticket", filters={"name": ("in", list(self.tickets.values()))}, fields=["cx_business_unit"]
		)
		own = Counter(t.cx_business_unit for t in tickets)
		units = frappe.get_all(
			"CX Business Unit", fields=["name", "lft", "rgt", "parent_cx_business_unit", "is_group"]
		)
		below = {u.name: sum(own[o.name] for o in units if u.lft <= o.lft and o.rgt <= u.rgt) for u in units}
		root = next(u for u in units if not u.parent_cx_business_unit)
		self.assertEqual(below[root.name], COUNT)
		for unit in units:
			if unit.is_group:
				children = [c.name for c in units if c.parent_cx_business_unit == unit.name]
				self.assertEqual(
					below[unit.name], own[unit.name] + sum(below[c] for c in children), unit.name
				)

	def test_the_ledger_accounts_for_every_resolution(self):
		expected = {
			(self.tickets[i.number], number, at)
			for i in self.incidents
			for number, at in enumerate(i.resolutions(), start=1)
		}
		rows = frappe.get_all(
			"CX Survey Invitation",
			filters={"event_name": ("in", list(self.tickets.values()))},
			fields=["event_name", "occurrence", "event_at", "status", "reason", "decided_at"],
		)
		self.assertEqual({(r.event_name, r.occurrence, r.event_at) for r in rows}, expected)
		self.assertEqual(len(rows), len(expected))
		for row in rows:
			self.assertNotEqual(row.status, "Pending", row)
			if row.status in ("Suppressed", "Withdrawn"):
				self.assertTrue(row.reason, row)

	def test_people_answered_and_low_answers_have_an_owner(self):
		answered = frappe.db.count("CX Survey Response", {"event_name": ("in", list(self.tickets.values()))})
		self.assertGreater(answered, 0)
		for voice in frappe.get_all(
			"CX Voice", {"ticket": ("in", list(self.tickets.values()))}, ["responsible", "due_at"]
		):
			self.assertTrue(voice.responsible)
			self.assertTrue(voice.due_at)

	def test_repeating_it_adds_nothing(self):
		before = table_counts()
		again = loader.load(COUNT, smtp_port=None)
		self.assertEqual(again.already, COUNT)
		self.assertFalse(again.happened)
		self.assertEqual(table_counts(), before)

	def test_every_address_is_nowhere(self):
		emails = frappe.get_all("Contact", {"name": ("in", memory.remembered("Contact"))}, pluck="email_id")
		self.assertTrue(emails)
		self.assertTrue(all(e.endswith(".example") for e in emails))

	def test_it_is_labelled(self):
		self.assertEqual(frappe.db.get_single_value("CX Settings", "sample_data"), plan.LABEL)


class TestDemoIsRemoved(FrappeTestCase):
	def test_removing_leaves_the_site_as_it_was(self):
		before = table_counts()
		loader.load(6, smtp_port=None)
		self.assertEqual(len(memory.remembered("HD Ticket")), 6)
		removal.remove()
		after = table_counts()
		differing = {t: (before.get(t), n) for t, n in after.items() if before.get(t) != n}
		self.assertEqual(differing, {})
		self.assertFalse(memory.is_there())
		self.assertFalse(frappe.db.get_single_value("CX Settings", "sample_data"))


class TestWhereTheDemoMayRun(FrappeTestCase):
	def test_a_site_without_the_mark_is_refused(self):
		before = frappe.local.conf.pop(site.MARK, None)
		try:
			with self.assertRaises(frappe.ValidationError):
				site.refuse_unless_made(yes=False)
			site.refuse_unless_made(yes=True)
			frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
			with self.assertRaisesRegex(frappe.ValidationError, "mail catcher"):
				site.require_account()
		finally:
			if before:
				frappe.local.conf[site.MARK] = before

	def test_a_demos_site_refuses_mail_to_other_hosts(self):
		account = frappe.get_doc(
			{
				"doctype": "Email Account",
				"email_account_name": "CX elsewhere",
				"email_id": "elsewhere@desk.example",
				"enable_outgoing": 1,
				"smtp_server": "smtp.elsewhere.example",
				"no_smtp_authentication": 1,
			}
		)
		before = frappe.local.conf.get(site.STAYS_HERE)
		frappe.local.conf[site.STAYS_HERE] = 1
		try:
			with self.assertRaisesRegex(frappe.ValidationError, "on this machine only"):
				account.insert()
		finally:
			frappe.local.conf[site.STAYS_HERE] = before
