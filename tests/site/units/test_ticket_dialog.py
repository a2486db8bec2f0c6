"""The CX dialog on a ticket: who sees it, what stands in it, and what its small forms change."""

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase, change_settings, patch_hooks

from cx_desk.api import dialog as api
from cx_desk.host import form_script
from cx_desk.www.cx import ticket as page

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'"


class TestTicketDialog(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.agent = kit.make_user("dialog.agent@desk.example", "Agent")
		cls.liaison = kit.make_user("dialog.liaison@desk.example", "Agent", "CX Liaison")
		cls.portal = kit.make_user("dialog.person@kit-firm.example", user_type="Website User")
		kit.assign(kit.SOUTH, cls.liaison)
		kit.map_to("Domain", "kit-firm.example", kit.RETAIL)
		kit.make_contact("dialog.person@kit-firm.example", designation=HOSTILE)
		cls.ticket = kit.make_ticket("dialog.person@kit-firm.example", subject=HOSTILE).name
		cls.other = kit.make_ticket("dialog.person@kit-firm.example", subject="Other " + HOSTILE).name

	def setUp(self):
		frappe.db.savepoint("dialog")
		self.addCleanup(frappe.db.rollback, save_point="dialog")
		self.addCleanup(frappe.set_user, "Administrator")

	def show(self, ticket, user):
		"""The page's context, as that user gets it."""
		frappe.set_user(user)
		frappe.local.form_dict = frappe._dict(name=ticket)
		frappe.local.cx_status = None
		return page.get_context(frappe._dict())

	def html(self, ticket=None, user=None):
		context = self.show(ticket or self.ticket, user or self.agent)
		return "".join(section.html for section in context.sections)

	def test_customers_guests_and_strangers_see_nothing(self):
		for user in (self.portal, "Guest", kit.make_user("dialog.nobody@desk.example", "System Manager")):
			context = self.show(self.ticket, user)
			self.assertIsNone(context.ticket, user)
			self.assertIsNone(context.get("sections"))
			self.assertEqual(frappe.local.cx_status, 403)

	def test_a_ticket_that_is_not_there_looks_like_one_that_may_not_be_read(self):
		for name in ("no-such-ticket", "", "' or 1=1 --", "../../etc"):
			context = self.show(name, self.agent)
			self.assertIsNone(context.ticket)
			self.assertEqual(frappe.local.cx_status, 403)

	def test_a_desk_that_restricts_by_team_is_obeyed(self):
		team = frappe.get_doc(
			{"doctype": "HD Team", "team_name": "Kit dialog team", "users": [{"user": self.liaison}]}
		).insert()
		frappe.db.set_value("HD Ticket", self.ticket, "agent_group", team.name)
		with change_settings("HD Settings", {"restrict_tickets_by_agent_group": 1}):
			self.assertIsNone(self.show(self.ticket, self.agent).ticket)
			context = self.show(self.ticket, self.liaison)
			self.assertEqual(context.ticket.name, self.ticket)
			text = "".join(section.html for section in context.sections)
			self.assertNotIn(
				f"/helpdesk/tickets/{self.other}", text, "the other ticket is of no team of theirs"
			)
		self.assertIsNotNone(self.show(self.ticket, self.agent).ticket)

	def test_person_and_unit_are_shown_and_hostile_text_is_text(self):
		text = self.html()
		self.assertIn("dialog.person@kit-firm.example", text)
		self.assertIn(kit.RETAIL, text)
		self.assertIn("dialog.liaison@desk.example", text)
		self.assertIn(f"/helpdesk/tickets/{self.other}", text)
		self.assertNotIn("<script", text)
		self.assertNotIn("Other <", text)
		self.assertIn("{{ 7*7 }}", text)

	def test_nobody_known_and_no_unit(self):
		ticket = kit.make_ticket("dialog.stranger@kit-else.example").name
		text = self.html(ticket)
		self.assertIn("No contact is linked", text)
		self.assertIn("No other tickets", text)
		self.assertIn("No mapping knows", text)
		frappe.db.set_value(
			"HD Ticket", ticket, {"cx_business_unit": None, "cx_unit_rule": None, "raised_by": None}
		)
		text = self.html(ticket)
		self.assertIn("No unit yet", text)
		self.assertIn("Nobody known", text)

	def test_a_section_that_fails_does_not_hide_the_rest(self):
		with patch_hooks(
			{"cx_dialog_sections": ["cx_desk.no_such_section", "cx_desk.units.dialog.unit_section"]}
		):
			text = self.html()
		self.assertIn("could not be shown", text)
		self.assertIn(kit.RETAIL, text)

	def test_the_preferred_way_is_kept_and_shown_on_the_persons_other_tickets(self):
		frappe.set_user(self.agent)
		api.set_preferred_way(self.ticket, "Phone", "after <b>two</b>")
		text = self.html(self.other)
		self.assertIn("Phone", text)
		self.assertNotIn("after <b>", text)
		frappe.set_user(self.agent)
		with self.assertRaises(frappe.ValidationError):
			api.set_preferred_way(self.ticket, "Telepathy", "")
		with self.assertRaises(frappe.ValidationError):
			api.set_preferred_way(self.ticket, "Phone", "x" * 141)

	def test_the_unit_is_changed_and_given_back(self):
		frappe.set_user(self.agent)
		self.assertEqual(api.set_unit(self.ticket, kit.CLAIMS)["rule"], "By hand")
		self.assertIn("Set by hand", self.html())
		frappe.set_user(self.agent)
		found = api.set_unit(self.ticket, "")
		self.assertEqual((found["unit"], found["rule"]), (kit.RETAIL, "Domain"))
		self.assertEqual(api.set_unit(self.ticket, kit.RETAIL)["rule"], "By hand", "confirming counts")
		with self.assertRaises(frappe.ValidationError) as caught:
			api.set_unit(self.ticket, "No such unit")
		self.assertIn("Choose one from the list", str(caught.exception))

	def test_doors_are_closed_to_customers(self):
		for user in (self.portal, "Guest"):
			frappe.set_user(user)
			for door in (
				lambda: api.set_unit(self.ticket, kit.CLAIMS),
				lambda: api.set_preferred_way(self.ticket, "Phone"),
				lambda: api.find_units("Kit"),
			):
				with self.assertRaises(frappe.PermissionError):
					door()

	def test_the_portal_gets_no_more_of_us_than_three_columns(self):
		"""Helpdesk sends a customer every column of the ticket."""
		from helpdesk.helpdesk.doctype.hd_ticket.api import get_one

		frappe.set_user(self.portal)
		got = get_one(self.ticket, is_customer_portal=True)
		ours = {key for key in got if key.startswith("cx_")}
		self.assertEqual(ours, {"cx_business_unit", "cx_unit_rule", "cx_resolution_no"})


class TestFormScript(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		form_script.sync()
		self.addCleanup(frappe.db.rollback)

	def test_an_admins_switch_and_text_survive_a_migrate(self):
		frappe.db.set_value("HD Form Script", form_script.NAME, "enabled", 0)
		form_script.sync()
		self.assertEqual(frappe.db.get_value("HD Form Script", form_script.NAME, "enabled"), 0)
		own = form_script.shipped() + "\n// mine"
		frappe.db.set_value("HD Form Script", form_script.NAME, "script", own)
		form_script.sync()
		self.assertEqual(frappe.db.get_value("HD Form Script", form_script.NAME, "script"), own)

	def test_an_older_text_of_ours_is_brought_up_to_date(self):
		body = "function setupForm() { return { actions: [] } }\n"
		old = f"{form_script.MARK}{form_script._hash(body)}\n{body}"
		frappe.db.set_value("HD Form Script", form_script.NAME, "script", old)
		form_script.sync()
		self.assertEqual(
			frappe.db.get_value("HD Form Script", form_script.NAME, "script"), form_script.shipped()
		)

	def test_it_can_be_disabled_and_deleted_in_the_host(self):
		doc = frappe.get_doc("HD Form Script", form_script.NAME)
		doc.enabled = 0
		doc.save()
		doc.delete()

	def test_the_host_hands_it_to_agents_only(self):
		from helpdesk.helpdesk.doctype.hd_form_script.hd_form_script import get_form_script

		self.assertIn(form_script.shipped(), get_form_script("HD Ticket") or [])
		self.assertNotIn(form_script.shipped(), get_form_script("HD Ticket", is_customer_portal=True) or [])
		self.assertNotIn(form_script.shipped(), get_form_script("HD Ticket", apply_on_new_page=True) or [])

	def test_the_shared_view_filters_what_no_mapping_knows(self):
		from helpdesk.api.doc import get_list_data

		view = frappe.get_doc("HD View", "CX-VIEW-UNASSIGNED")
		lost = kit.make_ticket("view@kit-nowhere.example").name
		data = get_list_data(
			"HD Ticket",
			filters=frappe.parse_json(view.filters),
			columns=frappe.parse_json(view.columns),
			rows=frappe.parse_json(view.rows),
		)
		self.assertIn(lost, {row["name"] for row in data["data"]})
