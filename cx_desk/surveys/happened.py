"""What could have been asked about, found in the records themselves and not in the ledger.

Read by the reconcile job (what has no row gets one), by the ledger check (an account that does not rest on the
ledger), by the dry run, and in place of a hook for what no save announces: dates and schedules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import frappe
from frappe.utils import get_datetime, getdate

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.host import resolutions
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import records, respondents, triggers

SCHEDULE = "CX Survey Trigger"
_PAGE = 1000


@dataclass(frozen=True)
class Happened:
	"""One event that a trigger's audience covers. row: the ledger row (slot 0) that it has or should have.

	over_at: when it no longer held, as far as that is written down. resolution: of a ticket, with its facts.
	"""

	row: dict
	over_at: datetime | None = None
	resolution: resolutions.Resolution | None = None


def happened(trigger: frappe._dict, since, until) -> Iterator[list[Happened]]:
	"""The events of a trigger between two moments of the site's zone, in pages."""
	since, until = get_datetime(since), get_datetime(until)
	if trigger.event == events.TICKET_RESOLVED:
		yield from _tickets(trigger, since, until)
	elif trigger.event == events.ON_SCHEDULE:
		yield _slots(trigger, since, until)
	elif trigger.event == events.DATE_REACHED:
		yield _dates(trigger, since, until)
	else:
		yield _records(trigger, since, until)


def _tickets(trigger, since, until) -> Iterator[list[Happened]]:
	for page in resolutions.history(since, until, triggers.fields_of([trigger])):
		yield [
			Happened(row, one.over_at, one)
			for one in page
			for row in writer.resolution_rows(one.ticket, one.at, [trigger])
		]


def _slots(trigger, since: datetime, until: datetime) -> list[Happened]:
	found = []
	months = trigger.every_months or 6
	for address, person in respondents.audience(trigger).items():
		key = ledger.address_key(address)
		for period, day in events.slots_between(trigger.name, key, since.date(), until.date(), months):
			at = datetime.combine(day, time())
			if not since <= at <= until:
				continue
			found.append(
				Happened(
					{
						"name": ledger.row_name(SCHEDULE, trigger.name, period, key),
						"survey": trigger.survey,
						"trigger": trigger.name,
						"event_doctype": SCHEDULE,
						"event_name": trigger.name,
						"occurrence": period,
						"recipient": address,
						"respondent_key": key,
						"contact": person.contact,
						"unit": person.unit,
						"event_at": at,
						"due_at": at,
					}
				)
			)
	return found


def _dates(trigger, since: datetime, until: datetime) -> list[Happened]:
	"""Records whose day, so many days later or earlier, has come."""
	kind, field = events.DATES[trigger.watched_date]
	shift = timedelta(days=trigger.days_after or 0)
	state = records.STATE_FIELD[kind]
	docs = _read(
		trigger,
		[
			[field, ">=", since - shift - timedelta(days=1)],
			[field, "<=", until - shift],
			[state, "not in", events.CALLED_OFF],
		],
	)
	found = []
	for doc in docs:
		at = datetime.combine(getdate(doc.get(field)), time()) + shift
		if since <= at <= until:
			found += [Happened(row) for row in records.rows_of(doc, at, 0, [trigger])]
	return found


def _records(trigger, since: datetime, until: datetime) -> list[Happened]:
	if trigger.kind == events.INITIATIVE:
		return _stages(trigger, since, until)
	event = events.EVENTS[trigger.event]
	docs = _read(trigger, [["state", "in", event.holds], ["modified", ">=", since]])
	found = []
	for doc in docs:
		at = _when(trigger.event, doc)
		if at and since <= at <= until:
			number = records.occurrence(doc)
			found += [Happened(row) for row in records.rows_of(doc, at, number, [trigger])]
	return found


def _when(event: str, doc) -> datetime | None:
	fields = {
		events.VISIT_HELD: ("ended_at", "ends_on", "starts_on"),
		events.VISIT_SHARED: ("shared_at",),
		events.CONVERSATION_HELD: ("ends_on", "starts_on"),
		events.VOICE_TOLD: ("told_at",),
		events.VOICE_SETTLED: ("settled_at",),
	}[event]
	return next((get_datetime(doc.get(field)) for field in fields if doc.get(field)), None)


def _stages(trigger, since: datetime, until: datetime) -> list[Happened]:
	steps = frappe.get_all(
		"CX Initiative Step",
		filters={"parenttype": "CX Initiative", "to_stage": trigger.reached_stage},
		fields=["parent", "at"],
		order_by="at asc",
	)
	names = sorted({step.parent for step in steps if since <= get_datetime(step.at) <= until})
	docs = {doc.name: doc for doc in _read(trigger, [["name", "in", names or [""]]])}
	found, numbers = [], {}
	for step in steps:
		numbers[step.parent] = numbers.get(step.parent, 0) + 1
		at, doc = get_datetime(step.at), docs.get(step.parent)
		if doc and since <= at <= until:
			number = numbers[step.parent]
			found += [Happened(row) for row in records.rows_of(doc, at, number, [trigger])]
	return found


def _read(trigger, filters: list) -> list[frappe._dict]:
	"""Records of the trigger's kind as `records.rows_of` wants them."""
	fields = records.fields_of(trigger.kind, [trigger])
	if trigger.event == events.DATE_REACHED:
		fields = sorted({*fields, events.DATES[trigger.watched_date][1]})
	docs = frappe.get_all(trigger.doctype, filters=filters, fields=fields, order_by="name asc")
	units: dict[str, list] = {}
	if trigger.kind == events.INITIATIVE and docs:
		for row in frappe.get_all(
			"CX Initiative Unit",
			filters={"parenttype": "CX Initiative", "parent": ["in", [doc.name for doc in docs]]},
			fields=["parent", "unit"],
		):
			units.setdefault(row.parent, []).append(row)
	for doc in docs:
		doc.doctype, doc["units"] = trigger.doctype, units.get(doc.name, [])
	return docs
