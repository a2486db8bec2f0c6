"""Who of the desk knows which unit: worked out from visits, briefings, tickets, articles and the unit's own word.

Derived every night and never typed. It shows a person and a unit, a level and how fresh it is; no total, mean, rank or
order by person, and it is never used to rate anybody.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date, get_fullname, getdate, nowdate

from cx_desk.core import knowledge as core
from cx_desk.core import visit as machine
from cx_desk.host.articles import published
from cx_desk.host.teams import active_agents
from cx_desk.host.unit_tickets import handlers
from cx_desk.immersion import visits

KNOWLEDGE = "CX Business Knowledge"
# Who plans visits and cover; everybody else sees what they know themselves.
PLANNERS = ("CX Manager", "CX Liaison")
LEVELS = {
	1: "is aware of them",
	2: "has visited them",
	3: "handles their tickets",
	4: "can brief others",
	5: "is confirmed by them",
}


def evidence(on: date | None = None) -> dict[tuple[str, str], list[core.Evidence]]:
	"""(unit, user) -> the evidence up to a day, in a handful of queries whatever the data."""
	day = getdate(on or nowdate())
	found: dict[tuple[str, str], list[core.Evidence]] = {}
	for row in _visits(day):
		kind = (
			core.BRIEFING
			if row.direction == machine.THEY_TO_US and row.type == machine.BRIEFING
			else core.VISIT
		)
		pieces = found.setdefault((row.unit, row.user), [])
		pieces.append(core.Evidence(kind, getdate(row.starts_on), row.name))
		if cint(row.knows_us):
			pieces.append(core.Evidence(core.CONFIRMED, getdate(row.starts_on), row.name))
	since = day - timedelta(days=core.TICKETS_WINDOW_DAYS)
	for unit, people in handlers(since, core.ENOUGH_TICKETS).items():
		for user, last in people.items():
			found.setdefault((unit, user), []).append(core.Evidence(core.TICKETS, min(last, day)))
	for unit, user, written, article in _articles():
		if written <= day:
			found.setdefault((unit, user), []).append(core.Evidence(core.ARTICLE, written, article))
	return found


def _articles() -> list[tuple[str, str, date, str]]:
	"""(unit, author, day, article) of every published article about a unit: of its category, or drafted from its voice."""
	by_category: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"CX Business Unit", {"article_category": ("is", "set")}, ["name", "article_category"]
	):
		by_category.setdefault(row.article_category, []).append(row.name)
	by_name: dict[str, list[str]] = {}
	for row in frappe.get_all("CX Visit Voice", {"article": ("is", "set")}, ["unit", "article"]):
		by_name.setdefault(row.article, []).append(row.unit)
	return [
		(unit, row.author, getdate(row.published_on), row.name)
		for row in published(by_category, by_name)
		for unit in {*by_category.get(row.category, ()), *by_name.get(row.name, ())}
		if unit
	]


def _visits(day: date) -> list[frappe._dict]:
	visit, person = frappe.qb.DocType(visits.VISIT), frappe.qb.DocType(visits.PERSON)
	return (
		frappe.qb.from_(visit)
		.join(person)
		.on((person.parent == visit.name) & (person.parenttype == visits.VISIT))
		.select(
			visit.name, visit.unit, visit.type, visit.direction, visit.starts_on, visit.knows_us, person.user
		)
		.where(visit.state.isin(machine.TOOK_PLACE))
		.where(visit.starts_on < f"{day} 23:59:59")
		.where(person.side == visits.DESK)
		.where(person.stayed_away == 0)
		.where(person.user.isnotnull())
	).run(as_dict=True)


def work_out(on: date | None = None) -> int:
	"""Write the knowledge of every active agent and unit as of a day (today); how many rows there are."""
	day = getdate(on or nowdate())
	agents = set(active_agents())
	units = set(frappe.get_all("CX Business Unit", {"disabled": 0, "is_unassigned": 0}, pluck="name"))
	rows = {}
	for (unit, user), pieces in evidence(day).items():
		what = core.known(pieces, day)
		if what and user in agents and unit in units:
			rows[unit, user] = what
	frappe.db.delete(KNOWLEDGE)
	fields = [
		"name",
		"unit",
		"user",
		"level",
		"freshness",
		"evidence",
		"evidence_on",
		"source",
		"worked_out_on",
	]
	fields += ["creation", "modified", "owner", "modified_by"]
	now = frappe.utils.now()
	values = [
		(
			*(frappe.generate_hash(length=12), unit, user, what.level, round(what.freshness, 1)),
			*(what.evidence.kind, what.evidence.day, what.evidence.source or None, day),
			*(now, now, "Administrator", "Administrator"),
		)
		for (unit, user), what in sorted(rows.items())
	]
	frappe.db.bulk_insert(KNOWLEDGE, fields, values)
	return len(values)


def levels_on(day: date, units: Iterable[str] | None = None) -> dict[str, dict[str, float]]:
	"""Unit -> user -> freshness on a day, which may lie ahead; only active agents."""
	agents = set(active_agents())
	wanted = set(units) if units is not None else None
	found: dict[str, dict[str, float]] = {}
	for (unit, user), pieces in evidence(min(day, getdate(nowdate()))).items():
		if user in agents and (wanted is None or unit in wanted):
			what = core.known(pieces, day)
			if what:
				found.setdefault(unit, {})[user] = what.freshness
	return found


def what_if(user: str, on: date | str, units: list[str] | None) -> list[dict]:
	"""What goes when somebody goes on a day: units that would be known well by fewer than two, and who could take over.

	units: those that the reader may see, None for all. Nothing is stored. ValidationError for a day in the past.
	"""
	try:
		day = getdate(on)
	except Exception:
		day = None
	if not day:
		frappe.throw(_("Choose the day on which they would go."))
	if user not in active_agents():
		frappe.throw(
			_("{0} is no active agent of the desk. Choose one.").format(frappe.utils.escape_html(cstr(user)))
		)
	if day < getdate(nowdate()):
		frappe.throw(_("The day lies in the past. Choose the day on which they would go."))
	rows = []
	for risk in core.at_risk(levels_on(day, units), user):
		left = [get_fullname(one) for one in risk.left]
		takers = [get_fullname(one) for one in risk.takers]
		rows.append(
			{
				"unit": risk.unit,
				"people": [user, *risk.takers[:1]],
				"who_is_left": ", ".join(left) or _("Nobody"),
				"could_take_over": ", ".join(takers) or _("Nobody knows them yet"),
				"what_to_do": _("Book a visit of {0} and {1} together before {2}.").format(
					get_fullname(user), takers[0] if takers else _("a successor"), format_date(day)
				),
				"bare": not left,
			}
		)
	return rows
