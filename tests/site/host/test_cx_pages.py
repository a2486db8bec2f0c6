"""Our pages past the host's website: found and shown, others' paths left to the host, and the host's own way as good."""

from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import set_request
from frappe.website.path_resolver import PathResolver
from frappe.website.serve import get_response

from cx_desk.host import website

TOKEN = "x" * 32
PAGES = (
	f"cx/a/{TOKEN}",
	f"cx/u/{TOKEN}",
	f"cx/v/{TOKEN}",
	f"cx/h/{TOKEN}",
	f"cx/i/{TOKEN}",
	f"cx/s/{TOKEN}",
	f"cx/m/{TOKEN}",
)


class TestCXPages(FrappeTestCase):
	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.local.form_dict = frappe._dict()
		frappe.local.cx_status = None
		frappe.local.lang = "en"

	def get(self, path, as_guest=True):
		set_request(method="GET", path=f"/{path}", headers={"User-Agent": "Mozilla/5.0"})
		frappe.local.form_dict = frappe._dict()
		frappe.local.response = frappe._dict()
		frappe.local.cx_status = None
		if as_guest:
			frappe.set_user("Guest")
		return get_response().get_data(as_text=True)

	def test_each_rule_of_ours_is_found_as_the_host_finds_it(self):
		from frappe.website.path_resolver import resolve_path

		for path in PAGES:
			set_request(method="GET", path=f"/{path}")
			frappe.local.form_dict = frappe._dict()
			ours = website.find_page(path), dict(frappe.local.form_dict)
			frappe.local.form_dict = frappe._dict()
			self.assertEqual(ours, (resolve_path(path), dict(frappe.local.form_dict)), path)
			self.assertEqual(ours[1], {"token": TOKEN})

	def test_paths_that_are_not_ours_go_to_the_host(self):
		set_request(method="GET", path="/")
		for path in (
			"login",
			"cx",
			"cx/",
			"cx/a",
			"cx/../login",
			"cxa/b",
			"helpdesk/tickets/1",
			"",
		):
			with patch.object(website, "_found_by_others", return_value="theirs") as others:
				found = website.find_page(path)
			self.assertEqual(found == "theirs", bool(others.called), path)
			self.assertFalse(found.startswith("cx/") and website.CXPage(found).can_render(), path)

	def test_another_apps_resolver_is_asked_for_other_paths(self):
		hooks = frappe.get_hooks

		def with_another(hook=None, *args, **kwargs):
			found = hooks(hook, *args, **kwargs)
			return [*found, "other.app.resolve"] if hook == "website_path_resolver" else found

		with (
			patch.object(frappe, "get_hooks", with_another),
			patch.object(frappe, "get_attr", return_value=lambda path: f"other/{path}"),
		):
			self.assertEqual(website.find_page("shop"), "other/shop")

	def test_the_host_shows_the_same_page_without_our_hooks(self):
		for path in PAGES:
			ours = self.get(path)
			with patch.object(PathResolver, "get_custom_page_renderers", return_value=[]):
				theirs = self.get(path)
			self.assertEqual(ours.strip(), theirs.strip(), path)
			self.assertIn("<html", ours)

	def test_no_module_is_run_by_its_name_alone(self):
		for name in ("__init__", "_x", "nothing", "answer.py", "a b", "%2e"):
			self.assertFalse(website.CXPage(f"cx/{name}").can_render(), name)

	def test_a_page_is_written_from_right_to_left_where_its_language_is(self):
		from cx_desk.units import guest_page

		frappe.local.lang = "ar"
		self.assertEqual(guest_page.frame()["direction"], "rtl")
		from cx_desk.host import templates

		page = templates.render(
			"cx_desk/templates/guest/unsubscribe.html",
			{**guest_page.frame(), "view": "on", "action": "/", "done": False},
		)
		self.assertIn('<html lang="ar" dir="rtl">', page)

	def test_a_template_is_compiled_once_and_again_when_its_file_changes(self):
		from cx_desk.host import templates

		path = "cx_desk/templates/guest/unsubscribe.html"
		first = templates._environment().get_template(path)
		frappe.local.jenv = None  # as the next request begins
		self.assertIs(templates._environment().get_template(path), first)
		with patch("jinja2.loaders.os.path.getmtime", return_value=1.0):
			self.assertIsNot(templates._environment().get_template(path), first)
		self.assertIn("<html", self.get(PAGES[0]))

	def test_a_template_reaches_nothing_of_the_host(self):
		from cx_desk.host import templates

		reached = set(templates._environment().globals) - {"range", "dict", "lipsum", "cycler", "joiner"}
		self.assertEqual(reached, {"_", "namespace", "format_date"})
