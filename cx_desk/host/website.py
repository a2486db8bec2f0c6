"""Our pages under /cx/ past the host's website: found without its route maps, shown without its settings and menus.

The host builds three route maps, its settings, the apps of the user and a workspace sidebar for every page it shows,
about ten times what one of ours costs; a page of ours is a whole document and uses none of it. The pages are ordinary
`www` pages: without these two hooks the host shows them just the same.
"""

import re
from importlib.util import find_spec

from werkzeug.wrappers import Response

import frappe

_RULES = "website_route_rules"
_NAME = re.compile(r"cx/[a-z]+(_[a-z]+)*")


def find_page(path: str) -> str:
	"""Hook `website_path_resolver`: our rules of `website_route_rules` first, all other paths as the host has them."""
	for rule in frappe.get_hooks(_RULES) if path.startswith("cx/") else ():
		front, _, name = rule["from_route"].strip("/").partition("/<")
		value = path.removeprefix(f"{front}/")
		if name and front.startswith("cx/") and value and value != path and "<" not in name:
			frappe.local.path = path
			frappe.local.no_cache = 1
			frappe.local.form_dict[name.rstrip(">")] = value
			return rule["to_route"]
	if _NAME.fullmatch(path):
		frappe.local.path = path
		return path
	return _found_by_others(path)


def _found_by_others(path: str) -> str:
	from frappe.website.path_resolver import resolve_path

	others = [name for name in frappe.get_hooks("website_path_resolver") if not name.startswith("cx_desk.")]
	# The host takes the last one's word.
	return frappe.get_attr(others[-1])(path) if others else resolve_path(path)


class CXPage:
	"""Hook `page_renderer`: one page of ours. Its module fills the context; `document` is the page where it gives one."""

	def __init__(self, path: str, http_status_code: int | None = None):
		self.path = path
		self.name = path.partition("/")[2]

	def can_render(self) -> bool:
		if not _NAME.fullmatch(self.path):
			return False
		return find_spec(f"cx_desk.www.cx.{self.name}") is not None

	def render(self) -> Response:
		from cx_desk.host import templates

		context = frappe._dict()
		frappe.get_module(f"cx_desk.www.cx.{self.name}").get_context(context)
		page = context.document or templates.render(f"cx_desk/www/{self.path}.html", context)
		# A page's status stands in `cx_status`, see host.headers.
		return Response(page, status=context.http_status_code or 200, mimetype="text/html")
