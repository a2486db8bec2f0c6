"""What visits add to the service review pack: who saw whom in the period, what was heard, and what comes next."""

import frappe
from frappe import _
from frappe.utils import format_date, getdate, nowdate

from cx_desk.core import visit as machine
from cx_desk.core import voice
from cx_desk.immersion import visits

MOST = 12


def section(pack) -> dict | None:
	"""Visits of the period and the planned ones, each with what became of what was heard; None where there are none."""
	rows = frappe.get_list(
		visits.VISIT,
		filters={
			"unit": ["in", pack.units],
			"state": ["!=", machine.CANCELLED],
			"starts_on": [">=", pack.start],
		},
		fields=["name", "title", "unit", "type", "direction", "state", "starts_on", "effect_verdict"],
		order_by="starts_on desc",
		limit=0,
	)
	held = [row for row in rows if row.state in machine.TOOK_PLACE and getdate(row.starts_on) <= pack.end]
	coming = sorted(
		(
			row
			for row in rows
			if row.state == machine.PLANNED and getdate(row.starts_on) >= getdate(nowdate())
		),
		key=lambda row: row.starts_on,
	)
	if not held and not coming:
		return None
	heard = _heard([row.name for row in held])
	lines = [
		_("{0} visits in this period.").format(len(held))
		if len(held) != 1
		else _("One visit in this period.")
	]
	if len(held) > MOST:
		lines.append(_("The newest {0} stand here.").format(MOST))
	if coming:
		lines.append(
			_("Planned: {0}.").format(
				"; ".join(f"{format_date(getdate(row.starts_on))}, {_(row.type)}" for row in coming[:3])
			)
		)
	table = [[_("Visit"), _("Heard"), _("Settled"), _("Did it change anything?")]]
	for row in held[:MOST]:
		count, settled = heard.get(row.name, (0, 0))
		table.append(
			[
				_("{0}, {1} ({2})").format(
					format_date(getdate(row.starts_on)), _(row.type), _(row.direction)
				),
				str(count),
				str(settled),
				_verdict(row),
			]
		)
	return {"title": _("Visits"), "lines": lines, "rows": table if held else [], "numeric": [1, 2]}


def _heard(names: list[str]) -> dict[str, tuple[int, int]]:
	"""Visit -> what was heard or seen there, and how much of it is settled."""
	points = frappe.get_all(
		"CX Visit Voice", filters={"visit": ["in", names or [""]]}, fields=["visit", "voice"]
	)
	states = dict(
		frappe.get_all(
			"CX Voice",
			filters={"name": ["in", [row.voice for row in points if row.voice] or [""]]},
			fields=["name", "state"],
			as_list=True,
		)
	)
	found: dict[str, tuple[int, int]] = {}
	for row in points:
		count, settled = found.get(row.visit, (0, 0))
		found[row.visit] = (count + 1, settled + (states.get(row.voice) == voice.SETTLED))
	return found


def _verdict(row) -> str:
	"""The verdict on the effect, with the ratio of tickets after to before and its interval where it was worked out."""
	if not row.effect_verdict:
		return "–"
	# Only where there is a verdict: every worker loads this module.
	from cx_desk.immersion import effects

	result = frappe.parse_json(frappe.db.get_value(visits.VISIT, row.name, "effect_result") or "{}")
	if result.get("ratio") is None:
		return _(row.effect_verdict)
	return _("{0}: tickets times {1} ({2} to {3})").format(
		_(row.effect_verdict), *(effects.number(result[key]) for key in ("ratio", "low", "high"))
	)
