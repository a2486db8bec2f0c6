"""Does the ledger account for every event? Eligible by the host's own records, against what the rows say."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.surveys import happened, rollups, triggers
from cx_desk.surveys.reconcile import LOOK_BACK

_EXAMPLES = 20
ROW_FIELDS = (
	*("status", "reason", "event_doctype", "event_name", "event_key", "occurrence", "slot"),
	*("email_queue", "wave"),
)


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
	since = _since(trigger)
	have: dict[tuple[str, str], int] = {}
	for page in rollups.pages(
		"CX Survey Invitation",
		["name", *ROW_FIELDS],
		{"trigger": ["=", trigger.name], "event_at": [">=", since]},
	):
		for row in page:
			account.statuses[row.status] += 1
			if row.status in (ledger.SUPPRESSED, ledger.WITHDRAWN):
				account.reasons[row.reason or "?"] += 1
			# Further people of one event have further slots: the event is accounted for by the first.
			if not row.slot:
				account.rows += 1
				key = _record(row)
				have[key] = have.get(key, 0) + 1
		account.doubtful += _doubtful(page)
	wanted = eligible_events(trigger, since)
	_join_older(have, wanted)
	account.eligible = sum(wanted.values())
	for (name, key), count in wanted.items():
		if have.get((name, key), 0) < count:
			account.missing.append(f"{name}: {count} events, {have.get((name, key), 0)} rows")
	for (name, key), count in have.items():
		if (name, key) not in wanted:
			# The record was deleted or left the audience since: it was eligible when it happened.
			account.eligible += count
		elif count > wanted[name, key]:
			account.surplus.append(f"{name}: {count} rows, {wanted[name, key]} events")
	return account


def _since(trigger) -> datetime:
	"""From when on everything must be there: since the trigger is on, and the ledger is whole."""
	since = get_datetime(trigger.enabled_since)
	if first := rollups.first_whole_day():
		since = max(since, get_datetime(first))
	if trigger.event == events.ON_SCHEDULE:
		# Who belongs to a unit changes; what is due is looked for over the same days by the reconcile job.
		since = max(since, now_datetime() - LOOK_BACK)
	return since


def _join_older(have: dict, wanted: dict) -> None:
	"""Rows from before keys were kept count for the record that has the name now."""
	keys = {name: (name, key) for name, key in wanted}
	for name, key in list(have):
		if not key and name in keys and keys[name] != (name, key):
			have[keys[name]] = have.get(keys[name], 0) + have.pop((name, key))


def eligible_events(trigger, since) -> dict[tuple[str, str], int]:
	"""How many events of the audience each record had since then, by the records themselves; keys as in the ledger."""
	wanted: Counter = Counter()
	for page in happened.happened(trigger, since, now_datetime()):
		wanted.update(_record(one.row) for one in page)
	return dict(wanted)


def _record(row: dict) -> tuple[str, str]:
	"""What a row is about, as it is counted: a record told apart by its key; of a schedule each row by itself."""
	if row["event_doctype"] == happened.SCHEDULE:
		return row["name"], ""
	return row["event_name"], row.get("event_key") or ""


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
