"""pytest on a bench site: `-p cx_site_plugin`, run in the bench's sites folder with its Python.

Does once what `bench run-tests` does: connect to the site of $CX_TEST_SITE, switch test mode on and prepare
the host's test data. The tests are FrappeTestCase classes, which roll back by themselves; so that one class
cannot leave a user or an open transaction to the next, both are reset around every class.
"""

import os
import sys
from pathlib import Path

import pytest

# Helpers that several files share stand beside them, importable by name.
HERE = Path(__file__).resolve().parent
# Tests that need a worker or a second connection commit; this one record, which all share, is put back after each class.
SETTINGS = "CX Settings"


def pytest_configure(config):
	site = os.environ.get("CX_TEST_SITE")
	if not site:
		raise pytest.UsageError("CX_TEST_SITE names no site; run `make test-site`")
	sys.path.insert(0, str(HERE))

	import frappe

	frappe.init(site, sites_path=".")
	if not frappe.conf.allow_tests:
		raise pytest.UsageError(f"{site} does not allow tests (allow_tests in its site_config)")
	frappe.connect()
	_switch_test_mode_on()
	frappe.clear_cache()
	for app in ("helpdesk", "cx_desk"):
		for function in frappe.get_hooks("before_tests", app_name=app):
			frappe.get_attr(function)()
	frappe.set_user("Administrator")
	_settings_to_defaults()
	frappe.db.commit()


def _settings_to_defaults():
	"""The site is kept between runs; a run that was cut off may have left settings of its tests."""
	import frappe

	defaults = {f.fieldname: f.default for f in frappe.get_meta(SETTINGS).fields if f.default}
	for field, value in defaults.items():
		frappe.db.set_single_value(SETTINGS, field, value, update_modified=False)
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def _switch_test_mode_on():
	import frappe

	frappe.flags.in_test = True
	try:
		from frappe.tests.utils import toggle_test_mode
	except ImportError:
		return
	toggle_test_mode(True)


def pytest_report_header(config):
	import frappe

	import cx_desk

	return f"site {frappe.local.site}, frappe {frappe.__version__}, app loaded from {cx_desk.__file__}"


@pytest.fixture(autouse=True, scope="class")
def clean_session():
	import frappe

	frappe.set_user("Administrator")
	before = _settings()
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.local.message_log = []
	if _settings() != before:
		_put_back(before)


def _settings() -> dict:
	import frappe

	singles = frappe.qb.DocType("Singles")
	rows = (
		frappe.qb.from_(singles).select(singles.field, singles.value).where(singles.doctype == SETTINGS).run()
	)
	# When jobs last ran changes all the time and decides nothing.
	return {field: value for field, value in rows if field not in ("last_runs", "modified", "modified_by")}


def _put_back(before: dict) -> None:
	import frappe

	for field in set(_settings()) | set(before):
		if field in before:
			frappe.db.set_single_value(SETTINGS, field, before[field], update_modified=False)
		else:
			frappe.db.delete("Singles", {"doctype": SETTINGS, "field": field})
	frappe.db.commit()
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def pytest_unconfigure(config):
	import frappe

	if getattr(frappe.local, "db", None):
		frappe.db.rollback()
		frappe.destroy()
