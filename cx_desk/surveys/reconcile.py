"""Finds resolutions that have no ledger row, because a logged error left them out, and adds the rows."""

from datetime import timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.core import ledger
from cx_desk.host import names, resolutions
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import triggers

# A row is found missing within the hour; a week covers a scheduler that stood still.
LOOK_BACK = timedelta(days=7)


def add_missing(look_back: timedelta = LOOK_BACK) -> int:
	"""Add the ledger rows that are missing; how many there were."""
	added = 0
	active = triggers.read()
	for trigger in active:
		since = max(get_datetime(trigger.enabled_since), now_datetime() - look_back)
		for page in resolutions.resolved_since(since):
			rows = missing_rows(trigger, page)
			writer.insert(rows)
			added += len(rows)
	return added


def missing_rows(trigger, tickets: list[frappe._dict]) -> list[dict]:
	"""The rows that this trigger should have for these tickets and has not."""
	wanted = {}
	for ticket in tickets:
		at = resolutions.resolved_at(ticket)
		if get_datetime(at) < get_datetime(trigger.enabled_since):
			continue
		for row in writer.resolution_rows(ticket, get_datetime(at), [trigger]):
			wanted[row["name"]] = row
	if not wanted:
		return []
	known = set(frappe.get_all("CX Survey Invitation", filters={"name": ["in", list(wanted)]}, pluck="name"))
	found = [row for name, row in wanted.items() if name not in known]
	return found + _earlier(trigger, found)


def _earlier(trigger, found: list[dict]) -> list[dict]:
	"""Resolutions between the last one that the ledger knows of a ticket and the missing one.

	They were opened again since, so the deciding job will withdraw them: counted, not asked.
	"""
	if not found:
		return []
	rows = frappe.get_all(
		"CX Survey Invitation",
		filters={
			"trigger": trigger.name,
			"event_doctype": names.TICKET,
			"event_name": ["in", [row["event_name"] for row in found]],
		},
		fields=["event_name", "occurrence"],
	)
	last: dict[str, int] = {}
	for row in rows:
		last[row.event_name] = max(last.get(row.event_name, 0), row.occurrence)
	earlier = []
	for row in found:
		if row["event_name"] in last:
			earlier += [
				{
					**row,
					"occurrence": number,
					"name": ledger.row_name(names.TICKET, row["event_name"], number, trigger.name),
				}
				for number in range(last[row["event_name"]] + 1, row["occurrence"])
			]
	return earlier
