"""Raise a ticket in the host on behalf of a person of the business."""

import frappe

from cx_desk.host.names import TICKET

LONGEST_SUBJECT = 120


def raise_ticket(
	text: str,
	raised_by: str,
	note: str = "",
	ticket_type: str | None = None,
	team: str | None = None,
) -> str:
	"""A new ticket with the person's words; its name. The signed-in person must be allowed to create tickets."""
	subject = " ".join(text.split())
	doc = frappe.new_doc(TICKET)
	doc.subject = (
		subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
	)
	body = "<p>" + frappe.utils.escape_html(text).replace("\n", "<br>") + "</p>"
	if note:
		body += f"<p>{frappe.utils.escape_html(note)}</p>"
	doc.description = body
	doc.raised_by = raised_by
	if ticket_type:
		doc.ticket_type = ticket_type
	if team:
		doc.agent_group = team
	doc.insert()
	return str(doc.name)
