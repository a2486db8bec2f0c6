"""Answers keep the key of their ticket, as ledger rows do: Helpdesk gives the number of a deleted last ticket again."""

import frappe

TICKET = "HD Ticket"


def execute() -> None:
	response = frappe.qb.DocType("CX Survey Response")
	row = frappe.qb.DocType("CX Survey Invitation")
	ticket = frappe.qb.DocType(TICKET)
	without = response.event_key.isnull() & (response.event_doctype == TICKET)
	# Under another name, for an update says only the column's and not the table's.
	known = frappe.qb.from_(row).select(row.name.as_("row"), row.event_key.as_("known_key")).as_("known")
	(
		frappe.qb.update(response)
		.join(known)
		.on(known.row == response.invitation)
		.set(response.event_key, known.known_key)
		.where(without)
	).run()
	(
		frappe.qb.update(response)
		.join(ticket)
		.on(ticket.name == response.event_name)
		.set(response.event_key, ticket.key)
		.where(without)
		# A ticket that was raised after the answer only has the number of the one it was about.
		.where(ticket.creation <= response.answered_at)
	).run()
