"""HD Ticket: unit and number of resolutions before the save, the ledger row after it."""

from cx_desk.events.guard import guarded
from cx_desk.units import tickets


@guarded
def before_insert(doc, method=None):
	"""Helpdesk's split copies the parent with all its columns."""
	if doc.get("ticket_split_from"):
		tickets.forget(doc)


@guarded
def before_validate(doc, method=None):
	"""Auto-close runs only this, on_update and on_change."""
	tickets.count_resolution(doc)
	tickets.assign_unit(doc)


@guarded
def on_update(doc, method=None):
	from cx_desk.surveys.ledger import record_resolution

	tickets.follow_correction(doc)
	record_resolution(doc)
