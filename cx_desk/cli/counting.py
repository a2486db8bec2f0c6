"""Counting as rows stream by: everything the scorecard shows comes from these few tables of counts.

A block of rows is turned into columns, each column's texts are looked up once per distinct value, and whole columns
are counted at once: no step runs Python code per row that does not have to. Distinct people are kept in memory
until they are too many, then in a temporary SQLite file.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from itertools import compress, repeat
from operator import itemgetter, not_

from cx_desk.cli.columns import Mapped
from cx_desk.cli.reading import Block, InputError, Problem, Problems, Source
from cx_desk.cli.scales import Scale

MOST_GROUPS = 200_000
MOST_PEOPLE_IN_MEMORY = 250_000
_MOST_VALUES = 5_000
_MOST_DAYS = 40_000
_ENOUGH_TO_TELL = 200
_MOST_WAITING = 16
_MOST_CELLS = 200_000


@dataclass
class Seen:
	"""A distinct text of a column: what it was read as, where it was first seen."""

	value: object
	line: int


@dataclass
class FileTally:
	"""The counts of one file, by raw texts; nothing is decided about dates until its end.

	score_rows: rows by score text. unit_rows, team_rows, day_rows: rows without an answer, by text. by_unit: (unit, agreement text, score text) -> answers;
	by_team, by_day, by_driver: (text, score text) -> answers. asked, asked_unit, ...: rows that were asked, by text.
	scores, days: distinct texts with the line each first stood on. expected: the scale as the first answers look; by
	it rows count as answered. cells: (person, unit, team, day) of each answer, kept only for a wide audience; coarse:
	there were too many, so teams and days were dropped from them.
	"""

	source: Source
	columns: Mapped
	rows: int = 0
	unit_rows: Counter = field(default_factory=Counter)
	team_rows: Counter = field(default_factory=Counter)
	day_rows: Counter = field(default_factory=Counter)
	score_rows: Counter = field(default_factory=Counter)
	by_unit: Counter = field(default_factory=Counter)
	by_team: Counter = field(default_factory=Counter)
	by_day: Counter = field(default_factory=Counter)
	by_driver: Counter = field(default_factory=Counter)
	asked: int = 0
	asked_unit: Counter = field(default_factory=Counter)
	asked_team: Counter = field(default_factory=Counter)
	asked_day: Counter = field(default_factory=Counter)
	scores: dict[str, Seen] = field(default_factory=dict)
	days: dict[str, int] = field(default_factory=dict)
	expected: Scale | None = None
	cells: set[tuple[str, str, str, str]] | None = None
	coarse: bool = False

	def heading(self, role: str) -> str:
		return self.source.headings[self.columns.index[role]] if role in self.columns.index else ""

	def has(self, role: str) -> bool:
		return role in self.columns.index


class People:
	"""How often each person answered, by unit and team: in memory first, then in a temporary SQLite file.

	In the file a person is a 64-bit hash: of a million people, two are taken for one once in 37 million runs.
	"""

	def __init__(self, limit: int = MOST_PEOPLE_IN_MEMORY):
		self.limit = limit
		self.counts: Counter = Counter()
		self.store: sqlite3.Connection | None = None
		self.numbers: dict[str, int] = {}
		self.paired = False

	def add(self, persons: Iterable[str], units: Iterable[str], teams: Iterable[str]) -> None:
		"""Count each person once for each answer."""
		if self.store is None:
			self.counts.update(zip(persons, units, teams, strict=False))
			if len(self.counts) > self.limit:
				self._open()
			return
		self._insert(persons, units, teams)

	def _open(self) -> None:
		# An empty name is a temporary file that SQLite deletes by itself.
		self.store = sqlite3.connect("")
		for setting in (
			"journal_mode = OFF",
			"synchronous = OFF",
			"cache_size = -16384",
			"temp_store = FILE",
		):
			self.store.execute(f"PRAGMA {setting}")
		self.store.execute("CREATE TABLE answers (person INTEGER, unit INTEGER, team INTEGER)")
		for (person, unit, team), n in self.counts.items():
			self._insert(repeat(person, n), repeat(unit), repeat(team))
		self.counts.clear()

	def _insert(self, persons: Iterable[str], units: Iterable[str], teams: Iterable[str]) -> None:
		self.store.executemany(
			"INSERT INTO answers VALUES (?, ?, ?)",
			zip(map(hash, persons), map(self._number, units), map(self._number, teams), strict=False),
		)

	def _number(self, name: str) -> int:
		return self.numbers.setdefault(name, len(self.numbers))

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
		if not self.paired:
			# Most people have one unit only: one long sort here leaves little to sort for units and for all.
			self.store.execute(
				"CREATE TABLE paired AS SELECT person, unit, COUNT(*) AS n FROM answers GROUP BY person, unit"
			)
			self.paired = True
		query = {
			None: "SELECT 0, COUNT(*), SUM(n * n) FROM (SELECT SUM(n) AS n FROM paired GROUP BY person)",
			1: "SELECT unit, COUNT(*), SUM(n * n) FROM paired GROUP BY unit",
			2: "SELECT team, COUNT(*), SUM(n * n) FROM"
			" (SELECT team, COUNT(*) AS n FROM answers GROUP BY team, person) GROUP BY team",
		}[part]
		names = list(self.numbers)
		return {
			names[number] if part else "": (people, squares)
			for number, people, squares in self.store.execute(query)
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
	column = {role: itemgetter(position) for role, position in index.items()}
	counted: dict[str, bool] = {}
	asked_texts: dict[str, bool] = {}
	# Blocks that came before the scale could be told: whether their 0 is an answer is not known yet.
	waiting: list[tuple[list, list[str], dict[str, list[str]]]] = []

	def settle() -> None:
		tally.expected = guess(tally)
		for held in waiting:
			_count_answers(tally, *held, _mask(held[1], tally), column, people)
		waiting.clear()

	for block in source.blocks():
		rows = block.rows
		scores = list(map(column["score"], rows))
		tally.score_rows.update(scores)
		new = _meet_scores(tally, scores, block)
		texts: dict[str, list[str]] = {}
		for role in ("unit", "team"):
			if role in column:
				texts[role] = list(map(column[role], rows))
		if "date" in column:
			texts["date"] = [text[:10] for text in map(column["date"], rows)]
			_meet_days(tally, texts["date"], block)
		if "asked" in column:
			_count_asked(tally, list(map(column["asked"], rows)), texts, asked_texts)
		tally.rows += len(rows)
		if tally.expected is None:
			waiting.append((rows, scores, texts))
			if _answers_met(tally) >= _ENOUGH_TO_TELL or len(waiting) > _MOST_WAITING:
				settle()
		else:
			if new or not counted:
				counted = {text: _counts(seen, tally.expected) for text, seen in tally.scores.items()}
			_count_answers(tally, rows, scores, texts, [counted[text] for text in scores], column, people)
		for role, counter in (
			("unit", tally.unit_rows),
			("team", tally.team_rows),
			("driver", tally.by_driver),
		):
			if len(counter) > MOST_GROUPS:
				raise InputError(
					f"{source.name}: the column {tally.heading(role)!r} holds too many different values to be the "
					f"{role}. Name another with --{role} COLUMN, or leave it out with --{role} ''"
				)
		tick(len(rows))
	if waiting:
		settle()
	return tally


def _counts(seen: Seen, scale: Scale | None) -> bool:
	"""Whether a score text is an answer."""
	return seen.value is not None and scale is not None and scale.read(seen.value) is not None


def _mask(scores: list[str], tally: FileTally) -> list[bool]:
	return [_counts(tally.scores[text], tally.expected) for text in scores]


def _answers_met(tally: FileTally) -> int:
	return sum(n for text, n in tally.score_rows.items() if tally.scores[text].value)


def _count_asked(
	tally: FileTally, asked: list[str], texts: Mapping[str, list[str]], known: dict[str, bool]
) -> None:
	for text in set(asked) - known.keys():
		known[text] = was_asked(text)
	mask = [known[text] for text in asked]
	if len(known) > _MOST_VALUES:  # moments of sending: no need to remember each
		known.clear()
	tally.asked += sum(mask)
	for role, counter in (
		("unit", tally.asked_unit),
		("team", tally.asked_team),
		("date", tally.asked_day),
	):
		if role in texts:
			counter.update(compress(texts[role], mask))


def _count_answers(
	tally: FileTally,
	rows: list,
	scores: list[str],
	texts: Mapping[str, list[str]],
	mask: list[bool],
	column: Mapping[str, Callable],
	people: People,
) -> None:
	"""Count the rows that hold an answer; all but a few rows of most exports do not."""
	answers = sum(mask)
	if answers < len(rows):
		silent = list(map(not_, mask))
		for role, counter in (("unit", tally.unit_rows), ("team", tally.team_rows), ("date", tally.day_rows)):
			if role in texts:
				counter.update(compress(texts[role], silent))
		if not answers:
			return
		rows = list(compress(rows, mask))
		scores = list(compress(scores, mask))
		texts = {role: list(compress(cells, mask)) for role, cells in texts.items()}
	empty = repeat("", answers)
	units, teams, days = texts.get("unit"), texts.get("team"), texts.get("date")
	agreements = map(column["agreement"], rows) if "agreement" in column else repeat("")
	tally.by_unit.update(zip(units or repeat(""), agreements, scores, strict=False))
	if teams:
		tally.by_team.update(zip(teams, scores, strict=True))
	if days:
		tally.by_day.update(zip(days, scores, strict=True))
	if "driver" in column:
		tally.by_driver.update(zip(map(column["driver"], rows), scores, strict=True))
	if "person" in column:
		people.add(map(column["person"], rows), units or empty, teams or repeat(""))
	if tally.cells is not None:
		# Without a person's column every answer counts as somebody else's.
		each = (
			map(column["person"], rows)
			if "person" in column
			else map(str, range(tally.rows, tally.rows + answers))
		)
		fine = not tally.coarse
		tally.cells.update(
			zip(
				each,
				units or repeat(""),
				(fine and teams) or repeat(""),
				(fine and days) or repeat(""),
				strict=False,
			)
		)
		if len(tally.cells) > _MOST_CELLS and fine:
			tally.coarse = True
			tally.cells = {(person, unit, "", "") for person, unit, _, _ in tally.cells}
		if len(tally.cells) > 2 * _MOST_CELLS:
			raise InputError(
				f"{tally.source.name}: too many people to check what a wide audience may see. Score it in parts, by "
				"year or by region"
			)


def _meet_scores(tally: FileTally, scores: list[str], block: Block) -> bool:
	"""Read each score text that was not met before, and remember where it stood; whether there was any."""
	seen = tally.scores
	new = set(scores) - seen.keys()
	for text in new:
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
	return bool(new)


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
		order = (
			"month first" if month_first else "day first" if first else "day first (assumed: nothing tells)"
		)
		if first and second:
			order = "day first, with some dates that cannot be"
	dates: dict[str, date | None] = {}
	answered: Counter = Counter()
	for (text, _), n in tally.by_day.items():
		answered[text] += n
	for text, found in sorted(parts.items(), key=lambda item: tally.days[item[0]]):
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
			problems.add(
				Problem(
					tally.source.name,
					tally.days[text],
					tally.heading("date"),
					f"{text!r} is no date",
					tally.day_rows[text] + answered[text],
				)
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
	return text.strip().casefold() not in {
		"",
		"0",
		"0.0",
		"no",
		"false",
		"n",
		"nein",
		"-",
		"?",
		"none",
		"null",
	}
