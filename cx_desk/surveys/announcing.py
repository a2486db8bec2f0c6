"""Tells the host's webhooks and notifications of invitations and answers, which are written without documents.

A job looks each minute for rows written since its last look, and only where somebody switched a webhook or notification
on. A row is told at least once; each state that it had at a look is told once. For notifications of the kind 'Value Change'
a row keeps a mark of what the watched fields held at its last look, from the first look on. What a confidential answer says goes to
nobody outside, and of no row does the hash of its link.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.host import announcing

DOCTYPES = ("CX Survey Invitation", "CX Survey Response")
MARK = "cx_announced"
# A transaction may commit rows some time after it wrote their moment, so each look reaches back a little.
OVERLAP = timedelta(minutes=2)
# Nobody is told of what is older than this: a hook that is switched on begins with what comes.
MOST_PAST = timedelta(minutes=30)
BATCH = 500

# What of a confidential answer stays inside, and of every invitation.
_WORDS = ("comment", "history", "contact", "respondent_key", "driver", "event_name", "machine_evidence")
_SECRETS = ("token_hash", "reminder_token_hash", "sealed_code", "announced", "reply_to")


def tell_changes() -> int:
	"""Tell of all that was written since the last look; how many rows. The caller commits."""
	on = announcing.wanted(DOCTYPES)
	watched = announcing.watched(DOCTYPES) if on else {}
	kept = json.loads(frappe.db.get_global(MARK) or "{}")
	now, told, marks = now_datetime(), 0, {}
	for doctype in DOCTYPES:
		if doctype not in on:
			continue
		mark = kept.get(doctype) or {}
		seen = mark.get("seen") or {}
		since = max(get_datetime(mark.get("at")) if mark else now, now - MOST_PAST)
		rows = _changed(doctype, since - OVERLAP if mark else since)
		for row in rows:
			if seen.get(row.name) != str(row.modified):
				new = row.name not in seen and row.creation > since - OVERLAP
				_tell(doctype, row.name, new, watched.get(doctype, ()))
				told += 1
		at = rows[-1].modified if len(rows) == BATCH else now
		marks[doctype] = {
			"at": str(at),
			"seen": {row.name: str(row.modified) for row in rows if row.modified > at - 2 * OVERLAP},
		}
	if marks or kept:
		frappe.db.set_global(MARK, json.dumps(marks))
	return told


def _changed(doctype: str, since: datetime) -> list[frappe._dict]:
	return frappe.get_all(
		doctype,
		filters={"modified": [">", since]},
		fields=["name", "creation", "modified"],
		order_by="modified asc",
		limit=BATCH,
	)


def _tell(doctype: str, name: str, new: bool, watched: Iterable[str]) -> None:
	try:
		doc = frappe.get_doc(doctype, name)
	except frappe.DoesNotExistError:
		return
	changed = _note(doc, watched)
	for field in _SECRETS:
		if doc.get(field):
			doc.set(field, None)
	confidential = (doc.get("privacy") or "Named") != "Named"
	if confidential:
		for field in _WORDS:
			doc.set(field, None)
		doc.set("answers", [])
	# A notification reads the record anew and would mail what was taken out here.
	announcing.tell(doc, new, notify=not confidential, changed=changed)


def _note(doc, watched: Iterable[str]) -> list[str]:
	"""Keep a mark of what the watched fields hold; those that held something else at the last look."""
	if not watched:
		return []
	marks = {field: _mark(doc, field) for field in sorted(set(watched))}
	kept = json.loads(doc.get("announced") or "{}")
	if marks != kept:
		frappe.db.set_value(doc.doctype, doc.name, "announced", json.dumps(marks), update_modified=False)
	return [field for field, mark in marks.items() if kept.get(field, mark) != mark]


def _mark(doc, field: str) -> str:
	# Enough to tell two values apart, and nothing that could be read back out of a long one.
	return hashlib.sha256(f"{doc.name}|{field}|{doc.get(field)}".encode()).hexdigest()[:8]
