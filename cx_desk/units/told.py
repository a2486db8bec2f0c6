"""Reading voices for figures and lists: told and settled, overdue, new low answers, open promises.

Everything is counted over the rows that the reader may see. It counts our own records, so n stands beside it and
no interval.
"""

from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, get_fullname, getdate, now_datetime

from cx_desk.core import voice as machine

VOICE = "CX Voice"
WEEKS = 13


def read(start: datetime, end: datetime, user: str | None = None, filters: dict | None = None) -> list:
	"""Voices first due from `start` up to `end`, as the figure needs them."""
	rows = frappe.get_list(
		VOICE,
		filters={**(filters or {}), "first_due_at": ["between", [start, end]]},
		fields=["first_due_at", "state", "source_type", "settled_by", "needs_source_yes"],
		user=user,
		order_by="first_due_at",
		limit=0,
	)
	return [
		machine.VoiceCount(
			get_datetime(row.first_due_at),
			row.state,
			row.source_type,
			row.settled_by or None,
			bool(row.needs_source_yes),
		)
		for row in rows
	]


def figure(
	weeks: int = WEEKS, user: str | None = None, filters: dict | None = None, on: date | None = None
) -> machine.ToldAndSettled:
	"""Told and settled over the last `weeks` weeks, the running one included up to now."""
	start, end, now = _window(weeks, on)
	return machine.told_and_settled(read(start, end, user, filters), start, end, now)


def weekly(
	weeks: int = WEEKS, user: str | None = None, filters: dict | None = None, on: date | None = None
) -> list[tuple[date, machine.ToldAndSettled]]:
	"""The figure week by week, the running week last."""
	start, end, now = _window(weeks, on)
	return machine.weekly(read(start, end, user, filters), getdate(on or now), weeks, now)


def _window(weeks: int, on: date | None) -> tuple[datetime, datetime, datetime]:
	now = now_datetime()
	monday = machine.week_of(getdate(on or now))
	start = datetime.combine(monday - timedelta(weeks=weeks - 1), datetime.min.time())
	return start, start + timedelta(weeks=weeks), now


def headline(result: machine.ToldAndSettled) -> str:
	"""The figure as one short text: share and n, or that there is nothing to count yet."""
	if result.value is None:
		return _("None due yet")
	return _("{0} % of {1}").format(round(100 * result.value), result.n)


def labelled(text: str) -> str:
	"""The text, marked where the site shows simulated data."""
	if frappe.get_cached_doc("CX Settings").sample_data:
		return _("{0} · sample data").format(text)
	return text


def overdue_filters() -> dict:
	"""Filters for voices whose due time has passed while it is the desk's turn."""
	return {"state": ["in", list(machine.OUR_TURN)], "due_at": ["<", now_datetime().replace(microsecond=0)]}


def new_low_filters() -> dict:
	"""Filters for low answers and "not solved" that nobody has taken on."""
	return {"kind": ["in", list(machine.KINDS_THAT_NEED_YES)], "state": machine.HEARD}


def open_promise_filters() -> dict:
	"""Filters for promises that are the desk's to keep."""
	return {"kind": machine.PROMISE, "state": ["in", list(machine.OUR_TURN)]}


def count(filters: dict, user: str | None = None) -> int:
	"""How many voices the reader may see among those."""
	return len(frappe.get_list(VOICE, filters=filters, pluck="name", user=user, limit=0))


def rows(filters: dict, user: str | None = None, limit: int = 0, order_by: str = "due_at asc") -> list:
	"""Voices for a list in a mail: number, kind, unit, ticket, owner, due; never the person's words."""
	return frappe.get_list(
		VOICE,
		filters=filters,
		fields=[
			"name",
			"kind",
			"state",
			"unit",
			"ticket",
			"team",
			"responsible",
			"due_at",
			"told_at",
			"source_name",
			"source_email",
			"source_type",
			"confidential",
		],
		user=user,
		limit=limit,
		order_by=order_by,
	)


def heard_message(doc) -> str:
	"""What the one who noted a sentence is told: who owns it now and until when."""
	return _("Heard. {0} owns it, due {1}.").format(
		get_fullname(doc.responsible), frappe.format(doc.due_at, "Datetime")
	)
