"""Facts of Frappe and Helpdesk that units and the dialog rest on. One that changes is named here, not found later."""

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase, change_settings

from cx_desk.host import names
from cx_desk.host import tickets as host_tickets


class TestTicketFacts(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.addCleanup(frappe.set_user, "Administrator")
		frappe.db.savepoint("facts")
		self.addCleanup(frappe.db.rollback, save_point="facts")

	def test_every_name_in_host_names_is_a_doctype(self):
		for constant in dir(names):
			value = getattr(names, constant)
			if constant.isupper() and isinstance(value, str) and value.startswith("HD "):
				self.assertTrue(frappe.db.exists("DocType", value), value)

	def test_the_columns_we_read_are_there(self):
		columns = set(frappe.db.get_table_columns(names.TICKET))
		self.assertFalse(set(host_tickets.FACTS) - columns)
		self.assertFalse(set(host_tickets.PERSON) - set(frappe.db.get_table_columns("Contact")))
		self.assertTrue({"user", "is_active"} <= set(frappe.db.get_table_columns(names.AGENT)))

	def test_ticket_names_are_text(self):
		self.assertIsInstance(kit.make_ticket().name, str)

	def test_the_category_is_fresh_before_validation(self):
		"""fetch_from runs with the link check, which comes first."""
		seen = []
		ticket = kit.make_ticket()
		ticket.reload()
		original = ticket.run_method

		def watched(method, *args, **kwargs):
			if method == "before_validate":
				seen.append(ticket.status_category)
			return original(method, *args, **kwargs)

		ticket.run_method = watched
		ticket.status = "Resolved"
		ticket.save()
		self.assertEqual(seen, ["Resolved"])

	def test_a_description_saves_a_new_ticket_twice(self):
		"""The first Communication saves the ticket inside its own insert."""
		from unittest.mock import patch

		calls = []
		with patch("cx_desk.events.hd_ticket.on_update", lambda doc, method=None: calls.append(doc.name)):
			kit.make_ticket()
		self.assertEqual(len(calls), 2)

	def test_a_merge_closes_the_source_and_marks_it(self):
		from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket

		source, target = kit.make_ticket(), kit.make_ticket()
		merge_ticket(source.name, target.name)
		row = frappe.db.get_value(names.TICKET, source.name, ["is_merged", "status_category"], as_dict=True)
		self.assertEqual((row.is_merged, row.status_category), (1, "Resolved"))

	def test_only_the_default_template_feeds_the_sidebar_and_holds_our_rows(self):
		from helpdesk.helpdesk.doctype.hd_ticket.api import get_ticket_customizations

		shown = {field["fieldname"] for field in get_ticket_customizations()["custom_fields"]}
		self.assertTrue({"cx_business_unit", "cx_unit_rule"} <= shown)

	def test_customers_are_not_shown_our_rows(self):
		from helpdesk.helpdesk.doctype.hd_ticket_template.api import get_one

		portal = kit.make_user("facts.portal@firm.example", user_type="Website User")
		frappe.set_user(portal)
		ours = [
			row for row in get_one(names.DEFAULT_TEMPLATE)["fields"] if row["fieldname"].startswith("cx_")
		]
		self.assertEqual([row["hide_from_customer"] for row in ours], [1, 1], "the portal hides these")

	def test_our_short_cut_to_reading_agrees_with_the_host(self):
		"""Where the desk does not restrict tickets we do not ask the host again; the answer must be the same."""
		agent = kit.make_user("facts.agent@desk.example", "Agent")
		manager = kit.make_user("facts.manager@desk.example", "CX Manager")
		ticket = kit.make_ticket("facts@nowhere.example")
		team = frappe.get_doc({"doctype": names.TEAM, "team_name": "Facts team"}).insert()
		frappe.db.set_value(names.TICKET, ticket.name, "agent_group", team.name)
		for restrict in (0, 1):
			with change_settings(names.SETTINGS, {"restrict_tickets_by_agent_group": restrict}):
				for user in (agent, manager):
					frappe.set_user(user)
					row = host_tickets.with_person(ticket.name)
					doc = frappe.get_doc(names.TICKET, ticket.name)
					host = bool(frappe.has_permission(names.TICKET, "read", doc=doc, user=user))
					self.assertEqual(
						host_tickets.may_read(row, user), host, f"{user}, restricted: {restrict}"
					)
					frappe.set_user("Administrator")

	def test_an_agent_may_choose_a_unit_in_the_sidebar(self):
		"""The sidebar's link field asks search_link as the agent."""
		from frappe.desk.search import search_link

		kit.make_tree()
		frappe.set_user(kit.make_user("facts.agent@desk.example", "Agent"))
		found = search_link("CX Business Unit", kit.RETAIL)
		self.assertIn(kit.RETAIL, {row["value"] for row in found})

	def test_the_mapping_is_found_by_index(self):
		kit.make_tree()
		kit.map_to("Person", "facts@kit-index.example", kit.RETAIL)
		from cx_desk.units.mapping import find_match

		sent = kit.queries_of(
			lambda: find_match(address="facts@kit-index.example", contact="No One", customer="x", team="y")
		)
		self.assertEqual(len(sent), 1)
		plan = frappe.db.sql(
			"explain select * from `tabCX Unit Mapping` where kind = %s and value in %s",
			("Person", ("facts@kit-index.example",)),
			as_dict=True,
		)
		self.assertIn("cx_kind_value", plan[0].possible_keys or "")


class TestSchemaSync(FrappeTestCase):
	"""By itself: a change of a table commits."""

	def test_our_indexes_survive_the_hosts_schema_sync(self):
		frappe.db.updatedb(names.TICKET)
		for name in host_tickets.INDEXES:
			self.assertTrue(frappe.db.has_index(f"tab{names.TICKET}", name), name)
