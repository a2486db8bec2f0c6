"""The host of a visit rates it on four words, through the same ledger and invitations as everybody else.

The survey's own switch is the switch: while a survey of the kind Visit is on, the host is asked once, a day after the
report was shared. Holds, opt-outs, the cooldown and the yearly budget apply as always.
"""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from cx_desk.core import ledger
from cx_desk.surveys import ledger as writer

VISIT = "CX Visit"
# The first day belongs to the report itself.
DELAY = timedelta(hours=24)


def record_shared(doc) -> None:
	"""Write the ledger row of a visit whose report was just shared; sharing again, or saving twice, changes nothing."""
	before = doc.get_doc_before_save()
	if doc.state != "Shared" or not doc.host_email or (before and before.state == "Shared"):
		return
	survey = survey_that_is_on()
	if not survey:
		return
	address = ledger.normal_address(doc.host_email)
	now = now_datetime()
	writer.insert(
		[
			{
				"name": ledger.row_name(VISIT, doc.name, 0, survey),
				"survey": survey,
				"trigger": ledger.BY_HAND,
				"event_doctype": VISIT,
				"event_name": doc.name,
				"recipient": address,
				"respondent_key": ledger.address_key(address),
				"contact": doc.host_contact,
				"unit": doc.unit,
				"event_at": now,
				"due_at": now + DELAY,
			}
		]
	)


def survey_that_is_on() -> str | None:
	"""The oldest survey about visits that is switched on."""
	rows = frappe.get_all(
		"CX Survey", {"enabled": 1, "kind": "Visit"}, pluck="name", order_by="creation asc", limit=1
	)
	return rows[0] if rows else None
