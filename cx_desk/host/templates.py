"""Templates of guest pages and dialog, compiled once per process: the host compiles them anew for every request."""

from types import CodeType

import frappe

_COMPILED: dict[str, CodeType] = {}


def render(path: str, context: dict) -> str:
	"""The template at `cx_desk/...` with this context, in the host's own sandbox."""
	from jinja2 import Template

	environment = frappe.get_jenv()
	code = _COMPILED.get(path)
	if code is None:
		source = environment.loader.get_source(environment, path)[0]
		code = environment.compile(source, path, path)
		if not frappe.conf.developer_mode:
			_COMPILED[path] = code
	return Template.from_code(environment, code, environment.make_globals(None)).render(context)
