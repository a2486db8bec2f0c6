"""Where an answer begins a transaction anew, and where it must not: what its caller wrote stands."""

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.host import transactions


class TestBeginAnew(FrappeTestCase):
	def test_outside_of_a_request_what_was_written_stands(self):
		address = kit.person("written")
		frappe.flags.in_test = False
		try:
			transactions.begin_anew()
		finally:
			frappe.flags.in_test = True
		self.assertTrue(frappe.db.exists("Contact Email", {"email_id": address}))
