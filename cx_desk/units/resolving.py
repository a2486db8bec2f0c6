"""Looking up the unit of tickets that are there already, in batches, with progress."""

import frappe
from frappe import _
from frappe.utils import now

from cx_desk.core import mapping
from cx_desk.host import error_log
from cx_desk.host import tickets as host_tickets
from cx_desk.units.tickets import DECIDING_FIELDS, has_counts, move_counts, unit_for

PROGRESS_CACHE = "cx_desk_resolving"
JOB = "cx_resolve_units"
BATCH = 500

# With this many tickets or fewer the answer is there before the page has answered.
AT_ONCE = 200


def start(*, only_unassigned: bool = False) -> str:
	"""Queue the run; a second start while one is queued or running does nothing more. Returns the job's id."""
	if progress()["state"] != "running":
		_report("queued", 0, 0, 0)
	frappe.enqueue(
		"cx_desk.units.resolving.resolve_all",
		queue="long",
		timeout=3600,
		job_id=JOB,
		deduplicate=True,
		enqueue_after_commit=True,
		only_unassigned=only_unassigned,
	)
	return JOB


def resolve_all(only_unassigned: bool = False) -> dict:
	"""Give every ticket the unit that the mapping says today, except where somebody chose it by hand.

	Commits after each batch, so that a run that is stopped keeps what it did and the next one carries on.
	Tickets are written beside the host's save: their history, time stamps and mails are not touched.
	"""
	filters = (
		{"cx_unit_rule": mapping.UNASSIGNED} if only_unassigned else {"cx_unit_rule": ("!=", mapping.BY_HAND)}
	)
	total = host_tickets.count(filters)
	done = changed = 0
	known: dict[tuple, tuple[str, str]] = {}
	_report("running", 0, total, 0)
	try:
		for batch in host_tickets.in_batches(
			filters, (*DECIDING_FIELDS, "cx_business_unit", "cx_unit_rule"), BATCH
		):
			changed += resolve_batch(batch, known)
			done += len(batch)
			frappe.db.commit()  # allowed: a long run keeps each finished batch
			_report("running", done, total, changed)
	except Exception:
		frappe.db.rollback()
		error_log.log("CX Desk: looking up units")
		_report("failed", done, total, changed)
		raise
	return _report("done", done, total, changed)


def resolve_batch(rows: list, known: dict[tuple, tuple[str, str]] | None = None) -> int:
	"""Look up and write the units of some tickets; returns how many changed.

	`known` keeps answers for people and teams already looked up in this run.
	"""
	known = {} if known is None else known
	changed: dict[tuple[str, str], list[str]] = {}
	moved: list[str] = []
	for row in rows:
		key = tuple(row.get(field) or "" for field in DECIDING_FIELDS)
		if key not in known:
			known[key] = unit_for(row)
		if known[key] != (row.get("cx_business_unit"), row.get("cx_unit_rule")):
			changed.setdefault(known[key], []).append(row.name)
			if row.get("cx_business_unit") and known[key][0] != row.get("cx_business_unit"):
				moved.append(row.name)
	for (unit, rule), names in changed.items():
		host_tickets.write_unit(names, unit, rule)
	for name in has_counts(moved):
		move_counts(name)
	return sum(map(len, changed.values()))


def accept(kind: str, value: str, unit: str) -> dict:
	"""Make a mapping, then look up the tickets without a unit: at once when they are few, else in a job."""
	row = frappe.get_doc(
		{"doctype": "CX Unit Mapping", "kind": kind, "value": value, "unit": unit, "source": "Suggestion"}
	).insert()
	waiting = host_tickets.count({"cx_unit_rule": mapping.UNASSIGNED})
	if waiting > AT_ONCE:
		start(only_unassigned=True)
		return {"mapping": row.name, "changed": None, "message": _("Mapped. Tickets are being looked up.")}
	changed = 0
	for batch in host_tickets.in_batches(
		{"cx_unit_rule": mapping.UNASSIGNED}, (*DECIDING_FIELDS, "cx_business_unit", "cx_unit_rule"), BATCH
	):
		changed += resolve_batch(batch)
	return {
		"mapping": row.name,
		"changed": changed,
		"message": _("Mapped. {0} tickets moved.").format(changed),
	}


def progress() -> dict:
	"""State of the last run: 'none', 'queued', 'running', 'done' or 'failed', with counts and a sentence."""
	return frappe.cache.get_value(PROGRESS_CACHE) or {
		"state": "none",
		"done": 0,
		"total": 0,
		"changed": 0,
		"message": _("Not run yet."),
	}


def _report(state: str, done: int, total: int, changed: int) -> dict:
	messages = {
		"queued": _("Waiting for a free worker."),
		"running": _("{0} of {1} tickets looked at, {2} changed.").format(done, total, changed),
		"done": _("{0} tickets looked at, {1} changed.").format(done, changed),
		"failed": _("Stopped after {0} of {1} tickets; see the Error Log. Start it again to go on.").format(
			done, total
		),
	}
	report = {
		"state": state,
		"done": done,
		"total": total,
		"changed": changed,
		"message": messages[state],
		"at": now(),
	}
	frappe.cache.set_value(PROGRESS_CACHE, report, expires_in_sec=7 * 24 * 3600)
	return report
