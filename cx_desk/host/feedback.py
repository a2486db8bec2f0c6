"""Helpdesk's own feedback: whether it asks, and what a person already said there."""

import frappe

from cx_desk.host.names import SETTINGS, TICKET


def host_asks(ticket) -> bool:
	"""Whether Helpdesk itself mails a feedback request for this ticket: its switch is on and it came by mail."""
	if ticket.get("via_customer_portal"):
		return False
	return bool(frappe.get_cached_value(SETTINGS, SETTINGS, "enable_email_ticket_feedback"))


def rating(ticket: str) -> frappe._dict | None:
	"""value (0 to 1, as the host keeps it) and words of the rating on a ticket."""
	row = frappe.db.get_value(TICKET, ticket, ["feedback_rating", "feedback_extra"], as_dict=True)
	return row and frappe._dict(value=row.feedback_rating or 0, words=row.feedback_extra or "")


def count_ratings() -> int:
	"""How many tickets carry a rating."""
	return frappe.db.count(TICKET, {"feedback_rating": [">", 0]})


def ratings_in_batches(size: int):
	"""Every rated ticket, a batch at a time, by number: rating (0 to 1), words, and whose ticket it is."""
	after = 0
	while True:
		ticket = frappe.qb.DocType(TICKET)
		rows = (
			frappe.qb.from_(ticket)
			.select(
				ticket.name,
				ticket.feedback_rating.as_("rating"),
				ticket.feedback_extra.as_("words"),
				ticket.raised_by,
				ticket.contact,
				ticket.agent_group,
				ticket.cx_business_unit,
				ticket.agreement_status,
				ticket.resolution_date,
				ticket.modified,
			)
			.where(ticket.feedback_rating > 0)
			.where(ticket.name > after)
			.orderby(ticket.name)
			.limit(size)
		).run(as_dict=True)
		if not rows:
			return
		for row in rows:
			row.words = row.words or ""
		yield rows
		after = rows[-1].name
