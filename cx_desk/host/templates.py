"""Templates of guest pages and dialog, compiled once per process: the host compiles them anew for every request."""

from jinja2 import BytecodeCache

import frappe


class _Compiled(BytecodeCache):
	"""Compiled templates of this process, those that others extend and include among them.

	Jinja keeps a checksum of the source beside each, so a template that changes on disk is compiled again.
	"""

	def __init__(self):
		self.kept: dict[str, tuple[str, object]] = {}

	def load_bytecode(self, bucket) -> None:
		checksum, code = self.kept.get(bucket.key, ("", None))
		if checksum == bucket.checksum:
			bucket.code = code

	def dump_bytecode(self, bucket) -> None:
		self.kept[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = _Compiled()


def render(path: str, context: dict) -> str:
	"""The template at `cx_desk/...` with this context, in the host's own sandbox."""
	environment = getattr(frappe.local, "cx_jinja", None)
	if environment is None:
		# The host's environment lives for one request; a layer over it knows what was compiled before.
		environment = frappe.local.cx_jinja = frappe.get_jenv().overlay(bytecode_cache=_COMPILED)
	return environment.get_template(path).render(context)
