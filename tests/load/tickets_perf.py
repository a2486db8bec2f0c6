"""P1: creating and closing a ticket with CX Desk against the host alone."""

import os
import sys
from pathlib import Path

import processor
from perf import Row, ms, pairs

import frappe

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))
import survey_kit as kit

# So many that five percent can be told from seven: see the interval in the row.
PAIRS = int(os.environ.get("CX_PAIRS", "300"))
_EVERY: dict = {}


def _hooks(on: bool) -> None:
	"""Our handlers on tickets, on or off, for this process."""
	every = _EVERY.setdefault("hooks", dict(frappe.get_doc_hooks()))
	frappe.local.doc_events_hooks = (
		every if on else {name: value for name, value in every.items() if name != "HD Ticket"}
	)


def _as_in_a_request(action):
	"""Without what this transaction has looked up already: each save of a desk is a request of its own."""
	frappe.db.value_cache.clear()
	action()


def ticket_saves() -> list[Row]:
	"""P1. The same site, the handlers on tickets on and off in turn; queries counted warm.

	A ticket that is closed with our handlers was created with them, one that is closed without was not: it has no unit,
	so that the host does not look up the link on its own side.
	"""
	kit.switch_on()
	address = kit.person("perf")

	def create():
		return frappe.get_doc(
			{"doctype": "HD Ticket", "subject": "surveytest perf", "raised_by": address, "description": "x"}
		).insert(ignore_permissions=True)

	stock: dict[bool, list] = {True: [], False: []}

	def close(on: bool):
		doc = stock[on].pop()
		doc.status = "Resolved"
		doc.save(ignore_permissions=True)

	rows = []
	for name, action, most in (("create", lambda on: create(), 2), ("close", close, 3)):
		if action is close:
			for on, docs in stock.items():
				_hooks(on)
				docs += [frappe.get_doc("HD Ticket", create().name) for _number in range(PAIRS + 12)]

		def side(on, action=action):
			return lambda: _as_in_a_request(lambda: action(on))

		processor.wait_for_quiet()
		compared = pairs(side(True), side(False), PAIRS, lambda ours: _hooks(ours))
		counts = {}
		for on in (True, False):
			_hooks(on)
			with kit.count_queries() as statements:
				side(on)()
			counts[on] = sum("SAVEPOINT" not in text.upper() for text in statements)
		more = counts[True] - counts[False]
		rows.append(
			Row(
				"P1",
				f"ticket {name} with a matching trigger",
				f"{ms(compared.ours)}, {counts[True]} queries",
				f"{ms(compared.theirs)}, {counts[False]} queries (our handlers off)",
				f"{compared.words()}, {more:+d} queries",
				f"at most 1.05 x and {most} more queries",
				compared.ratio <= 1.05 and more <= most,
			)
		)
	_hooks(True)
	return rows


MEASURES = {"P1": ticket_saves}
