"""Counts of tickets by unit: how many came by day, how many of the highest priority, how many kept their service level.

Merged tickets are left out; what a person sees of tickets is decided elsewhere, these are counts of whole units.
"""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.query_builder.functions import Count, Date, Max

from cx_desk.host.names import PRIORITY, RESOLVED, TICKET

MET, MISSED = "Fulfilled", "Failed"


def by_day(since: date, until: date, priority: str | None = None) -> dict[tuple[str, date], int]:
	"""(unit, day) -> tickets opened from `since` to `until`, both included; of one priority, where given."""
	ticket = frappe.qb.DocType(TICKET)
	query = (
		frappe.qb.from_(ticket)
		.select(ticket.cx_business_unit, ticket.opening_date, Count("*"))
		.where(ticket.cx_business_unit.isnotnull())
		.where(ticket.opening_date >= since)
		.where(ticket.opening_date <= until)
		.where(ticket.is_merged == 0)
		.groupby(ticket.cx_business_unit, ticket.opening_date)
	)
	if priority:
		query = query.where(ticket.priority == priority)
	return {(row[0], row[1]): row[2] for row in query.run()}


def highest_priority() -> str | None:
	"""The priority that the host ranks first: the lowest number, disabled ones left out."""
	filters = {"integer_value": (">", 0)}
	if frappe.get_meta(PRIORITY).has_field("disabled"):
		filters["disabled"] = 0
	rows = frappe.get_all(PRIORITY, filters=filters, order_by="integer_value asc", pluck="name", limit=1)
	return rows[0] if rows else None


def service_levels(
	since: date, until: date, units: Iterable[str] | None = None
) -> dict[str, tuple[int, int, date]]:
	"""Unit -> (met, met and missed, day of the newest) of tickets resolved in a period, both ends included.

	Tickets that the host closed by itself have no resolution date and say "Paused": they are unknown, not met.
	"""
	ticket = frappe.qb.DocType(TICKET)
	query = (
		frappe.qb.from_(ticket)
		.select(
			ticket.cx_business_unit,
			ticket.agreement_status,
			Count("*"),
			Date(Max(ticket.resolution_date)),
		)
		.where(ticket.cx_business_unit.isnotnull())
		.where(ticket.status_category == RESOLVED)
		.where(ticket.agreement_status.isin([MET, MISSED]))
		.where(ticket.resolution_date >= f"{since} 00:00:00")
		.where(ticket.resolution_date <= f"{until} 23:59:59.999999")
		.where(ticket.is_merged == 0)
		.groupby(ticket.cx_business_unit, ticket.agreement_status)
	)
	if units is not None:
		query = query.where(ticket.cx_business_unit.isin(list(units) or [""]))
	found: dict[str, tuple[int, int, date]] = {}
	for unit, status, count, newest in query.run():
		met, n, day = found.get(unit, (0, 0, newest))
		found[unit] = (met + (count if status == MET else 0), n + count, max(day, newest))
	return found
