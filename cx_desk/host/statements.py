"""Statements that are the same each time. Building one with the query builder costs several times what running it does,
so its text is made once per process; where many guests answer at once, that is most of what an answer costs.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pypika.terms import Parameter

import frappe


def bound(name: str) -> Parameter:
	"""The place in a prepared statement of a value that is given when it runs."""
	return Parameter(f"%({name})s")


class prepared:
	"""Decorator of a function that builds a statement; calling it runs the statement with values by their `bound` names.

	The function runs once per process and gives a query or its text. Rows come back as dicts, nothing from a write.
	"""

	def __init__(self, build: Callable[[], Any]):
		self.build = build
		self.text = ""

	def __call__(self, **values) -> list[frappe._dict]:
		self.text = self.text or str(self.build())
		# allowed: text of the query builder, values bound
		return frappe.db.sql(self.text, values, as_dict=True)


def insert(
	doctype: str,
	columns: Sequence[str],
	rows: Iterable[Sequence],
	otherwise: str = "",
	*,
	ignore_duplicates: bool = False,
	long_text: str = "",
) -> None:
	"""Insert rows in one statement. otherwise: what follows the values, such as ON DUPLICATE KEY UPDATE.

	ignore_duplicates: a row that is there stays as it is. long_text: the column with texts of many lines, none of them
	empty; they are handed over as base64, since masking quotes and line ends takes the driver longer than all else.
	"""
	rows = list(rows)
	if not rows:
		return
	places = ["%s"] * len(columns)
	if long_text:
		place = columns.index(long_text)
		places[place] = "FROM_BASE64(%s)"
		rows = [(*row[:place], b64encode(row[place].encode()).decode(), *row[place + 1 :]) for row in rows]
	line = f"({', '.join(places)})"
	text = f"INSERT{' IGNORE' if ignore_duplicates else ''} INTO `tab{doctype}` (`{'`, `'.join(columns)}`) "
	text += f"VALUES {', '.join([line] * len(rows))} {otherwise}"
	values = [value for row in rows for value in row]
	frappe.db.sql(text, values)  # allowed: names of our columns, values bound
