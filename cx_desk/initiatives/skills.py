"""Who in the desk needs to know what by go-live: named people, a day, and how one saw that they know it.

A requirement, not a mark: it says nothing of how well somebody works. Who knows the affected units already stands
beside it, by name and never ranked.
"""

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date, get_fullname, getdate, nowdate

from cx_desk.initiatives import telling

KNOWLEDGE = "CX Business Knowledge"
MOST_SHOWN = 12


def begin(doc, planned: list[dict], wanted: list[dict]) -> None:
	"""Bring in what a template says has to be known; rows that somebody named or wrote themselves stay.

	planned: what the template before had brought, which goes where nobody was named.
	"""
	gone = {row["skill"].lower() for row in planned}
	rows = [
		row.as_dict()
		for row in doc.get("skills") or []
		if row.person or cint(row.known) or cstr(row.skill).lower() not in gone
	]
	there = {cstr(row.skill).lower() for row in rows}
	doc.set("skills", rows)
	for row in wanted:
		if row["skill"].lower() not in there:
			doc.append("skills", row)


def keep(doc, before) -> None:
	"""Hold the rows to their rules: somebody of the desk, each skill and person once, known only with how one saw it."""
	from cx_desk.host.people import is_staff

	old = {row.name: row for row in (before.get("skills") or [] if before else [])}
	seen = set()
	for row in doc.get("skills") or []:
		row.skill = " ".join(cstr(row.skill).split())
		key = (row.skill.lower(), row.person or "")
		if key in seen:
			frappe.throw(_("“{0}” stands twice for the same person. Take one row out.").format(row.skill))
		seen.add(key)
		was = old.get(row.name)
		if row.person and (not was or was.person != row.person) and not is_staff(row.person):
			frappe.throw(
				_("{0} does not work for the desk. Name somebody who answers calls about it.").format(
					frappe.bold(get_fullname(row.person))
				)
			)
		if not cint(row.known):
			row.known_on = None
			continue
		if not row.person:
			frappe.throw(_("“{0}” is known: say by whom.").format(row.skill))
		if not cstr(row.evidence).strip():
			frappe.throw(
				_("“{0}” is known: say how one saw it, such as an attendance list.").format(row.skill),
				title=_("Evidence is missing"),
			)
		row.known_on = was.known_on if was and cint(was.known) and was.known_on else getdate(nowdate())


def follow_up(doc, before) -> None:
	"""Whoever was named hears of it, once."""
	old = {(row.skill, row.person) for row in (before.get("skills") or [] if before else [])}
	for row in doc.get("skills") or []:
		fresh = row.person and (row.skill, row.person) not in old and not cint(row.known)
		if fresh and row.person != frappe.session.user:
			telling.notify(doc, row.person, _("Before go-live you need to know: {0}").format(row.skill))


def day_of(doc, row):
	"""The day by which something has to be known: its own, else go-live; None while neither is set."""
	day = row.needed_by or doc.golive_date
	return getdate(day) if day else None


def missing(doc) -> list:
	"""The rows that are not known yet."""
	return [row for row in doc.get("skills") or [] if not cint(row.known)]


def summary(doc) -> dict:
	"""What the form shows: how many are known, what is late or has no name, and who knows the affected units."""
	today = getdate(nowdate())
	rows = doc.get("skills") or []
	still = missing(doc)
	return {
		"n": len(rows),
		"known": len(rows) - len(still),
		"nobody": [row.skill for row in still if not row.person],
		"late": [
			{"skill": row.skill, "by": format_date(day_of(doc, row))}
			for row in still
			if day_of(doc, row) and day_of(doc, row) < today
		],
		"know_the_units": _who_knows([row.unit for row in doc.units or []]),
	}


def _who_knows(units: list[str]) -> list[dict]:
	"""Who knows the affected units, as far as the reader may see it: by name, with the level, never a rank."""
	rows = frappe.get_list(
		KNOWLEDGE,
		filters={"unit": ["in", units or [""]], "level": [">", 0]},
		fields=["user", "unit", "level", "evidence", "evidence_on"],
		limit=0,
	)
	named = frappe.get_all(
		"User", {"name": ["in", [row.user for row in rows] or [""]], "enabled": 1}, ["name", "full_name"]
	)
	names = {row.name: row.full_name for row in named}
	found = [
		{
			"name": names[row.user],
			"unit": row.unit,
			"level": row.level,
			"evidence": _(row.evidence) if row.evidence else "",
			"on": format_date(row.evidence_on) if row.evidence_on else "",
		}
		for row in rows
		if row.user in names
	]
	found.sort(key=lambda one: (one["name"].lower(), one["unit"]))
	return found[:MOST_SHOWN]
