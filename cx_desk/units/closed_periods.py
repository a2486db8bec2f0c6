"""What a wider audience sees of confidential and anonymous surveys: closed quarters, counted once and never again.

Two looks at a figure that moves give away whoever came between them, so those who may not read the rows see no figure
that moves. Each closed quarter is counted by one nightly job into CX Unit Snapshot and marked with what may be shown;
the rest of the tree is hidden so that nothing below the floor can be subtracted (`core.suppression.protect_tree`).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import frappe
from frappe.utils import getdate, now_datetime

from cx_desk.core import periods, rollup, suppression
from cx_desk.core.units import DEPUTY, LIAISON
from cx_desk.units import branches, period_counts
from cx_desk.units.scope import near_units, sees_everything, sees_unit

QUARTER = "Quarter"
FLOOR = suppression.FLOOR
NAMED, CONFIDENTIAL, ANONYMOUS = "Named", "Confidential", "Anonymous"

COLUMNS = (
	*("unit", "survey", "question", "question_type", "period", "quarter", "shown", "as_of", "counts"),
	*("asked", "answered", "people", "own_people", "answers", "effective_n"),
)
_NUMBERS = ("shown", "asked", "answered", "people", "own_people", "answers", "effective_n")


def reads_rows(user: str, unit: str, privacy: str) -> bool:
	"""Whether somebody may read the single answers of a unit with all below it, and so figures that move.

	Of a confidential survey only who is near every unit there is: a total less one's own units is the others'.
	Nobody reads the rows of an anonymous one.
	"""
	if privacy == ANONYMOUS:
		return False
	if sees_everything(user):
		return True
	if not unit or not sees_unit(user, unit):
		return False
	if privacy != CONFIDENTIAL:
		return True
	return set(near_units(user) or ()).issuperset(branches.below(unit))


def units_read(user: str, privacy: str, units: set[str]) -> set[str]:
	"""Those of the units of which `reads_rows` says yes; for many units at once."""
	if privacy == ANONYMOUS:
		return set()
	if sees_everything(user):
		return set(units)
	if privacy != CONFIDENTIAL:
		return {unit for unit in units if sees_unit(user, unit)}
	near = set(near_units(user) or ())
	rows = frappe.get_all("CX Business Unit", fields=["name", "lft", "rgt"])
	# Whoever has a unit below that is not theirs does not read all of it.
	foreign = [row.lft for row in rows if row.name not in near]
	return {
		row.name
		for row in rows
		if row.name in units and not any(row.lft <= lft <= row.rgt for lft in foreign)
	}


def close_quarters(today: date | None = None) -> int:
	"""Count the closed quarters of confidential and anonymous surveys that are not there yet; how many."""
	today = getdate(today)
	count = 0
	for survey in frappe.get_all("CX Survey", filters={"privacy": ["!=", NAMED]}, fields=["name", "privacy"]):
		first = period_counts.first_day(survey.name)
		done = set(closed(survey.name))
		if not first:
			continue
		for quarter in periods.closed_quarters(first, today):
			if quarter.key not in done:
				_close(survey, quarter)
				count += 1
	return count


def _close(survey, quarter: periods.Period) -> None:
	parents = period_counts.parents()
	now = now_datetime()
	rows = []
	by_question: dict[str, list] = {}
	for row in period_counts.period_rows(quarter.start, quarter.end, survey.name):
		by_question.setdefault(row.question, []).append(row)
	for question, found in by_question.items():
		own = _own_people(survey, quarter, question, found, parents)
		shown = suppression.protect_tree(own, parents, floor=FLOOR)
		for row in found:
			people = row.people
			if survey.privacy == ANONYMOUS:
				people = row.answers
			values = row | {
				"period": QUARTER,
				"quarter": quarter.key,
				"shown": int(row.unit in shown and people >= FLOOR),
				"as_of": now,
				"people": people,
				"own_people": own.get(row.unit, 0),
				"counts": frappe.as_json(row.counts, indent=None),
			}
			rows.append(_stored(values, now))
	if not rows:
		# A quarter in which nobody answered is closed as well; the mark keeps it from being counted each night.
		blank = dict.fromkeys(COLUMNS) | dict.fromkeys(_NUMBERS, 0)
		blank |= {"survey": survey.name, "period": QUARTER, "quarter": quarter.key, "as_of": now}
		rows.append(_stored(blank, now))
	frappe.db.bulk_insert(
		"CX Unit Snapshot", ["name", "creation", "modified", "owner", "modified_by", *COLUMNS], rows
	)


def _stored(values: dict, now) -> tuple:
	name = frappe.generate_hash(length=16)
	return (name, now, now, "Administrator", "Administrator", *(values[column] for column in COLUMNS))


def _own_people(survey, quarter, question: str, found: list, parents: dict) -> dict[str, int]:
	"""People of each unit itself, each person in one unit only, so that sums of units never say too many."""
	if survey.privacy == ANONYMOUS:
		total = {row.unit: row.answers for row in found}
		own = Counter(total)
		for unit, count in total.items():
			if parents.get(unit):
				own[parents[unit]] -= count
		return {unit: max(0, count) for unit, count in own.items()}
	behind = period_counts.people_by_unit(quarter.start, quarter.end, survey.name, question=question)
	seen: set[str] = set()
	own: dict[str, int] = {}
	for unit, people in sorted(behind.get((survey.name, question), {}).items()):
		new = {key for key in people if key} - seen
		seen |= new
		own[unit] = len(new)
	return own


def closed(survey: str) -> list[str]:
	"""The quarters of a survey that were closed and counted, oldest first."""
	return frappe.get_all(
		"CX Unit Snapshot",
		filters={"survey": survey, "period": QUARTER},
		pluck="quarter",
		group_by="quarter",
		order_by="quarter asc",
	)


def read(
	survey: str, quarter: str, units: list[str] | None = None, readers: Iterable[str] = ()
) -> dict[str, dict[str, frappe._dict]]:
	"""Unit -> question -> what was counted, for figures that may be shown; `units` keeps to a reader's scope.

	readers: who will see it. Somebody near a unit knows its answers, and could take them from the total above: what
	would be left of it must not be a few people either.
	"""
	found: dict[str, dict[str, frappe._dict]] = {}
	filters = {"survey": survey, "period": QUARTER, "quarter": quarter}
	rows = [
		row for row in frappe.get_all("CX Unit Snapshot", filters=filters, fields=list(COLUMNS)) if row.unit
	]
	hidden = _known_from_within(rows, readers)
	for row in rows:
		if not row.shown or (row.unit, row.question) in hidden:
			continue
		if units is not None and row.unit not in units:
			continue
		row.counts = {int(value): count for value, count in frappe.parse_json(row.counts).items()}
		found.setdefault(row.unit, {})[row.question] = row
	return found


def _known_from_within(rows: list[frappe._dict], readers: Iterable[str]) -> set[tuple[str, str]]:
	"""Figures (unit, question) from which one of these readers could take what they know, and keep a few people."""
	hidden: set[tuple[str, str]] = set()
	areas = {frozenset(near_units(user) or ()) for user in readers if not sees_everything(user)}
	by_question: dict[str, dict[str, int]] = {}
	for row in rows:
		by_question.setdefault(row.question, {})[row.unit] = row.own_people or 0
	parents = period_counts.parents() if any(areas) else {}
	for known in filter(None, areas):
		for question, own in by_question.items():
			unknown = {unit: 0 if unit in known else count for unit, count in own.items()}
			safe = suppression.protect_tree(unknown, parents, floor=FLOOR)
			left = rollup.up_the_tree({unit: {"": count} for unit, count in unknown.items()}, parents)
			hidden |= {(unit, question) for unit in own if unit not in safe and left[unit][""]}
	return hidden


def near_people() -> list[str]:
	"""Everybody who answers for a unit today, and so reads its rows."""
	return frappe.get_all(
		"CX Liaison Assignment", filters={"role": ["in", (LIAISON, DEPUTY)]}, pluck="user", distinct=True
	)


def hidden_count(survey: str, quarter: str, question: str, units) -> int:
	"""How many of these units have answers that are not shown."""
	return frappe.db.count(
		"CX Unit Snapshot",
		{
			"survey": survey,
			"period": QUARTER,
			"quarter": quarter,
			"question": question,
			"shown": 0,
			"unit": ["in", list(units) or [""]],
		},
	)


def root() -> str:
	"""The unit that holds all others."""
	return (
		frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ["is", "not set"]}, "name") or ""
	)
