"""Adds the ledger rows that are missing: what a logged error left out, and what no save announces.

Dates and schedules have no save of their own: looking for what is missing is how they are found at all.
"""

from datetime import timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.host import names
from cx_desk.surveys import happened, triggers
from cx_desk.surveys import ledger as writer

# A row is found missing within the hour; a week covers a scheduler that stood still.
LOOK_BACK = timedelta(days=7)
INVITATION = "CX Survey Invitation"


def add_missing(look_back: timedelta = LOOK_BACK) -> int:
	"""Add the ledger rows that are missing; how many there were."""
	added = 0
	now = now_datetime()
	for trigger in triggers.read():
		since = max(get_datetime(trigger.enabled_since), now - look_back)
		for page in happened.happened(trigger, since, now):
			rows = missing_rows(trigger, [one.row for one in page])
			writer.insert(rows)
			added += len(rows)
	return added


def missing_rows(trigger: frappe._dict, rows: list[dict]) -> list[dict]:
	"""Those of the rows that the ledger has not."""
	wanted = {row["name"]: row for row in rows}
	if not wanted:
		return []
	known = set(frappe.get_all(INVITATION, filters={"name": ["in", list(wanted)]}, pluck="name"))
	found = [row for name, row in wanted.items() if name not in known]
	if trigger.event == events.TICKET_RESOLVED:
		found = _without_older(trigger, found)
	return found


def _without_older(trigger: frappe._dict, found: list[dict]) -> list[dict]:
	"""Without the resolutions that have a row from before the ticket's key was part of a row's name."""
	older = {
		ledger.row_name(names.TICKET, row["event_name"], row["occurrence"], trigger.name): row
		for row in found
	}
	if not older:
		return []
	known = frappe.get_all(INVITATION, filters={"name": ["in", list(older)]}, fields=["name", "event_key"])
	here = {one.name for one in known if ledger.is_same_record(one.event_key, older[one.name]["event_key"])}
	return [row for name, row in older.items() if name not in here]
