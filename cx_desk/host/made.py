"""Remember what was made once, so that an admin who deletes it is not given it again at every migrate."""

import json
from collections.abc import Callable

import frappe

KEY = "cx_desk_made"


def once(what: str, make: Callable[[], None]) -> None:
	"""Run `make` unless it ran on this site before."""
	# Past the cache of defaults, which the host does not clear while an app is installed.
	stored = frappe.db.get_value("DefaultValue", {"defkey": KEY, "parent": "__global"}, "defvalue")
	done = json.loads(stored or "[]")
	if what in done:
		return
	make()
	frappe.db.set_global(KEY, json.dumps([*done, what]))


def forget() -> None:
	"""Drop the memory when the app goes."""
	frappe.db.delete("DefaultValue", {"defkey": KEY})
