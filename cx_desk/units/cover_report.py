"""The rows of the report "Liaison Cover": every unit with who answers for it, gaps ahead, and who has too much."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import format_date, getdate, nowdate

from cx_desk.core import cover as rules
from cx_desk.core import units as tree
from cx_desk.host.people import full_names
from cx_desk.units.cover import read_assignments, read_parents

AHEAD_DAYS = 90
MOST_CONVERSATIONS = 12


def rows(
	on: date | None = None, ahead: int = AHEAD_DAYS, most: float = MOST_CONVERSATIONS, only_open: bool = False
):
	"""One row per unit in the order of the tree, with its indent; `only_open` keeps those with something to do.

	Returns (rows, summary): the summary counts gaps and people with more than `most` conversations in four weeks.
	"""
	day = getdate(on or nowdate())
	units = frappe.get_all(
		"CX Business Unit",
		filters={"disabled": 0, "is_unassigned": 0},
		fields=["name", "parent_cx_business_unit", "is_group", "tier", "headcount"],
		order_by="lft",
	)
	parents, assignments = read_parents(), read_assignments()
	# A group is where its units' liaison may stand; only the units themselves want to be called.
	leaves = {unit.name: (unit.tier, unit.headcount or 0) for unit in units if not unit.is_group}
	loads = rules.loads(leaves, assignments, parents, day)
	names = full_names({row.user for row in assignments})
	found, gaps_now = [], 0
	for unit in units:
		cover = tree.cover_of(unit.name, assignments, parents, day)
		notes, kind = [], ""
		if not unit.is_group and rules.needs_liaison(unit.tier):
			gaps = rules.gaps(unit.name, assignments, parents, day, day + timedelta(days=max(0, ahead)))
			notes, kind = _gap_notes(gaps, day)
			gaps_now += kind == "gap"
		if kind != "gap" and cover.liaison and not cover.deputy and not unit.is_group:
			notes.append(_("no deputy"))
			kind = kind or "thin"
		load = loads.get(cover.liaison)
		over = bool(load and load.conversations > most and not unit.is_group)
		if over:
			notes.append(_("{0} has too much").format(names.get(cover.liaison, cover.liaison)))
		if only_open and not notes:
			continue
		found.append(
			{
				"unit": unit.name,
				"parent_unit": unit.parent_cx_business_unit,
				"indent": 0 if only_open else len(tree.path_up(unit.name, parents)) - 1,
				"tier": _(unit.tier) if not unit.is_group else "",
				"headcount": unit.headcount or None,
				"liaison": names.get(cover.liaison, cover.liaison),
				"liaison_from": cover.liaison_from if cover.liaison_from != unit.name else "",
				"deputy": names.get(cover.deputy, cover.deputy),
				"specialists": ", ".join(names.get(user, user) for user in cover.specialists),
				"units": len(load.units) if load else None,
				"conversations": round(load.conversations, 1) if load else None,
				"note": "; ".join(notes),
				"state": "over" if over and kind != "gap" else kind,
			}
		)
	busy = sorted(user for user, load in loads.items() if load.conversations > most)
	summary = {
		"units": len(leaves),
		"gaps": gaps_now,
		"busy": [names.get(user, user) for user in busy],
		"loads": [
			{
				"person": names.get(user, user),
				"units": len(load.units),
				"conversations": round(load.conversations, 1),
			}
			for user, load in sorted(loads.items(), key=lambda item: -item[1].conversations)
		],
	}
	return found, summary


def _gap_notes(gaps: list[rules.Gap], day: date) -> tuple[list[str], str]:
	notes, kind = [], ""
	for gap in gaps:
		if gap.first <= day:
			kind = "gap"
			notes.append(
				_("no liaison until {0}").format(format_date(gap.last)) if gap.last else _("no liaison")
			)
		else:
			kind = kind or "soon"
			notes.append(
				_("no liaison from {0} to {1}").format(format_date(gap.first), format_date(gap.last))
				if gap.last
				else _("no liaison from {0}").format(format_date(gap.first))
			)
	return notes, kind
