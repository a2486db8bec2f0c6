"""Counted files together: by unit, team, month, week, reason and agreement, as values on one scale."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from cx_desk.cli.counting import FileTally, People
from cx_desk.cli.reading import Problem, Problems
from cx_desk.cli.scales import Scale
from cx_desk.core.watermelon import agreement_met

NOBODY = "(not given)"
# What tools write where nobody rated, and the scales on which they write 0 for it.
_BLANK = frozenset({"", "-", "?", "n/a", "na", "none", "null", "nan", "offered", "unoffered"})
_FROM_ONE = ("stars", "1-2", "1-3", "1-4", "1-5", "1-6", "1-7", "1-10")


class Table:
	"""Counts by scale value of one group, and what else is known of it."""

	def __init__(self):
		self.counts: Counter = Counter()
		self.rows = 0
		self.asked: int | None = None
		self.people: tuple[int, int] | None = None

	@property
	def answers(self) -> int:
		return sum(self.counts.values())


def values_of(tally: FileTally, scale: Scale, problems: Problems) -> dict[str, int | None]:
	"""Each score text as a value on the scale; what is not on it is named, counted and becomes None."""
	values: dict[str, int | None] = {}
	wrong = []
	for text, seen in tally.scores.items():
		value = None if seen.value is None else scale.read(seen.value)
		values[text] = value
		blank = seen.value is None and text.strip().casefold() in _BLANK
		not_rated = seen.value == 0 and scale.name in _FROM_ONE
		if value is None and not blank and not not_rated:
			wrong.append(text)
	for text in sorted(wrong, key=lambda text: tally.scores[text].line):
		what = "is no score" if tally.scores[text].value is None else f"is not on the scale {scale.name}"
		problems.add(
			Problem(
				tally.source.name,
				tally.scores[text].line,
				tally.heading("score"),
				f"{text[:40]!r} {what}: skipped",
				tally.score_rows[text],
			)
		)
	return values


class Groups:
	"""All files' counts together, by name of group."""

	def __init__(self, tallies, values, days, scale: Scale):
		self.overall = Table()
		self.units: dict[str, Table] = defaultdict(Table)
		self.teams: dict[str, Table] = defaultdict(Table)
		self.months: dict[str, Table] = defaultdict(Table)
		self.weeks: dict[date, Counter] = defaultdict(Counter)
		self.drivers: dict[str, Counter] = defaultdict(Counter)
		self.cells: Counter = Counter()
		self.unit_cells: dict[str, Counter] = defaultdict(Counter)
		self.has_agreement = any(tally.has("agreement") for tally in tallies)
		self.scale = scale
		for tally, value_of, (dates, _) in zip(tallies, values, days, strict=True):
			self._add(tally, value_of, dates)

	def _add(
		self, tally: FileTally, value_of: Mapping[str, int | None], dates: Mapping[str, date | None]
	) -> None:
		self.overall.rows += tally.rows
		for rows, tables in ((tally.unit_rows, self.units), (tally.team_rows, self.teams)):
			for text, n in rows.items():
				tables[name_of(text)].rows += n
		for (unit, agreement, text), n in tally.by_unit.items():
			value = value_of[text]
			if tally.has("unit"):
				self.units[name_of(unit)].rows += n
			if value is None:
				continue
			self.overall.counts[value] += n
			cell = (agreement_met(agreement), self.scale.is_low(value))
			self.cells[cell] += n
			if tally.has("unit"):
				self.units[name_of(unit)].counts[value] += n
				self.unit_cells[name_of(unit)][cell] += n
		for (team, text), n in tally.by_team.items():
			self.teams[name_of(team)].rows += n
			if value_of[text] is not None:
				self.teams[name_of(team)].counts[value_of[text]] += n
		for day_text, n in tally.day_rows.items():
			if dates.get(day_text):
				self.months[month_of(dates[day_text])].rows += n
		for (day_text, text), n in tally.by_day.items():
			day = dates.get(day_text)
			if day is not None:
				self.months[month_of(day)].rows += n
			if day is not None and value_of[text] is not None:
				self.months[month_of(day)].counts[value_of[text]] += n
				self.weeks[day - timedelta(days=day.weekday())][value_of[text]] += n
		for (driver, text), n in tally.by_driver.items():
			if value_of[text] is not None and driver.strip():
				self.drivers[name_of(driver)][self.scale.is_low(value_of[text])] += n
		if tally.has("asked"):
			self._ask(self.overall, tally.asked)
			for asked, tables in ((tally.asked_unit, self.units), (tally.asked_team, self.teams)):
				for text, n in asked.items():
					self._ask(tables[name_of(text)], n)
			for day_text, n in tally.asked_day.items():
				if dates.get(day_text):
					self._ask(self.months[month_of(dates[day_text])], n)

	@staticmethod
	def _ask(table: Table, n: int) -> None:
		table.asked = (table.asked or 0) + n


def month_of(day: date) -> str:
	return f"{day.year:04}-{day.month:02}"


def name_of(text: str) -> str:
	"""A group's name: spaces trimmed; empty and unknown ones share a name."""
	text = " ".join(text.split())
	return NOBODY if text in ("", "?") else text


def add_people(groups: Groups, people: People) -> None:
	groups.overall.people = people.groups(None).get("")
	for tables, part in ((groups.units, 1), (groups.teams, 2)):
		if not tables:
			continue
		for raw, (count, squares) in people.groups(part).items():
			table = tables[name_of(raw)]
			before = table.people or (0, 0)
			# Two spellings of one name may share people; adding errs on the side of more people by those few.
			table.people = (before[0] + count, before[1] + squares)
