"""Invitations that came back: the ledger row fails with its reason, and a dead address is asked no more.

Two ways lead here: the host's error of sending (delivery.follow) and a delivery report in the mailbox, which the host
would take for a letter of somebody (host.incoming asks `claim_report` first).
"""

from email.message import Message

import frappe
from frappe.utils import now_datetime

from cx_desk.core import bounces, ledger

INVITATION = "CX Survey Invitation"
FIELDS = (
	"name",
	"status",
	"is_test",
	"queued_at",
	"survey",
	"survey_version",
	"sent_at",
	"unit",
	"team",
	"recipient",
	"contact",
)


def claim_report(mail: Message) -> tuple[str, str] | None:
	"""Note a delivery report about an invitation; doctype and name of the row it belongs to, None for all other mails.

	A report names the Message-ID of the mail that came back, which only its reader and the mail servers know. The
	same report twice changes nothing.
	"""
	found = bounces.read_report(mail)
	if not found:
		return None
	row = _row_of(found)
	if row is None:
		return None
	note(row, found)
	return INVITATION, row.name


def _row_of(found: bounces.Bounce) -> frappe._dict | None:
	for message_id in found.message_ids[:20]:
		name = frappe.db.get_value(INVITATION, {"message_id": message_id})
		# A reminder has a Message-ID of its own, and the ledger keeps the last one.
		name = name or frappe.db.get_value(
			"Email Queue", {"message_id": message_id, "reference_doctype": INVITATION}, "reference_name"
		)
		row = name and frappe.db.get_value(INVITATION, name, list(FIELDS), as_dict=True, for_update=True)
		if row:
			return row
	return None


def note(row: frappe._dict, found: bounces.Bounce) -> None:
	"""Mark a ledger row as failed with its reason; an answer that came in the meantime stands."""
	if row.status in (ledger.QUEUED, ledger.SENT):
		values = {
			"status": ledger.FAILED,
			"reason": found.why,
			"delivery": found.detail or found.why,
			# It did go out, else it could not have come back: the queue has nothing more to tell of it.
			"sent_at": row.sent_at or now_datetime(),
		}
		frappe.db.set_value(INVITATION, row.name, values)
		# Every worker loads this module and asks it about every mail; few mails come back.
		from cx_desk.surveys import rollups

		rollups.post(rollups.asked_count(row), rollups.asked_count({**row, **values}))
	if found.dead and not row.is_test:
		note_dead(row.recipient, row.contact, found)


def note_dead(address: str | None, contact: str | None, found: bounces.Bounce) -> None:
	"""Remember of an address that nobody reads it. It is asked no more for a year, or until the mark is taken off."""
	if not address:
		return
	from cx_desk.surveys import people

	doc = people.preference(address)
	frappe.db.set_value(
		"CX Contact Preference",
		doc.name,
		{
			"undeliverable_at": now_datetime(),
			"undeliverable_why": f"{found.why}: {found.detail}"[:140],
			"contact": doc.contact or (contact if contact and frappe.db.exists("Contact", contact) else None),
		},
	)
