"""What surveys hold about a ticket, as columns of the query that reads it."""

import frappe
from frappe.query_builder.functions import Count

from cx_desk.host.names import TICKET

COLUMNS = {"asked": "CX Survey Invitation", "answered": "CX Survey Response"}


def columns(ticket) -> list:
	"""How many rows of each kind stand under a ticket's number, under the names of `COLUMNS`; ticket: a term."""
	return [_rows(doctype, ticket).as_(name) for name, doctype in COLUMNS.items()]


def _rows(doctype: str, ticket):
	table = frappe.qb.DocType(doctype)
	return (
		frappe.qb.from_(table)
		.select(Count("*"))
		.where(table.event_doctype == TICKET)
		.where(table.event_name == ticket)
	)
