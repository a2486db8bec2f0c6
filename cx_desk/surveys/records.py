"""Events of our own records (visits, conversations, initiatives, voices): ledger rows in the record's own save."""

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.core.mapping import clean_address
from cx_desk.host import names
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import triggers

# Where the path to the one person ends in the record itself: fields of the address and of the contact.
DIRECT: dict[tuple[str, str], tuple[str, str | None]] = {
	(events.VISIT, events.HOST): ("host_email", "host_contact"),
	(events.INITIATIVE, events.SPONSOR): ("sponsor_email", None),
	(events.INITIATIVE, events.REQUESTER): ("requester_email", None),
	(events.VOICE, events.SOURCE): ("source_email", "contact"),
}
STATE_FIELD = {
	events.VISIT: "state",
	events.CONVERSATION: "state",
	events.INITIATIVE: "stage",
	events.VOICE: "state",
}


def is_event(doc) -> bool:
	"""Whether a record just came into a state that a trigger waits for."""
	return bool(_waiting(doc))


def record_event(doc) -> None:
	"""Write the ledger rows of a record that just entered a state; saving again, or twice, changes nothing."""
	if active := _waiting(doc):
		writer.insert(rows_of(doc, now_datetime(), occurrence(doc), active))


def _waiting(doc) -> list[frappe._dict]:
	kind = triggers.KINDS[doc.doctype]
	field = STATE_FIELD[kind]
	before = doc.get_doc_before_save()
	if before and before.get(field) == doc.get(field):
		return []
	return [one for one in triggers.active(kind) if enters(one, doc.get(field))]


def enters(trigger: frappe._dict, state: str | None) -> bool:
	"""Whether a record that comes into this state is what the trigger waits for."""
	if trigger.event == events.STAGE_REACHED:
		return bool(state) and state == trigger.reached_stage
	event = events.EVENTS[trigger.event]
	return bool(event.state) and state == event.state


def occurrence(doc) -> int:
	"""How often the record came here before: a voice is told again after it was contested, a stage reached again."""
	if doc.doctype == "CX Voice":
		return doc.get("contested_count") or 0
	if doc.doctype == "CX Initiative":
		return sum(step.to_stage == doc.stage for step in doc.get("steps") or ())
	return 0


def rows_of(doc, at, number: int, active: list[frappe._dict], due_at=None) -> list[dict]:
	"""The ledger rows of one event of a record, for those triggers that it matches.

	doc: the document, or a dict with doctype, name, creation and the fields that `fields_of` names. at: when it
	happened, in the site's zone. number: see `occurrence`.
	"""
	kind = triggers.KINDS[doc.get("doctype")]
	units = units_of(doc)
	rows = []
	for trigger in active:
		ancestors = writer.branch(units) if triggers.UNIT in trigger.filters else None
		values = {triggers.UNIT: doc.get("unit"), names.TEAM: doc.get("team")}
		if not triggers.matches(trigger, values, ancestors) or not triggers.meets(trigger, doc):
			continue
		address, contact = direct_person(doc, kind, trigger.respondent)
		key = key_of(doc)
		rows.append(
			{
				"name": ledger.row_name(doc.get("doctype"), doc.get("name"), number, trigger.name, 0, key),
				"survey": trigger.survey,
				"trigger": trigger.name,
				"event_doctype": doc.get("doctype"),
				"event_name": doc.get("name"),
				"event_key": key,
				"occurrence": number,
				"recipient": address or None,
				"respondent_key": ledger.address_key(address) or None,
				"contact": contact,
				"unit": doc.get("unit"),
				"team": doc.get("team"),
				"event_at": at,
				"due_at": due_at or ledger.due_at(at, trigger.delay_hours or 0),
			}
		)
	return rows


def direct_person(doc, kind: str, respondent: str) -> tuple[str, str | None]:
	"""Address and contact of the one person, where the record itself holds the address; empty where it does not."""
	address_field, contact_field = DIRECT.get((kind, respondent), (None, None))
	if not address_field:
		return "", None
	address = clean_address(doc.get(address_field))
	return address, (doc.get(contact_field) if contact_field and address else None)


def units_of(doc) -> list[str]:
	"""The units that a record is about: its own, and those that an initiative changes."""
	affected = [row.get("unit") for row in doc.get("units") or ()]
	return [unit for unit in (doc.get("unit"), *affected) if unit]


def key_of(doc) -> str:
	"""What tells two records of one name apart: when it was made."""
	return f"{get_datetime(doc.get('creation')):%Y%m%d%H%M%S%f}"


def fields_of(kind: str, active: list[frappe._dict]) -> list[str]:
	"""The fields of a record that its rows are made of."""
	fields = {"name", "creation", "unit", STATE_FIELD[kind]} | triggers.fields_of(active)
	fields |= {field for (of, _who), pair in DIRECT.items() if of == kind for field in pair if field}
	if kind == events.VOICE:
		fields |= {"team", "contested_count", "told_at", "settled_at"}
	if kind == events.VISIT:
		fields |= {"starts_on", "ends_on", "ended_at", "shared_at"}
	if kind == events.CONVERSATION:
		fields |= {"starts_on", "ends_on", "contact"}
	if kind == events.INITIATIVE:
		fields |= {"golive_date", "support_until"}
	return sorted(fields)
