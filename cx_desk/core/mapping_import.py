"""Two columns in, a checked plan out: what an import of a mapping would do, line by line. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from cx_desk.core.mapping import clean_text, normalise

MOST_LINES = 50_000

# First lines that are headings, in lower case. Anything else is data.
HEADINGS_LEFT = {
	"address", "adresse", "contact", "customer", "department", "abteilung", "domain", "e-mail", "email",
	"e-mail address", "email address", "hd customer", "kontakt", "kunde", "mail", "mail address", "person",
	"team", "user", "value",
}  # fmt: skip
HEADINGS_RIGHT = {"unit", "business unit", "bu", "einheit", "bereich", "unit name", "cx business unit"}

# What becomes of a line.
NEW = "new"
SAME = "same"
CHANGE = "change"
DOUBLE = "double"
CONFLICT = "conflict"
BAD = "bad"
UNKNOWN_UNIT = "unknown unit"


@dataclass(frozen=True)
class Line:
	"""One line of the text: its number (from 1), its two cells, and what becomes of it."""

	number: int
	value: str
	unit: str
	status: str
	note: str = ""


@dataclass(frozen=True)
class Plan:
	"""What an import would do."""

	kind: str
	lines: tuple[Line, ...] = ()
	unknown_units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

	def count(self, status: str) -> int:
		"""Number of lines with that status."""
		return sum(line.status == status for line in self.lines)

	def with_status(self, *statuses: str) -> list[Line]:
		"""Lines with one of the statuses, in order."""
		return [line for line in self.lines if line.status in statuses]


def read_lines(text: str) -> list[tuple[int, list[str]]]:
	"""(line number, cells) of every line that is not empty, headings left out.

	Cells are parted by tab (as pasted from a spreadsheet), semicolon or comma, whichever the first lines hold;
	quotes as in CSV. Raises ValueError when there is nothing or far too much.
	"""
	text = (text or "").lstrip("\ufeff")
	raw = text.splitlines()
	if not any(line.strip() for line in raw):
		raise ValueError("There is nothing to import. Paste two columns: what is mapped, and its unit.")
	if len(raw) > MOST_LINES:
		raise ValueError(f"More than {MOST_LINES} lines at once. Import it in parts.")
	sample = [line for line in raw if line.strip()][:50]
	delimiter = max(
		"\t;,", key=lambda mark: (sum(mark in line for line in sample), mark == "\t", mark == ";")
	)
	found = []
	for number, line in enumerate(raw, start=1):
		if not line.strip():
			continue
		cells = [clean_text(cell) for cell in next(csv.reader([line], delimiter=delimiter))]
		while cells and not cells[-1]:
			cells.pop()
		found.append((number, cells))
	if found and _is_heading(found[0][1]):
		found.pop(0)
	return found


def _is_heading(cells: list[str]) -> bool:
	if len(cells) < 2 or "@" in cells[0]:
		return False
	return cells[0].lower() in HEADINGS_LEFT and cells[1].lower() in HEADINGS_RIGHT


def plan_import(
	text: str,
	kind: str,
	units: Iterable[str],
	present: Mapping[str, str],
	choices: Mapping[str, str] | None = None,
	refused_units: Iterable[str] = (),
) -> Plan:
	"""Check two columns against the units and mappings that are there.

	`present` maps stored values of this kind to their unit (compared without case); `choices` maps names of
	units that are not known to units that are; `refused_units` are units that nothing may be mapped to.

	A value twice with the same unit keeps its first line (the other is DOUBLE); with different units every
	line of it is CONFLICT and none is written.
	"""
	units = list(units)
	by_fold = {unit.casefold(): unit for unit in units}
	refused = {unit.casefold() for unit in refused_units}
	chosen = {clean_text(name).casefold(): unit for name, unit in (choices or {}).items() if unit}
	there = {value.casefold(): unit for value, unit in present.items()}

	rows = [_check_line(number, cells, kind, by_fold, chosen, refused) for number, cells in read_lines(text)]
	named: dict[str, list[Line]] = {}
	for line in rows:
		if line.status != BAD:
			named.setdefault(line.value.casefold(), []).append(line)

	lines = tuple(
		line if line.status == BAD else _compare(line, named[line.value.casefold()], there) for line in rows
	)
	unknown: dict[str, tuple[str, ...]] = {}
	for line in lines:
		if line.status == UNKNOWN_UNIT and line.unit not in unknown:
			unknown[line.unit] = nearest(line.unit, units, refused)
	return Plan(kind, lines, unknown)


def nearest(name: str, units: Iterable[str], refused: Iterable[str] = (), most: int = 3) -> tuple[str, ...]:
	"""Units whose names are most like `name`, best first."""
	refused = set(refused)
	by_fold = {unit.casefold(): unit for unit in units if unit.casefold() not in refused}
	fold = name.casefold()
	close = get_close_matches(fold, by_fold, n=most, cutoff=0.6)
	inside = [
		key for key in sorted(by_fold) if len(fold) > 2 and (fold in key or (len(key) > 2 and key in fold))
	]
	return tuple(by_fold[key] for key in list(dict.fromkeys([*close, *inside]))[:most])


def _check_line(number, cells, kind, by_fold, chosen, refused) -> Line:
	value = cells[0] if cells else ""
	unit = cells[1] if len(cells) > 1 else ""
	if not unit:
		return Line(number, value, unit, BAD, "The second column, the unit, is empty.")
	if len(cells) > 2:
		return Line(number, value, unit, BAD, f"{len(cells)} columns instead of two.")
	if len(unit) > 140:
		return Line(number, value, unit[:140], BAD, "The unit's name is longer than 140 characters.")
	if {"<", ">"} & set(unit):
		return Line(number, value, unit, BAD, "A unit's name cannot hold < or >.")
	try:
		value = normalise(kind, value)
		if kind == "Person" and "@" not in value:
			raise ValueError(f"'{value}' is no mail address.")
	except ValueError as error:
		return Line(number, value, unit, BAD, str(error))
	fold = unit.casefold()
	unit = chosen.get(fold) or by_fold.get(fold) or unit
	if unit.casefold() in refused:
		return Line(number, value, unit, BAD, f"Nothing can be mapped to {unit}.")
	known = unit.casefold() in by_fold
	return Line(number, value, unit, NEW if known else UNKNOWN_UNIT)


def _compare(line: Line, same_value: list[Line], there: Mapping[str, str]) -> Line:
	first = same_value[0]
	if len({other.unit.casefold() for other in same_value}) > 1:
		others = ", ".join(f"{other.number} ({other.unit})" for other in same_value if other is not line)
		return Line(
			line.number, line.value, line.unit, CONFLICT, f"Stands in line {others} with another unit."
		)
	if line is not first:
		return Line(line.number, line.value, line.unit, DOUBLE, f"Same as line {first.number}.")
	if line.status == UNKNOWN_UNIT:
		return line
	has = there.get(line.value.casefold())
	if has is None:
		return line
	if has.casefold() == line.unit.casefold():
		return Line(line.number, line.value, line.unit, SAME, "Mapped so already.")
	return Line(line.number, line.value, line.unit, CHANGE, f"Mapped to {has} now.")
