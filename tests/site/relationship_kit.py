"""A case that takes back what each test wrote: FrappeTestCase itself does so only once per class."""

from unittest.mock import patch

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase


class RollbackCase(FrappeTestCase):
	"""Every test starts from what setUpClass made."""

	def setUp(self):
		super().setUp()
		frappe.set_user("Administrator")
		# In test mode the host sends the mail of a notification at once, and its sender commits.
		silent = patch("frappe.desk.doctype.notification_log.notification_log.send_notification_email")
		silent.start()
		self.addCleanup(silent.stop)
		frappe.db.savepoint("cx_test")
		self.addCleanup(self._take_back)

	@staticmethod
	def _take_back():
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_test")
		frappe.local.message_log = []
		frappe.clear_document_cache("CX Settings", "CX Settings")


def liaison_of(unit: str, address: str) -> str:
	"""A liaison of the unit; whoever was it before no longer is."""
	user = kit.make_user(address, "CX Liaison", "Agent")
	frappe.db.delete("CX Liaison Assignment", {"unit": unit})
	kit.assign(unit, user)
	return user
