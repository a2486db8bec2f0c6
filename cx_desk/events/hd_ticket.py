"""HD Ticket: unit and number of resolutions before the save, the ledger row after it."""

from cx_desk.events.guard import guarded, one_statement, reads_only
from cx_desk.surveys import ledger
from cx_desk.units import tickets


@guarded(writes=reads_only)
def before_insert(doc, method=None):
	"""Helpdesk's split copies the parent with all its columns."""
	if doc.get("ticket_split_from"):
		tickets.forget(doc)


@guarded(writes=reads_only)
def before_validate(doc, method=None):
	"""Auto-close runs only this, on_update and on_change."""
	tickets.count_resolution(doc)
	tickets.assign_unit(doc)


@guarded(writes=one_statement)
def on_update(doc, method=None):
	"""The ledger rows of a resolution are one insert."""
	tickets.follow_correction(doc)
	ledger.record_resolution(doc)
