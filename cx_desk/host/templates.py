"""Templates of guest pages and dialog. The host makes its environment and compiles its templates anew for every request;
ours are files of this app, so one environment for the life of the process draws them.
"""

from functools import cache

from jinja2 import Environment, PackageLoader, PrefixLoader

import frappe


@cache
def _environment() -> Environment:
	# Made of files alone, never of what somebody typed, so it needs no sandbox. A file that changes is read again. As
	# in the host's, each template escapes what it shows.
	files = PrefixLoader({"cx_desk": PackageLoader("cx_desk", "")})
	environment = Environment(loader=files)  # noqa: S701
	# The language is that of the request in which a text is asked for. A template has its values from its context alone,
	# beside these two.
	environment.globals.update(_=_translated, format_date=_date)
	return environment


def _translated(text: str, lang: str | None = None, context: str | None = None) -> str:
	return frappe._(text, lang, context)


def _date(value) -> str:
	return frappe.utils.format_date(value)


def render(path: str, context: dict) -> str:
	"""The template at `cx_desk/...` with this context. `_` translates and `format_date` writes a date as the reader does."""
	return _environment().get_template(path).render(context)
