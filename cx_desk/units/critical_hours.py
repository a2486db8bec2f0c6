"""Critical hours on the form of a unit: what was understood of them, and what holds nothing back because it was not."""

import frappe
from frappe import _
from frappe.utils import escape_html

from cx_desk.core.critical_hours import critical_times


def read_back(text: str | None) -> dict[str, list[str]]:
	"""The parts of the critical hours as written: understood, and unread."""
	known, unread = critical_times(text)
	return {"understood": [one.text for one in known], "unread": unread}


def warn(unit) -> None:
	"""Say at once which part of the critical hours a save brought cannot be read; the save goes on.

	Refusing it would lose what somebody knows about the unit: it is shown to who plans, all the same.
	"""
	unread = read_back(unit.critical_hours)["unread"]
	if not unread or not unit.has_value_changed("critical_hours"):
		return
	frappe.msgprint(
		_(
			"This cannot be read, so surveys and visits do not wait for it: {0}. Write days and hours, for example Mon-Fri 11:00-14:00, separated by commas."
		).format(frappe.bold(escape_html(", ".join(unread)))),
		title=_("Critical hours"),
		indicator="orange",
	)
