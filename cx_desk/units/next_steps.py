"""Next steps of a record as its form shows them, and why one is not possible, in the reader's language and formats."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import format_date, format_datetime

from cx_desk.core.moves import Blocked, Move


def shown(moves: Iterable[Move]) -> list[dict]:
	"""The steps for a form, each allowed or with the reason why not."""
	return [
		{
			"key": move.key,
			"to": move.to,
			"label": _(move.label),
			"allowed": move.allowed,
			"why_not": why_not(move),
			"needs": list(move.needs),
		}
		for move in moves
	]


def why_not(move: Move) -> str:
	"""Why a step is not possible; empty where it is."""
	if move.allowed:
		return ""
	return _(move.why_not).format(**{name: _readable(value) for name, value in move.params.items()})


def refuse(blocked: Blocked) -> NoReturn:
	"""Frappe's ValidationError with the reason why a step is not possible."""
	frappe.throw(why_not(blocked.move), title=_("This step is not possible now"))


def _readable(value: object) -> object:
	"""States and their lists translated, days and times as the reader writes them."""
	if isinstance(value, datetime):
		return format_datetime(value)
	if isinstance(value, date):
		return format_date(value)
	if isinstance(value, tuple):
		return ", ".join(_(one) for one in value)
	return _(value) if isinstance(value, str) else value
