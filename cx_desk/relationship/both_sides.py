"""The relationship's level from both sides: by the yearly review's survey or in the meeting, and the gap between them."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import cstr, format_date, get_fullname, getdate, nowdate

from cx_desk.core import conversation as talk
from cx_desk.core import yearly_review as core
from cx_desk.relationship import conversations
from cx_desk.units import review_answers


def of_unit(unit: str, on: date | None = None) -> core.BothSides:
	"""What each side said last about the relationship with a unit, up to a day (today)."""
	day = getdate(on or nowdate())
	reviews = frappe.get_all(
		conversations.CONVERSATION,
		filters={"unit": unit, "type": talk.SERVICE_REVIEW, "state": ["in", [talk.HELD, talk.PLANNED]]},
		or_filters={"our_level": ["is", "set"], "their_level": ["is", "set"]},
		fields=[
			"state",
			"who",
			"contact",
			"owner",
			"starts_on",
			"modified",
			"their_level",
			"their_evidence",
			"their_next_step",
			"our_level",
			"our_evidence",
			"our_next_step",
		],
		order_by="starts_on asc",
	)
	roles = roles_of(unit)
	theirs, ours = [], []
	for row in reviews:
		# What is written before the meeting stands from the day it was written.
		at = getdate(row.starts_on if row.state == talk.HELD else row.modified)
		if at > day:
			continue
		if row.their_level:
			theirs.append(
				core.Side(
					row.their_level,
					at,
					row.who,
					cstr(row.their_evidence),
					cstr(row.their_next_step),
					# The review is held with the sponsor unless it says otherwise.
					roles.get(row.contact, "Sponsor") == "Sponsor",
					_("service review"),
				)
			)
		if row.our_level:
			ours.append(
				core.Side(
					row.our_level,
					at,
					get_fullname(row.owner),
					cstr(row.our_evidence),
					cstr(row.our_next_step),
					source=_("service review"),
				)
			)
	for row in review_answers.read([unit]):
		level = core.level_of(row.choices.get(core.LEVEL))
		# Others of the unit may be asked as well; for the unit speak those named on it.
		if level and row.contact in roles and getdate(row.answered_at) <= day:
			theirs.append(
				core.Side(
					level,
					getdate(row.answered_at),
					frappe.db.get_value("Contact", row.contact, "full_name") or row.contact,
					row.words.get(core.EVIDENCE, ""),
					row.words.get(core.NEXT_STEP, ""),
					roles[row.contact] == "Sponsor",
					_("survey"),
				)
			)
	return core.both(theirs, ours)


def roles_of(unit: str) -> dict[str, str]:
	"""Contact -> role of the people that matter to a unit."""
	return dict(
		frappe.get_all(
			"CX Unit Person",
			filters={"parent": unit, "parenttype": "CX Business Unit"},
			fields=["contact", "role"],
			order_by="idx desc",
			as_list=True,
		)
	)


def shown(unit: str, on: date | None = None) -> frappe._dict:
	"""Both sides for a page or the pack: theirs and ours (each may be None), gap, text, and the five steps."""
	found = of_unit(unit, on)
	return frappe._dict(
		theirs=_shown(found.theirs),
		ours=_shown(found.ours),
		gap=found.gap,
		text=_text(found),
		ladder=[_(level) for level in talk.LEVELS],
	)


def _shown(side: core.Side | None) -> frappe._dict | None:
	if side is None:
		return None
	return frappe._dict(
		level=_(side.level),
		number=side.number,
		who=side.who,
		on=format_date(side.on),
		source=side.source,
		evidence=side.evidence,
		next_step=side.next_step,
	)


def _text(found: core.BothSides) -> str:
	if found.gap is not None:
		return conversations.gap_text(found.gap)
	if found.ours:
		return _("We have said ours; they were not asked yet, or have not answered.")
	if found.theirs:
		return _("They have said theirs; we have not. Enter ours in the service review.")
	return _("Nobody has said yet. Ask the sponsor first, so that ours does not lead them.")
