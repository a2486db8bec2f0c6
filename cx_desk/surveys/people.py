"""What the deciding job needs to know of the people it might ask, for many at once."""

from collections import Counter
from datetime import datetime, timedelta

import frappe
from frappe.query_builder.functions import Count, Max
from frappe.utils import now_datetime

from cx_desk.core import ledger
from cx_desk.host import mail, people

# A mail that came back keeps an address from being asked for so long; people return, and mailboxes are mended.
DEAD_FOR = timedelta(days=365)


def facts_by_address(addresses: set[str], now: datetime) -> dict[str, frappe._dict]:
	"""For each address (lower case): contact, known, staff, opted_out, undeliverable, asked_at, asked_in_year, settled_at, language.

	A fixed number of queries, however many addresses.
	"""
	addresses = {address for address in addresses if address}
	facts = {
		address: frappe._dict(
			contact=None,
			known=False,
			staff=False,
			opted_out=False,
			undeliverable=False,
			asked_at=None,
			asked_in_year=0,
			settled_at=None,
			language=None,
		)
		for address in addresses
	}
	if not facts:
		return facts
	wanted = sorted(addresses)
	for row in frappe.get_all(
		"Contact Email",
		filters={"email_id": ["in", wanted], "parenttype": "Contact"},
		fields=["email_id", "parent"],
		order_by="is_primary asc",
	):
		if entry := facts.get(row.email_id.lower()):
			entry.contact, entry.known = row.parent, True
	for row in frappe.get_all(
		"User", filters={"email": ["in", wanted], "enabled": 1}, fields=["email", "language"]
	):
		if entry := facts.get(row.email.lower()):
			entry.known, entry.language = True, row.language
	_mark_unsubscribed_contacts(facts)
	for address in people.staff_addresses(wanted):
		facts[address].staff = True
	for address in mail.globally_unsubscribed(wanted):
		if address in facts:
			facts[address].opted_out = True
	_add_own_records(facts, now)
	_add_settled(facts)
	return facts


def _mark_unsubscribed_contacts(facts: dict[str, frappe._dict]) -> None:
	contacts = {entry.contact: entry for entry in facts.values() if entry.contact}
	if not contacts:
		return
	for name in frappe.get_all(
		"Contact", filters={"name": ["in", list(contacts)], "unsubscribed": 1}, pluck="name"
	):
		contacts[name].opted_out = True


def _add_own_records(facts: dict[str, frappe._dict], now: datetime) -> None:
	by_key = {ledger.address_key(address): entry for address, entry in facts.items()}
	for known in frappe.get_all(
		"CX Contact Preference",
		filters={"address_hash": ["in", list(by_key)]},
		fields=["address_hash", "opted_out", "undeliverable_at"],
	):
		entry = by_key[known.address_hash]
		entry.opted_out = entry.opted_out or bool(known.opted_out)
		entry.undeliverable = bool(known.undeliverable_at and known.undeliverable_at > now - DEAD_FOR)
	row = frappe.qb.DocType("CX Survey Invitation")
	asked = (
		frappe.qb.from_(row)
		.select(
			row.respondent_key,
			Count("*").as_("times"),
			Max(row.queued_at).as_("last"),
			Count(row.reminded_at).as_("reminders"),
			Max(row.reminded_at).as_("last_reminder"),
		)
		.where(row.respondent_key.isin(list(by_key)))
		.where(row.queued_at >= now - timedelta(days=365))
		.where(row.status.isin(ledger.ASKED))
		.where(row.is_test == 0)
		.groupby(row.respondent_key)
	).run(as_dict=True)
	for found in asked:
		by_key[found.respondent_key].update(
			asked_at=max(found.last, found.last_reminder or found.last),
			asked_in_year=found.times + found.reminders,
		)


def limited_units(units: set[str]) -> set[str]:
	"""Those of the units for which a budget is in force: all of them, or those with one of their own."""
	if not units:
		return set()
	if frappe.get_cached_doc("CX Settings").unit_budget:
		return set(units)
	return set(
		frappe.get_all(
			"CX Business Unit",
			filters={"name": ["in", sorted(units)], "survey_budget": [">", 0]},
			pluck="name",
		)
	)


def claim_units(units: set[str]) -> set[str]:
	"""Those of the units that no other worker is deciding about now; see `claim`."""
	if not units:
		return set()
	return _lock_free("CX Business Unit", "name", units)


def _lock_free(doctype: str, column: str, values) -> set[str]:
	"""Those of the values whose rows nobody holds; they are ours until the transaction ends."""
	table = frappe.qb.DocType(doctype)
	rows = (
		frappe.qb.from_(table)
		.select(table[column])
		.where(table[column].isin(sorted(values)))
		.orderby(table[column])
		.for_update(skip_locked=True)
	).run()
	return {row[0] for row in rows}


def asked_by_unit(units: set[str], since: datetime) -> Counter:
	"""How many mails that ask went to the people of each unit since then, reminders among them."""
	if not units:
		return Counter()
	row = frappe.qb.DocType("CX Survey Invitation")
	found = Counter()
	for moment in (row.queued_at, row.reminded_at):
		rows = (
			frappe.qb.from_(row)
			.select(row.unit, Count("*"))
			.where(row.unit.isin(sorted(units)))
			.where(moment >= since)
			.where(row.status.isin(ledger.ASKED))
			.where(row.is_test == 0)
			.groupby(row.unit)
		).run()
		found.update(dict(rows))
	return found


def answered_by_unit(trigger: frappe._dict, since: datetime) -> Counter:
	"""Answers to a trigger's questions since then, by unit; anonymous ones by the month in which they were asked."""
	if frappe.get_cached_value("CX Survey", trigger.survey, "privacy") == "Anonymous":
		rows = frappe.get_all(
			"CX Anonymous Response",
			filters={"survey": trigger.survey, "creation": [">=", since.date().replace(day=1)]},
			fields=["unit", "count(name) as answers"],
			group_by="unit",
		)
	else:
		rows = frappe.get_all(
			"CX Survey Invitation",
			filters={"trigger": trigger.name, "answered_at": [">=", since], "is_test": 0},
			fields=["unit", "count(name) as answers"],
			group_by="unit",
		)
	return Counter({row.unit: row.answers for row in rows})


def _add_settled(facts: dict[str, frappe._dict]) -> None:
	voice = frappe.qb.DocType("CX Voice")
	rows = (
		frappe.qb.from_(voice)
		.select(voice.source_email, Max(voice.settled_at).as_("settled_at"))
		.where(voice.source_email.isin(sorted(facts)))
		.where(voice.kind.isin(("Low answer", "Not solved")))
		.where(voice.state == "Settled")
		.groupby(voice.source_email)
	).run(as_dict=True)
	for row in rows:
		if entry := facts.get((row.source_email or "").lower()):
			entry.settled_at = row.settled_at


def preference(address: str):
	"""The preference record of an address, made where there is none; locked until the transaction ends."""
	key = ledger.address_key(address)
	make_preferences({address})
	name = frappe.db.get_value("CX Contact Preference", {"address_hash": key}, "name", for_update=True)
	return frappe.get_doc("CX Contact Preference", name)


def make_preferences(addresses: set[str]) -> None:
	"""One preference record per address, where there is none yet."""
	keys = {ledger.address_key(address): address for address in addresses if address}
	if not keys:
		return
	known = set(
		frappe.get_all(
			"CX Contact Preference", filters={"address_hash": ["in", list(keys)]}, pluck="address_hash"
		)
	)
	now = now_datetime()
	rows = [(key[:20], now, now, "Administrator", "Administrator", key) for key in sorted(set(keys) - known)]
	if rows:
		frappe.db.bulk_insert(
			"CX Contact Preference",
			["name", "creation", "modified", "owner", "modified_by", "address_hash"],
			rows,
			ignore_duplicates=True,
		)


def claim(addresses: set[str]) -> set[str]:
	"""Those of the addresses that no other worker is deciding about now; they stay ours until the transaction ends.

	Two rows of one person may be due in two workers at once; both asking would break the cooldown. Their
	preference records are locked without waiting, and whoever does not get one leaves the row for the next turn.
	Only locking reads: the transaction's snapshot must not be older than the locks (make the records before).
	"""
	keys = {ledger.address_key(address): address for address in addresses if address}
	if not keys:
		return set()
	return {keys[key] for key in _lock_free("CX Contact Preference", "address_hash", keys)}
