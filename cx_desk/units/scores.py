"""A unit's score with everything needed to believe it: interval, people, answers, asked, method, window.

Counts come from the rollups, people from the nightly snapshot or, where it is behind and there is little to count, from
the answers themselves. What a reader may see is decided by the caller (`readable`).
"""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from pypika.terms import Case

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from cx_desk.core import measures, rollup, scores, survey_content
from cx_desk.core.survey_events import TICKET
from cx_desk.units import closed_periods, period_counts
from cx_desk.units.branches import below
from cx_desk.units.scope import sees_unit, visible_units

SCALES = tuple(survey_content.SCALES)
# Scores of the last days may still change: people answer late.
STILL_COMING_DAYS = 14
# Up to here people are counted live where the snapshot is behind.
_COUNT_LIVE_UP_TO = 5000


def unit_score(unit: str, survey: str | None = None, on: date | str | None = None) -> frappe._dict:
	"""The score of a unit and all below it by one survey's main question, as of a day (today).

	survey: without one, the survey that speaks for the unit (`speaking_for`). Keys: unit, survey, question (its key), text, type, value, low,
	high, method, n (distinct people), answers, asked, answered, response_rate, band, window (days), few, still_coming,
	effective, as_of. value, low and high are shares from 0 to 1 for CSAT, means from 1 to 7 for CES, and run from
	-100 to 100 for NPS; all None where nobody answered.
	"""
	rows = unit_scores(unit, on, survey)
	return speaking_for(rows) or _empty(unit, survey, on)


def speaking_for(rows: list[frappe._dict]) -> frappe._dict | None:
	"""The one of a unit's scores that stands for it where there is room for one; None without any.

	A main question; of a survey about tickets before one about anything else, since it stands beside the service level
	of the same tickets, and a survey of newcomers with more answers must not take its place; then that with most answers.
	"""
	return max(rows, key=lambda row: (row.main, row.asks_about == TICKET, row.answers), default=None)


def unit_scores(unit: str, on: date | str | None = None, survey: str | None = None) -> list[frappe._dict]:
	"""A score for each survey's question on a scale that this unit or one below it answered.

	Counted up to now; where there are many answers, as of the night's snapshot, which `as_of` says (a datetime).
	"""
	today = getdate(on)
	settings = frappe.get_cached_doc("CX Settings")
	if kept := _newest(today, survey=survey, unit=unit):
		largest = max(row.answers for row in kept)
		if largest > _COUNT_LIVE_UP_TO:
			return _scored(kept, today, settings)
	short, wide = settings.score_window_days or 90, settings.score_wide_days or 365
	units = None if unit == closed_periods.root() else below(unit)
	counted = _answers(units, today, (short, wide), survey)
	result = []
	for key in sorted(counted[wide] | counted[short]):
		days = short
		behind = _people(unit, units, key, today, short, counted[short].get(key, Counter()))
		if behind.people < (settings.score_min_people or 10):
			days = wide
			behind = _people(unit, units, key, today, wide, counted[wide].get(key, Counter()))
		if counts := counted[days].get(key):
			result.append(_score(unit, units, key, counts, behind, today, days, settings))
	return result


def scorecard(survey: str, on: date | str | None = None) -> list[frappe._dict]:
	"""The rows of `unit_scores` by one survey for all units, in the order of the tree. Readers apply `readable`.

	Today's come from the night's snapshot, in one query however many answers there are, and say so in `as_of` (a
	datetime); answers given since are in `unit_score`. Another day, or a day without a snapshot, is counted.
	"""
	today = getdate(on)
	settings = frappe.get_cached_doc("CX Settings")
	rows = _newest(today, survey=survey)
	if not rows:
		rows = []
		for period, days in _windows(settings).items():
			start = today - timedelta(days=days - 1)
			rows += [
				frappe._dict(row, period=period, as_of=today)
				for row in period_counts.period_rows(start, today, survey)
			]
	return _scored(rows, today, settings)


def _windows(settings) -> dict[str, int]:
	return {"90 days": settings.score_window_days or 90, "365 days": settings.score_wide_days or 365}


_KEPT = ("unit", "survey", "question", "question_type", "period", "as_of", "counts", "asked", "answered")
_KEPT += ("people", "answers", "effective_n")


def _newest(today: date, **where) -> list[frappe._dict]:
	"""What the last night counted, where `today` is today: this night's, or the one before until this night's job ran."""
	kept = _kept(today, **where)
	if not kept and today == getdate():
		kept = _kept(today - timedelta(days=1), **where)
	return kept


def _kept(today: date, **where) -> list[frappe._dict]:
	"""What the night of this day counted: of one survey, of one unit, or both."""
	table = frappe.qb.DocType("CX Unit Snapshot")
	query = (
		frappe.qb.from_(table)
		.select(*(table[column] for column in _KEPT))
		.where(table.period.isin(("90 days", "365 days")))
		.where(table.as_of >= today)
		.where(table.as_of < today + timedelta(days=1))
		.where(table.counts != "")
	)
	for column, value in where.items():
		if value:
			query = query.where(table[column] == value)
	return [frappe._dict(zip(_KEPT, row, strict=True)) for row in query.run()]


def _counts(kept: str | dict) -> dict[int, int]:
	"""Answers by value, as a snapshot keeps them or as they were counted."""
	if isinstance(kept, str):
		return {int(score): count for score, count in json.loads(kept).items()}
	return kept


def _scored(rows: list[frappe._dict], today: date, settings) -> list[frappe._dict]:
	"""A score for each unit and question: over the short window, or the wide one where few people answered in it."""
	windows, fewest = _windows(settings), settings.score_min_people or 10
	found: dict[tuple, dict[str, frappe._dict]] = {}
	for row in rows:
		found.setdefault((row.unit, row.survey, row.question, row.question_type), {})[row.period] = row
	order = {
		unit: at for at, unit in enumerate(frappe.get_all("CX Business Unit", pluck="name", order_by="lft"))
	}
	about = {survey: _about(survey) for survey in {key[1] for key in found}}
	result = []
	for key in sorted((key for key in found if key[0] in order), key=lambda key: (order[key[0]], *key[1:])):
		unit, survey, question, kind = key
		period, row = "90 days", found[key].get("90 days")
		if row is None or row.people < fewest:
			period, row = "365 days", found[key].get("365 days")
		if row:
			sent, what = (row.asked, row.answered), (survey, question, kind)
			score = _figures(
				unit, what, _counts(row.counts), row, sent, today, windows[period], settings, about[survey]
			)
			score.as_of = row.as_of
			result.append(score)
	return result


def readable(user: str, unit: str, row: frappe._dict) -> bool:
	"""Whether this reader may see this score as it moves: the unit is theirs, and so are its single answers.

	A wider audience of a confidential or anonymous survey sees closed quarters only: `shown_to`.
	"""
	return sees_unit(user, unit) and closed_periods.reads_rows(user, unit, row.get("privacy") or "Named")


def shown_to(user: str, unit: str, on: date | str | None = None) -> list[frappe._dict]:
	"""The scores of a unit as one reader may see them: those of `unit_scores`, or the last closed quarter instead.

	A row of a closed quarter carries `quarter`; one that may not be shown at all has `hidden` and no figure.
	"""
	if not sees_unit(user, unit):
		return []
	return [
		row if readable(user, unit, row) else _of_quarter(unit, row, [user]) for row in unit_scores(unit, on)
	]


def for_wider(unit: str, on: date | str | None = None) -> list[frappe._dict]:
	"""The scores of a unit as everybody may see them, for lights and papers that are handed round; no hidden ones."""
	readers = closed_periods.near_people()
	rows = [
		row
		if (row.privacy or closed_periods.NAMED) == closed_periods.NAMED
		else _of_quarter(unit, row, readers)
		for row in unit_scores(unit, on)
	]
	return [row for row in rows if not row.get("hidden")]


def scorecard_for(user: str, survey: str) -> list[frappe._dict]:
	"""`scorecard` as one reader may see it: their units, and closed quarters where they may not read the answers."""
	visible = visible_units(user)
	inside = None if visible is None else set(visible)
	rows = [row for row in scorecard(survey) if inside is None or row.unit in inside]
	privacy = frappe.get_cached_value("CX Survey", survey, "privacy") or closed_periods.NAMED
	if not rows or privacy == closed_periods.NAMED:
		return rows
	open_units = closed_periods.units_read(user, privacy, {row.unit for row in rows})
	quarters = closed_periods.closed(survey)
	kept = closed_periods.read(survey, quarters[-1], visible, [user]) if quarters else {}
	return [
		row
		if row.unit in open_units
		else _from_quarter(
			row.unit, row, quarters[-1] if quarters else "", kept.get(row.unit, {}).get(row.question)
		)
		for row in rows
	]


def _of_quarter(unit: str, row: frappe._dict, readers: Iterable[str]) -> frappe._dict:
	"""The same question's score in the last closed quarter, hidden where few people answered."""
	quarters = closed_periods.closed(row.survey)
	found = closed_periods.read(row.survey, quarters[-1], [unit], readers).get(unit, {}) if quarters else {}
	return _from_quarter(unit, row, quarters[-1] if quarters else "", found.get(row.question))


def _from_quarter(unit: str, row: frappe._dict, quarter: str, kept: frappe._dict | None) -> frappe._dict:
	if kept is None:
		hidden = _empty(unit, row.survey, row.as_of)
		for field in ("question", "type", "text", "main", "privacy"):
			hidden[field] = row[field]
		hidden.hidden = True
		return hidden
	figures = _figures(
		unit,
		(row.survey, row.question, kept.question_type),
		kept.counts,
		kept,
		(kept.asked, kept.answered),
		row.as_of,
		row.window,
		frappe.get_cached_doc("CX Settings"),
		_about(row.survey),
	)
	figures.update(quarter=quarter, as_of=kept.as_of)
	return figures


def _among(column, units: list[str] | None):
	"""The condition for rows of these units; None stands for all of them, without a list of hundreds of names."""
	return column != "" if units is None else column.isin(units)


def _answers(
	units: list[str] | None, today: date, windows: Iterable[int], survey: str | None
) -> dict[int, dict[tuple, Counter]]:
	"""Days -> (survey, question, type) -> count by scale value, of the events of so many days. One query."""
	table = frappe.qb.DocType("CX Score Rollup")
	windows = sorted(set(windows))
	first = {days: today - timedelta(days=days) for days in windows}
	query = (
		frappe.qb.from_(table)
		.select(
			table.survey,
			table.question,
			table.question_type,
			table.score,
			*(Sum(Case().when(table.day > first[days], table["count"]).else_(0)) for days in windows),
		)
		.where(table.measure == "Answer")
		.where(table.question_type.isin(SCALES))
		.where(_among(table.unit, units))
		.where(table.day > first[windows[-1]])
		.where(table.day <= today)
		.groupby(table.survey, table.question, table.question_type, table.score)
	)
	if survey:
		query = query.where(table.survey == survey)
	found: dict[int, dict[tuple, Counter]] = {days: {} for days in windows}
	for survey_name, question, kind, score, *totals in query.run():
		for days, total in zip(windows, totals, strict=True):
			if total:
				found[days].setdefault((survey_name, question, kind), Counter())[score] += int(total)
	return found


def _people(unit, units, key, today: date, days: int, counts: Counter) -> frappe._dict:
	"""Distinct people and effective n behind the counts."""
	answers = sum(counts.values())
	if not answers:
		return frappe._dict(people=0, effective_n=0.0)
	survey, question, _kind = key
	period = (
		"90 days" if days == (frappe.get_cached_doc("CX Settings").score_window_days or 90) else "365 days"
	)
	snapshot = frappe.db.get_value(
		"CX Unit Snapshot",
		{"unit": unit, "survey": survey, "question": question, "period": period},
		["people", "answers", "effective_n", "as_of"],
		as_dict=True,
	)
	same_day = snapshot and getdate(snapshot.as_of) == today
	if snapshot and ((same_day and snapshot.answers == answers) or answers > _COUNT_LIVE_UP_TO):
		return snapshot
	return _count_people(units, survey, question, today, days)


def _count_people(units, survey, question, today: date, days: int) -> frappe._dict:
	response, answer = frappe.qb.DocType("CX Survey Response"), frappe.qb.DocType("CX Survey Answer")
	rows = (
		frappe.qb.from_(response)
		.join(answer)
		.on((answer.parent == response.name) & (answer.parenttype == "CX Survey Response"))
		.select(response.respondent_key, Count("*"))
		.where(_among(response.unit, units))
		.where(response.event_day > today - timedelta(days=days))
		.where(response.event_day <= today)
		.where(response.survey == survey)
		.where(response.kind != "Suspected machine")
		.where(answer.question_key == question)
		.groupby(response.respondent_key)
	).run()
	times = Counter()
	for key, count in rows:
		times[key or ""] += count
	anonymous: dict = {}
	period_counts.add_anonymous(anonymous, today - timedelta(days=days - 1), today, survey, question)
	for unit, given in anonymous.get((survey, question), {}).items():
		if unit and (units is None or unit in units):
			times.update(given)
	behind = rollup.people_behind(times)
	return frappe._dict(people=behind.people, effective_n=behind.effective)


def _score(unit, units, key, counts: Counter, behind, today: date, days: int, settings) -> frappe._dict:
	"""One score of a unit, its asked and answered counted now."""
	survey = key[0]
	asked = _asked(units, survey, today, days)
	return _figures(unit, key, counts, behind, asked, today, days, settings, _about(survey))


def _about(survey: str) -> frappe._dict:
	"""What the figures say of their survey: privacy, the questions' words, and which one is the main question."""
	doc = frappe.get_cached_doc("CX Survey", survey)
	scaled = (
		row.key
		for row in doc.questions
		if survey_content.scale_of({"type": row.question_type, "points": row.points})
	)
	return frappe._dict(
		privacy=doc.privacy,
		kind=doc.kind,
		texts={row.key: row.question for row in doc.questions},
		main=next(scaled, None),
	)


def _figures(
	unit, key, counts, behind, sent: tuple[int, int], today: date, days: int, settings, about
) -> frappe._dict:
	survey, question, kind = key
	asked, answered = sent
	effective = min(behind.effective_n or sum(counts.values()), sum(counts.values()))
	estimate = measures.estimate(kind, counts, effective=effective or None)
	limit = (settings.score_target or 70) / 100
	return frappe._dict(
		unit=unit,
		survey=survey,
		privacy=about.privacy,
		asks_about=about.kind,
		question=question,
		text=about.texts.get(question, ""),
		type=kind,
		main=about.main == question,
		value=estimate.value,
		low=estimate.low,
		high=estimate.high,
		method=estimate.method,
		n=behind.people,
		answers=sum(counts.values()),
		asked=asked,
		answered=answered,
		response_rate=answered / asked if asked and asked >= answered else None,
		band=scores.band(estimate, limit) if measures.satisfied_from(kind) else "",
		window=days,
		few=behind.people < (settings.score_min_people or 10),
		still_coming=STILL_COMING_DAYS,
		effective=effective,
		target=limit if measures.satisfied_from(kind) else None,
		counts=dict(counts),
		as_of=today,
	)


def _asked(units: list[str] | None, survey: str, today: date, days: int) -> tuple[int, int]:
	"""People asked in the window, and those of them who answered (by the day they were asked)."""
	table = frappe.qb.DocType("CX Score Rollup")
	rows = dict(
		frappe.qb.from_(table)
		.select(table.measure, Sum(table["count"]))
		.where(table.measure.isin(("Asked", "Answered")))
		.where(table.survey == survey)
		.where(_among(table.unit, units))
		.where(table.day > today - timedelta(days=days))
		.where(table.day <= today)
		.groupby(table.measure)
		.run()
	)
	return int(rows.get("Asked") or 0), int(rows.get("Answered") or 0)


def _empty(unit: str, survey: str | None, on) -> frappe._dict:
	settings = frappe.get_cached_doc("CX Settings")
	return frappe._dict(
		unit=unit,
		survey=survey,
		question=None,
		text="",
		type="",
		value=None,
		low=None,
		high=None,
		method="",
		n=0,
		answers=0,
		asked=0,
		answered=0,
		response_rate=None,
		band="",
		window=settings.score_wide_days or 365,
		few=True,
		still_coming=STILL_COMING_DAYS,
		effective=0,
		counts={},
		as_of=getdate(on),
	)
