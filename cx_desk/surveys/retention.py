"""How long words and rows are kept: comments are emptied with what repeats them, ledger rows deleted; counts stay."""

import frappe
from frappe.utils import add_months, now_datetime

from cx_desk.core import ledger, voice

_CHUNK = 1000
_OVER = (voice.SETTLED, voice.TOLD)


def apply() -> tuple[int, int]:
	"""Empty old comments and delete old ledger rows, as CX Settings say; how many of each."""
	settings = frappe.get_cached_doc("CX Settings")
	return empty_comments(settings.comment_months), delete_ledger(settings.ledger_months)


def empty_comments(months: int) -> int:
	"""Empty the words of answers older than so many months, history included; 0 keeps them."""
	if not months:
		return 0
	before, count = add_months(now_datetime(), -months), 0
	_empty_voices(before)
	while True:
		names = frappe.get_all(
			"CX Survey Response",
			filters={"answered_at": ["<", before]},
			or_filters=[["comment", "is", "set"], ["history", "is", "set"]],
			pluck="name",
			limit=_CHUNK,
		)
		if not names:
			return count
		frappe.db.set_value(
			"CX Survey Response",
			{"name": ["in", names]},
			{"comment": None, "history": None, "machine_evidence": None},
			update_modified=False,
		)
		frappe.db.set_value(
			"CX Survey Answer",
			{"parent": ["in", names], "question_type": "Text"},
			"value",
			None,
			update_modified=False,
		)
		frappe.db.commit()  # allowed: a chunk of a long job
		count += len(names)


def _empty_voices(before) -> None:
	"""A voice of an answer repeats its words. Where it is over the words go, with their versions; what was done stays."""
	gone = frappe._("The words were removed: they are kept for a limited time only.")
	voices = frappe.get_all(
		"CX Voice",
		filters={
			"creation": ["<", before],
			"state": ["in", _OVER],
			"confidential": 0,
			"statement": ["!=", gone],
		},
		or_filters=[["response", "is", "set"], ["origin", "like", "anonymous:%"]],
		pluck="name",
	)
	if not voices:
		return
	frappe.db.set_value("CX Voice", {"name": ["in", voices]}, "statement", gone, update_modified=False)
	frappe.db.set_value(
		"CX Voice Step",
		{"parent": ["in", voices], "to_state": ["in", ["Contested", "Settled"]]},
		"note",
		None,
		update_modified=False,
	)
	frappe.db.delete("Version", {"ref_doctype": "CX Voice", "docname": ["in", voices]})


def delete_ledger(months: int) -> int:
	"""Delete ledger rows older than so many months, open ones excepted; 0 keeps them."""
	if not months:
		return 0
	before, count = add_months(now_datetime(), -months), 0
	while True:
		names = frappe.get_all(
			"CX Survey Invitation",
			filters={"event_at": ["<", before], "status": ["not in", [ledger.PENDING, ledger.QUEUED]]},
			pluck="name",
			limit=_CHUNK,
		)
		if not names:
			return count
		frappe.db.delete("CX Survey Invitation", {"name": ["in", names]})
		frappe.db.commit()  # allowed: a chunk of a long job
		count += len(names)
