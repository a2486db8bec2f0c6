"""Which triggers are on, and which of them an event matches. Kept in the cache: a ticket's save reads them."""

import json

import frappe

from cx_desk.core import survey_events as events
from cx_desk.host import names

CACHE_KEY = "cx_survey_triggers"

FIELDS = (
	"name",
	"survey",
	"event",
	"reached_stage",
	"watched_date",
	"days_after",
	"every_months",
	"delay_hours",
	"sample_percent",
	"respondent",
	"audience",
	"conditions",
	"quota",
	"quota_per",
	"quota_days",
	"own_language",
	"enabled",
	"enabled_since",
)
UNIT, ROLE = "CX Business Unit", "Role"
EVERYONE = "Everyone"
DOCTYPES = {
	events.TICKET: names.TICKET,
	events.VISIT: "CX Visit",
	events.CONVERSATION: "CX Conversation",
	events.INITIATIVE: "CX Initiative",
	events.VOICE: "CX Voice",
}
KINDS = {doctype: kind for kind, doctype in DOCTYPES.items()}
# What the host's evaluation of filters can do; "Between" and the periods of the calendar it cannot.
OPERATORS = ("=", "!=", ">", "<", ">=", "<=", "like", "not like", "in", "not in", "is")


def active(kind: str | None = None) -> list[frappe._dict]:
	"""The triggers that are on and whose survey is on, as `read` gives them; those of one kind of record alone."""
	found = frappe.cache.get_value(CACHE_KEY, read) or []
	return found if kind is None else [one for one in found if one.kind == kind]


def read() -> list[frappe._dict]:
	"""The same, read from the database: for checks and jobs that must not rest on a cache."""
	surveys = set(frappe.get_all("CX Survey", filters={"enabled": 1}, pluck="name"))
	rows = frappe.get_all(
		"CX Survey Trigger", filters={"enabled": 1}, fields=list(FIELDS), order_by="name asc"
	)
	rows = [row for row in rows if row.survey in surveys]
	if not rows:
		return []
	filters = frappe.get_all(
		"CX Trigger Filter",
		filters={"parent": ["in", [row.name for row in rows]], "parenttype": "CX Survey Trigger"},
		fields=["parent", "kind", "value", "role"],
	)
	return [prepared(row, [one for one in filters if one.parent == row.name]) for row in rows]


def one(name: str) -> frappe._dict:
	"""A trigger as `read` gives it, whether it is on or not."""
	doc = frappe.get_doc("CX Survey Trigger", name)
	return of_document(doc)


def of_document(doc) -> frappe._dict:
	"""A trigger's document, saved or not, as `read` gives it."""
	row = frappe._dict({field: doc.get(field) for field in FIELDS})
	return prepared(row, doc.filters)


def prepared(row: frappe._dict, filters) -> frappe._dict:
	"""A trigger with its kind of record, the delay that holds for it, its filters by kind, roles and conditions."""
	row.kind = events.kind_of(row.event, row.watched_date)
	row.doctype = DOCTYPES.get(row.kind, "")
	row.respondent = row.respondent or events.RESPONDENTS_OF[row.kind][0]
	row.delay_hours = delay_of(row)
	row.conditions = read_conditions(row.conditions)
	row.dates = _dates_of(row.doctype, row.conditions)
	row.filters, row.roles = {}, []
	for entry in filters if row.audience != EVERYONE else ():
		if entry.kind == ROLE:
			row.roles.append(entry.role)
		else:
			row.filters.setdefault(entry.kind, []).append(entry.value)
	return row


def delay_of(trigger) -> float:
	"""Hours from the event to the question: the trigger's own, else those of CX Settings; a date is its own delay."""
	if trigger.event in (events.DATE_REACHED, events.ON_SCHEDULE):
		return 0
	return trigger.delay_hours or frappe.get_cached_doc("CX Settings").delay_hours or 0


def read_conditions(text) -> list[list]:
	"""The conditions as the host's filters: [doctype, field, operator, value]. ValueError on what is no such list."""
	rows = json.loads(text) if isinstance(text, str) and text.strip() else text or []
	if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) < 4 for row in rows):
		raise ValueError("conditions are a list of [doctype, field, operator, value]")
	return [row[:4] for row in rows]


def _dates_of(doctype: str, conditions: list[list]) -> list[str]:
	"""The dates and times among the fields of the conditions: the host takes an empty one for now."""
	if not conditions:
		return []
	meta = frappe.get_meta(doctype)
	fields = {name: meta.get_field(name) for _doctype, name, _operator, _value in conditions}
	return [
		name
		for name, field in fields.items()
		if field is None or field.fieldtype in ("Date", "Datetime", "Time")
	]


def fields_of(triggers) -> set[str]:
	"""The fields that the conditions of these triggers look at."""
	return {row[1] for trigger in triggers for row in trigger.conditions}


def forget() -> None:
	"""Drop the cached list now and again after the commit, so that no other process keeps the old one."""
	frappe.cache.delete_value(CACHE_KEY)
	frappe.db.after_commit.add(lambda: frappe.cache.delete_value(CACHE_KEY))


def matches(trigger: frappe._dict, values: dict[str, str | None], ancestors: set[str] | None = None) -> bool:
	"""Whether an event is in the trigger's audience.

	values: the event's value by kind of filter (unit, team, type, priority). Rows of one kind widen, rows of
	different kinds narrow. ancestors: the units with all above them, where they are known; a filter on a unit means
	its whole branch.
	"""
	if trigger.audience == EVERYONE:
		return True
	if not trigger.filters and not trigger.roles:
		return False
	for kind, wanted in trigger.filters.items():
		have = {values.get(kind)}
		if kind == UNIT:
			have |= ancestors or set()
		if not have & set(wanted):
			return False
	return True


def meets(trigger: frappe._dict, doc) -> bool:
	"""Whether a record meets the trigger's conditions. doc: the document, or a dict with the fields they look at."""
	conditions = trigger.conditions
	for row in trigger.dates or ():
		if not doc.get(row):
			mine = [one for one in conditions if one[1] == row]
			if any(operator not in ("!=", "not in", "is") for _doctype, _field, operator, _value in mine):
				return False
			conditions = [one for one in conditions if one[1] != row or one[2] == "is"]
	try:
		return not conditions or frappe.utils.evaluate_filters(doc, conditions)
	except (TypeError, ValueError):
		# An empty field is neither more nor less than anything.
		return False
