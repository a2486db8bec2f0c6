"""Triggers ask on events of every kind: what was built in for visits becomes an ordinary trigger.

Until now a survey about visits asked every host by its own switch. Where one is on, a trigger that does the same is
made and switched on; questions that are under way stay as they are. Triggers get who answers and the audience under
its new name, and ledger rows the key of their ticket, as far as the ticket is still the one they are about.
"""

import frappe
from frappe.utils import now_datetime

from cx_desk.surveys import shipped, triggers

TRIGGER = "CX Survey Trigger"


def execute():
	frappe.db.set_value(TRIGGER, {"audience": "Everyone who raised a ticket"}, "audience", "Everyone")
	frappe.db.set_value(TRIGGER, {"respondent": ["is", "not set"]}, "respondent", "Requester")
	if not frappe.db.get_single_value("CX Settings", "unit_budget_days"):
		frappe.db.set_single_value("CX Settings", "unit_budget_days", 30)
	_keep_asking_hosts()
	_give_keys()
	triggers.forget()


def _keep_asking_hosts() -> None:
	"""The oldest survey about visits that is on asked the hosts: it goes on doing so."""
	surveys = frappe.get_all(
		"CX Survey", {"enabled": 1, "kind": "Visit"}, pluck="name", order_by="creation asc", limit=1
	)
	asked = frappe.db.exists(TRIGGER, {"event": ["in", ["Visit report shared", "Visit held"]], "enabled": 1})
	if not surveys or asked:
		return
	shipped.make_shipped_surveys()
	if not frappe.db.exists(TRIGGER, shipped.VISIT_TRIGGER):
		shipped.make_trigger(shipped.VISIT_TRIGGER)
	if frappe.db.exists(TRIGGER, shipped.VISIT_TRIGGER):
		frappe.db.set_value(
			TRIGGER,
			shipped.VISIT_TRIGGER,
			{"survey": surveys[0], "enabled": 1, "enabled_since": now_datetime()},
		)


def _give_keys() -> None:
	ticket = frappe.qb.DocType("HD Ticket")
	row = frappe.qb.DocType("CX Survey Invitation")
	(
		frappe.qb.update(row)
		.join(ticket)
		.on(ticket.name == row.event_name)
		.set(row.event_key, ticket.key)
		.where(row.event_doctype == "HD Ticket")
		.where(row.event_key.isnull())
		# A ticket that was raised after the event only has the number of the one it was about.
		.where(ticket.creation <= row.event_at)
	).run()
