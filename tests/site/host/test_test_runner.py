"""The runner itself: which code is tested, and that the site is one that may be tested."""

import os
from pathlib import Path

import frappe
from frappe.tests.utils import FrappeTestCase

import cx_desk


class TestRunner(FrappeTestCase):
	def test_the_app_under_test_is_the_one_beside_these_tests(self):
		self.assertEqual(Path(cx_desk.__file__).resolve().parents[1], Path(__file__).resolve().parents[3])

	def test_the_site_allows_tests(self):
		self.assertTrue(frappe.conf.allow_tests)
		self.assertTrue(frappe.flags.in_test)
		if os.environ.get("CX_TEST_SITE"):
			self.assertEqual(frappe.local.site, os.environ["CX_TEST_SITE"])

	def test_the_app_is_installed_beside_its_host(self):
		self.assertLess({"frappe", "helpdesk", "cx_desk"}, {*frappe.get_installed_apps(), "?"})
