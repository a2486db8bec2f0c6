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
