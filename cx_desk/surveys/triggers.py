"""Which triggers are on, and which of them an event matches. Kept in the cache: a ticket's save reads them."""

import frappe

CACHE_KEY = "cx_survey_triggers"


def active() -> list[frappe._dict]:
	"""The triggers that are on and whose survey is on, with their filters by kind and the delay that holds for them."""
	return frappe.cache.get_value(CACHE_KEY, read) or []


def read() -> list[frappe._dict]:
	"""The same, read from the database: for checks and jobs that must not rest on a cache."""
	surveys = set(frappe.get_all("CX Survey", filters={"enabled": 1}, pluck="name"))
	rows = frappe.get_all(
		"CX Survey Trigger",
		filters={"enabled": 1},
		fields=["name", "survey", "event", "delay_hours", "sample_percent", "audience", "enabled_since"],
		order_by="name asc",
	)
	rows = [row for row in rows if row.survey in surveys]
	if not rows:
		return []
	filters = frappe.get_all(
		"CX Trigger Filter",
		filters={"parent": ["in", [row.name for row in rows]], "parenttype": "CX Survey Trigger"},
		fields=["parent", "kind", "value"],
	)
	for row in rows:
		row.delay_hours = delay_of(row)
		row.filters = {}
		for entry in filters:
			if entry.parent == row.name:
				row.filters.setdefault(entry.kind, []).append(entry.value)
	return rows


def delay_of(trigger) -> float:
	"""Hours from the event to the question: the trigger's own, else those of CX Settings."""
	return trigger.delay_hours or frappe.get_cached_doc("CX Settings").delay_hours or 0


def forget() -> None:
	"""Drop the cached list now and again after the commit, so that no other process keeps the old one."""
	frappe.cache.delete_value(CACHE_KEY)
	frappe.db.after_commit.add(lambda: frappe.cache.delete_value(CACHE_KEY))


def matches(trigger: frappe._dict, values: dict[str, str | None], ancestors: set[str] | None = None) -> bool:
	"""Whether an event is in the trigger's audience.

	values: the event's value by kind of filter (unit, team, type, priority). Rows of one kind widen, rows of
	different kinds narrow. ancestors: the unit with all above it, where it is known; a filter on a unit means
	its whole branch.
	"""
	if trigger.audience == "Everyone who raised a ticket":
		return True
	if not trigger.filters:
		return False
	for kind, wanted in trigger.filters.items():
		have = {values.get(kind)}
		if kind == "CX Business Unit":
			have |= ancestors or set()
		if not have & set(wanted):
			return False
	return True
