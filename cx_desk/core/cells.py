"""Text of others in a table program: a cell that begins like a formula is shown as text."""

from __future__ import annotations

import csv
from io import StringIO

# What spreadsheet programs take for the beginning of a formula, or skip before one.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_text(value: str) -> str:
	"""The value, with an apostrophe in front where a spreadsheet would run it; numbers stay numbers."""
	if not value.startswith(_BEGINNINGS):
		return value
	try:
		float(value)
	except ValueError:
		return "'" + value
	return value


def neutralise_csv(text: str, delimiter: str = ",", quoting: int = csv.QUOTE_NONNUMERIC) -> str:
	"""A CSV file whose cells are all text or numbers. Written as it was read."""
	target = StringIO()
	writer = csv.writer(
		target, delimiter=delimiter, quoting=quoting, escapechar="\\" if quoting == csv.QUOTE_NONE else None
	)
	# Read as text: a cell that was a number comes out as its digits, quoted or not.
	for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
		writer.writerow([as_text(cell) for cell in row])
	return target.getvalue()
