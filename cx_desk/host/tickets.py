"""Reading tickets: plain facts, without loading documents."""

from collections.abc import Iterable

import frappe

from cx_desk.host.names import TICKET

FACTS = (
	"name",
	"subject",
	"status",
	"status_category",
	"raised_by",
	"contact",
	"customer",
	"agent_group",
	"ticket_type",
	"priority",
	"sla",
	"agreement_status",
	"resolution_date",
	"feedback_rating",
	"is_merged",
	"merged_with",
	"ticket_split_from",
	"via_customer_portal",
	"opening_date",
	"opening_time",
	"creation",
	"modified",
	"owner",
	"_assign",
	"cx_business_unit",
	"cx_unit_rule",
	"cx_resolution_no",
)


def facts(tickets: Iterable[str]) -> dict[str, frappe._dict]:
	"""Facts of tickets by name, as the columns of `FACTS`; deleted tickets are left out. One query."""
	wanted = sorted({str(ticket) for ticket in tickets if ticket})
	if not wanted:
		return {}
	rows = frappe.get_all(TICKET, filters={"name": ("in", wanted)}, fields=list(FACTS))
	return {str(row.name): row for row in rows}


def service_calendar(ticket: str | None = None):
	"""Working hours and holidays that hold for a ticket, as `core.calendar.ServiceCalendar`."""
	from cx_desk.host.service_calendar import service_calendar as of_ticket

	return of_ticket(ticket)
