"""How many survey answers name each reason of the one driver list, of those that the reader may read."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import frappe
from frappe.utils import add_days, getdate

RESPONSE = "CX Survey Response"
AT_ONCE = 1000


def may_be_read() -> bool:
	"""Whether the signed-in person reads survey answers at all."""
	return bool(frappe.has_permission(RESPONSE, "read"))


def named_in_answers(since: date | str, until: date | str, units: Iterable[str] | None = None) -> Counter:
	"""Reason -> answers that name it, about events from `since` to `until`, both included.

	An answer that ticks three reasons counts for each. Confidential answers leave in no report; suspected machines say
	nothing. Counts of our own records: they carry n and no interval.
	"""
	filters = [
		["driver", "is", "set"],
		["privacy", "!=", "Confidential"],
		["kind", "!=", "Suspected machine"],
		["event_day", ">=", getdate(since)],
		["event_day", "<", getdate(add_days(until, 1))],
	]
	if units is not None:
		filters.append(["unit", "in", list(units) or [""]])
	first = dict(frappe.get_list(RESPONSE, filters=filters, fields=["name", "driver"], limit=0, as_list=True))
	found: Counter = Counter()
	names = list(first)
	for start in range(0, len(names), AT_ONCE):
		part = names[start : start + AT_ONCE]
		ticked = {(name, first[name]) for name in part}
		ticked |= set(
			frappe.get_all(
				"CX Survey Answer",
				{
					"parenttype": RESPONSE,
					"parent": ("in", part),
					"question_type": "Driver",
					"value": ("is", "set"),
				},
				["parent", "value"],
				as_list=True,
			)
		)
		found.update(driver for _name, driver in ticked)
	return found
