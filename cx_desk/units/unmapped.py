"""Tickets that no mapping knows, by person, each with a suggested mapping where something points to one."""

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from cx_desk.core import mapping
from cx_desk.core.mapping_suggest import NAME, Group, Suggestion, suggest, tally
from cx_desk.host import tickets as host_tickets

# Where a neighbour's ticket belonged long ago says little about today.
LOOK_BACK_DAYS = 365
MOST_ROWS = 500


def rows(days: int = LOOK_BACK_DAYS, only_suggested: bool = False) -> list[dict]:
	"""One row per person and team without a unit, most tickets first, at most `MOST_ROWS`."""
	since = add_days(now_datetime(), -days)
	units = frappe.get_all("CX Business Unit", {"is_unassigned": 0, "disabled": 0}, pluck="name")
	counts = tally((_group(row), row.unit) for row in host_tickets.by_person_and_unit(since, located=True))
	found = []
	for row in host_tickets.by_person_and_unit(since, located=False, limit=MOST_ROWS):
		group = _group(row)
		hint = suggest(group, counts, units)
		if only_suggested and not hint:
			continue
		found.append(
			{
				"person": row.full_name or group.address or _("Nobody known"),
				"address": group.address,
				"tickets": row.tickets,
				"last": row.last,
				"department": group.department,
				"customer": group.customer,
				"team": group.team,
				"kind": hint.kind if hint else mapping.PERSON,
				"value": hint.value if hint else group.address,
				"unit": hint.unit if hint else None,
				"why": _why(hint) if hint else "",
			}
		)
	return found


def _group(row: frappe._dict) -> Group:
	return Group(
		address=mapping.clean_address(row.raised_by),
		department=mapping.clean_text(row.department),
		customer=mapping.clean_text(row.customer),
		team=mapping.clean_text(row.agent_group),
		tickets=row.tickets,
	)


def _why(hint: Suggestion) -> str:
	if hint.reason == NAME:
		return _("{0} {1} has the unit's name").format(_(hint.trait), hint.trait_value)
	return _("{0} of {1} tickets from {2} {3} belong there").format(
		hint.agree, hint.of, _(hint.trait), hint.trait_value
	)
