"""Who knows which unit as a picture and as text, and how well the units are covered against one person going.

Read from the knowledge that is worked out every night, within what the reader may see. People stand by name; no total,
mean, rank or order by person.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import format_date, get_fullname, getdate, nowdate

from cx_desk.core.cadence import EFFECTIVE_LEVEL, coverage
from cx_desk.core.render import knowledge as picture
from cx_desk.core.render.text import short
from cx_desk.core.words import N_
from cx_desk.host.unit_tickets import counts
from cx_desk.immersion import knowledge
from cx_desk.units.branches import below
from cx_desk.units.scope import visible_units

COVER_DAYS = 91


# The grounds of the picture in words, the palest first.
FRESH = (N_("hardly known any more"), N_("known a little"), N_("known partly"), N_("known well"))
NOBODY, ONE, TWO = "Nobody", "One person", "Two or more"


def matrix(top: str | None = None) -> dict:
	"""The picture of who knows which unit, its text, and how the units are covered; for what the reader may see.

	top: only this unit and what is below it. People stand by name; nothing is added up or ordered by person.
	"""
	units = _shown_units(top)
	rows = [row for row in _readable(units) if row.unit in set(units)]
	names = {user: get_fullname(user) for user in {row.user for row in rows}}
	people = sorted(names, key=lambda user: (names[user].casefold(), user))
	places = {user: place for place, user in enumerate(people)}
	cells, lines = {}, {unit: [] for unit in units}
	for row in sorted(rows, key=lambda row: places[row.user]):
		cell = picture.Cell(row.level, row.freshness, _in_words(row, names[row.user]))
		cells[units.index(row.unit), places[row.user]] = cell
		lines[row.unit].append({"text": cell.text, "well": row.freshness >= EFFECTIVE_LEVEL})
	# A unit that nobody knows is the point of the picture; one that has no tickets either would only fill it.
	tickets = counts(units, *_window())
	kept = [unit for unit in units if lines[unit] or tickets.get(unit)]
	moved = {unit: place for place, unit in enumerate(kept)}
	drawn = {(moved[units[row]], place): cell for (row, place), cell in cells.items()}
	label = _("Who of the desk knows which unit: {0} units, {1} people. The same stands below as text.")
	return {
		"svg": picture.matrix(
			kept, [names[user] for user in people], drawn, label.format(len(kept), len(people))
		)
		if kept and people
		else "",
		"units": [{"unit": unit, "tickets": tickets.get(unit, 0), "lines": lines[unit]} for unit in kept],
		"cover": resilient_cover(top)[1],
		"worked_out_on": format_date(max(row.worked_out_on for row in rows)) if rows else "",
	}


def _shown_units(top: str | None) -> list[str]:
	"""Enabled units that the reader may see, in the order of the tree. PermissionError for a part that is not theirs."""
	seen = visible_units(frappe.session.user)
	filters = {"disabled": 0, "is_unassigned": 0}
	if top:
		if seen is not None and top not in seen:
			frappe.throw(_("{0} is not one of your units.").format(frappe.bold(top)), frappe.PermissionError)
		if not frappe.db.exists("CX Business Unit", top):
			frappe.throw(_("There is no unit {0}.").format(frappe.bold(frappe.utils.escape_html(top))))
		filters["name"] = ("in", below(top))
	units = frappe.get_all("CX Business Unit", filters, pluck="name", order_by="lft")
	return units if seen is None else [unit for unit in units if unit in set(seen)]


def _readable(units: list[str]) -> list[frappe._dict]:
	fields = ["unit", "user", "level", "freshness", "evidence", "evidence_on", "worked_out_on"]
	return frappe.get_list(knowledge.KNOWLEDGE, {"unit": ("in", units or [""])}, fields, limit=0)


def _in_words(row, name: str) -> str:
	"""One cell as a sentence."""
	fresh = _(FRESH[picture.Cell(row.level, row.freshness, "").ground])
	return _("{0}: {1} ({2}, {3} of {4})").format(
		name, _(knowledge.LEVELS[row.level]), fresh, _(row.evidence), format_date(row.evidence_on)
	)


def _window() -> tuple[date, date]:
	today = getdate(nowdate())
	return today - timedelta(days=COVER_DAYS), today - timedelta(days=1)


def resilient_cover(top: str | None = None) -> tuple[list[dict], dict]:
	"""Every unit with who knows it well, the barest first, and the shares of units and tickets that are covered.

	Shares count our own records: they carry n and no interval. A share by tickets is None without any.
	"""
	units = _shown_units(top)
	tickets = counts(units, *_window())
	well: dict[str, list[str]] = {}
	levels: dict[str, list[float]] = {}
	for row in _readable(units):
		levels.setdefault(row.unit, []).append(row.freshness)
		if row.freshness >= EFFECTIVE_LEVEL:
			well.setdefault(row.unit, []).append(get_fullname(row.user))
	counted = [unit for unit in units if tickets.get(unit) or levels.get(unit)]
	if not counted:
		return [], {}
	found = coverage(
		{unit: levels.get(unit, []) for unit in counted}, {unit: tickets.get(unit, 0) for unit in counted}
	)
	rows = [
		{
			"unit": unit,
			"tickets": tickets.get(unit, 0),
			"known": (NOBODY, ONE, TWO)[min(2, len(well.get(unit, ())))],
			"who": ", ".join(sorted(well.get(unit, ()), key=str.casefold)),
		}
		for unit in counted
	]
	rows.sort(key=lambda row: ((NOBODY, ONE, TWO).index(row["known"]), -row["tickets"], row["unit"]))
	shares = {
		"any": found.any_cover,
		"resilient": found.resilient,
		"any_by_tickets": found.any_by_volume,
		"resilient_by_tickets": found.resilient_by_volume,
		"single": len(found.single),
		"uncovered": len(found.uncovered),
		"n": found.n,
		"tickets": sum(tickets.get(unit, 0) for unit in counted),
	}
	return rows, {**shares, "text": cover_in_words(shares)}


def cover_in_words(shares: dict) -> str:
	"""The shares as two sentences."""

	def percent(share):
		return short(round(100 * share, 1), frappe.local.lang)

	def unbroken(text):
		return text.replace(" %", "\N{NO-BREAK SPACE}%")

	if shares["any_by_tickets"] is None:
		text = _("Known well by somebody: {0} % of {1} units. By two or more, so that one can go: {2} %.")
		return unbroken(text.format(percent(shares["any"]), shares["n"], percent(shares["resilient"])))
	text = _(
		"Known well by somebody: {0} % of {1} units ({2} % by tickets). By two or more, so that one can go: {3} % ({4} % by tickets)."
	)
	return unbroken(
		text.format(
			percent(shares["any"]),
			shares["n"],
			percent(shares["any_by_tickets"]),
			percent(shares["resilient"]),
			percent(shares["resilient_by_tickets"]),
		)
	)
