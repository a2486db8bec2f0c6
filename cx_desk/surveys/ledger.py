"""Writes ledger rows. A ticket's save calls `record_resolution` and nothing else of this package.

A save writes slot 0 of each trigger that matches. Where the trigger asks somebody else than the requester, the row has
no address yet: the deciding job finds the people when it is due, and gives each a slot (respondents.py).
"""

import frappe
from frappe.utils import now_datetime

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.core.mapping import clean_address
from cx_desk.host import names, statements
from cx_desk.surveys import triggers

FIELDS = (
	"name",
	"creation",
	"modified",
	"owner",
	"modified_by",
	"survey",
	"trigger",
	"status",
	"reason",
	"event_doctype",
	"event_name",
	"event_key",
	"occurrence",
	"slot",
	"is_test",
	"contact",
	"recipient",
	"respondent_key",
	"unit",
	"team",
	"ticket_type",
	"priority",
	"customer",
	"agreement_status",
	"asked_by",
	"event_at",
	"due_at",
)
# The rows of a save go in with one statement, those of a wave with several.
_CHUNK = 1000


def record_resolution(doc) -> None:
	"""Write the ledger rows of a ticket that was just resolved: one per matching trigger, in one insert.

	Called in the ticket's own save, so it reads the triggers from the cache and inserts without documents.
	Saving again, or twice as the host does on creation, changes nothing: the row's name is made of the event.
	"""
	if is_new_resolution(doc):
		insert(resolution_rows(doc, now_datetime(), triggers.active(events.TICKET)))


def is_new_resolution(doc) -> bool:
	"""Whether this save of a ticket resolved it."""
	number = doc.get("cx_resolution_no")
	if not number or doc.get("status_category") != names.RESOLVED or doc.get("is_merged"):
		return False
	before = doc.get_doc_before_save()
	return not before or before.get("cx_resolution_no") != number


def resolution_rows(ticket, at, active: list[frappe._dict]) -> list[dict]:
	"""The ledger rows of one resolution, for those triggers that it matches.

	ticket: the document or a dict with its fields. at: when it was resolved, in the site's zone.
	"""
	if not active:
		return []
	values = {
		triggers.UNIT: ticket.get("cx_business_unit"),
		names.TEAM: ticket.get("agent_group"),
		names.TICKET_TYPE: ticket.get("ticket_type"),
		names.PRIORITY: ticket.get("priority"),
	}
	rows = []
	for trigger in active:
		if trigger.event != events.TICKET_RESOLVED:
			continue
		ancestors = branch([values[triggers.UNIT]]) if triggers.UNIT in trigger.filters else None
		if not triggers.matches(trigger, values, ancestors) or not triggers.meets(trigger, ticket):
			continue
		rows.append(
			{
				"name": resolution_name(ticket, ticket.get("cx_resolution_no"), trigger.name),
				"survey": trigger.survey,
				"trigger": trigger.name,
				# The cached trigger carries the delay that holds for it; see triggers.prepared.
				"due_at": ledger.due_at(at, trigger.delay_hours or 0),
				**event_fields(ticket, at),
				**({} if trigger.respondent == events.REQUESTER else NOBODY_YET),
			}
		)
	return rows


# A row whose people are found when it is due.
NOBODY_YET = {"recipient": None, "respondent_key": None, "contact": None}


def resolution_name(ticket, occurrence: int | None, trigger: str, slot: int = 0) -> str:
	"""The name of the row of one resolution of one ticket, told apart from an earlier ticket of the same number."""
	return ledger.row_name(
		names.TICKET, ticket.get("name"), occurrence or 0, trigger, slot, ticket.get("key")
	)


def event_fields(ticket, at) -> dict:
	"""What a ledger row keeps of the ticket as it was: its own copy, for the ticket goes on changing."""
	address = clean_address(ticket.get("raised_by"))
	return {
		"event_doctype": names.TICKET,
		"event_name": str(ticket.get("name")),
		"event_key": str(ticket.get("key") or "") or None,
		"occurrence": ticket.get("cx_resolution_no") or 0,
		"event_at": at,
		"contact": ticket.get("contact"),
		"recipient": address,
		"respondent_key": ledger.address_key(address),
		"unit": ticket.get("cx_business_unit"),
		"team": ticket.get("agent_group"),
		"ticket_type": ticket.get("ticket_type"),
		"priority": ticket.get("priority"),
		"customer": ticket.get("customer"),
		"agreement_status": ledger.known_agreement(ticket.get("agreement_status")),
	}


def insert(rows: list[dict]) -> None:
	"""Insert ledger rows that are not there yet; a row that is there stays as it is."""
	if not rows:
		return
	now, user = now_datetime(), frappe.session.user
	defaults = {
		"creation": now,
		"modified": now,
		"owner": user,
		"modified_by": user,
		"status": ledger.PENDING,
	}
	rows = [{**defaults, **row} for row in rows]
	# Nought and nothing are the columns' own defaults; each column costs time in the ticket's save.
	filled = [field for field in FIELDS if any(row.get(field) for row in rows)]
	for start in range(0, len(rows), _CHUNK):
		chunk = rows[start : start + _CHUNK]
		statements.insert(
			"CX Survey Invitation",
			filled,
			[tuple(_stored(field, row.get(field)) for field in filled) for row in chunk],
			ignore_duplicates=True,
		)


def _stored(field: str, value):
	return value or 0 if field in ("slot", "is_test", "occurrence") else value


def branch(units) -> set[str]:
	"""Units with all above them."""
	found = set()
	for unit in {unit for unit in units if unit}:
		found |= {unit, *frappe.get_all("CX Business Unit", filters=_above(unit), pluck="name")}
	return found


def _above(unit: str) -> dict:
	place = frappe.get_cached_value("CX Business Unit", unit, ["lft", "rgt"], as_dict=True)
	return {"lft": ["<", place.lft], "rgt": [">", place.rgt]} if place else {"name": unit}
