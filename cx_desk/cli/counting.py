"""Counting as rows stream by: everything the scorecard shows comes from these few tables of counts.

A block of rows is turned into columns, each column's texts are looked up once per distinct value, and whole columns
are counted at once: no step runs Python code per row that does not have to. Distinct people are kept in memory
until they are too many, then in a temporary SQLite file.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from itertools import compress, repeat

from cx_desk.cli.columns import Mapped
from cx_desk.cli.reading import Block, InputError, Problem, Problems, Source
from cx_desk.cli.scales import Scale

MOST_GROUPS = 50_000
MOST_PEOPLE_IN_MEMORY = 250_000
_MOST_VALUES = 5_000
_MOST_DAYS = 40_000

@dataclass
class Seen:
	"""A distinct text of a column: what it was read as, where it was first seen."""

	value: object
	line: int


@dataclass
class FileTally:
	"""The counts of one file, by raw texts; nothing is decided about scales and dates until its end.

	by_unit: (unit, agreement text, score text) -> rows. by_team, by_day, by_driver: (text, score text) -> rows.
	asked_...: (text, asked text) -> rows. scores, days: distinct texts with the line each first stood on.
	expected: the scale as the first scores look; people are counted by it. cells: (person, unit, team, day) of each
	answer, kept only for a wide audience.
	"""

	source: Source
	columns: Mapped
	rows: int = 0
	by_unit: Counter = field(default_factory=Counter)
	by_team: Counter = field(default_factory=Counter)
	by_day: Counter = field(default_factory=Counter)
	by_driver: Counter = field(default_factory=Counter)
	asked_unit: Counter = field(default_factory=Counter)
	asked_team: Counter = field(default_factory=Counter)
	asked_day: Counter = field(default_factory=Counter)
	scores: dict[str, Seen] = field(default_factory=dict)
	expected: Scale | None = None
	cells: set[tuple[str, str, str, str]] | None = None
	days: dict[str, int] = field(default_factory=dict)

	def heading(self, role: str) -> str:
		return self.source.headings[self.columns.index[role]] if role in self.columns.index else ""

	def has(self, role: str) -> bool:
		return role in self.columns.index


class People:
	"""How often each person answered, by unit and team: in memory first, then in a temporary SQLite file."""

	def __init__(self, limit: int = MOST_PEOPLE_IN_MEMORY):
		self.limit = limit
		self.counts: Counter = Counter()
		self.store: sqlite3.Connection | None = None

	def add(self, triples: Iterable[tuple[str, str, str]]) -> None:
		"""Count (person, unit, team) once for each answer."""
		self.counts.update(triples)
		if len(self.counts) > self.limit:
			self._spill()

	def _spill(self) -> None:
		if self.store is None:
			# An empty name is a temporary file that SQLite deletes by itself.
			self.store = sqlite3.connect("")
			self.store.execute("PRAGMA journal_mode = OFF")
			self.store.execute("PRAGMA synchronous = OFF")
			self.store.execute("PRAGMA cache_size = -32768")
			self.store.execute("CREATE TABLE answers (person, unit, team, n INTEGER)")
		self.store.executemany(
			"INSERT INTO answers VALUES (?, ?, ?, ?)", ((*key, n) for key, n in self.counts.items())
		)
		self.counts.clear()

	def groups(self, part: int | None) -> dict[str, tuple[int, int]]:
		"""Distinct people and the sum of squares of their answers, by unit (1), by team (2), or of all (None)."""
		if self.store is None:
			answers: Counter = Counter()
			for key, n in self.counts.items():
				answers[key[0], key[part] if part else ""] += n
			result: dict[str, tuple[int, int]] = {}
			for (_, group), n in answers.items():
				people, squares = result.get(group, (0, 0))
				result[group] = (people + 1, squares + n * n)
			return result
		if self.counts:
			self._spill()
		group = {None: "''", 1: "unit", 2: "team"}[part]
		return {
			name: (people, squares)
			for name, people, squares in self.store.execute(
				f"SELECT g, COUNT(*), SUM(n * n) FROM (SELECT {group} AS g, SUM(n) AS n FROM answers"
				f" GROUP BY {group}, person) GROUP BY g"
			)
		}

	@property
	def any(self) -> bool:
		return bool(self.counts) or self.store is not None


def read_number(text: str) -> float | None:
	"""A score as a number: "4", "4.0", "4,5", "4/5", "80 %" is refused; None where it is none."""
	text = text.strip()
	try:
		value = float(text)
	except ValueError:
		if text.count(",") == 1 and "." not in text:
			return read_number(text.replace(",", "."))
		if "/" in text:
			return read_number(text.split("/", 1)[0])
		stars = text.count("★")
		return float(stars) if stars and not text.strip("★☆ ") else None
	return value if value == value and abs(value) != float("inf") else None


_WORDS = {
	"very satisfied": 5.0,
	"satisfied": 4.0,
	"neutral": 3.0,
	"dissatisfied": 2.0,
	"unsatisfied": 2.0,
	"very dissatisfied": 1.0,
	"very unsatisfied": 1.0,
	"sehr zufrieden": 5.0,
	"zufrieden": 4.0,
	"unzufrieden": 2.0,
	"sehr unzufrieden": 1.0,
}


def read_score(text: str) -> float | None:
	number = read_number(text)
	return _WORDS.get(text.strip().casefold()) if number is None else number


_BLANK = frozenset({"", "-", "?", "n/a", "na", "none", "null", "nan", "offered", "unoffered"})


def count_file(
	source: Source,
	columns: Mapped,
	people: People,
	guess: Callable[[FileTally], Scale | None],
	tick: Callable[[int], None] = lambda rows: None,
	*,
	wide: bool = False,
) -> FileTally:
	"""Count one file. guess: the scale as the scores met so far look. wide: keep what suppression needs.

	InputError where a column that should name groups names something else.
	"""
	tally = FileTally(source, columns, cells=set() if wide else None)
	index = columns.index
	score_at = index["score"]
	unit_at, team_at, day_at = index.get("unit"), index.get("team"), index.get("date")
	agreement_at, driver_at, asked_at = index.get("agreement"), index.get("driver"), index.get("asked")
	person_at = index.get("person")
	is_answer: dict[str, bool] = {}
	for block in source.blocks():
		rows = block.rows
		tally.rows += len(rows)
		cells = list(zip(*rows, strict=True))
		scores = cells[score_at]
		_meet_scores(tally, scores, block)
		empty = repeat("", len(rows))
		units = cells[unit_at] if unit_at is not None else None
		teams = cells[team_at] if team_at is not None else None
		tally.by_unit.update(
			zip(units or empty, cells[agreement_at] if agreement_at is not None else repeat(""), scores, strict=False)
		)
		if teams:
			tally.by_team.update(zip(teams, scores, strict=True))
		days = None
		if day_at is not None:
			days = [text[:10] for text in cells[day_at]]
			_meet_days(tally, days, block)
			tally.by_day.update(zip(days, scores, strict=True))
		if driver_at is not None:
			tally.by_driver.update(zip(cells[driver_at], scores, strict=True))
		if asked_at is not None:
			asked = cells[asked_at]
			if units:
				tally.asked_unit.update(zip(units, asked, strict=True))
			if teams:
				tally.asked_team.update(zip(teams, asked, strict=True))
			tally.asked_day.update(zip(days or repeat(""), asked, strict=False))
		if tally.expected is None:
			tally.expected = guess(tally)
		if tally.expected is not None and (person_at is not None or wide):
			for text in tally.scores.keys() - is_answer.keys():
				value = tally.scores[text].value
				is_answer[text] = value is not None and tally.expected.read(value) is not None
			rated = [is_answer[text] for text in scores]
			if person_at is not None:
				people.add(
					compress(
						zip(cells[person_at], units or repeat(""), teams or repeat(""), strict=False), rated
					)
				)
			if tally.cells is not None:
				# Without a person's column every answer counts as somebody else's.
				each = cells[person_at] if person_at is not None else map(str, range(tally.rows, tally.rows + len(rows)))
				tally.cells.update(
					compress(
						zip(each, units or repeat(""), teams or repeat(""), days or repeat(""), strict=False), rated
					)
				)
		for role, table in (("unit", tally.by_unit), ("team", tally.by_team), ("driver", tally.by_driver)):
			if len(table) > 4 * MOST_GROUPS:
				raise InputError(
					f"{source.name}: the column {tally.heading(role)!r} holds too many different values to be the "
					f"{role}. Name another with --{role} COLUMN, or leave it out with --{role} ''"
				)
		tick(len(rows))
	return tally


def _meet_scores(tally: FileTally, scores: tuple[str, ...], block: Block) -> None:
	"""Read each score text that was not met before, and remember where it stood."""
	seen = tally.scores
	for text in set(scores) - seen.keys():
		line = block.line_of(scores.index(text))
		stripped = text.strip().casefold()
		value = None if stripped in _BLANK else read_score(text)
		seen[text] = Seen(value, line)
	if len(seen) > _MOST_VALUES:
		name = tally.source.name
		raise InputError(
			f"{name}: the column {tally.heading('score')!r} holds over {_MOST_VALUES:,} different values and cannot "
			"be a rating. Name another with --score COLUMN"
		)


def _meet_days(tally: FileTally, days: list[str], block: Block) -> None:
	for text in set(days) - tally.days.keys():
		tally.days[text] = block.line_of(days.index(text))
	if len(tally.days) > _MOST_DAYS:
		raise InputError(
			f"{tally.source.name}: the column {tally.heading('date')!r} holds too many different days to be a date. "
			"Name another with --date COLUMN, or leave it out with --date ''"
		)


def read_days(tally: FileTally, problems: Problems) -> tuple[dict[str, date | None], str]:
	"""Each distinct day text as a date, and what order was found; unreadable ones are named and become None.

	Day-first or month-first is decided for the whole column: by any part above 12, else day first.
	"""
	parts = {text: _date_parts(text) for text in tally.days}
	slashed = [found for found in parts.values() if found and found[0] == "?"]
	first = any(a > 12 for _, a, _, _ in slashed)
	second = any(b > 12 for _, _, b, _ in slashed)
	month_first = second and not first
	order = "year-month-day"
	if slashed:
		order = "month first" if month_first else "day first" if first else "day first (assumed: nothing tells)"
		if first and second:
			order = "day first, with some dates that cannot be"
	dates: dict[str, date | None] = {}
	for text, found in parts.items():
		value = None
		if found:
			kind, a, b, year = found
			month, day = (b, year) if kind == "iso" else (a, b) if month_first else (b, a)
			try:
				value = date(a if kind == "iso" else year, month, day)
			except ValueError:
				value = None
		dates[text] = value
		if value is None and text.strip().casefold() not in _BLANK:
			count = sum(n for (day_text, _), n in tally.by_day.items() if day_text == text)
			problems.add(
				Problem(tally.source.name, tally.days[text], tally.heading("date"), f"{text!r} is no date", count)
			)
	return dates, order


def _date_parts(text: str) -> tuple[str, int, int, int] | None:
	"""("iso", year, month, day) or ("?", first, second, year) of the date at the start of a text."""
	text = text.strip().split(" ")[0].split("T")[0]
	for sign in "-/.":
		pieces = text.split(sign)
		if len(pieces) == 3 and all(piece.isascii() and piece.isdigit() for piece in pieces):
			a, b, c = (int(piece) for piece in pieces)
			if len(pieces[0]) == 4:
				return "iso", a, b, c
			if len(pieces[2]) == 4:
				return "?", a, b, c
			if len(pieces[2]) == 2:
				return "?", a, b, 2000 + c
	if len(text) == 8 and text.isdigit():
		return "iso", int(text[:4]), int(text[4:6]), int(text[6:])
	if text.isdigit() and len(text) in (10, 13):
		# Seconds since 1970; the tenth digit is all that the first ten letters of 13 keep.
		moment = datetime.fromtimestamp(int(text[:10]), timezone.utc)
		return "iso", moment.year, moment.month, moment.day
	return None


def was_asked(text: str) -> bool:
	"""Whether an "asked" cell says yes: anything but empty, no, false and 0 (a date of sending says yes)."""
	return text.strip().casefold() not in {"", "0", "0.0", "no", "false", "n", "nein", "-", "?", "none", "null"}

