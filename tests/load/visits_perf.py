"""P10, what a verdict about a visit costs over 100,000 tickets, all of them in the windows that it counts."""

import statistics
import time
from datetime import timedelta

from house_perf import _queries
from perf import ROUNDS, Row, ms

import frappe
from frappe.utils import add_days, getdate, nowdate

TICKETS = 100_000
UNITS = 6
WEEKS = 26
FIRST_NAME = 940_000_000


def p10() -> Row:
	"""One visited unit and five to compare with, 26 weeks before and after; against counting the rows one by one."""
	from cx_desk.immersion import effects

	units = _units()
	before = getdate(add_days(nowdate(), -7 * (2 * WEEKS + 2)))
	after = before + timedelta(weeks=WEEKS + 1)
	_tickets(units, before, after)

	def verdict():
		return effects.judge(units[0], units[1:], before, after, WEEKS)

	def rows():
		return frappe.get_all(
			"HD Ticket",
			{"cx_business_unit": ("in", units), "opening_date": (">=", before)},
			["cx_business_unit", "opening_date"],
			limit=0,
		)

	found = verdict()
	counted = sum(found["before"]) + sum(found["after"])
	queries = _queries(verdict)
	times = {verdict: [], rows: []}
	rows()
	for _ in range(ROUNDS):
		for side, taken in times.items():
			begun = time.perf_counter()
			side()
			taken.append(time.perf_counter() - begun)
	mine, theirs = (statistics.median(taken) for taken in times.values())
	return Row(
		number="P10",
		what=f"a visit-effect verdict over {TICKETS:,} tickets ({counted:,} of them the unit's own)",
		ours=f"{ms(mine)}, {queries} queries",
		against=f"{ms(theirs)} (reading the same rows)",
		ratio=f"{theirs / mine:.1f} x",
		reach="at most 200 ms and 4 queries",
		met=mine <= 0.2 and queries <= 4,
	)


def _units() -> list[str]:
	root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")})
	names = [f"Perf visited {number}" for number in range(UNITS)]
	for name in names:
		if not frappe.db.exists("CX Business Unit", name):
			doc = {"doctype": "CX Business Unit", "unit_name": name, "parent_cx_business_unit": root}
			frappe.get_doc(doc).insert()
	return names


def _tickets(units: list[str], before, after) -> None:
	"""As many in each unit, spread evenly over the days of both windows; taken back with the transaction."""
	rows = []
	for number in range(TICKETS):
		start = before if number % 2 else after
		day = start + timedelta(days=(number // (2 * UNITS)) % (7 * WEEKS))
		rows.append((FIRST_NAME + number, "Perf", units[(number // 2) % UNITS], day, 0, day, day))
	columns = ["name", "subject", "cx_business_unit", "opening_date", "is_merged", "creation", "modified"]
	frappe.db.bulk_insert("HD Ticket", columns, rows, chunk_size=5000)


MEASURES = {"P10": p10}
