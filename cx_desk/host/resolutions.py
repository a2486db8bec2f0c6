"""Resolutions as the host's own records show them, for reconciling and for an independent count."""

import json
from collections.abc import Iterator

import frappe

from cx_desk.host.names import RESOLVED, TICKET
from cx_desk.host.tickets import FACTS

_PAGE = 1000


def resolved_since(since) -> Iterator[list[frappe._dict]]:
	"""Tickets that were resolved at least once and changed since that moment, in pages."""
	after = ""
	while True:
		page = frappe.get_all(
			TICKET,
			filters=[
				["cx_resolution_no", ">", 0],
				["modified", ">=", since],
				["is_merged", "=", 0],
				["name", ">", after],
			],
			fields=list(FACTS),
			order_by="name asc",
			limit=_PAGE,
		)
		if not page:
			return
		yield page
		after = page[-1].name


def resolved_at(ticket):
	"""When a ticket was last resolved. Auto-close leaves no time of its own: then the last change counts."""
	return ticket.resolution_date or ticket.modified


def count_moves(tickets: list[str], since) -> dict[str, int]:
	"""How often each ticket moved into Resolved since that moment, by the host's own record of changes."""
	counts: dict[str, int] = {}
	for start in range(0, len(tickets), _PAGE):
		rows = frappe.get_all(
			"Version",
			filters={
				"ref_doctype": TICKET,
				"docname": ["in", tickets[start : start + _PAGE]],
				"creation": [">=", since],
				"data": ["like", '%"status_category"%'],
			},
			fields=["docname", "data"],
		)
		for row in rows:
			for field, _old, new in json.loads(row.data or "{}").get("changed", ()):
				if field == "status_category" and new == RESOLVED:
					counts[row.docname] = counts.get(row.docname, 0) + 1
	return counts
