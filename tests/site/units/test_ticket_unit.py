"""The unit of a ticket: found on save, kept with its rule, by hand wins, customers cannot choose."""

from unittest.mock import patch

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.units.mapping import FALLBACK_CACHE, fallback, forget_fallback


class TestTicketUnit(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.agent = kit.make_user("unit.agent@desk.example", "Agent")
		cls.ann = kit.make_contact("ann@kit-bank.example", department="Kit Branches").name
		forget_fallback()

	def setUp(self):
		self.addCleanup(frappe.set_user, "Administrator")
		frappe.db.savepoint("unit_test")
		self.addCleanup(frappe.db.rollback, save_point="unit_test")

	def unit_of(self, ticket):
		return tuple(frappe.db.get_value("HD Ticket", ticket.name, ["cx_business_unit", "cx_unit_rule"]))

	def test_the_order_of_the_rules(self):
		team = frappe.get_doc({"doctype": "HD Team", "team_name": "Kit team"}).insert(ignore_permissions=True)
		customer = frappe.get_doc({"doctype": "HD Customer", "customer_name": "Kit Bank"}).insert()
		given = {"agent_group": team.name, "customer": customer.name}
		steps = (
			("Team", "Kit team", kit.CLAIMS),
			("Domain", "kit-bank.example", kit.TREASURY),
			("HD Customer", "Kit Bank", kit.NORTH),
			("Department", "Kit Branches", kit.RETAIL),
			("Person", "ann@kit-bank.example", kit.SOUTH),
		)
		self.assertEqual(self.unit_of(kit.make_ticket("ann@kit-bank.example", **given))[1], "Unassigned")
		for kind, value, unit in steps:
			kit.map_to(kind, value, unit)
			ticket = kit.make_ticket("ann@kit-bank.example", **given)
			self.assertEqual(self.unit_of(ticket), (unit, kind))

	def test_a_contact_stands_for_its_other_addresses(self):
		contact = frappe.get_doc("Contact", self.ann)
		contact.append("email_ids", {"email_id": "a.petersen@kit-home.example"})
		contact.save()
		kit.map_to("Person", "A.Petersen@kit-home.example", kit.RETAIL)
		self.assertEqual(self.unit_of(kit.make_ticket("ann@kit-bank.example")), (kit.RETAIL, "Person"))

	def test_a_longer_domain_wins(self):
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		kit.map_to("Domain", "desk.kit-bank.example", kit.RETAIL)
		self.assertEqual(self.unit_of(kit.make_ticket("x@a.desk.kit-bank.example"))[0], kit.RETAIL)
		self.assertEqual(self.unit_of(kit.make_ticket("x@kit-bank.example"))[0], kit.TREASURY)

	def test_a_disabled_unit_gets_no_new_tickets(self):
		kit.map_to("Person", "ann@kit-bank.example", kit.RETAIL)
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		frappe.db.set_value("CX Business Unit", kit.RETAIL, "disabled", 1)
		self.assertEqual(self.unit_of(kit.make_ticket("ann@kit-bank.example")), (kit.TREASURY, "Domain"))

	def test_with_a_single_unit_everything_is_its(self):
		with patch("frappe.get_all", wraps=frappe.get_all) as read:

			def only_one(doctype, *args, **kwargs):
				rows = read._mock_wraps(doctype, *args, **kwargs)
				if doctype == "CX Business Unit" and kwargs.get("limit") == 3:
					return [row for row in rows if row.is_unassigned] + [
						frappe._dict(name=kit.CLAIMS, is_unassigned=0)
					]
				return rows

			read.side_effect = only_one
			forget_fallback()
			self.addCleanup(forget_fallback)
			self.assertEqual(self.unit_of(kit.make_ticket()), (kit.CLAIMS, "Only unit"))

	def test_a_unit_that_was_rolled_back_gets_no_tickets(self):
		with patch("cx_desk.units.mapping._read_fallback", return_value=("Never committed", "Only unit")):
			forget_fallback()
			self.assertEqual(fallback().unit, "Never committed")
		self.assertIsNone(
			frappe.cache.get_value(FALLBACK_CACHE), "nobody else goes by what may be rolled back"
		)
		self.assertNotEqual(fallback().unit, "Never committed")

	def test_what_was_read_meanwhile_is_forgotten_with_the_commit_and_the_rollback(self):
		frappe.flags.cx_units_change = False
		with (
			patch.object(frappe.db, "after_commit") as committed,
			patch.object(frappe.db, "after_rollback") as rolled_back,
		):
			forget_fallback()
		self.addCleanup(forget_fallback)
		for moment in (committed, rolled_back):
			frappe.cache.set_value(FALLBACK_CACHE, ("Read before", "Only unit"))
			frappe.flags.cx_units_change = True
			moment.add.call_args.args[0]()
			self.assertIsNone(frappe.cache.get_value(FALLBACK_CACHE))
			self.assertFalse(frappe.flags.cx_units_change)

	def test_by_hand_wins_until_it_is_cleared(self):
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		ticket = kit.make_ticket("ann@kit-bank.example")
		ticket.reload()
		frappe.set_user(self.agent)
		ticket.cx_business_unit = kit.CLAIMS
		ticket.save()
		self.assertEqual(self.unit_of(ticket), (kit.CLAIMS, "By hand"))
		ticket.raised_by = "someone@kit-bank.example"
		ticket.save()
		self.assertEqual(self.unit_of(ticket), (kit.CLAIMS, "By hand"))
		ticket.cx_business_unit = None
		ticket.save()
		self.assertEqual(self.unit_of(ticket), (kit.TREASURY, "Domain"))

	def test_a_change_of_person_or_team_is_followed_and_nothing_else_is(self):
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		kit.map_to("Domain", "kit-other.example", kit.CLAIMS)
		ticket = kit.make_ticket("x@kit-bank.example")
		ticket.reload()
		frappe.db.set_value("CX Unit Mapping", {"value": "kit-bank.example"}, "unit", kit.RETAIL)
		ticket.subject = "Another subject"
		ticket.save()
		self.assertEqual(
			self.unit_of(ticket)[0], kit.TREASURY, "an old ticket keeps its unit until it is looked up"
		)
		ticket.raised_by = "x@kit-other.example"
		ticket.contact = None
		ticket.save()
		self.assertEqual(self.unit_of(ticket)[0], kit.CLAIMS)

	def test_a_customer_cannot_choose_nor_write_rule_and_number(self):
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		portal = kit.make_user("ann@kit-bank.example", user_type="Website User")
		frappe.set_user(portal)
		ticket = kit.make_ticket(
			portal,
			cx_business_unit=kit.CLAIMS,
			cx_unit_rule="By hand",
			cx_resolution_no=7,
			via_customer_portal=1,
		)
		self.assertEqual(self.unit_of(ticket), (kit.TREASURY, "Domain"))
		self.assertEqual(frappe.db.get_value("HD Ticket", ticket.name, "cx_resolution_no"), 0)
		ticket.reload()
		ticket.update({"cx_business_unit": kit.CLAIMS, "cx_unit_rule": "By hand", "cx_resolution_no": 9})
		ticket.save(ignore_permissions=True)
		self.assertEqual(self.unit_of(ticket), (kit.TREASURY, "Domain"))
		self.assertEqual(frappe.db.get_value("HD Ticket", ticket.name, "cx_resolution_no"), 0)

	def test_a_split_ticket_starts_anew(self):
		"""The host's split copies the whole document."""
		from helpdesk.helpdesk.doctype.hd_ticket.api import duplicate_ticket

		ticket = kit.make_ticket("ann@kit-bank.example")
		ticket.reload()
		ticket.cx_business_unit = kit.CLAIMS
		ticket.save()
		self.resolve(ticket)
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		new = duplicate_ticket(frappe.get_doc("HD Ticket", ticket.name), "Split")
		found = frappe.db.get_value(
			"HD Ticket", new, ["cx_business_unit", "cx_unit_rule", "cx_resolution_no"]
		)
		self.assertEqual(tuple(found), (kit.TREASURY, "Domain", 0))

	def resolve(self, ticket, status="Resolved"):
		ticket.reload()
		ticket.status = status
		ticket.save(ignore_permissions=True)
		return frappe.db.get_value("HD Ticket", ticket.name, "cx_resolution_no")

	def test_the_number_of_resolutions_counts_entries_into_resolved(self):
		ticket = kit.make_ticket("ann@kit-bank.example")
		self.assertEqual(self.resolve(ticket, "Replied"), 0)
		self.assertEqual(self.resolve(ticket), 1)
		self.assertEqual(self.resolve(ticket, "Closed"), 1, "Resolved to Closed stays resolved")
		self.assertEqual(self.resolve(ticket, "Open"), 1)
		self.assertEqual(self.resolve(ticket, "Closed"), 2)

	def test_auto_close_counts_too(self):
		"""It skips validate and before_save."""
		ticket = kit.make_ticket("ann@kit-bank.example")
		ticket.reload()
		ticket.status = "Closed"
		ticket.flags.ignore_validate = True
		ticket.save()
		self.assertEqual(frappe.db.get_value("HD Ticket", ticket.name, "cx_resolution_no"), 1)

	def test_a_merged_ticket_was_not_resolved(self):
		from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket

		source, target = kit.make_ticket("ann@kit-bank.example"), kit.make_ticket("ann@kit-bank.example")
		merge_ticket(source.name, target.name)
		self.assertEqual(frappe.db.get_value("HD Ticket", source.name, "cx_resolution_no"), 0)

	def test_our_error_does_not_break_the_save_and_is_logged(self):
		kit.map_to("Domain", "kit-bank.example", kit.TREASURY)
		with patch("cx_desk.units.tickets.unit_for", side_effect=RuntimeError("kit failure")):
			ticket = kit.make_ticket("x@kit-bank.example", subject="Saved all the same")
		self.assertTrue(frappe.db.exists("HD Ticket", {"name": ticket.name, "subject": "Saved all the same"}))
		self.assertTrue(frappe.db.exists("Error Log", {"error": ("like", "%kit failure%")}))

	def test_renamed_and_deleted_records_of_the_host_are_followed(self):
		customer = frappe.get_doc({"doctype": "HD Customer", "customer_name": "Kit Old Name"}).insert()
		kit.map_to("HD Customer", "Kit Old Name", kit.RETAIL)
		kit.map_to("Person", self.ann, kit.RETAIL)
		frappe.rename_doc("HD Customer", "Kit Old Name", "Kit New Name", force=True)
		self.assertEqual(
			frappe.db.get_value("CX Unit Mapping", {"kind": "HD Customer", "value": "Kit New Name"}, "unit"),
			kit.RETAIL,
		)
		frappe.rename_doc("Contact", self.ann, "Kit Ann Renamed", force=True)
		self.assertTrue(frappe.db.exists("CX Unit Mapping", {"kind": "Person", "value": "Kit Ann Renamed"}))
		frappe.delete_doc("HD Customer", "Kit New Name")
		self.assertFalse(
			frappe.db.exists("CX Unit Mapping", {"kind": "HD Customer", "value": "Kit New Name"})
		)
		self.assertIsNotNone(customer)

	def test_a_merged_customer_keeps_the_mapping_of_the_one_that_stays(self):
		for name, unit in (("Kit Gone", kit.RETAIL), ("Kit Stays", kit.CLAIMS)):
			frappe.get_doc({"doctype": "HD Customer", "customer_name": name}).insert()
			kit.map_to("HD Customer", name, unit)
		frappe.rename_doc("HD Customer", "Kit Gone", "Kit Stays", force=True, merge=True)
		rows = frappe.get_all(
			"CX Unit Mapping", {"kind": "HD Customer", "value": ("like", "Kit %")}, ["value", "unit"]
		)
		self.assertEqual([(row.value, row.unit) for row in rows], [("Kit Stays", kit.CLAIMS)])
