"""A scorecard for a wide audience: what would show fewer than five people, directly or by subtraction, is taken out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cx_desk.cli.counting import FileTally
from cx_desk.cli.groups import month_of, name_of
from cx_desk.cli.reading import InputError
from cx_desk.core import suppression

MOST_CELLS = 400


def hide_small(card: dict[str, Any], tallies: Sequence[FileTally], days) -> None:
	"""Take out of the card what would show fewer than `suppression.FLOOR` people.

	`days` are the dates of each file, as `read_days` gives them. InputError where fewer answered in all.
	"""
	answers = _answers(card, tallies, days)
	if len({answer[0] for answer in answers}) < suppression.FLOOR:
		raise InputError(
			f"fewer than {suppression.FLOOR} people answered: nothing can be shown to a wide audience"
		)
	parts, cells = _cells(card, answers, coarse=any(tally.coarse for tally in tallies))
	_keep(card, parts, _shown(parts, cells))
	if card["chart"] and (card["hidden"]["months"] or not card["months"]):
		card["chart"] = card["change"] = None
	_hide_matrix(card)
	card["watermelon_units"] = []
	card["drivers"] = None
	card["notes"].append(
		f"For a wide audience: groups of fewer than {suppression.FLOOR} people are left out, with whatever would give "
		"them away by subtraction; reasons are not shown."
	)


def _answers(card, tallies: Sequence[FileTally], days) -> set[tuple[str, str, str, str]]:
	"""(who, unit, team, month) of every answer, as far as the card has such a table."""
	found: set[tuple[str, str, str, str]] = set()
	for index, (tally, (dates, _)) in enumerate(zip(tallies, days, strict=True)):
		person_known = tally.has("person")
		for person, unit, team, day_text in tally.cells or ():
			day = dates.get(day_text)
			found.add(
				(
					person if person_known else f"{index}:{person}",
					name_of(unit) if card["units"] else "",
					name_of(team) if card["teams"] else "",
					month_of(day) if day else "",
				)
			)
	return found


def _cells(card, answers, *, coarse: bool) -> tuple[dict[str, int], dict[tuple, set[str]]]:
	"""The tables that are protected together, by their place in an answer, and who stands in each of their cells.

	Protected together where that can be computed; else the finer tables are left out, teams first.
	"""
	parts = {"units": 1, "teams": 2, "months": 3}
	if not card["units"]:
		parts.pop("units")
	if not card["teams"] or coarse:
		parts.pop("teams")
	if coarse:
		parts.pop("months")
	for leave_out in (None, "teams", "months"):
		if leave_out:
			parts.pop(leave_out, None)
		cells: dict[tuple, set[str]] = defaultdict(set)
		for answer in answers:
			cells[tuple(answer[position] for position in parts.values())].add(answer[0])
		if len(cells) <= MOST_CELLS:
			return parts, cells
	if len(cells) <= 10 * MOST_CELLS:
		return parts, cells
	return {}, {(): {answer[0] for answer in answers}}


def _shown(parts: dict[str, int], cells: dict[tuple, set[str]]) -> set[tuple[str, str]]:
	"""The rows (table, name) that can be shown without giving another away."""
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
	return {margin for index, margin in enumerate(margins, start=1) if index in protected.shown_totals}


def _keep(card, parts: dict[str, int], shown: set[tuple[str, str]]) -> None:
	for part in ("units", "teams", "months"):
		kept = [entry for entry in card[part] if part in parts and (part, entry["name"]) in shown]
		gone = [entry for entry in card[part] if entry not in kept]
		# A row without a score shows nobody: it is only missed where its whole table is left out.
		card["hidden"][part] = sum(entry["score"] is not None or part not in parts for entry in gone)
		card[part] = kept


def _hide_matrix(card) -> None:
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
