"""A deadlock inside our handler is passed on: swallowed, it would let the host commit an empty save.

Two real connections: this one saves a ticket, the other holds what our handler needs and wants what the save
holds. MariaDB picks a victim; when it is the save, the host must learn of it.
"""

import threading
import time
from unittest.mock import patch

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.events.guard import guarded

A, B = "deadlock-a.example", "deadlock-b.example"


class TestDeadlock(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		kit.make_tree()
		for domain in (A, B):
			if not frappe.db.exists("CX Unit Mapping", {"value": domain}):
				kit.map_to("Domain", domain, kit.RETAIL)
		self.ticket = kit.make_ticket("x@kit-deadlock.example", subject="Before the deadlock").name
		frappe.db.commit()  # a second connection must see it
		self.addCleanup(self.clean)

	def clean(self):
		frappe.db.rollback()
		frappe.delete_doc("HD Ticket", self.ticket, force=True)
		for name in frappe.get_all("CX Unit Mapping", {"value": ("in", (A, B))}, pluck="name"):
			frappe.delete_doc("CX Unit Mapping", name)
		kit.remove_tree()
		frappe.db.commit()  # as above

	def lock(self, db, domain):
		# By name: without an index the other row would be locked with it.
		db.sql("update `tabCX Unit Mapping` set idx = idx + 1 where name = %s", f"Domain: {domain}")

	def test_the_save_fails_as_a_whole(self):
		site = frappe.local.site
		locked, go = threading.Event(), threading.Event()
		trouble = []

		def other_side():
			frappe.init(site, sites_path=".", force=True)
			frappe.connect()
			try:
				# More rows changed than the save has: MariaDB rolls back whoever did less.
				frappe.db.sql("update `tabDocField` set idx = idx + 1")
				self.lock(frappe.db, B)
				locked.set()
				go.wait(10)
				self.lock(frappe.db, A)
			except Exception as error:
				trouble.append(error)
			finally:
				frappe.db.rollback()
				frappe.destroy()

		thread = threading.Thread(target=other_side)
		thread.start()
		self.assertTrue(locked.wait(10))

		@guarded
		def handler(doc, method=None):
			self.lock(frappe.db, A)
			go.set()
			time.sleep(0.3)
			self.lock(frappe.db, B)

		ticket = frappe.get_doc("HD Ticket", self.ticket)
		ticket.subject = "Lost by the deadlock"
		with (
			patch("cx_desk.events.hd_ticket.on_update", handler),
			self.assertRaises(frappe.QueryDeadlockError),
		):
			ticket.save()
		frappe.db.rollback()
		thread.join(20)
		self.assertFalse(trouble, "the other side was the victim, not the save")
		self.assertEqual(frappe.db.get_value("HD Ticket", self.ticket, "subject"), "Before the deadlock")
		# The host's caller tries again, and then it works.
		ticket = frappe.get_doc("HD Ticket", self.ticket)
		ticket.subject = "Saved at the second try"
		ticket.save()
		frappe.db.commit()  # as above
		self.assertEqual(frappe.db.get_value("HD Ticket", self.ticket, "subject"), "Saved at the second try")

	def test_an_ordinary_error_is_undone_to_its_start_and_the_save_stands(self):
		@guarded
		def handler(doc, method=None):
			self.lock(frappe.db, A)
			frappe.db.set_value("CX Unit Mapping", {"value": A}, "unit", kit.CLAIMS)
			raise ValueError("kit: something else")

		ticket = frappe.get_doc("HD Ticket", self.ticket)
		ticket.subject = "Stands"
		with patch("cx_desk.events.hd_ticket.on_update", handler):
			ticket.save()
		self.assertEqual(frappe.db.get_value("HD Ticket", self.ticket, "subject"), "Stands")
		self.assertEqual(frappe.db.get_value("CX Unit Mapping", {"value": A}, "unit"), kit.RETAIL)
