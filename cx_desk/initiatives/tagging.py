"""Which tickets belong to an initiative: by a word in the subject, by team, by unit, or by hand from the dialog.

What somebody takes off by hand stays off, whatever the rules say. What would have caught a ticket proposes a criterion.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import (
	cint,
	cstr,
	get_datetime,
	get_fullname,
	now_datetime,
)

from cx_desk.core import initiative as machine
from cx_desk.host.statements import bound, prepared
from cx_desk.initiatives import news, people

TAG = "CX Initiative Ticket"
BY_HAND, WORDS, TEAM, UNIT = "By hand", "Words", "Team", "Unit"


def matches_words(words: str | None, subject: str | None) -> bool:
	"""Whether a subject holds one of the words (one per line), whole and whatever their case."""
	text = f" {' '.join(_letters(cstr(subject)).split())} "
	return any(
		f" {' '.join(_letters(line).split())} " in text for line in cstr(words).splitlines() if line.strip()
	)


def _letters(text: str) -> str:
	return "".join(char if char.isalnum() else " " for char in text.casefold())


def tag_rule(doc, ticket) -> str | None:
	"""By what a ticket belongs to an initiative: the most telling of words, team and unit; None when it does not."""
	if matches_words(doc.tag_words, ticket.subject):
		return WORDS
	if doc.tag_team and ticket.agent_group == doc.tag_team:
		return TEAM
	if cint(doc.tag_by_unit):
		return UNIT
	return None


def candidates(doc, start: datetime, end: datetime) -> list[frappe._dict]:
	"""Tickets of the affected units, or of the team that is named, opened in a period: among them its own are found."""
	from cx_desk.host import initiative_tickets

	units = news.with_below([row.unit for row in doc.units])
	return initiative_tickets.opened_between(units, doc.tag_team, start, end)


def in_categories(doc, start: datetime, end: datetime) -> list[frappe._dict] | None:
	"""Tickets of a period that should be its own: those of its ticket type, else all that its unit or team rule means.

	None where only words or hands tag: what else there was says nothing about what was forgotten.
	"""
	from cx_desk.host import initiative_tickets

	if doc.get("tag_type"):
		units = news.with_below([row.unit for row in doc.units])
		return initiative_tickets.opened_between(units, doc.tag_team, start, end, doc.tag_type)
	return candidates(doc, start, end) if doc.tag_team or cint(doc.tag_by_unit) else None


def has_rule(doc) -> bool:
	"""Whether anything but a hand tags its tickets."""
	return bool(cstr(doc.tag_words).strip() or doc.tag_team or cint(doc.tag_by_unit))


def tag_new(doc) -> int:
	"""Tag what came since go-live and fits; how many were tagged."""
	if not doc.live_at or not has_rule(doc):
		return 0
	# Those that were taken off by hand are among them: no rule brings them back.
	known = set(frappe.get_all(TAG, {"initiative": doc.name}, pluck="ticket"))
	count = 0
	for ticket in candidates(doc, get_datetime(doc.live_at), now_datetime() + timedelta(minutes=1)):
		rule = tag_rule(doc, ticket)
		if rule and str(ticket.name) not in known:
			_insert(doc.name, ticket, rule)
			count += 1
	return count


def tag(initiative: str, ticket: str, by: str = BY_HAND) -> str:
	"""Tag one ticket; twice is once, and who tags by hand brings back what was taken off. Its tag."""
	from cx_desk.host import initiative_tickets

	known = frappe.db.get_value(
		TAG, {"initiative": initiative, "ticket": str(ticket)}, ["name", "removed"], as_dict=True
	)
	if known:
		if cint(known.removed) and by == BY_HAND:
			frappe.db.set_value(TAG, known.name, {"removed": 0, "removed_by": None, "tagged_by": BY_HAND})
		return known.name
	doc = frappe.get_doc(people.INITIATIVE, initiative)
	if doc.stage in (machine.DRAFT, machine.CLOSED, machine.DECLINED, machine.WITHDRAWN):
		frappe.throw(_("{0} is not running: no ticket belongs to it now.").format(doc.title))
	found = initiative_tickets.by_name([str(ticket)])
	if not found:
		frappe.throw(_("There is no ticket {0}.").format(ticket))
	return _insert(initiative, found[0], by)


def _insert(initiative: str, ticket, by: str) -> str:
	row = frappe.new_doc(TAG)
	row.update(
		{
			"initiative": initiative,
			"ticket": str(ticket.name),
			"subject": cstr(ticket.subject)[:140],
			"tagged_by": by,
			"opened_on": ticket.creation,
		}
	)
	# allowed: who may tag was judged by the caller, or a rule of the initiative tags
	row.insert(ignore_permissions=True)
	return row.name


def untag(initiative: str, ticket: str) -> None:
	"""A ticket does not belong to it. That is remembered: the rule that tagged it does not bring it back."""
	name = frappe.db.get_value(TAG, {"initiative": initiative, "ticket": str(ticket)})
	if name:
		me = get_fullname(frappe.session.user)
		frappe.db.set_value(
			TAG, name, {"removed": 1, "removed_by": me, "caught": 0, "missed_criterion": None}
		)


def forbid_deletion(row) -> None:
	"""A deleted tag would come back by the rule that made it: it is taken off instead."""
	if row.tagged_by == BY_HAND or row.flags.cx_with_initiative or frappe.session.user == "Administrator":
		return
	frappe.throw(
		_("A rule tagged it and would tag it again. Take it off in the ticket's dialog; then it stays off."),
		title=_("Not deleted"),
	)


def live_of(unit: str | None) -> list[frappe._dict]:
	"""Initiatives that run and affect a unit or one above it, those in early life support first. One query."""
	if not unit:
		return []
	found = _read_live(unit=unit)
	order = {machine.EARLY_LIFE: 0, machine.TRANSITION: 1, machine.HANDED_OVER: 2}
	found.sort(key=lambda one: order.get(one.stage, 3))
	return found


@prepared
def _read_live():
	initiative = frappe.qb.DocType(people.INITIATIVE)
	row = frappe.qb.DocType("CX Initiative Unit")
	here = frappe.qb.DocType("CX Business Unit").as_("here")
	above = frappe.qb.DocType("CX Business Unit").as_("above")
	return (
		frappe.qb.from_(here)
		.join(above)
		.on((above.lft <= here.lft) & (above.rgt >= here.rgt))
		.join(row)
		.on((row.unit == above.name) & (row.parenttype == people.INITIATIVE))
		.join(initiative)
		.on(initiative.name == row.parent)
		.select(
			initiative.name,
			initiative.title,
			initiative.stage,
			initiative.lead,
			initiative.golive_date,
			initiative.support_until,
			initiative.plan,
		)
		.distinct()
		.where(here.name == bound("unit"))
		.where(initiative.stage.notin([machine.DRAFT, machine.CLOSED, machine.DECLINED, machine.WITHDRAWN]))
		.orderby(initiative.modified, order=frappe.qb.desc)
	)


def proposals(template: str | None = None) -> list[frappe._dict]:
	"""Criteria that would have caught tickets, each with how often and for which template, the most frequent first."""
	rows = frappe.get_all(
		TAG,
		{"caught": 1, "removed": 0, "missed_criterion": ("is", "set")},
		["initiative", "missed_criterion", "ticket"],
	)
	known = dict(
		frappe.get_all(
			people.INITIATIVE,
			{"name": ("in", [row.initiative for row in rows] or [""])},
			["name", "template"],
			as_list=True,
		)
	)
	counts: dict[tuple[str, str], list[str]] = {}
	for row in rows:
		counts.setdefault(
			(known.get(row.initiative) or "", " ".join(row.missed_criterion.split())), []
		).append(row.ticket)
	found = [
		frappe._dict(template=key[0], criterion=key[1], tickets=tickets, n=len(tickets))
		for key, tickets in counts.items()
		if template in (None, key[0])
		and not frappe.db.exists("CX Template Criterion", {"parent": key[0], "criterion": key[1]})
	]
	return sorted(found, key=lambda row: (-row.n, row.criterion))
