"""The two lights of each unit by week, with every input and its age; written by the nightly job, shown on pages.

What they feel and what we did stand side by side and are never one figure (decisions.md E12). The inputs of a unit
with units below it count those below as well; its conversations are its own.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import add_days, get_datetime, getdate, now_datetime, nowdate

from cx_desk.core import conversation, lights, periods
from cx_desk.core import voice as machine
from cx_desk.core.lights import Light
from cx_desk.host import ticket_counts
from cx_desk.relationship import cadence
from cx_desk.units import closed_periods, scores

WEEK = "CX Unit Week"
WINDOW_DAYS = 90
TREND_WEEKS = 4
KEEP_WEEKS = 160


@dataclass(frozen=True)
class TwoLights:
	"""What they feel and what we did, of one unit on one day."""

	felt: Light
	done: Light


@dataclass
class _Voices:
	"""Voices of one unit in the window."""

	complaints: int = 0
	contested: int = 0
	praise: int = 0
	newest: date | None = None
	due: list[machine.VoiceCount] = field(default_factory=list)
	newest_due: date | None = None


def of_units(units: Iterable[str] | None = None, on: date | None = None) -> dict[str, TwoLights]:
	"""Unit -> its two lights on a day (today). A fixed number of queries but for the score, which is asked per unit."""
	day = getdate(on or nowdate())
	standings = cadence.standings(units, day)
	below = units_below(standings)
	since = add_days(day, -(WINDOW_DAYS - 1))
	voices = _voices(since, day)
	levels = ticket_counts.service_levels(since, day)
	sponsors = _sponsor_views(list(standings), day)
	newest = _newest_answers(day)
	return {
		unit: TwoLights(
			felt=lights.combine(
				[
					_experience(unit, below[unit], newest, day),
					_heard(below[unit], voices, day),
					lights.sponsor(*sponsors.get(unit, (None, None)), day),
				]
			),
			done=lights.combine(
				[
					lights.contact(kept),
					_told(below[unit], voices, since, day),
					_levels(below[unit], levels, day),
				]
			),
		)
		for unit, kept in standings.items()
	}


def units_below(units: Iterable[str]) -> dict[str, list[str]]:
	"""Unit -> itself and every unit below it."""
	rows = frappe.get_all("CX Business Unit", fields=["name", "lft", "rgt"])
	place = {row.name: (row.lft, row.rgt) for row in rows}
	return {
		unit: [row.name for row in rows if place[unit][0] <= row.lft and row.rgt <= place[unit][1]]
		for unit in units
	}


def _experience(unit: str, below: list[str], newest: dict[tuple[str, str], date], day: date) -> lights.Input:
	# A light is seen by more people than the answers.
	rows = [row for row in scores.for_wider(unit, on=day) if row.type == "CSAT"]
	row = scores.speaking_for(rows)
	if not row:
		return lights.experience(None, None, 0, None, day)
	if row.get("quarter"):
		last = periods.read(row.quarter, day).end
	else:
		last = max((newest[row.survey, name] for name in below if (row.survey, name) in newest), default=None)
	return lights.experience(row.band, 100 * row.value, row.n, last, day)


def _newest_answers(day: date) -> dict[tuple[str, str], date]:
	"""The day of the newest answer by named survey and unit: of all others not even that is for everybody."""
	named = frappe.get_all("CX Survey", filters={"privacy": closed_periods.NAMED}, pluck="name")
	rollup = frappe.qb.DocType("CX Score Rollup")
	rows = (
		frappe.qb.from_(rollup)
		.select(rollup.survey, rollup.unit, Max(rollup.day))
		.where(rollup.measure == "Answer")
		.where(rollup.survey.isin(named or [""]))
		.where(rollup.day <= day)
		.groupby(rollup.survey, rollup.unit)
	).run()
	return {(survey, unit): getdate(newest) for survey, unit, newest in rows if unit}


def _voices(since: date, day: date) -> dict[str, _Voices]:
	# Whoever looks at a light sees counts of the whole unit; the words stay with the voices and their permissions.
	# Confidential ones are not among them: a count that moves by one is somebody's answer.
	rows = frappe.get_all(
		"CX Voice",
		filters={"unit": ["is", "set"], "confidential": 0},
		or_filters={
			"creation": ["between", [since, day]],
			"first_due_at": ["between", [since, day]],
		},
		fields=[
			"unit",
			"kind",
			"state",
			"contested_count",
			"creation",
			"first_due_at",
			"source_type",
			"settled_by",
			"needs_source_yes",
		],
	)
	found: dict[str, _Voices] = {}
	for row in rows:
		entry = found.setdefault(row.unit, _Voices())
		heard = getdate(row.creation)
		if since <= heard <= day:
			contested = row.state == machine.CONTESTED
			complaint = row.kind in (machine.LOW_ANSWER, machine.NOT_SOLVED)
			entry.contested += contested
			entry.complaints += complaint
			entry.praise += row.kind == machine.PRAISE
			if contested or complaint or row.kind == machine.PRAISE:
				entry.newest = max(entry.newest or heard, heard)
		if row.first_due_at and since <= getdate(row.first_due_at) <= day:
			due = getdate(row.first_due_at)
			entry.newest_due = max(entry.newest_due or due, due)
			entry.due.append(
				machine.VoiceCount(
					get_datetime(row.first_due_at),
					row.state,
					row.source_type,
					row.settled_by or None,
					bool(row.needs_source_yes),
				)
			)
	return found


def _heard(units: list[str], voices: dict[str, _Voices], day: date) -> lights.Input:
	own = [voices[unit] for unit in units if unit in voices]
	newest = max((entry.newest for entry in own if entry.newest), default=None)
	return lights.voices(
		sum(entry.complaints for entry in own),
		sum(entry.contested for entry in own),
		sum(entry.praise for entry in own),
		newest,
		day,
	)


def _told(units: list[str], voices: dict[str, _Voices], since: date, day: date) -> lights.Input:
	own = [voices[unit] for unit in units if unit in voices]
	start, end = get_datetime(since), datetime.combine(day + timedelta(days=1), datetime.min.time())
	figure = machine.told_and_settled(
		[count for entry in own for count in entry.due], start, end, min(now_datetime(), end)
	)
	newest = max((entry.newest_due for entry in own if entry.newest_due), default=None)
	return lights.told(figure.settled, figure.n, newest, day)


def _levels(units: list[str], levels: dict, day: date) -> lights.Input:
	own = [levels[unit] for unit in units if unit in levels]
	return lights.sla(
		sum(met for met, _n, _day in own),
		sum(n for _met, n, _day in own),
		max((newest for _met, _n, newest in own), default=None),
		day,
	)


def _sponsor_views(units: list[str], day: date) -> dict[str, tuple[str, date]]:
	rows = frappe.get_all(
		"CX Conversation",
		filters={
			"unit": ["in", units or [""]],
			"state": conversation.HELD,
			"sponsor_view": ["is", "set"],
			"starts_on": ["<=", f"{day} 23:59:59"],
		},
		fields=["unit", "sponsor_view", "starts_on"],
		order_by="starts_on asc",
	)
	return {row.unit: (row.sponsor_view, getdate(row.starts_on)) for row in rows}


def week_of(day: date) -> date:
	"""The Monday of a day's week."""
	return day - timedelta(days=day.weekday())


def write_week(on: date | None = None) -> int:
	"""Write this week's lights of every unit, anew where they are there; how many units.

	Past weeks stay as they were seen then. Rows older than three years go.
	"""
	day = getdate(on or nowdate())
	week = week_of(day)
	found = of_units(on=day)
	before = {
		row.unit: row
		for row in frappe.get_all(
			WEEK, filters={"week": week - timedelta(weeks=TREND_WEEKS)}, fields=["unit", "felt", "done"]
		)
	}
	known = dict(frappe.get_all(WEEK, filters={"week": week}, fields=["unit", "name"], as_list=True))
	for unit, pair in found.items():
		earlier = before.get(unit) or frappe._dict()
		values = {
			"as_of": day,
			"felt": pair.felt.light,
			"felt_trend": lights.trend(pair.felt.light, earlier.get("felt")),
			"felt_why": _in_english(pair.felt),
			"done": pair.done.light,
			"done_trend": lights.trend(pair.done.light, earlier.get("done")),
			"done_why": _in_english(pair.done),
			"inputs": json.dumps({"felt": _stored(pair.felt), "done": _stored(pair.done)}),
		}
		if unit in known:
			frappe.db.set_value(WEEK, known[unit], values)
		else:
			doc = frappe.get_doc({"doctype": WEEK, "unit": unit, "week": week, **values})
			doc.insert(ignore_permissions=True)  # allowed: a derived row, written by the nightly job
	frappe.db.delete(WEEK, {"week": ["<", week - timedelta(weeks=KEEP_WEEKS)]})
	return len(found)


def forget_unit(unit, method: str | None = None) -> None:
	"""A deleted unit's weeks go with it; they are derived and hold nobody's words."""
	frappe.db.delete(WEEK, {"unit": unit.name})


def _in_english(light: Light) -> str:
	return " ".join(entry.sentence for entry in light.reasons)


def _stored(light: Light) -> list[dict]:
	return [
		{
			"key": entry.key,
			"light": entry.light,
			"text": entry.text,
			"params": entry.params,
			"as_of": str(entry.as_of) if entry.as_of else None,
			"applies": entry.applies,
		}
		for entry in light.inputs
	]


NAMES = {
	"experience": "What they answer",
	"voices": "What they said",
	"sponsor": "How the sponsor sees it",
	"contact": "Conversations kept up",
	"told": "Told and settled",
	"sla": "Service level",
}


def shown(units: Iterable[str], on: date | None = None) -> dict[str, dict]:
	"""Unit -> the newest written week for a page: both lights with trend, reasons, inputs and their age today."""
	day = getdate(on or nowdate())
	units = list(units)
	rows = frappe.get_list(
		WEEK,
		filters={"unit": ["in", units or [""]], "week": [">", day - timedelta(weeks=5)]},
		fields=["unit", "week", "as_of", "felt", "felt_trend", "done", "done_trend", "inputs"],
		order_by="week asc",
		limit=0,
	)
	newest = {row.unit: row for row in rows}
	return {unit: _shown(row, day) for unit, row in newest.items()}


def _shown(row, day: date) -> dict:
	inputs = frappe.parse_json(row.inputs) or {}
	return {
		"unit": row.unit,
		"as_of": row.as_of,
		"felt": row.felt,
		"felt_trend": row.felt_trend,
		"done": row.done,
		"done_trend": row.done_trend,
		"felt_inputs": [_input(entry, day) for entry in inputs.get("felt", []) if entry["applies"]],
		"done_inputs": [_input(entry, day) for entry in inputs.get("done", []) if entry["applies"]],
	}


def _input(entry: dict, day: date) -> dict:
	age = (day - getdate(entry["as_of"])).days if entry["as_of"] else None
	return {
		"key": entry["key"],
		"name": _(NAMES[entry["key"]]),
		"light": entry["light"],
		"text": _(entry["text"]).format(**entry["params"]),
		"age": age,
		"age_text": age_text(age),
	}


def age_text(age: int | None) -> str:
	"""How old an input is, for people."""
	if age is None:
		return _("no date")
	if age <= 0:
		return _("today")
	return _("1 day old") if age == 1 else _("{0} days old").format(age)


def reasons(inputs: list[dict], light: str) -> list[str]:
	"""The sentences behind a light, those of its own colour first, at most two."""
	own = [entry["text"] for entry in inputs if entry["light"] == light]
	return own[:2]
