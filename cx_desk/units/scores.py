"""A unit's score with everything needed to believe it: interval, people, answers, asked, method, window.

Counts come from the rollups, people from the nightly snapshot or, where it is behind and there is little to count, from
the answers themselves. What a reader may see is decided by the caller (`readable`).
"""

from collections import Counter
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from cx_desk.core import answers, intervals, rollup, scores
from cx_desk.units import period_counts
from cx_desk.units.scope import is_near, sees_unit

SCALES = tuple(answers.SCALES)
# Scores of the last days may still change: people answer late.
STILL_COMING_DAYS = 14
# Up to here people are counted live where the snapshot is behind.
_COUNT_LIVE_UP_TO = 5000
# Fewer distinct people than this are hidden from those who may not read the rows.
HIDDEN_BELOW = 5


def unit_score(unit: str, survey: str | None = None, on: date | str | None = None) -> frappe._dict:
	"""The score of a unit and all below it by one survey's main question, as of a day (today).

	survey: without one, the survey with most answers. Keys: unit, survey, question (its key), text, type, value, low,
	high, method, n (distinct people), answers, asked, answered, response_rate, band, window (days), few, still_coming,
	effective, as_of. value, low and high are shares from 0 to 1 for CSAT, means from 1 to 7 for CES, and run from
	-100 to 100 for NPS; all None where nobody answered.
	"""
	rows = unit_scores(unit, on, survey)
	if rows:
		return max(rows, key=lambda row: (row.main, row.answers))
	return _empty(unit, survey, on)


def unit_scores(unit: str, on: date | str | None = None, survey: str | None = None) -> list[frappe._dict]:
	"""A score for each survey's question on a scale that this unit or one below it answered."""
	today = getdate(on)
	settings = frappe.get_cached_doc("CX Settings")
	short, wide = settings.score_window_days or 90, settings.score_wide_days or 365
	units = below(unit)
	counted = {days: _answers(units, today, days, survey) for days in {short, wide}}
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
	periods = {"90 days": settings.score_window_days or 90, "365 days": settings.score_wide_days or 365}
	found = {period: {} for period in periods}
	rows = frappe.get_all(
		"CX Unit Snapshot",
		filters={"survey": survey, "as_of": ["between", [today, today]], "counts": ["is", "set"]},
		fields=["*"],
	)
	for row in rows:
		row.counts = {int(score): count for score, count in frappe.parse_json(row.counts).items()}
		found[row.period][row.unit, row.question, row.question_type] = row
	if not rows:
		for period, days in periods.items():
			for row in period_counts.period_rows(days, today, survey):
				found[period][row.unit, row.question, row.question_type] = row
	units = frappe.get_all("CX Business Unit", pluck="name", order_by="lft")
	order = {unit: at for at, unit in enumerate(units)}
	doc = frappe.get_cached_doc("CX Survey", survey)
	result = []
	keys = [key for key in found["90 days"] | found["365 days"] if key[0] in order]
	for key in sorted(keys, key=lambda key: (order[key[0]], *key[1:])):
		unit, question, kind = key
		period, row = "90 days", found["90 days"].get(key)
		if row is None or row.people < (settings.score_min_people or 10):
			period, row = "365 days", found["365 days"].get(key)
		if row:
			score = _figures(
				unit,
				(survey, question, kind),
				row.counts,
				row,
				(row.asked, row.answered),
				today,
				periods[period],
				settings,
				doc,
			)
			score.as_of = row.as_of or today
			result.append(score)
	return result


def readable(user: str, unit: str, row: frappe._dict) -> bool:
	"""Whether this reader may see this score: the unit is theirs, and few people are not shown of a confidential survey."""
	if not sees_unit(user, unit):
		return False
	if row.get("privacy") == "Confidential" and not is_near(user, unit):
		return row.n >= HIDDEN_BELOW
	return True


def below(unit: str) -> list[str]:
	"""The unit and all below it."""
	place = frappe.db.get_value("CX Business Unit", unit, ["lft", "rgt"], as_dict=True)
	if not place:
		return [unit]
	return frappe.get_all(
		"CX Business Unit", filters={"lft": [">=", place.lft], "rgt": ["<=", place.rgt]}, pluck="name"
	)


def _answers(units: list[str], today: date, days: int, survey: str | None) -> dict[tuple, Counter]:
	"""(survey, question, type) -> count by scale value, of the events of so many days."""
	table = frappe.qb.DocType("CX Score Rollup")
	query = (
		frappe.qb.from_(table)
		.select(
			table.survey, table.question, table.question_type, table.score, Sum(table["count"]).as_("total")
		)
		.where(table.measure == "Answer")
		.where(table.question_type.isin(SCALES))
		.where(table.unit.isin(units))
		.where(table.day > today - timedelta(days=days))
		.where(table.day <= today)
		.groupby(table.survey, table.question, table.question_type, table.score)
	)
	if survey:
		query = query.where(table.survey == survey)
	found: dict[tuple, Counter] = {}
	for row in query.run(as_dict=True):
		if row.total:
			found.setdefault((row.survey, row.question, row.question_type), Counter())[row.score] += int(
				row.total
			)
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
		.where(response.unit.isin(units))
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
	behind = rollup.people_behind(times)
	return frappe._dict(people=behind.people, effective_n=behind.effective)


def _score(unit, units, key, counts: Counter, behind, today: date, days: int, settings) -> frappe._dict:
	"""One score of a unit, its asked and answered counted now."""
	survey = key[0]
	asked = _asked(units, survey, today, days)
	doc = frappe.get_cached_doc("CX Survey", survey)
	return _figures(unit, key, counts, behind, asked, today, days, settings, doc)


def _figures(
	unit, key, counts, behind, sent: tuple[int, int], today: date, days: int, settings, doc
) -> frappe._dict:
	survey, question, kind = key
	asked, answered = sent
	row = next((row for row in doc.questions if row.key == question), None)
	effective = min(behind.effective_n or sum(counts.values()), sum(counts.values()))
	estimate = _estimate(kind, counts, effective)
	limit = (settings.score_target or 70) / 100
	scales = [
		other
		for other in doc.questions
		if answers.scale_of({"type": other.question_type, "points": other.points})
	]
	return frappe._dict(
		unit=unit,
		survey=survey,
		privacy=doc.privacy,
		question=question,
		text=row.question if row else "",
		type=kind,
		main=bool(scales and scales[0].key == question),
		value=estimate.value,
		low=estimate.low,
		high=estimate.high,
		method=estimate.method,
		n=behind.people,
		answers=sum(counts.values()),
		asked=asked,
		answered=answered,
		response_rate=answered / asked if asked and asked >= answered else None,
		band=scores.band(estimate, limit) if kind == "CSAT" else "",
		window=days,
		few=behind.people < (settings.score_min_people or 10),
		still_coming=STILL_COMING_DAYS,
		effective=effective,
		target=limit if kind == "CSAT" else None,
		counts=dict(counts),
		as_of=today,
	)


def _estimate(kind: str, counts: Counter, effective: float) -> intervals.Estimate:
	measure = {"CSAT": scores.csat, "CES": scores.ces, "NPS": scores.nps}.get(kind)
	if measure:
		return measure(counts, effective=effective or None)
	# A rating: the share of its best values, whichever number its scale begins with.
	low, high = answers.scale_of(kind)
	points, top = high - low + 1, high - answers.BANDS[kind][1] + 1
	shifted = {value - low + 1: count for value, count in counts.items()}
	return scores.csat(shifted, points=points, top=top, effective=effective or None)


def _asked(units: list[str], survey: str, today: date, days: int) -> tuple[int, int]:
	"""People asked in the window, and those of them who answered (by the day they were asked)."""
	table = frappe.qb.DocType("CX Score Rollup")
	rows = dict(
		frappe.qb.from_(table)
		.select(table.measure, Sum(table["count"]))
		.where(table.measure.isin(("Asked", "Answered")))
		.where(table.survey == survey)
		.where(table.unit.isin(units))
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
