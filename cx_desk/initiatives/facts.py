"""What a move of an initiative is judged by: who somebody is to it, what is met, asked, told and agreed."""

import frappe
from frappe import _
from frappe.utils import (
	cint,
	cstr,
	flt,
	format_date,
	get_datetime,
	get_fullname,
	getdate,
	now_datetime,
	nowdate,
)

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.initiatives import (
	acceptance,
	benefits,
	considerations,
	news,
	people,
	questions,
	support,
	templates,
)
from cx_desk.units import cover

MANAGER_ROLE = "CX Manager"
UNNAMED = "Not named yet"
_OF_THE_BUSINESS = {
	people.REQUESTER: machine.REQUESTER,
	people.SPONSOR: machine.SPONSOR,
	people.APPROVER: machine.APPROVER,
}


def me() -> str:
	"""The signed-in person by name, for the trail."""
	if frappe.session.user in ("Administrator", "Guest"):
		return _("CX Desk")
	return get_fullname(frappe.session.user)


def actors_of(doc, user: str | None = None) -> frozenset[str]:
	"""What somebody of IT is to this initiative."""
	from cx_desk.host.people import is_staff

	user = user or frappe.session.user
	found = set()
	if user == doc.lead:
		found.add(machine.LEAD)
	if user == doc.representative:
		found.add(machine.REPRESENTATIVE)
	if user == "Administrator" or MANAGER_ROLE in frappe.get_roles(user):
		found.add(machine.MANAGER)
	if doc.unit:
		near = cover.liaison_of(doc.unit)
		if user in (near.get("liaison"), near.get("deputy")):
			found.add(machine.LIAISON)
	if found or is_staff(user):
		found.add(machine.STAFF)
	return frozenset(found)


def actors_of_person(who: frappe._dict) -> frozenset[str]:
	"""What somebody of the business is to an initiative, from the roles in which they stand on it."""
	return frozenset(actor for role, actor in _OF_THE_BUSINESS.items() if role in who.roles)


def facts_of(doc, actors: frozenset[str]) -> machine.Facts:
	"""The facts by which the next moves are judged."""
	stages = templates.stages_of(doc)
	following = machine.next_stage(stages, doc.stage)
	criteria = acceptance.judged(doc)
	advice = advice_at(doc, following.key) if following else None
	own_benefits = benefits.of(doc.name)
	in_support = doc.stage == machine.EARLY_LIFE
	future = doc.golive_date and getdate(doc.golive_date) > getdate(nowdate())
	return machine.Facts(
		actors=actors,
		stages=stages,
		held_stage=doc.held_stage or None,
		has_title=bool(cstr(doc.title).strip()) and doc.title != UNNAMED,
		has_outcome=bool(cstr(doc.outcome).strip()),
		has_sponsor=bool(doc.sponsor_email or cstr(doc.sponsor_name).strip()),
		has_requester=bool(doc.requester_email),
		has_units=bool(doc.units),
		has_lead=bool(doc.lead),
		has_representative=bool(doc.representative),
		criteria=len(doc.criteria or []),
		blocking=criteria.blocking,
		expired=criteria.expired,
		open_waivers=criteria.waived,
		long_waivers=criteria.long,
		considerations=considerations.blocking(doc.name),
		questions=questions.blocking(doc.name),
		advice=advice.advice if advice else None,
		needs_benefit=bool(doc.needs_benefit),
		benefits_owned=benefits.may_be_built(own_benefits),
		benefits_waiting=tuple(
			f"{row.title} ({benefits.missing_before_building(row)})"
			for row in own_benefits
			if row.state != core_benefit.CANCELLED and benefits.missing_before_building(row)
		),
		support_agreed=bool(
			cint(doc.support_days)
			and cint(doc.support_users)
			and flt(doc.support_target)
			and doc.get("exits")
		),
		unsent=news.unsent(doc),
		sponsor_yes=bool(doc.sponsor_yes_at),
		golive_in_future=format_date(doc.golive_date) if future else "",
		exit_why=support.why_not(doc) if in_support else (),
		unfinished_benefits=benefits.unfinished(own_benefits),
		next_review=benefits.next_review(own_benefits),
	)


def advice_at(doc, stage: str):
	"""The desk's standing advice at the gate before a stage: the newest that no move has used up."""
	rows = [row for row in doc.gates or [] if row.stage_key == stage and not row.outcome]
	return rows[-1] if rows else None


def seat_days(doc) -> float | None:
	"""Days the desk waited for its seat: final once it has one, running until then; None before the request."""
	if doc.desk_seat_at:
		return flt(doc.desk_seat_days)
	if not doc.submitted_at or doc.stage in machine.OVER:
		return None
	return max(0.0, days_since(doc.submitted_at) - days_held(doc))


def days_since(moment) -> float:
	"""Days from a moment until now."""
	return (now_datetime() - get_datetime(moment)).total_seconds() / 86400


def days_held(doc) -> float:
	"""Days on which it rested, the running rest included: a hold stops the clocks."""
	resting = days_since(doc.stage_since) if doc.stage in machine.WAITING and doc.stage_since else 0.0
	return flt(doc.held_days) + resting


def sponsor_is_asked(doc) -> bool:
	"""Whether the sponsor's yes is missing and can be given: everything mandatory is met or waived."""
	return sponsors_yes_is_missing(doc) and not acceptance.judged(doc).blocking


def sponsors_yes_is_missing(doc) -> bool:
	"""Whether the next step would reach users and the sponsor has not said yes."""
	if doc.sponsor_yes_at:
		return False
	following = machine.next_stage(templates.stages_of(doc), doc.stage) if doc.stage in machine.MAIN else None
	return bool(
		following and following.key in machine.REACHES_USERS and doc.stage not in machine.REACHES_USERS
	)


def approval_waits(doc) -> bool:
	"""Whether everything is judged and the approval of the business alone is missing."""
	following = machine.next_stage(templates.stages_of(doc), doc.stage) if doc.stage in machine.MAIN else None
	if not following or following.key != machine.APPROVED:
		return False
	step = machine.find_move(
		doc.stage, machine.APPROVED, facts_of(doc, frozenset({machine.SPONSOR})), machine.ADVANCE
	)
	return step.allowed and not step.needs
