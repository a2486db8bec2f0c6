"""A story as a page, for who may read it: before, what we did, after, and the records that show it."""

from urllib.parse import urlencode

import frappe
from frappe.utils import cstr

from cx_desk.immersion import stories

no_cache = 1
no_sitemap = 1
PRINT_FORMAT = "CX Story"


def get_context(context):
	"""The story with what its records say to this reader. Changes nothing."""
	name = cstr(frappe.form_dict.get("name"))
	context.no_cache = 1
	context.lang = frappe.local.lang or "en"
	context.signed_in = frappe.session.user != "Guest"
	context.story = None
	context.back = f"/cx/story?{urlencode({'name': name})}"
	if (
		not context.signed_in
		or not frappe.db.exists(stories.STORY, name)
		or not frappe.has_permission(stories.STORY, "read", name)
	):
		frappe.local.cx_status = 403
		return context
	context.story = stories.read(frappe.get_doc(stories.STORY, name))
	asked = {"doctype": stories.STORY, "name": name, "format": PRINT_FORMAT, "no_letterhead": 1}
	context.pdf = f"/api/method/frappe.utils.print_format.download_pdf?{urlencode(asked)}"
	return context
