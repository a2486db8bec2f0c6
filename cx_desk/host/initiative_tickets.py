"""Tickets as initiatives need them: opened for a reviewing team, and read for early life support."""

from collections.abc import Iterable
from datetime import datetime

import frappe

from cx_desk.host.names import RESOLVED, TICKET

COLUMNS = (
	*(
		"name",
		"subject",
		"status",
		"status_category",
		"agent_group",
		"priority",
		"creation",
		"resolution_date",
	),
	*("modified", "cx_business_unit", "raised_by", "is_merged"),
)


def open_for_team(subject: str, text: str, team: str) -> str:
	"""A ticket in the name of the signed-in person for a team; its name."""
	doc = frappe.get_doc(
		{
			"doctype": TICKET,
			"subject": subject[:140],
			"description": text,
			"agent_group": team,
			"raised_by": frappe.db.get_value("User", frappe.session.user, "email") or frappe.session.user,
		}
	)
	# allowed: whoever may change the consideration may ask the team
	doc.insert(ignore_permissions=True)
	return str(doc.name)


def opened_between(
	units: Iterable[str], team: str | None, start: datetime, end: datetime, ticket_type: str | None = None
) -> list[frappe._dict]:
	"""Tickets that were opened in a period in some units or for a team, merged ones left out; oldest first.

	ticket_type: only those of this type.
	"""
	units = list(units)
	either = []
	if units:
		either.append(["cx_business_unit", "in", units])
	if team:
		either.append(["agent_group", "=", team])
	if not either:
		return []
	filters = [["creation", ">=", start], ["creation", "<", end], ["is_merged", "=", 0]]
	if ticket_type:
		filters.append(["ticket_type", "=", ticket_type])
	return frappe.get_all(
		TICKET,
		filters=filters,
		or_filters=either,
		fields=list(COLUMNS),
		order_by="creation asc",
		limit=0,
	)


def by_name(names: Iterable[str]) -> list[frappe._dict]:
	"""Columns of tickets by name; deleted ones are left out."""
	names = list(names)
	return (
		frappe.get_all(TICKET, filters={"name": ("in", names)}, fields=list(COLUMNS), limit=0)
		if names
		else []
	)


def is_resolved(row: frappe._dict) -> bool:
	return row.status_category == RESOLVED
