"""From counts to the scorecard: one plain dict that holds every number, for JSON, HTML and terminal alike.

Each score is a dict with value, low, high, n, answers, asked and method; n is distinct people where a person's column
is known, else answers. Nothing is computed after this point: what is shown is read from here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from cx_desk import __version__
from cx_desk.cli.columns import ROLES, kind_from_heading, plain
from cx_desk.cli.counting import FileTally, People, read_days
from cx_desk.cli.reading import InputError, Problem, Problems
from cx_desk.cli.scales import KINDS, Scale, find_scale
from cx_desk.core import suppression, timeline
from cx_desk.core.intervals import Change, Estimate, difference, wilson
from cx_desk.core.pareto import pareto
from cx_desk.core.scores import FEW_ANSWERS, NOT_CLEAR, band, few_answers, response_rate
from cx_desk.core.watermelon import agreement_met, watermelon_from_counts

NOBODY = "(not given)"
MOST_CELLS = 400
INTERVAL_NOTE = "The interval covers chance, not those who stayed silent."
# Few answers and a wide interval are not the same thing; both are said.
FEW_NOTE = f"Fewer than {FEW_ANSWERS} answers."


def scale_of(tally: FileTally, said_scale: str | None, said_kind: str | None) -> Scale | None:
	"""The scale of a file as its scores look by now; None while there are none, or only zeros."""
	counts: Counter = Counter()
	for text, n in tally.score_rows.items():
		value = tally.scores[text].value
		if value is not None:
			counts[value] += n
	if not counts or (not said_scale and not any(counts)):
		return None
	heading = tally.heading("score")
	return find_scale(
		tally.source.name,
		counts,
		said_scale=said_scale,
		said_kind=said_kind,
		heading=plain(heading),
		heading_kind=kind_from_heading(heading),
	)


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


def build(
	tallies: Sequence[FileTally],
	people: People,
	problems: Problems,
	*,
	said_scale: str | None = None,
	said_kind: str | None = None,
	audience: str = "desk",
	title: str | None = None,
	label: str | None = None,
) -> dict[str, Any]:
	"""The scorecard of one or more counted files; InputError where they cannot be scored together."""
	scales = [_scale_or_refuse(tally, said_scale, said_kind) for tally in tallies]
	scale = scales[0]
	for other, tally in zip(scales, tallies, strict=True):
		if tally.expected is not None and tally.expected.name != other.name:
			raise InputError(
				f"{tally.source.name} mixes two scales: its first answers look like {tally.expected.name}, all of them "
				f"like {other.name}. Say which with --scale, or split the file"
			)
		if (other.points, other.kind, other.first) != (scale.points, scale.kind, scale.first):
			raise InputError(
				f"{tallies[0].source.name} is on {scale.name} ({KINDS[scale.kind]}) and {tally.source.name} on "
				f"{other.name} ({KINDS[other.kind]}): score them apart"
			)
	values = [_values(tally, own, problems) for tally, own in zip(tallies, scales, strict=True)]
	days = [read_days(tally, problems) for tally in tallies]
	people_known = people.any and all(tally.has("person") for tally in tallies)
	groups = _Groups(tallies, values, days, scale)
	if people_known:
		_add_people(groups, people)
	notes = _notes(tallies, people_known, people, groups)
	card: dict[str, Any] = {
		"made_by": f"CX Desk {__version__}",
		"title": title or "Scorecard",
		"label": label or _label(tallies),
		"audience": audience,
		"scale": {
			"name": scale.name,
			"kind": scale.kind,
			"title": scale.title,
			"unit": scale.unit,
			"values": list(scale.values),
		},
		"sources": [
			_source(tally, own, order) for tally, own, (_, order) in zip(tallies, scales, days, strict=True)
		],
		"overall": _entry("All", groups.overall, scale),
		"units": _entries(groups.units, scale),
		"teams": _entries(groups.teams, scale),
		"months": _entries(groups.months, scale, by_name=True),
		"chart": _chart(groups, scale, weekly_allowed=audience != "wide"),
		"change": _latest_change(groups, scale),
		"watermelon": _watermelon(groups),
		"watermelon_units": _watermelon_units(groups),
		"drivers": _drivers(groups),
		"hidden": {"units": 0, "teams": 0, "months": 0, "watermelon": False, "floor": suppression.FLOOR},
		"notes": notes,
	}
	if audience == "wide":
		_hide_small(card, tallies, days)
	card["problems"] = {
		"count": problems.count,
		"listed": [
			{
				"file": each.file,
				"line": each.line,
				"column": each.column,
				"what": each.what,
				"count": each.count,
			}
			for each in problems.listed
		],
	}
	return card


def _scale_or_refuse(tally: FileTally, said_scale: str | None, said_kind: str | None) -> Scale:
	scale = scale_of(tally, said_scale, said_kind)
	if scale is not None:
		return scale
	name, heading = tally.source.name, tally.heading("score")
	odd = min(
		(text for text, seen in tally.scores.items() if seen.value is None and text.strip()),
		key=lambda text: tally.scores[text].line,
		default=None,
	)
	hint = f" Its cells look like {odd[:40]!r}." if odd else ""
	raise InputError(
		f"{name} holds no answers in its column {heading!r} ({tally.rows:,} rows).{hint} "
		"Name another column with --score COLUMN"
	)


def _values(tally: FileTally, scale: Scale, problems: Problems) -> dict[str, int | None]:
	"""Each score text as a value on the scale; what is not on it is named, counted and becomes None."""
	values: dict[str, int | None] = {}
	wrong = []
	for text, seen in tally.scores.items():
		value = None if seen.value is None else scale.read(seen.value)
		values[text] = value
		blank = seen.value is None and text.strip().casefold() in _BLANK
		not_rated = seen.value == 0 and scale.name in (
			"stars",
			"1-5",
			"1-7",
			"1-10",
			"1-3",
			"1-4",
			"1-6",
			"1-2",
		)
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


_BLANK = frozenset({"", "-", "?", "n/a", "na", "none", "null", "nan", "offered", "unoffered"})


class _Groups:
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
				self.months[_month(dates[day_text])].rows += n
		for (day_text, text), n in tally.by_day.items():
			day = dates.get(day_text)
			if day is not None:
				self.months[_month(day)].rows += n
			if day is not None and value_of[text] is not None:
				self.months[_month(day)].counts[value_of[text]] += n
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
					self._ask(self.months[_month(dates[day_text])], n)

	@staticmethod
	def _ask(table: Table, n: int) -> None:
		table.asked = (table.asked or 0) + n


def _month(day: date) -> str:
	return f"{day.year:04}-{day.month:02}"


def name_of(text: str) -> str:
	"""A group's name: spaces trimmed; empty and unknown ones share a name."""
	text = " ".join(text.split())
	return NOBODY if text in ("", "?") else text


def _add_people(groups: _Groups, people: People) -> None:
	groups.overall.people = people.groups(None).get("")
	for tables, part in ((groups.units, 1), (groups.teams, 2)):
		if not tables:
			continue
		for raw, (count, squares) in people.groups(part).items():
			table = tables[name_of(raw)]
			before = table.people or (0, 0)
			# Two spellings of one name may share people; adding errs on the side of more people by those few.
			table.people = (before[0] + count, before[1] + squares)


def estimate(result: Estimate, **more: Any) -> dict[str, Any]:
	"""A figure as a dict; `more` is added to it."""
	return {
		"value": result.value,
		"low": result.low,
		"high": result.high,
		"n": result.n,
		"asked": result.asked,
		"method": result.method,
		"effective": result.effective,
		"confidence": result.confidence,
		**more,
	}


def change_of(result: Change) -> dict[str, Any]:
	return {
		"value": result.value,
		"low": result.low,
		"high": result.high,
		"n": result.n_before + result.n_after,
		"n_before": result.n_before,
		"n_after": result.n_after,
		"method": result.method,
		"text": result.text,
	}


def _score(table: Table, scale: Scale) -> dict[str, Any] | None:
	answers = table.answers
	if not answers:
		return None
	people, squares = table.people or (None, None)
	worth = answers * answers / squares if squares and people is not None and people < answers else None
	result = scale.score(table.counts, worth).with_asked(table.asked)
	return estimate(result) | {
		"n": answers if people is None else people,
		"answers": answers,
		"people": people,
	}


def _entry(name: str, table: Table, scale: Scale) -> dict[str, Any]:
	score = _score(table, scale)
	answers = table.answers
	response = rated = None
	if table.asked and answers <= table.asked:
		response = estimate(response_rate(answers, table.asked))
	elif table.asked is None and table.rows > answers:
		rated = estimate(wilson(answers, table.rows))
	verdict = None
	if score and scale.unit == "share":
		verdict = band(Estimate(score["value"], score["low"], score["high"], score["n"]))
	return {
		"name": name,
		"score": score,
		"counts": {str(value): table.counts.get(value, 0) for value in scale.values},
		"rows": table.rows,
		"asked": table.asked,
		"response": response,
		"rated": rated,
		"band": verdict,
		"few": bool(score) and few_answers(score["n"]),
		"hidden": None,
	}


def _entries(tables: Mapping[str, Table], scale: Scale, *, by_name: bool = False) -> list[dict[str, Any]]:
	if set(tables) == {NOBODY}:
		return []  # the column is there and nobody filled it
	entries = [_entry(name, table, scale) for name, table in tables.items()]
	if by_name:
		return sorted(entries, key=lambda entry: entry["name"])
	# Most answers first: what is known best stands on top, never the "worst" on chance alone.
	return sorted(
		entries,
		key=lambda entry: (-(entry["score"] or {"answers": 0})["answers"], -entry["rows"], entry["name"]),
	)


def _points(groups: _Groups, scale: Scale, weekly: bool) -> tuple[list[str], list[Counter]]:
	if weekly:
		weeks = sorted(groups.weeks)
		return [week.isoformat() for week in weeks], [groups.weeks[week] for week in weeks]
	months = sorted(name for name, table in groups.months.items() if table.answers)
	return months, [groups.months[month].counts for month in months]


def _chart(groups: _Groups, scale: Scale, *, weekly_allowed: bool) -> dict[str, Any] | None:
	"""The control chart over weeks where most hold at least 20 answers, else over months."""
	weekly = weekly_allowed and timeline.is_weekly([sum(c.values()) for c in groups.weeks.values()])
	names, tables = _points(groups, scale, weekly)
	ends = (1, 7) if scale.unit == "mean" else (-100, 100)
	return timeline.chart("week" if weekly else "month", names, tables, scale.score, scale.unit, ends)


def _latest_change(groups: _Groups, scale: Scale) -> dict[str, Any] | None:
	"""The last three full months against the three before them; None without six months."""
	months = sorted(name for name, table in groups.months.items() if table.answers)
	if len(months) < 6:
		return None
	parts = []
	for chosen in (months[-6:-3], months[-3:]):
		counts: Counter = Counter()
		for month in chosen:
			counts.update(groups.months[month].counts)
		parts.append(scale.score(counts))
	if parts[0].method != parts[1].method:
		return None
	return change_of(difference(*parts)) | {"before": months[-6:-3], "after": months[-3:]}


def _watermelon(groups: _Groups) -> dict[str, Any] | None:
	if not groups.has_agreement:
		return None
	cells = groups.cells
	table = watermelon_from_counts(
		cells[True, False],
		cells[True, True],
		cells[False, False],
		cells[False, True],
		cells[None, False] + cells[None, True],
	)
	if not table.n:
		return None
	return {
		"met_good": table.met_good,
		"met_bad": table.met_bad,
		"missed_good": table.missed_good,
		"missed_bad": table.missed_bad,
		"unknown": table.unknown,
		"n": table.n,
		"rate": estimate(table.rate) if table.rate else None,
		"rate_missed": estimate(table.rate_missed) if table.rate_missed else None,
		"share_of_bad_under_green": (
			estimate(table.share_of_bad_under_green) if table.share_of_bad_under_green else None
		),
		"contrast": change_of(table.contrast) if table.contrast else None,
	}


def _watermelon_units(groups: _Groups) -> list[dict[str, Any]]:
	"""The watermelon rate of each unit with at least ten answers on met tickets, most certain first."""
	if not groups.has_agreement:
		return []
	found = []
	for name, cells in groups.unit_cells.items():
		met = cells[True, False] + cells[True, True]
		if met >= FEW_ANSWERS:
			found.append({"name": name, "rate": estimate(wilson(cells[True, True], met))})
	return sorted(found, key=lambda entry: (-entry["rate"]["low"], entry["name"]))[:10]


def _drivers(groups: _Groups) -> dict[str, Any] | None:
	low = {name: counts[True] for name, counts in groups.drivers.items() if counts[True]}
	if not low:
		return None
	return {
		"of": "low answers that gave a reason",
		"n": sum(low.values()),
		"listed": [
			{
				"name": driver.key,
				"count": driver.count,
				"share": estimate(driver.share),
				"running": driver.running,
				"vital": driver.vital,
			}
			for driver in pareto(low)[:20]
		],
	}


def _label(tallies: Iterable[FileTally]) -> str | None:
	"""Simulated answers say so in their heading; no scorecard may lose that."""
	if any("simulated" in heading.casefold() for tally in tallies for heading in tally.source.headings):
		return "Sample data, answers simulated"
	return None


def _source(tally: FileTally, scale: Scale, order: str) -> dict[str, Any]:
	return {
		"name": tally.source.name,
		"rows": tally.rows,
		"form": tally.source.form,
		"encoding": tally.source.encoding,
		"separator": tally.source.separator,
		"columns": {
			role: {"heading": tally.heading(role), "how": tally.columns.how[role]}
			for role in ROLES
			if tally.has(role)
		},
		"scale": scale.name,
		"scale_found": scale.found,
		"dates": order if tally.has("date") else None,
	}


def _notes(tallies, people_known: bool, people: People, groups: _Groups) -> list[str]:
	notes = [INTERVAL_NOTE]
	if people_known:
		notes.append(
			"n counts distinct people; where some answered often, the interval is drawn for the effective number of "
			"answers. Months, charts, agreements and reasons count answers."
		)
	else:
		notes.append(
			"n counts answers: no column tells who answered, so one person's answers count as several."
		)
	if groups.overall.asked is None:
		notes.append("How many were asked is not known, so there is no response rate.")
	elif groups.overall.answers > groups.overall.asked:
		notes.append("There are more answers than people asked, so there is no response rate.")
	if groups.has_agreement:
		notes.append("Agreements that are paused, open or empty count as neither met nor missed.")
	return notes


def _hide_small(card: dict[str, Any], tallies: Sequence[FileTally], days) -> None:
	"""Take out of the card what would show fewer than five people, directly or by subtraction."""
	answers: set[tuple[str, str, str, str]] = set()
	for index, (tally, (dates, _)) in enumerate(zip(tallies, days, strict=True)):
		person_known = tally.has("person")
		for person, unit, team, day_text in tally.cells or ():
			day = dates.get(day_text)
			month = _month(day) if day else ""
			who = person if person_known else f"{index}:{person}"
			answers.add(
				(who, name_of(unit) if card["units"] else "", name_of(team) if card["teams"] else "", month)
			)
	parts = {"units": 1, "teams": 2, "months": 3}
	if not card["units"]:
		parts.pop("units")
	if not card["teams"] or any(tally.coarse for tally in tallies):
		parts.pop("teams")
	if any(tally.coarse for tally in tallies):
		parts.pop("months")
	# Protected together where that can be computed; else the finer tables are left out, teams first.
	for leave_out in (None, "teams", "months"):
		if leave_out:
			parts.pop(leave_out, None)
		cells: dict[tuple, set[str]] = defaultdict(set)
		for answer in answers:
			cells[tuple(answer[position] for position in parts.values())].add(answer[0])
		if len(cells) <= MOST_CELLS:
			break
	else:
		if len(cells) > 10 * MOST_CELLS:
			parts, cells = {}, {(): {answer[0] for answer in answers}}
	margins: list[tuple[str, str]] = []
	totals: list[list[tuple]] = [list(cells)]
	for order, part in enumerate(parts):
		for name in sorted({cell[order] for cell in cells}):
			margins.append((part, name))
			totals.append([cell for cell in cells if cell[order] == name])
	# Whoever stands in several cells is spread over them, in thousandths: no sum of cells then counts more people
	# than there are in it.
	spread = Counter(who for people in cells.values() for who in people)
	sizes = {
		cell: max(1, int(sum(Fraction(1000, spread[who]) for who in people)))
		for cell, people in cells.items()
	}
	protected = suppression.protect(sizes, totals, published=False, floor=1000 * suppression.FLOOR)
	shown = {margin for index, margin in enumerate(margins, start=1) if index in protected.shown_totals}
	if len({answer[0] for answer in answers}) < suppression.FLOOR:
		raise InputError(
			f"fewer than {suppression.FLOOR} people answered: nothing can be shown to a wide audience"
		)
	for part in ("units", "teams", "months"):
		hidden = 0
		kept = []
		for entry in card[part]:
			if part in parts and (part, entry["name"]) in shown:
				kept.append(entry)
			elif entry["score"] is not None or part not in parts:
				hidden += 1
		card["hidden"][part] = hidden
		card[part] = kept
	if card["chart"] and (card["hidden"]["months"] or not card["months"]):
		card["chart"] = card["change"] = None
	matrix = card["watermelon"]
	if matrix and any(
		0 < count < suppression.FLOOR
		for count in (
			matrix["met_good"] + matrix["met_bad"],
			matrix["missed_good"] + matrix["missed_bad"],
			matrix["unknown"],
		)
	):
		card["watermelon"] = None
		card["hidden"]["watermelon"] = True
	card["watermelon_units"] = []
	card["drivers"] = None
	card["notes"].append(
		f"For a wide audience: groups of fewer than {suppression.FLOOR} people are left out, with whatever would give "
		"them away by subtraction; reasons are not shown."
	)


__all__ = ["FEW_NOTE", "NOT_CLEAR", "build", "scale_of"]
