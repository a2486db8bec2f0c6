"""A table of answers in, a checked plan out: what each line of a CSV file would be. Pure.

The first line names the columns. A column is a question by its words (in any language) or its key; the others by the
names in HEADINGS. A line counts once: by its `id`, else by everything it says.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from cx_desk.core import source_shapes
from cx_desk.core.source_shapes import Row

MOST_LINES = 5000
LARGEST_TEXT = 5_000_000

# Headings in lower case, and what the column is.
HEADINGS = {
	source_shapes.ANSWERED_AT: ("answered at", "answered", "date", "datum", "beantwortet am"),
	source_shapes.EMAIL: ("email", "e-mail", "mail", "address", "adresse"),
	source_shapes.UNIT: ("business unit", "unit", "bereich", "einheit"),
	source_shapes.TICKET: ("ticket", "ticket number", "ticketnummer"),
	source_shapes.COMMENT: ("comment", "kommentar", "words"),
	source_shapes.NOT_SOLVED: ("not solved", "nicht gelöst"),
	source_shapes.LANGUAGE: ("language", "sprache"),
}
ID = ("id", "number", "nummer")

EMPTY, TOO_MANY, TOO_LARGE, NO_DATE, NO_QUESTION, DOUBLE_HEADING, UNREADABLE = (
	"empty",
	"too many lines",
	"too large",
	"no date",
	"no question",
	"double heading",
	"unreadable",
)


class BadTable(ValueError):
	"""The file as a whole cannot be imported; str() is one of the keys above. detail: what it is about."""

	def __init__(self, fault: str, detail: str = ""):
		super().__init__(fault)
		self.detail = detail


@dataclass(frozen=True)
class Line:
	"""One line: its number in the file, its identity, its cells by column."""

	number: int
	id: str
	values: Mapping[str, str]


@dataclass(frozen=True)
class Table:
	"""rows: what each column is. ignored: columns that are nothing here. lines: without those that are empty."""

	rows: tuple[Row, ...]
	ignored: tuple[str, ...]
	lines: tuple[Line, ...]


def read(text: str, version: Mapping) -> Table:
	"""The table of a CSV text for a version of a survey. BadTable where the file as a whole is of no use."""
	if len(text) > LARGEST_TEXT:
		raise BadTable(TOO_LARGE)
	cells = _cells(text)
	if len(cells) < 2:
		raise BadTable(EMPTY)
	if len(cells) - 1 > MOST_LINES:
		raise BadTable(TOO_MANY, str(len(cells) - 1))
	head = [cell.strip() for cell in cells[0][1]]
	for place, name in enumerate(head):
		if name and name in head[:place]:
			raise BadTable(DOUBLE_HEADING, name)
	rows = columns(head, version)
	meanings = {row.meaning for row in rows}
	if source_shapes.ANSWERED_AT not in meanings:
		raise BadTable(NO_DATE)
	if not meanings & {source_shapes.QUESTION, source_shapes.COMMENT}:
		raise BadTable(NO_QUESTION)
	named = next((name for name in head if name.lower() in ID), None)
	used = {row.field for row in rows} | {named}
	lines = []
	for number, line in cells[1:]:
		values = {name: line[place].strip() if place < len(line) else "" for place, name in enumerate(head)}
		identity = values.get(named, "") if named else ""
		lines.append(Line(number, identity or _digest(rows, values), values))
	return Table(rows, tuple(name for name in head if name and name not in used), tuple(lines))


def columns(head: Sequence[str], version: Mapping) -> tuple[Row, ...]:
	"""What each heading is; those that are nothing are left out."""
	rows = [
		row
		for row in source_shapes.suggest({name: name for name in head if name}, version)
		if row.meaning == source_shapes.QUESTION
	]
	taken = {row.field for row in rows}
	for meaning, words in HEADINGS.items():
		found = next((name for name in head if name not in taken and name.lower() in words), None)
		if found:
			taken.add(found)
			rows.append(Row(found, meaning))
	return tuple(rows)


def _cells(text: str) -> list[tuple[int, list[str]]]:
	text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
	first = text.split("\n", 1)[0]
	# What stands in the first line most often divides it.
	delimiter = max(",;\t", key=first.count)
	reader = csv.reader(StringIO(text), delimiter=delimiter)
	try:
		return [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
	except csv.Error as error:
		raise BadTable(UNREADABLE, str(error)) from None


def _digest(rows: Sequence[Row], values: Mapping[str, str]) -> str:
	kept = sorted((row.field, values.get(row.field, "")) for row in rows)
	return hashlib.sha256(repr(kept).encode()).hexdigest()[:32]


def template(version: Mapping, example_day: str) -> list[list[str]]:
	"""Heading and one line of example for a survey: what people fill in."""
	from cx_desk.core import survey_content

	head, line = ["id", "answered at", "email", "business unit"], ["1", example_day, "", ""]
	for question in version.get("questions", ()):
		head.append(question["question"])
		scale = survey_content.scale_of(question)
		choices = survey_content.options(question)
		line.append(str(scale[1]) if scale else choices[0] if choices else "")
	return [[*head, "comment"], [*line, ""]]
