"""What screens ask of voices: thin doors with types and a permission check, each to one use case."""

import frappe
from frappe import _

from cx_desk.core import voice as machine
from cx_desk.units import told, voices


@frappe.whitelist(methods=["POST"])
def they_said(
	ticket: str,
	statement: str,
	who: str | None = None,
	done: str | None = None,
	kind: str = machine.SAID,
	due: str | None = None,
) -> dict:
	"""Hear a sentence from a ticket: what, who said it, and what was done at once, if anything.

	who: a mail address, a contact's name or any name; empty is the requester; "Seen" when it was not said. done: the
	outcome; the voice is then Done already and waits for the message back. due: the day of a promise. Needs to read the ticket and be staff.
	"""
	from cx_desk.host.names import TICKET
	from cx_desk.host.people import is_staff

	frappe.has_permission(TICKET, "read", str(ticket), throw=True)
	frappe.has_permission(voices.VOICE, "create", throw=True)
	if not is_staff(frappe.session.user):
		frappe.throw(_("Only people of the desk can note what was said."), frappe.PermissionError)
	name = voices.hear(
		kind, statement, ticket=str(ticket), due_at=voices.day_of(due), **voices.source_of(who)
	)
	if (done or "").strip():
		voices.move(name, machine.OWNED)
		voices.move(name, machine.DONE, outcome=done)
	doc = frappe.get_doc(voices.VOICE, name)
	return {
		"name": name,
		"state": doc.state,
		"owner_name": frappe.utils.get_fullname(doc.responsible),
		"due_at": str(doc.due_at),
		"message": told.heard_message(doc),
	}


@frappe.whitelist(methods=["POST"])
def move(
	voice: str,
	to: str,
	key: str | None = None,
	note: str | None = None,
	outcome: str | None = None,
	decline_reason: str | None = None,
	message_back: str | None = None,
) -> dict:
	"""Take one step with a voice. Needs to write the voice; a blocked step is refused with the reason."""
	frappe.has_permission(voices.VOICE, "write", voice, throw=True)
	return voices.move(
		voice,
		to,
		key=key,
		note=note,
		outcome=outcome,
		decline_reason=decline_reason,
		message_back=message_back,
	)


@frappe.whitelist()
def told_and_settled_card(filters: str | dict | list | None = None) -> dict:
	"""The number card: told and settled over 13 weeks with its n, for the rows that the reader may see."""
	frappe.has_permission(voices.VOICE, "read", throw=True)
	return {
		# As HTML: the host's widget hands the formatted value to jQuery, which takes plain words for a selector.
		"value": f"<span>{frappe.utils.escape_html(told.labelled(told.headline(told.figure())))}</span>",
		"fieldtype": "Data",
		"route": ["query-report", "Told and Settled"],
		"route_options": {},
	}


@frappe.whitelist()
def overdue_card(filters: str | dict | list | None = None) -> dict:
	"""The number card: voices whose due time has passed while it is the desk's turn."""
	frappe.has_permission(voices.VOICE, "read", throw=True)
	return _card(told.overdue_filters())


@frappe.whitelist()
def new_low_answers_card(filters: str | dict | list | None = None) -> dict:
	"""The number card: low answers and "not solved" that nobody has taken on yet."""
	frappe.has_permission(voices.VOICE, "read", throw=True)
	return _card(told.new_low_filters())


@frappe.whitelist()
def open_promises_card(filters: str | dict | list | None = None) -> dict:
	"""The number card: promises that are not kept, told and settled yet."""
	frappe.has_permission(voices.VOICE, "read", throw=True)
	return _card(told.open_promise_filters())


def _card(filters: dict) -> dict:
	return {
		"value": told.count(filters),
		"fieldtype": "Int",
		"route": ["List", voices.VOICE, "List"],
		"route_options": filters,
	}
