"""Tickets of a unit as the reader may see them, and its counts by week for a comparison of before and after."""

from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, Max

from cx_desk.host.names import RESOLVED, TICKET


def open_of_unit(unit: str, limit: int) -> list[frappe._dict]:
	"""The unit's open tickets that the signed-in person may read, oldest first."""
	return frappe.get_list(
		TICKET,
		filters={"cx_business_unit": unit, "status_category": ("!=", RESOLVED), "is_merged": 0},
		fields=["name", "subject", "priority", "creation"],
		order_by="creation asc",
		limit=limit,
	)


def callers_of(unit: str, since: date, limit: int) -> dict[str, str]:
	"""Address -> name of those who raised the unit's latest tickets since a day, as far as the reader may read these."""
	addresses = frappe.get_list(
		TICKET,
		filters={
			"cx_business_unit": unit,
			"opening_date": (">=", since),
			"raised_by": ("is", "set"),
			"is_merged": 0,
		},
		pluck="raised_by",
		order_by="creation desc",
		limit=limit,
	)
	rows = frappe.get_all("Contact", {"email_id": ("in", addresses or [""])}, ["email_id", "full_name"])
	names = {row.email_id: row.full_name for row in rows}
	return {address: names.get(address) or address for address in dict.fromkeys(addresses)}


def weekly(
	units: Iterable[str], windows: Iterable[tuple[date, int]], ticket_type: str | None = None
) -> dict[str, list[list[int]]]:
	"""Unit -> for each window (first day, number of weeks) its tickets opened in each week. One query.

	Merged tickets are left out. Weeks without a ticket are 0.
	"""
	units, windows = list(units), list(windows)
	found = {unit: [[0] * weeks for _start, weeks in windows] for unit in units}
	if not units or not windows:
		return found
	ticket = frappe.qb.DocType(TICKET)
	within = None
	for start, weeks in windows:
		span = (ticket.opening_date >= start) & (ticket.opening_date < start + timedelta(weeks=weeks))
		within = span if within is None else within | span
	query = (
		frappe.qb.from_(ticket)
		.select(ticket.cx_business_unit, ticket.opening_date, Count("*"))
		.where(ticket.cx_business_unit.isin(units))
		.where(within)
		.where(ticket.is_merged == 0)
		.groupby(ticket.cx_business_unit, ticket.opening_date)
	)
	if ticket_type:
		query = query.where(ticket.ticket_type == ticket_type)
	for unit, day, count in query.run():
		for number, (start, weeks) in enumerate(windows):
			week = (day - start).days // 7
			if 0 <= week < weeks:
				found[unit][number][week] += count
	return found


def counts(units: Iterable[str], since: date, until: date) -> dict[str, int]:
	"""Unit -> tickets opened from `since` to `until`, both included; merged ones are left out. One query."""
	units = list(units)
	if not units:
		return {}
	ticket = frappe.qb.DocType(TICKET)
	query = (
		frappe.qb.from_(ticket)
		.select(ticket.cx_business_unit, Count("*"))
		.where(ticket.cx_business_unit.isin(units))
		.where(ticket.opening_date >= since)
		.where(ticket.opening_date <= until)
		.where(ticket.is_merged == 0)
		.groupby(ticket.cx_business_unit)
	)
	return dict(query.run())


def handlers(since: date, least: int, units: Iterable[str] | None = None) -> dict[str, dict[str, date]]:
	"""Unit -> those who had at least so many of its tickets assigned since a day, with the day of the last.

	How many is not given back: it is evidence that they handle them, no figure about a person.
	"""
	ticket = frappe.qb.DocType(TICKET)
	query = (
		frappe.qb.from_(ticket)
		.select(ticket.cx_business_unit, ticket._assign, Count("*"), Max(ticket.opening_date))
		.where(ticket.cx_business_unit.isnotnull())
		.where(ticket._assign.isnotnull())
		.where(ticket.opening_date >= since)
		.where(ticket.is_merged == 0)
		.groupby(ticket.cx_business_unit, ticket._assign)
	)
	if units is not None:
		query = query.where(ticket.cx_business_unit.isin(list(units) or [""]))
	seen: dict[tuple[str, str], list] = {}
	for unit, assigned, number, last in query.run():
		for user in frappe.parse_json(assigned or "[]"):
			row = seen.setdefault((unit, user), [0, last])
			row[0] += number
			row[1] = max(row[1], last)
	found: dict[str, dict[str, date]] = {}
	for (unit, user), (number, last) in seen.items():
		if number >= least:
			found.setdefault(unit, {})[user] = last
	return found
