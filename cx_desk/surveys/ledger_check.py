"""Does the ledger account for every event? Eligible by the host's own records, against what the rows say."""

from collections import Counter
from dataclasses import dataclass, field

import frappe
from frappe.utils import get_datetime

from cx_desk.core import ledger
from cx_desk.host import resolutions
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import rollups, triggers

_EXAMPLES = 20


@dataclass
class Account:
	"""One trigger's account. missing: eligible events without a row. doubtful: mails that do not fit their row."""

	trigger: str
	eligible: int = 0
	rows: int = 0
	statuses: Counter = field(default_factory=Counter)
	reasons: Counter = field(default_factory=Counter)
	missing: list[str] = field(default_factory=list)
	surplus: list[str] = field(default_factory=list)
	doubtful: list[str] = field(default_factory=list)

	@property
	def difference(self) -> int:
		"""Eligible events minus ledger rows."""
		return self.eligible - self.rows

	@property
	def clean(self) -> bool:
		return not (self.difference or self.missing or self.surplus or self.doubtful)


def examine() -> list[Account]:
	"""An account for each trigger that is on."""
	return [_account(trigger) for trigger in triggers.read()]


def _account(trigger) -> Account:
	account = Account(trigger.name)
	since = get_datetime(trigger.enabled_since)
	if first := rollups.first_whole_day():
		since = max(since, get_datetime(first))
	have: dict[str, int] = {}
	for page in rollups.pages(
		"CX Survey Invitation",
		["status", "reason", "event_name", "occurrence", "email_queue", "wave"],
		{"trigger": ["=", trigger.name], "event_at": [">=", since]},
	):
		for row in page:
			account.rows += 1
			account.statuses[row.status] += 1
			if row.status in (ledger.SUPPRESSED, ledger.WITHDRAWN):
				account.reasons[row.reason or "?"] += 1
			have[row.event_name] = have.get(row.event_name, 0) + 1
		account.doubtful += _doubtful(page)
	wanted = eligible_events(trigger, since)
	account.eligible = sum(wanted.values())
	for name, count in wanted.items():
		if have.get(name, 0) < count:
			account.missing.append(f"{name}: {count} resolutions, {have.get(name, 0)} rows")
	for name, count in have.items():
		if name not in wanted:
			# The ticket was deleted or left the audience since: it was eligible when it was resolved.
			account.eligible += count
		elif count > wanted.get(name, 0):
			account.surplus.append(f"{name}: {count} rows, {wanted.get(name, 0)} resolutions")
	return account


def eligible_events(trigger, since) -> dict[str, int]:
	"""How many resolutions each ticket of the audience had since then, by the host's own records.

	A ticket raised since then: its number of resolutions. An older one: the changes that the host wrote down.
	"""
	wanted: dict[str, int] = {}
	older = []
	for page in resolutions.resolved_since(since):
		for ticket in page:
			if not writer.resolution_rows(ticket, get_datetime(ticket.modified), [trigger]):
				continue
			if get_datetime(ticket.creation) >= since:
				wanted[str(ticket.name)] = ticket.cx_resolution_no
			else:
				older.append(str(ticket.name))
	wanted.update(resolutions.count_moves(older, since))
	return wanted


def _doubtful(page) -> list[str]:
	"""Rows whose mails do not fit: more than one mail per wave, or a status without a mail."""
	rows = {row.name: row for row in page if row.status not in (ledger.PENDING, ledger.SUPPRESSED)}
	if not rows:
		return []
	mails = Counter(
		frappe.get_all(
			"Email Queue",
			filters={"reference_doctype": "CX Survey Invitation", "reference_name": ["in", list(rows)]},
			pluck="reference_name",
			limit_page_length=0,
		)
	)
	found = [
		f"{name}: {count} mails for wave {rows[name].wave or 0}"
		for name, count in mails.items()
		if count > 1 + (rows[name].wave or 0)
	]
	found += [
		f"{row.name}: {row.status} without a mail"
		for row in rows.values()
		if row.status in (ledger.QUEUED, ledger.SENT, ledger.FAILED) and not row.email_queue
	]
	return found


def examples(lines: list[str]) -> list[str]:
	"""The first lines, and how many more there are."""
	more = len(lines) - _EXAMPLES
	return lines[:_EXAMPLES] + ([f"... and {more} more"] if more > 0 else [])
