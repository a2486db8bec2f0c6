"""What became of mails that are out: delivered, failed, withdrawn, expired."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import now_datetime

from cx_desk.core import bounces as reports
from cx_desk.core import ledger, survey_policy
from cx_desk.host import mail
from cx_desk.surveys import bounces, decide, rollups

_BATCH = 500
# The mark of a reminder whose fate is not known yet.
REMINDER_QUEUED, REMINDER_SENT = "Reminder queued", "Reminder sent"
OPEN_STATUSES = (ledger.QUEUED, ledger.SENT)
BY_HAND = "Taken back by hand"
_LONGEST_WORDS = 500
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
	"sent_at",
	"wave",
	"recipient",
	"contact",
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
	for page in rollups.pages(
		"CX Survey Invitation",
		list(FIELDS),
		{"status": ["=", ledger.SENT], "wave": ["=", 1], "delivery": ["=", REMINDER_QUEUED]},
		_BATCH,
	):
		_follow_reminders(page)
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
		if values.get("status") == ledger.FAILED and (bounce := reports.read_error(state.error)).dead:
			bounces.note_dead(row.recipient, row.contact, bounce)
		outcome[values.get("status", row.status)] += 1
		before.update(rollups.asked_count(row))
		after.update(rollups.asked_count({**row, **values}))
	decide.write(updates)
	rollups.post(before, after)
	return outcome


def _values(row: frappe._dict, state: frappe._dict) -> dict:
	if state.status == "Sent":
		status = row.status if row.status == ledger.ANSWERED else ledger.SENT
		return {"status": status, "reason": None, "sent_at": state.modified, "delivery": state.status}
	if state.status == "Error" and row.status == ledger.QUEUED:
		found = reports.read_error(state.error)
		return {"status": ledger.FAILED, "reason": found.why, "delivery": found.detail or state.status}
	if state.status in ("Not Sent", "Sending") and row.status == ledger.FAILED:
		return {"status": ledger.QUEUED, "reason": None, "delivery": state.status}
	return {}


def _follow_reminders(page: list[frappe._dict]) -> None:
	"""A reminder that fails takes the question with it: its link reaches nobody."""
	found = mail.delivery([row.email_queue for row in page if row.email_queue])
	sent = {}
	for row in page:
		state = found.get(row.email_queue)
		# Cleared by the host: it was sent, or its error is forgotten.
		if state is None or state.status == "Sent":
			sent[row.name] = {"delivery": REMINDER_SENT}
		elif state.status == "Error":
			bounces.note(row, reports.read_error(state.error))
	decide.write(sent)


def expire() -> int:
	"""Close links whose time is over; how many. A question whose mail failed was never asked and stays as it is."""
	count = 0
	for page in rollups.pages(
		"CX Survey Invitation",
		["name"],
		{"status": ["in", list(OPEN_STATUSES)], "expires_at": ["<", now_datetime()]},
		_BATCH,
	):
		decide.write({row.name: {"status": ledger.EXPIRED} for row in page})
		count += len(page)
	return count


def withdraw_changed(statuses=OPEN_STATUSES) -> int:
	"""Take back questions about what is not so any more: a ticket opened again, an event deleted, merged or called off.

	Out of the queue where the mail waits there, and the link closes. The page looks at a ticket as well when it is
	opened, so that nothing depends on how often this runs. How many were taken back.
	"""
	now, count = now_datetime(), 0
	for page in rollups.pages(
		"CX Survey Invitation",
		list(dict.fromkeys((*FIELDS, *decide.ROW_FIELDS))),
		{"status": ["in", list(statuses)], "is_test": ["=", 0]},
		_BATCH,
	):
		facts_of = decide.Loader(page, now)
		for row in page:
			facts = facts_of(row)
			if not facts.exists:
				count += _withdraw(row, survey_policy.GONE)
			elif facts.merged:
				count += _withdraw(row, survey_policy.MERGED)
			elif not facts.still_resolved:
				count += _withdraw(row, survey_policy.REOPENED)
	return count


def withdraw_by_hand(name: str, why: str) -> None:
	"""Take one question back with a reason in words; the person's link then leads to the closed page.

	frappe.ValidationError without a reason, or where there is nothing to take back any more.
	"""
	why = " ".join((why or "").split())
	if not why:
		frappe.throw(_("Say why in a few words: the ledger keeps the reason."))
	row = frappe.db.get_value("CX Survey Invitation", name, list(FIELDS), as_dict=True, for_update=True)
	if row is None:
		frappe.throw(_("This question is gone."))
	if row.status not in (ledger.PENDING, *OPEN_STATUSES, ledger.FAILED):
		frappe.throw(
			_("Nothing to take back: this question is {0} already.").format(_(row.status)),
			title=_("Not taken back"),
		)
	_withdraw(row, BY_HAND, why)


def _withdraw(row: frappe._dict, reason: str, words: str = "") -> int:
	current = frappe.db.get_value("CX Survey Invitation", row.name, "status", for_update=True)
	# Answered in the meantime: the answer stands.
	if current != row.status or not ledger.may_move(current, ledger.WITHDRAWN):
		return 0
	unsent = bool(row.email_queue) and mail.withdraw(row.email_queue)
	values = {"status": ledger.WITHDRAWN, "reason": reason}
	if current == ledger.PENDING:
		values |= {"decided_at": now_datetime()}
	elif unsent and not row.wave:
		# Never reached anybody: it uses up no budget.
		values |= {"queued_at": None, "delivery": "Taken out of the queue"}
	elif unsent:
		values |= {"reminded_at": None, "delivery": "Reminder taken out of the queue"}
	if words:
		values["delivery"] = words[:_LONGEST_WORDS]
	before = rollups.asked_count(row)
	frappe.db.set_value("CX Survey Invitation", row.name, values)
	rollups.post(before, {})
	return 1
