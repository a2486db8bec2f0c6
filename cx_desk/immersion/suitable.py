"""When a visit suits: not in the unit's critical hours, nobody in two places, and the desk not left empty."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, get_fullname

from cx_desk.core import visit as machine
from cx_desk.core.critical_hours import critical_times
from cx_desk.host.service_calendar import site_zone
from cx_desk.host.teams import teams_of
from cx_desk.immersion import visits
from cx_desk.units import clock

# Who briefs us or is seen from afar takes nobody away from the desk.
AWAY = (machine.WE_TO_THEM, machine.EXCHANGE)


def check(doc) -> None:
	"""Frappe's ValidationError with what stands in the way of a planned visit at its time, and what to do."""
	starts, ends = get_datetime(doc.starts_on), get_datetime(doc.ends_on)
	_not_in_critical_hours(doc.unit, starts, ends)
	others = _visits_of_others(doc, starts, ends)
	_nobody_in_two_places(visits.visitors(doc), others, starts, ends)
	if doc.direction in AWAY:
		_not_too_many_away(visits.visitors(doc), others, starts, ends)


def _not_in_critical_hours(unit: str, starts: datetime, ends: datetime) -> None:
	known, _unread = critical_times(frappe.db.get_value("CX Business Unit", unit, "critical_hours"))
	# Critical hours are written as the clock on the unit's wall shows them.
	there = clock.at_unit(unit, starts), clock.at_unit(unit, ends)
	for one in known:
		if one.touches(*there):
			frappe.throw(
				_("{0} must not be disturbed then: {1}. Choose another time.").format(
					frappe.bold(unit), frappe.bold(_critical_text(unit, one))
				),
				title=_("Critical hours"),
			)


def _nobody_in_two_places(
	going: list[str], others: list[frappe._dict], starts: datetime, ends: datetime
) -> None:
	for other in others:
		if (
			other.user in going
			and get_datetime(other.starts_on) < ends
			and get_datetime(other.ends_on) > starts
		):
			frappe.throw(
				_("{0} is on {1} at that time. Choose another time or somebody else.").format(
					frappe.bold(get_fullname(other.user)), frappe.bold(other.title)
				),
				title=_("In two places"),
			)


def _not_too_many_away(
	going: list[str], others: list[frappe._dict], starts: datetime, ends: datetime
) -> None:
	away: dict = {}
	for other in others:
		if other.direction in AWAY:
			for half in machine.half_days(get_datetime(other.starts_on), get_datetime(other.ends_on)):
				away.setdefault(half, set()).add(other.user)
	full = machine.too_many_away(going, machine.half_days(starts, ends), teams_of(going), away, away_limit())
	if full:
		team, (day, half), out = full
		frappe.throw(
			_(
				"{0} of the team {1} would be away on {2} ({3}): {4}. At most {5} may be. Choose another time."
			).format(
				len(out),
				frappe.bold(team),
				frappe.format(day, "Date"),
				_(half),
				", ".join(get_fullname(user) for user in out),
				away_limit(),
			),
			title=_("Too many away"),
		)


def _critical_text(unit: str, critical) -> str:
	"""A critical time as it was written; with its zone where that is not the site's."""
	zone = clock.zone_of(unit)
	return critical.text if zone == site_zone() else f"{critical.text} ({zone.key})"


def suits(doc) -> bool:
	"""Whether nothing stands in the way of a visit at its time; says nothing to the reader."""
	said = list(frappe.local.message_log)
	doc.direction = machine.direction_of(doc.type)
	try:
		check(doc)
	except frappe.ValidationError:
		frappe.local.message_log = said
		return False
	return True


def _visits_of_others(doc, starts: datetime, ends: datetime) -> list[frappe._dict]:
	"""Who is on which other planned visit on the days of this one."""
	visit, person = frappe.qb.DocType(visits.VISIT), frappe.qb.DocType(visits.PERSON)
	return (
		frappe.qb.from_(visit)
		.join(person)
		.on((person.parent == visit.name) & (person.parenttype == visits.VISIT))
		.select(visit.name, visit.title, visit.starts_on, visit.ends_on, visit.direction, person.user)
		.where(visit.state == machine.PLANNED)
		.where(visit.name != cstr(doc.name))
		.where(person.side == visits.DESK)
		.where(visit.starts_on < f"{ends.date()} 23:59:59")
		.where(visit.ends_on > f"{starts.date()} 00:00:00")
	).run(as_dict=True)


def away_limit() -> int:
	"""How many of one team may be away in one half-day; 0 for any number."""
	value = frappe.get_cached_doc("CX Settings").get("visit_away_limit")
	return machine.AWAY_LIMIT if value is None else cint(value)
