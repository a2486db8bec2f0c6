"""Which unit a ticket belongs to: found on save with one query, kept with its rule, by hand wins."""

import frappe
from frappe import _

from cx_desk.core import mapping
from cx_desk.host.names import RESOLVED, TICKET
from cx_desk.host.people import is_staff
from cx_desk.units.mapping import fallback, find_match

# A ticket is looked up again when one of these changes; nothing else can change the answer.
DECIDING_FIELDS = ("raised_by", "contact", "customer", "agent_group")


def unit_for(doc) -> tuple[str, str]:
	"""The unit of a ticket by mapping, and the rule that found it. One query, warm.

	`doc` is a ticket document or a dict with raised_by, contact, customer and agent_group.
	"""
	match = find_match(
		address=doc.get("raised_by"),
		contact=doc.get("contact"),
		customer=doc.get("customer"),
		team=doc.get("agent_group"),
	)
	match = match or fallback()
	return match.unit, match.rule


def forget(doc) -> None:
	"""Clear our fields on a ticket that was copied from another: it has its own unit and its own endings."""
	doc.cx_business_unit = None
	doc.cx_unit_rule = None
	doc.cx_resolution_no = 0


def assign_unit(doc) -> None:
	"""Set unit and rule before a ticket is saved.

	A unit that somebody of the desk chose stays until it is cleared; customers cannot choose. Rule and number
	are ours: what a client sends for them is ignored.
	"""
	before = _before(doc)
	chosen, was = doc.get("cx_business_unit"), before and before.get("cx_business_unit")
	rule = before and before.get("cx_unit_rule")
	if chosen and (chosen != was or doc.flags.cx_unit_confirmed) and is_staff(frappe.session.user):
		rule = mapping.BY_HAND
	elif not _must_look_up(doc, before, chosen):
		chosen = was
	else:
		chosen, rule = unit_for(doc)
	doc.cx_business_unit, doc.cx_unit_rule = chosen, rule


def _must_look_up(doc, before, chosen) -> bool:
	if before is None or not before.get("cx_business_unit"):
		return True
	if not chosen and is_staff(frappe.session.user):
		return True
	if before.get("cx_unit_rule") == mapping.BY_HAND:
		return False
	return any((doc.get(field) or "") != (before.get(field) or "") for field in DECIDING_FIELDS)


def _before(doc):
	"""The ticket as it was stored; None for a new one, which a copy in memory may still carry of its original."""
	return None if doc.is_new() else doc.get_doc_before_save()


def count_resolution(doc) -> None:
	"""Raise the ticket's number of resolutions when its status goes to Resolved from another category."""
	before = _before(doc)
	number = (before.get("cx_resolution_no") if before else 0) or 0
	if before and _becomes_resolved(doc, before):
		number += 1
	doc.cx_resolution_no = number


def _becomes_resolved(doc, before) -> bool:
	return (
		doc.get("status_category") == RESOLVED
		and before.get("status_category") != RESOLVED
		and not doc.get("is_merged")
	)


def follow_correction(doc) -> None:
	"""After a save that changed the unit: move what was counted for the old one, in the background."""
	before = doc.get_doc_before_save()
	if not before or not before.get("cx_business_unit"):
		return
	if before.cx_business_unit != doc.cx_business_unit:
		queue_move(doc.name)


def queue_move(ticket: str) -> None:
	"""Queue the job that moves a ticket's ledger rows, responses and counts to its present unit.

	Queued only once the save is committed. With Redis down the save stands and `reconcile_moves` finds the
	ticket later by its rows.
	"""

	def enqueue() -> None:
		try:
			frappe.enqueue(
				"cx_desk.units.tickets.move_counts",
				queue="short",
				job_id=f"cx_move_unit::{ticket}",
				deduplicate=True,
				ticket=str(ticket),
			)
		except Exception:
			frappe.logger("cx_desk").warning(
				f"ticket {ticket}: the move of its counts waits for the next reconcile"
			)

	frappe.db.after_commit.add(enqueue)


def move_counts(ticket: str) -> None:
	"""Give a ticket's ledger rows, responses and rollup counts the ticket's present unit, in one transaction."""
	found = frappe.db.get_value(TICKET, ticket, ["cx_business_unit", "key"], as_dict=True)
	if found and found.cx_business_unit:
		from_surveys = frappe.get_attr("cx_desk.surveys.rollups.move_unit")
		from_surveys(TICKET, str(ticket), found.cx_business_unit, found.key)


def has_counts(tickets: list[str]) -> list[str]:
	"""Those of the tickets that have a ledger row, a response or a rating counted for their unit."""
	if not tickets:
		return []
	found: set[str] = set()
	for doctype in ("CX Survey Invitation", "CX Survey Response"):
		found.update(
			frappe.get_all(
				doctype,
				filters={"event_doctype": TICKET, "event_name": ("in", [str(name) for name in tickets])},
				pluck="event_name",
				distinct=True,
			)
		)
	return sorted(found)


def reconcile_moves(limit: int = 500) -> int:
	"""Move what a lost job left behind: ledger rows whose unit is no longer their ticket's. Returns how many."""
	row = frappe.qb.DocType("CX Survey Invitation")
	ticket = frappe.qb.DocType(TICKET)
	left_behind = (
		frappe.qb.from_(row)
		.join(ticket)
		.on(ticket.name == row.event_name)
		.select(row.event_name)
		.distinct()
		.where(row.event_doctype == TICKET)
		.where(ticket.cx_business_unit.isnotnull())
		.where((row.unit != ticket.cx_business_unit) | row.unit.isnull())
		# Not the rows of a deleted ticket that had this number before.
		.where(row.event_key.isnull() | ticket.key.isnull() | (row.event_key == ticket.key))
		.limit(limit)
	).run(pluck=True)
	for name in left_behind:
		move_counts(name)
	return len(left_behind)


def choose_unit(ticket: str, unit: str) -> tuple[str, str]:
	"""Set a ticket's unit by hand, or with '' let the mapping decide again; returns unit and rule.

	Saved through the host, so that its permission, history and live update apply.
	"""
	unit = mapping.clean_text(unit)
	if unit:
		known = frappe.db.get_value("CX Business Unit", unit, ["name", "disabled"], as_dict=True)
		if not known:
			frappe.throw(_("There is no unit called {0}. Choose one from the list.").format(unit))
		if known.disabled:
			frappe.throw(
				_("{0} is disabled and gets no new tickets. Choose another unit.").format(known.name)
			)
		unit = known.name
	doc = frappe.get_doc(TICKET, ticket)
	if unit and unit == doc.cx_business_unit and doc.cx_unit_rule != mapping.BY_HAND:
		# Choosing what the mapping said confirms it; the save alone would see no change.
		doc.flags.cx_unit_confirmed = True
	doc.cx_business_unit = unit or None
	doc.save()
	return doc.cx_business_unit, doc.cx_unit_rule
