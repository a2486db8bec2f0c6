"""The ledger's states as data, the name of a row, and what a row may become.

Every event that could be asked about leaves one row per trigger and respondent slot. A row starts as Pending and
ends in exactly one of the other states; nothing ever deletes a row before its retention is over.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

PENDING, SUPPRESSED, WITHDRAWN = "Pending", "Suppressed", "Withdrawn"
QUEUED, SENT, FAILED = "Queued", "Sent", "Failed"
ANSWERED, EXPIRED = "Answered", "Expired"

STATUSES = (PENDING, SUPPRESSED, WITHDRAWN, QUEUED, SENT, FAILED, ANSWERED, EXPIRED)

# From each status to those that may follow. Withdrawn and Expired are final: a late answer is refused.
MOVES: dict[str, tuple[str, ...]] = {
	PENDING: (SUPPRESSED, WITHDRAWN, QUEUED),
	SUPPRESSED: (),
	WITHDRAWN: (),
	# An answer can arrive before the copy of the delivery does.
	QUEUED: (SENT, FAILED, WITHDRAWN, ANSWERED, EXPIRED),
	# A mail server takes a mail, and says an hour later that nobody is there.
	SENT: (FAILED, ANSWERED, WITHDRAWN, EXPIRED),
	# The host can be told to try a failed mail again.
	FAILED: (QUEUED, SENT, WITHDRAWN, ANSWERED, EXPIRED),
	ANSWERED: (),
	EXPIRED: (),
}

# A person whom a mail went to, whatever came of it later.
ASKED = (QUEUED, SENT, ANSWERED, EXPIRED, WITHDRAWN)
# A link of these opens the form.
OPEN = (QUEUED, SENT, FAILED, ANSWERED)

# In the place of a trigger's name: somebody asked outright, on a screen or through the API.
BY_HAND, BY_API = "By hand", "By API"
OUTRIGHT = (BY_HAND, BY_API)


def may_move(current: str, to: str) -> bool:
	"""Whether a row in the one status may enter the other. ValueError on an unknown status."""
	if current not in MOVES or to not in MOVES:
		raise ValueError(f"unknown ledger status: {current!r} to {to!r}")
	return to in MOVES[current]


def row_name(
	event_doctype: str, event_name: str, occurrence: int, trigger: str, slot: int = 0, key: str | None = ""
) -> str:
	"""The name of the ledger row of one event, trigger and respondent slot: the same event, the same row.

	trigger: the trigger's name, or for a question asked outright BY_HAND and something unique to it. key: what tells
	two records of one name apart, where names are given again: Helpdesk gives the number of a deleted last ticket to
	the next one. Without a key the name is as it was before keys were part of it.
	"""
	parts = [event_doctype, str(event_name), str(int(occurrence)), trigger, str(int(slot))]
	if key:
		parts.append(str(key))
	# Lengths in front keep ("a", "bc") and ("ab", "c") apart.
	text = "|".join(f"{len(part)}:{part}" for part in parts)
	return hashlib.sha256(text.encode()).hexdigest()[:40]


def is_same_record(row_key: str | None, record_key: str | None) -> bool:
	"""Whether a ledger row and a record that now has the event's name are about the same thing.

	Rows from before keys were kept, and records without one, are taken at their name.
	"""
	return not row_key or not record_key or str(row_key) == str(record_key)


def normal_address(address: str | None) -> str:
	"""A mail address as it is compared: without blanks around it, in lower case; empty where there is none."""
	return (address or "").strip().lower()


def address_key(address: str | None) -> str:
	"""The hash that stands for a mail address in records which must not hold it; empty without an address."""
	address = normal_address(address)
	return hashlib.sha256(address.encode()).hexdigest() if address else ""


def token_hash(token: str) -> str:
	"""What is kept of a link's token."""
	return hashlib.sha256(token.encode()).hexdigest()


def due_at(event_at: datetime, delay_hours: float) -> datetime:
	"""When the question about an event is due. ValueError on a negative delay."""
	if not 0 <= delay_hours < 24 * 365:
		raise ValueError(f"a delay lies between 0 hours and a year; got {delay_hours!r}")
	return event_at + timedelta(hours=delay_hours)


def known_agreement(status: str | None) -> str:
	"""The SLA's outcome at resolution: Fulfilled, Failed, or empty where the host does not know (decisions A6)."""
	return status if status in ("Fulfilled", "Failed") else ""
