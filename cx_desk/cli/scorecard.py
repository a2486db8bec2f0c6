"""From counts to the scorecard: one plain dict that holds every number, for JSON, HTML and terminal alike.

Each score is a dict with value, low, high, n, answers, asked and method; n is distinct people where a person's column
is known, else answers. Nothing is computed after this point: what is shown is read from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cx_desk import __version__
from cx_desk.cli.columns import ROLES, kind_from_heading, plain
from cx_desk.cli.counting import FileTally, People, read_days
from cx_desk.cli.groups import NOBODY, Groups, Table, add_people, values_of
from cx_desk.cli.reading import InputError, Problems
from cx_desk.cli.scales import KINDS, Scale, find_scale
from cx_desk.cli.wide import hide_small
from cx_desk.core import suppression, timeline
from cx_desk.core.intervals import Change, Estimate, difference, wilson
from cx_desk.core.pareto import pareto
from cx_desk.core.scores import FEW_ANSWERS, NOT_CLEAR, band, few_answers, response_rate
from cx_desk.core.watermelon import watermelon_from_counts

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
	values = [values_of(tally, own, problems) for tally, own in zip(tallies, scales, strict=True)]
	days = [read_days(tally, problems) for tally in tallies]
	people_known = people.any and all(tally.has("person") for tally in tallies)
	groups = Groups(tallies, values, days, scale)
	if people_known:
		add_people(groups, people)
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
		hide_small(card, tallies, days)
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


def _points(groups: Groups, scale: Scale, weekly: bool) -> tuple[list[str], list[Counter]]:
	if weekly:
		weeks = sorted(groups.weeks)
		return [week.isoformat() for week in weeks], [groups.weeks[week] for week in weeks]
	months = sorted(name for name, table in groups.months.items() if table.answers)
	return months, [groups.months[month].counts for month in months]


def _chart(groups: Groups, scale: Scale, *, weekly_allowed: bool) -> dict[str, Any] | None:
	"""The control chart over weeks where most hold at least 20 answers, else over months."""
	weekly = weekly_allowed and timeline.is_weekly([sum(c.values()) for c in groups.weeks.values()])
	names, tables = _points(groups, scale, weekly)
	ends = (1, 7) if scale.unit == "mean" else (-100, 100)
	return timeline.chart("week" if weekly else "month", names, tables, scale.score, scale.unit, ends)


def _latest_change(groups: Groups, scale: Scale) -> dict[str, Any] | None:
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


def _watermelon(groups: Groups) -> dict[str, Any] | None:
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


def _watermelon_units(groups: Groups) -> list[dict[str, Any]]:
	"""The watermelon rate of each unit with at least ten answers on met tickets, most certain first."""
	if not groups.has_agreement:
		return []
	found = []
	for name, cells in groups.unit_cells.items():
		met = cells[True, False] + cells[True, True]
		if met >= FEW_ANSWERS:
			found.append({"name": name, "rate": estimate(wilson(cells[True, True], met))})
	return sorted(found, key=lambda entry: (-entry["rate"]["low"], entry["name"]))[:10]


def _drivers(groups: Groups) -> dict[str, Any] | None:
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


def _notes(tallies, people_known: bool, people: People, groups: Groups) -> list[str]:
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


__all__ = ["FEW_NOTE", "NOT_CLEAR", "build", "scale_of"]
