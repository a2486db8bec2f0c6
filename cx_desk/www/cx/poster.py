"""A poster of a survey link on one A4 page, for people of the desk who may read the link."""

import frappe
from frappe.utils import cstr

from cx_desk.surveys import links
from cx_desk.units import guest_page
from cx_desk.units.language import speaking

no_cache = 1
sitemap = 0
SCRIPT = 'document.getElementById("print").addEventListener("click", function () { window.print(); });'


def get_context(context):
	"""The poster in its own language; whoever may not read the link gets the page for a link that is not there."""
	frappe.local.cx_content_security_policy = guest_page.policy(SCRIPT)
	name = cstr(frappe.form_dict.get("name"))
	known = frappe.session.user != "Guest" and frappe.db.exists(links.LINK, name)
	allowed = known and frappe.has_permission(links.LINK, "read", name)
	reader = frappe.local.lang
	context.update({**guest_page.frame(with_token=False), "poster": None, "reader": reader})
	if not allowed:
		frappe.local.cx_status = 403
		return context
	doc = frappe.get_doc(links.LINK, name)
	context.script = SCRIPT
	context.print = frappe._("Print")
	context.closed = frappe._("This link is not open now: what stands on the paper would lead nowhere.")
	language = doc.page_language or frappe.db.get_value("CX Survey", doc.survey, "language") or reader
	with speaking(language):
		context.update({**guest_page.frame(with_token=False), "poster": links.poster(doc)})
	frappe.local.lang = language
	return context
