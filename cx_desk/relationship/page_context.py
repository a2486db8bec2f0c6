"""For whom a page about units is made, and what its sections have in common."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import get_fullname, getdate, nowdate

from cx_desk.core import units as tree
from cx_desk.units import cover, scope

# A section shows so many entries before it asks to be opened.
MOST_ENTRIES = 12


@dataclass(frozen=True)
class Context:
	"""For whom a page is made: the user, the day, the units it is about, and whether those are their own."""

	user: str
	today: date
	units: tuple[str, ...]
	own: bool


def context_for(user: str, everything: bool = False) -> Context:
	"""The units of a liaison or deputy; for a manager all that they may see, when asked or when they have none."""
	mine = cover.units_of(user)
	visible = scope.visible_units(user)
	own = bool(mine) and not everything
	if own:
		units = mine
	elif visible is None:
		units = frappe.get_all(
			"CX Business Unit", {"disabled": 0, "is_unassigned": 0}, pluck="name", order_by="lft"
		)
	else:
		units = visible
	return Context(user, getdate(nowdate()), tuple(units), own)


def covered_by(context: Context) -> dict[str, str]:
	"""Unit -> who covers it, for a page about more than one's own units; nothing on one's own page."""
	if context.own or not context.units:
		return {}
	assignments, parents = cover.read_assignments(context.today), cover.read_parents()
	found = {}
	for unit in context.units:
		liaison = tree.cover_of(unit, assignments, parents, context.today).liaison
		found[unit] = (
			_("Liaison: {0}").format(get_fullname(liaison)) if liaison else _("Nobody covers this unit.")
		)
	return found


def first_line(text: str | None) -> str:
	"""Words of somebody on one line of a card: at most 120 letters."""
	line = " ".join((text or "").split())
	return line if len(line) <= 120 else line[:119].rstrip() + "…"
