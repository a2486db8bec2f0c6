"""What became of mails that are out: delivered, failed, withdrawn, expired."""

from collections import Counter

import frappe
from frappe.utils import now_datetime

from cx_desk.core import ledger
from cx_desk.host import mail, names, tickets
from cx_desk.surveys import decide, rollups

_BATCH = 500
# The part of the host's error that says what happened stands at its end.
_LONGEST_ERROR = 500
OPEN_STATUSES = (ledger.QUEUED, ledger.SENT)
FIELDS = (
	"name",
	"status",
	"is_test",
	"queued_at",
	"survey",
	"survey_version",
	"unit",
	"team",
	"email_queue",
	"event_doctype",
	"event_name",
	"occurrence",
	"sent_at",
)


def follow() -> Counter:
	"""Copy the state of queued mails into the ledger, for the host clears its queue after a month."""
	outcome = Counter()
	for page in rollups.pages(
		"CX Survey Invitation",
		list(FIELDS),
		{"status": ["in", [ledger.QUEUED, ledger.FAILED, ledger.ANSWERED]], "sent_at": ["is", "not set"]},
		_BATCH,
	):
		outcome.update(_follow(page))
		frappe.db.commit()  # allowed: a page of the ledger is a transaction
	return outcome


def _follow(page: list[frappe._dict]) -> Counter:
	found = mail.delivery([row.email_queue for row in page if row.email_queue])
	outcome, before, after, updates = Counter(), Counter(), Counter(), {}
	for row in page:
		state = found.get(row.email_queue)
		if not state:
			continue
		values = _values(row, state)
		if not values:
			continue
		updates[row.name] = values
		outcome[values.get("status", row.status)] += 1
		before.update(rollups.asked_count(row))
		after.update(rollups.asked_count({**row, **values}))
	decide.write(updates)
	rollups.post(before, after)
	return outcome


def _values(row: frappe._dict, state: frappe._dict) -> dict:
	if state.status == "Sent":
		status = row.status if row.status == ledger.ANSWERED else ledger.SENT
		return {"status": status, "sent_at": state.modified, "delivery": state.status}
	if state.status == "Error" and row.status == ledger.QUEUED:
		return {"status": ledger.FAILED, "delivery": (state.error or state.status)[-_LONGEST_ERROR:]}
	if state.status in ("Not Sent", "Sending") and row.status == ledger.FAILED:
		return {"status": ledger.QUEUED, "delivery": state.status}
	return {}


def expire() -> int:
	"""Close links whose time is over; how many."""
	count = 0
	for page in rollups.pages(
		"CX Survey Invitation",
		["name"],
		{"status": ["in", [*OPEN_STATUSES, ledger.FAILED]], "expires_at": ["<", now_datetime()]},
		_BATCH,
	):
		decide.write({row.name: {"status": ledger.EXPIRED} for row in page})
		count += len(page)
	return count


def withdraw_reopened(statuses=OPEN_STATUSES) -> int:
	"""Take back questions about tickets that were opened again: out of the queue, and the link closes.

	The page looks at the ticket as well when it is opened, so that nothing depends on how often this runs.
	"""
	count = 0
	for page in rollups.pages(
		"CX Survey Invitation",
		list(FIELDS),
		{"status": ["in", list(statuses)], "event_doctype": ["=", names.TICKET], "is_test": ["=", 0]},
		_BATCH,
	):
		facts = tickets.facts(row.event_name for row in page)
		changed = []
		for row in page:
			ticket = facts.get(row.event_name)
			if ticket is None or not decide.is_still_resolved(ticket, row.occurrence):
				changed.append(row)
		for row in changed:
			_withdraw(row)
		count += len(changed)
	return count


def _withdraw(row: frappe._dict) -> None:
	current = frappe.db.get_value("CX Survey Invitation", row.name, "status", for_update=True)
	# Answered in the meantime: the answer stands.
	if current not in OPEN_STATUSES:
		return
	unsent = bool(row.email_queue) and mail.withdraw(row.email_queue)
	values = {"status": ledger.WITHDRAWN, "reason": "Reopened"}
	if unsent:
		# Never reached anybody: it uses up no budget.
		values |= {"queued_at": None, "delivery": "Taken out of the queue"}
	before = rollups.asked_count(row)
	frappe.db.set_value("CX Survey Invitation", row.name, values)
	rollups.post(before, {})
