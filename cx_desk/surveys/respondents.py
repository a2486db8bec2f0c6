"""From an event to the people who can speak about it: each gets a slot of their own in the ledger.

Found when a row is due, not in the save: the paths cost queries, and who a person of the unit is may change until
then. People are put in the order of their addresses, so that a turn that is repeated gives the same slots.
"""

from collections import defaultdict

import frappe
from frappe.utils import add_days, now_datetime

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.core.mapping import clean_address
from cx_desk.host import names
from cx_desk.host.requesters import requesters_of
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import triggers

# Who used the desk within a year belongs to "everyone of the unit" and to "affected users".
ACTIVE_DAYS = 365
UNIT = "CX Business Unit"


def awaiting(rows_due_by, batch: int) -> list[frappe._dict]:
	"""Rows that are due and have no person yet, locked; rows that another worker holds are passed over."""
	late = [
		one.name for one in triggers.read() if (one.kind, one.respondent) != (events.TICKET, events.REQUESTER)
	]
	if not late:
		return []
	row = frappe.qb.DocType("CX Survey Invitation")
	return (
		frappe.qb.from_(row)
		.select(*(row[field] for field in writer.FIELDS))
		.where(row.status == ledger.PENDING)
		.where(row.due_at <= rows_due_by)
		.where(row.trigger.isin(late))
		.where(row.slot == 0)
		.where((row.recipient.isnull()) | (row.recipient == ""))
		.orderby(row.due_at)
		.limit(batch)
		.for_update(skip_locked=True)
	).run(as_dict=True)


def expand(rows: list[frappe._dict]) -> int:
	"""Give each row its people: the first takes the row itself, the others get rows beside it. How many people.

	A row without anybody stays as it is: the deciding job writes down that there is no address.
	"""
	if not rows:
		return 0
	found = find(rows, {name: triggers.one(name) for name in {row.trigger for row in rows}})
	fresh, count = [], 0
	for row in rows:
		for slot in slots_of(row, found.get(row.name, ())):
			count += 1
			if slot["slot"]:
				fresh.append(slot)
			else:
				frappe.db.set_value(
					"CX Survey Invitation",
					row.name,
					{field: slot[field] for field in ("recipient", "respondent_key", "contact", "unit")},
				)
	writer.insert(fresh)
	return count


def slots_of(row: frappe._dict, people) -> list[dict]:
	"""The ledger rows of one event, one per person; the first has the name of the row that is there."""
	slots = []
	for slot, person in enumerate(people):
		slots.append(
			{
				**{field: row.get(field) for field in writer.FIELDS},
				"name": row.name if slot == 0 else name_of(row, slot),
				"slot": slot,
				"recipient": person.address,
				"respondent_key": ledger.address_key(person.address),
				"contact": person.contact,
				"unit": person.unit or row.unit,
			}
		)
	return slots


def name_of(row, slot: int) -> str:
	return ledger.row_name(
		row.event_doctype, row.event_name, row.occurrence or 0, row.trigger, slot, row.event_key
	)


def find(rows: list[frappe._dict], by_trigger: dict[str, frappe._dict]) -> dict[str, list[frappe._dict]]:
	"""The people of each row by its name: address, contact and unit, each address once, in order of address."""
	groups: dict[tuple, list] = defaultdict(list)
	for row in rows:
		trigger = by_trigger[row.trigger]
		groups[trigger.kind, trigger.respondent, tuple(sorted(trigger.roles))].append(row)
	found = {}
	for (kind, respondent, roles), group in groups.items():
		people = _path(kind, respondent)(group, roles)
		for row in group:
			found[row.name] = _each_once(people.get(row.name, ()))
	return found


def _each_once(people) -> list[frappe._dict]:
	by_address: dict[str, frappe._dict] = {}
	for person in people:
		if person.address:
			by_address.setdefault(person.address, person)
	return [by_address[address] for address in sorted(by_address)]


def _path(kind: str, respondent: str):
	paths = {
		(events.TICKET, events.CONTACT): _ticket_contacts,
		(events.VISIT, events.HOST): _hosts,
		(events.VISIT, events.PARTICIPANTS): _participants,
		(events.CONVERSATION, events.CONTACT): _conversation_contacts,
		(events.CONVERSATION, events.PARTICIPANTS): _participants,
		(events.INITIATIVE, events.AFFECTED): _affected,
		(events.VOICE, events.SOURCE): _sources,
	}
	if respondent == events.THAT_MATTER:
		return _that_matter
	return paths.get((kind, respondent), _nobody)


def _nobody(rows, roles) -> dict:
	return {}


def _person(address: str | None, contact: str | None = None, unit: str | None = None) -> frappe._dict:
	return frappe._dict(address=clean_address(address), contact=contact, unit=unit)


def addresses_of(contacts) -> dict[str, str]:
	"""The main mail address of contacts, in lower case."""
	contacts = sorted({contact for contact in contacts if contact})
	if not contacts:
		return {}
	rows = frappe.get_all("Contact", filters={"name": ["in", contacts]}, fields=["name", "email_id"])
	return {row.name: clean_address(row.email_id) for row in rows}


def _of_contacts(rows, contact_of: dict[str, str | None]) -> dict:
	"""One person per row, by the contact of the row's record."""
	addresses = addresses_of(contact_of.values())
	found = {}
	for row in rows:
		contact = contact_of.get(row.event_name)
		found[row.name] = [_person(addresses.get(contact), contact, row.unit)] if contact else []
	return found


def _values(doctype: str, rows, field: str) -> dict[str, str | None]:
	wanted = sorted({row.event_name for row in rows})
	found = frappe.get_all(doctype, filters={"name": ["in", wanted]}, fields=["name", field])
	return {str(one.name): one.get(field) for one in found}


def _ticket_contacts(rows, roles) -> dict:
	return _of_contacts(rows, _values(names.TICKET, rows, "contact"))


def _hosts(rows, roles) -> dict:
	return _of_contacts(rows, _values("CX Visit", rows, "host_contact"))


def _conversation_contacts(rows, roles) -> dict:
	return _of_contacts(rows, _values("CX Conversation", rows, "contact"))


def _sources(rows, roles) -> dict:
	return _of_contacts(rows, _values("CX Voice", rows, "contact"))


def _participants(rows, roles) -> dict:
	"""People of the business who were there."""
	found: dict[str, list] = defaultdict(list)
	for doctype, child in (
		("CX Visit", "CX Visit Person"),
		("CX Conversation", "CX Conversation Person"),
	):
		group = {row.event_name: row for row in rows if row.event_doctype == doctype}
		if not group:
			continue
		fields = ["parent", "contact", "email"] + (["stayed_away"] if doctype == "CX Visit" else [])
		people = frappe.get_all(
			child,
			filters={"parenttype": doctype, "parent": ["in", sorted(group)], "side": "Business"},
			fields=fields,
		)
		addresses = addresses_of(person.contact for person in people)
		for person in people:
			if not person.get("stayed_away"):
				row = group[person.parent]
				address = person.email or addresses.get(person.contact)
				found[row.name].append(_person(address, person.contact, row.unit))
	return found


def _affected(rows, roles) -> dict:
	"""Everybody of the units that an initiative changes, and of all units below them."""
	wanted = sorted({row.event_name for row in rows})
	units: dict[str, set] = defaultdict(set)
	for one in frappe.get_all(
		"CX Initiative Unit",
		filters={"parenttype": "CX Initiative", "parent": ["in", wanted]},
		fields=["parent", "unit"],
	):
		units[one.parent].add(one.unit)
	found = {}
	for row in rows:
		people = everyone_of(units.get(row.event_name) or {row.unit} - {None})
		found[row.name] = [_person(address, one.contact, one.unit) for address, one in people.items()]
	return found


def _that_matter(rows, roles) -> dict:
	"""The people named on the unit of the event; where nobody is, on the nearest unit above it that names some."""
	lines = {unit: [unit, *_upwards(unit)] for unit in {row.unit for row in rows if row.unit}}
	named: dict[str, list] = defaultdict(list)
	for person in named_on({unit for line in lines.values() for unit in line}, roles):
		named[person.unit].append(person)
	found = {}
	for row in rows:
		nearest = next((named[unit] for unit in lines.get(row.unit, ()) if named.get(unit)), [])
		found[row.name] = [_person(one.address, one.contact, one.unit) for one in nearest]
	return found


def _upwards(unit: str) -> list[str]:
	"""All units above one, the nearest first."""
	place = frappe.get_cached_value(UNIT, unit, ["lft", "rgt"], as_dict=True)
	if not place:
		return []
	return frappe.get_all(
		UNIT,
		filters={"lft": ["<", place.lft], "rgt": [">", place.rgt]},
		pluck="name",
		order_by="lft desc",
	)


def named_on(units, roles=()) -> list[frappe._dict]:
	"""People that matter, of these units and with one of these roles (all without): address, contact, unit."""
	filters = {"parenttype": UNIT, "parent": ["in", sorted(units) or [""]]}
	if roles:
		filters["role"] = ["in", sorted(roles)]
	rows = frappe.get_all("CX Unit Person", filters=filters, fields=["contact", "parent"], order_by="idx asc")
	addresses = addresses_of(row.contact for row in rows)
	return [
		_person(addresses.get(row.contact), row.contact, row.parent)
		for row in rows
		if addresses.get(row.contact)
	]


def below(units) -> list[str]:
	"""Units with all below them."""
	found = set()
	for place in frappe.get_all(UNIT, filters={"name": ["in", sorted(units) or [""]]}, fields=["lft", "rgt"]):
		found |= set(
			frappe.get_all(UNIT, filters={"lft": [">=", place.lft], "rgt": ["<=", place.rgt]}, pluck="name")
		)
	return sorted(found)


def everyone_of(units, roles=()) -> dict[str, frappe._dict]:
	"""People of these units and all below: who raised a ticket within a year, and who is named on a unit.

	roles: only people named with one of these. By address: contact and unit.
	"""
	branches = below(units)
	people: dict[str, frappe._dict] = {}
	if not roles:
		for row in requesters_of(branches, add_days(now_datetime(), -ACTIVE_DAYS)):
			if address := clean_address(row.raised_by):
				people.setdefault(address, frappe._dict(contact=row.contact, unit=row.cx_business_unit))
	for row in named_on(branches, roles):
		people.setdefault(row.address, frappe._dict(contact=row.contact, unit=row.unit))
	return people


def audience(trigger: frappe._dict) -> dict[str, frappe._dict]:
	"""Whom a schedule asks in the course of a period, by address: contact and unit."""
	units = trigger.filters.get(triggers.UNIT) or frappe.get_all(
		UNIT, filters={"parent_cx_business_unit": ["is", "not set"]}, pluck="name"
	)
	if trigger.respondent == events.THAT_MATTER:
		return {
			person.address: frappe._dict(contact=person.contact, unit=person.unit)
			for person in reversed(named_on(below(units), trigger.roles))
		}
	return everyone_of(units, trigger.roles)
