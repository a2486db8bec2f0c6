"""Initiatives on My business: what runs in the liaison's units, whose turn it is, and what is late."""

import frappe
from frappe import _
from frappe.utils import format_date

from cx_desk.core import initiative as machine
from cx_desk.initiatives import people, templates

MOST_ENTRIES = 12


def section(context) -> dict | None:
	"""Running initiatives of the units, those that need somebody first; None where none ever was."""
	rows = frappe.get_list(
		people.INITIATIVE,
		filters={
			"unit": ["in", list(context.units) or [""]],
			"stage": ["not in", (*machine.OVER, machine.DRAFT)],
		},
		fields=["name", "title", "unit", "stage", "plan", "lead", "golive_date"],
		order_by="modified desc",
		limit=0,
	)
	if not rows:
		return None
	# Judging one needs most of this area; every worker loads this module, whether or not anything runs.
	from cx_desk.initiatives import colours

	entries = []
	for row in rows:
		colour, reasons = colours.of(frappe.get_doc(people.INITIATIVE, row.name))
		lines = [_("{0}: {1}").format(row.unit, templates.label_of(row, row.stage))]
		if row.golive_date and row.stage not in machine.REACHES_USERS:
			lines.append(_("Go-live {0}.").format(format_date(row.golive_date)))
		lines += reasons[:2]
		entries.append(
			{
				"title": row.title,
				"lines": lines,
				"badge": {"text": _(colours.WORDS[colour]), "tone": colour},
				"route": ["Form", people.INITIATIVE, row.name],
			}
		)
	entries.sort(key=lambda entry: colours.ORDER[entry["badge"]["tone"]])
	return {
		"key": "initiatives",
		"title": _("Initiatives"),
		"count": sum(entry["badge"]["tone"] == "red" for entry in entries),
		"entries": entries[:MOST_ENTRIES],
		"empty": "",
		"more": {"text": _("All initiatives"), "route": ["query-report", "Initiatives"]},
	}
