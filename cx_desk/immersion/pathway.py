"""What somebody of the desk knows of the business and where they can go with it: shown to themselves alone."""

import frappe
from frappe import _
from frappe.utils import format_date, getdate, nowdate

from cx_desk.core import initiative
from cx_desk.core import knowledge as core
from cx_desk.core import pathway as core_pathway
from cx_desk.core.words import N_
from cx_desk.immersion import knowledge

# The levels as one reads them of oneself.
MINE = {
	1: N_("you were told how they work"),
	2: N_("you have visited them"),
	3: N_("you handle their tickets"),
	4: N_("you can brief others"),
	5: N_("they say that you know how they work"),
}


def mine() -> dict:
	"""What the signed-in person knows of the business and which roles use it. Of nobody else, whoever asks."""
	user = frappe.session.user
	today = getdate(nowdate())
	known = {unit: pieces for (unit, who), pieces in knowledge.evidence(today).items() if who == user}
	known = {unit: pieces for unit, pieces in known.items() if core.known(pieces, today)}
	units = []
	for unit in sorted(known, key=str.casefold):
		what, until = core.known(known[unit], today), core.well_until(known[unit], today)
		units.append(
			{
				"unit": unit,
				"knows": _(MINE[what.level]),
				"evidence": _("{0} of {1}").format(_(what.evidence.kind), format_date(what.evidence.day)),
				"fresh": _("Known well until {0}, without anything new.").format(format_date(until))
				if until
				else _("Not known well now: {0}").format(_(_next_evidence(known[unit]))),
				"well": bool(until),
			}
		)
	return {
		"needed": _needed(user, today),
		"units": units,
		"roles": [
			{
				"name": _(step.destination.name),
				"uses": _(step.destination.uses),
				"units": list(step.units),
				"open": step.open,
				"step": "" if step.open else _(step.destination.step),
			}
			for step in core_pathway.pathway(known)
		],
	}


def _needed(user: str, today) -> list[dict]:
	"""What one person of the desk still has to learn for initiatives on their way, the nearest go-live first."""
	skill, parent = frappe.qb.DocType("CX Initiative Skill"), frappe.qb.DocType("CX Initiative")
	rows = (
		frappe.qb.from_(skill)
		.join(parent)
		.on(parent.name == skill.parent)
		.select(skill.skill, skill.learned_by, skill.needed_by, parent.name, parent.title, parent.golive_date)
		.where((skill.person == user) & (skill.known == 0))
		.where(parent.stage.notin((*initiative.OVER, initiative.DRAFT)))
	).run(as_dict=True)
	found = []
	for row in sorted(rows, key=lambda one: str(one.needed_by or one.golive_date or "9999")):
		day = row.needed_by or row.golive_date
		found.append(
			{
				"skill": row.skill,
				"initiative": row.name,
				"title": row.title,
				"how": _(row.learned_by) if row.learned_by else "",
				"by": format_date(day) if day else "",
				"late": bool(day and getdate(day) < today),
			}
		)
	return found


def _next_evidence(pieces) -> str:
	"""What would lift knowledge that has faded: the kind that is missing, the nearest first."""
	kinds = {piece.kind for piece in pieces}
	if core.VISIT not in kinds:
		return N_("go and see them, then handle their tickets.")
	if core.TICKETS not in kinds:
		return N_("handle ten of their tickets, or ask your host to confirm that you know their work.")
	return N_("handle their tickets again, or visit them.")
