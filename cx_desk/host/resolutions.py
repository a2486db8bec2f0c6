"""Resolutions as the host's own records show them, for reconciling and for an independent count."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.utils import get_datetime

from cx_desk.host.names import RESOLVED, TICKET
from cx_desk.host.tickets import FACTS

_PAGE = 1000
# The host writes changes down as people read them: only these kinds of field can be taken back from there.
_READABLE = ("Link", "Data", "Select", "Small Text", "Dynamic Link")


@dataclass(frozen=True)
class Resolution:
	"""One resolution of a ticket. ticket: its fields as they were then. over_at: when it was opened again.

	merged_at, rated_at: when it was merged, or rated on the portal; None where it was not. types: later changes of its
	type, each with its moment.
	"""

	ticket: frappe._dict
	at: datetime
	over_at: datetime | None = None
	merged_at: datetime | None = None
	rated_at: datetime | None = None
	types: tuple[tuple[datetime, str | None], ...] = ()

	def type_at(self, moment: datetime) -> str | None:
		"""The ticket's type at a moment after it was resolved."""
		return next(
			(to for when, to in reversed(self.types) if when <= moment), self.ticket.get("ticket_type")
		)


def resolved_at(ticket):
	"""When a ticket was last resolved. Auto-close leaves no time of its own: then the last change counts."""
	return ticket.resolution_date or ticket.modified


def history(since, until, fields: Iterable[str] = ()) -> Iterator[list[Resolution]]:
	"""Every resolution between two moments, in pages, by the host's own record of changes.

	A ticket that was resolved, opened and resolved again comes twice. fields: more of the ticket than `FACTS`. What was
	changed later is taken back as far as the host wrote it down: a ticket moved to another team after it was closed
	comes with the team that closed it. Resolutions from before the app counted them are numbered from 1.
	"""
	columns = sorted({*FACTS, *fields})
	plain = _readable(columns)
	after = ""
	while True:
		page = frappe.get_all(
			TICKET,
			filters=[["modified", ">=", since], ["name", ">", after]],
			or_filters=[["status_category", "=", RESOLVED], ["cx_resolution_no", ">", 0]],
			fields=columns,
			order_by="name asc",
			limit=_PAGE,
		)
		if not page:
			return
		after = page[-1].name
		changes = _changes([str(ticket.name) for ticket in page])
		found = []
		for ticket in page:
			found += _resolutions(ticket, changes.get(str(ticket.name), ()), plain, since)
		yield [one for one in found if get_datetime(since) <= one.at <= get_datetime(until)]


def _readable(columns: list[str]) -> set[str]:
	meta = frappe.get_meta(TICKET)
	return {name for name in columns if (field := meta.get_field(name)) and field.fieldtype in _READABLE}


def _changes(tickets: list[str]) -> dict[str, list[tuple[datetime, dict]]]:
	"""For each ticket its changes in order of time: the moment, and (old, new) by field."""
	rows = frappe.get_all(
		"Version",
		filters={"ref_doctype": TICKET, "docname": ["in", tickets]},
		fields=["docname", "creation", "data"],
		order_by="creation asc",
	)
	found = defaultdict(list)
	for row in rows:
		changed = {field: (old, new) for field, old, new in json.loads(row.data or "{}").get("changed", ())}
		if changed:
			found[row.docname].append((row.creation, changed))
	return found


def _unrecorded(ticket: frappe._dict, count: int, recorded: list[datetime], since) -> list[Resolution]:
	"""Resolutions that were counted on a ticket raised since then, and that the host's record of changes lacks.

	They are over: each was followed by another, or the ticket is open.
	"""
	if count < 1 or get_datetime(ticket.creation) < get_datetime(since):
		return []
	at = recorded[0] if recorded else get_datetime(ticket.modified)
	then = [
		frappe._dict(ticket, cx_resolution_no=number, status_category=RESOLVED)
		for number in range(1, count + 1)
	]
	return [Resolution(one, at, over_at=at) for one in then]


def _resolutions(ticket: frappe._dict, changes, plain: set[str], since) -> list[Resolution]:
	moves = [(at, changed["status_category"][1]) for at, changed in changes if "status_category" in changed]
	merged_at = next((at for at, changed in changes if "is_merged" in changed), None)
	rated_at = next((at for at, changed in reversed(changes) if "feedback_rating" in changed), None)
	resolved = [at for at, to in moves if to == RESOLVED]
	born_resolved = (moves and changes and _before(changes) == RESOLVED) or (
		not moves and ticket.status_category == RESOLVED
	)
	if born_resolved:
		# Closed as it was made, or the host's record of the change is gone.
		first = ticket.creation if moves else resolved_at(ticket)
		resolved.insert(0, get_datetime(first))
	last = ticket.cx_resolution_no or len(resolved)
	found = _unrecorded(ticket, last - len(resolved), resolved, since)
	for number, at in enumerate(resolved, start=last - len(resolved) + 1):
		if number < 1 or (merged_at and at >= merged_at):
			continue
		then = frappe._dict(ticket, cx_resolution_no=number)
		for when, changed in reversed(changes):
			if when <= at:
				break
			then.update({field: old for field, (old, _new) in changed.items() if field in plain})
		then.status_category = RESOLVED
		over_at = next((when for when, to in moves if when > at and to != RESOLVED), None)
		rated = rated_at or (at if ticket.feedback_rating else None)
		types = tuple(
			(when, changed["ticket_type"][1])
			for when, changed in changes
			if when > at and "ticket_type" in changed
		)
		found.append(
			Resolution(then, at, over_at, merged_at, rated if ticket.feedback_rating else None, types)
		)
	return found


def _before(changes) -> str | None:
	"""The category before the first change of it that was written down."""
	return next(changed["status_category"][0] for _at, changed in changes if "status_category" in changed)
