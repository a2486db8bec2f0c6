"""What visits add to My business: the coming ones, reports that wait for somebody, and verdicts."""

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime, nowdate

from cx_desk.core import visit as machine
from cx_desk.immersion import visits
from cx_desk.units.language import day_and_time

MOST = 8


def section(context) -> dict:
	"""Visits of the reader's units: planned in four weeks, held but not shared, corrected by the host."""
	filters = {"state": ("in", (machine.PLANNED, machine.HELD, machine.SHARED))}
	if context.units is not None:
		filters["unit"] = ("in", list(context.units) or [""])
	rows = frappe.get_list(
		visits.VISIT,
		filters=filters,
		fields=[
			*("name", "title", "state", "starts_on", "host_word", "host_name"),
			*("effect_question", "effect_locked_at"),
		],
		order_by="starts_on asc",
		limit=200,
	)
	soon = get_datetime(add_days(nowdate(), 28))
	entries = [entry for row in rows if (entry := _entry(row, soon))]
	return {
		"key": "visits",
		"title": _("Visits"),
		"count": sum(1 for entry in entries if entry["badge"]["tone"] != "blue"),
		"empty": _("No visit is planned, and no report waits."),
		"entries": entries[:MOST],
		"more": {"text": _("All visits"), "route": ["List", visits.VISIT]},
	}


def _entry(row, soon) -> dict | None:
	when = day_and_time(row.starts_on)
	if row.host_word == machine.CORRECTED:
		badge, line = (
			{"text": _("Corrected"), "tone": "red"},
			_("{0} has corrected the report: amend it.").format(row.host_name),
		)
	elif row.state == machine.HELD:
		badge, line = (
			{"text": _("Held"), "tone": "orange"},
			_("The host waits for the report: triage what was heard, then send it."),
		)
	elif row.state == machine.PLANNED and row.starts_on < soon:
		badge, line = {"text": _("Planned"), "tone": "blue"}, when
	else:
		return None
	lines = [line] if line == when else [when, line]
	if row.state == machine.PLANNED and row.effect_question and not row.effect_locked_at:
		lines.append(_("The question about its effect is not locked yet: after the visit it is too late."))
	return {"title": row.title, "lines": lines, "badge": badge, "route": ["Form", visits.VISIT, row.name]}
