"""What the business's page shows of an initiative that was handed in, for one person."""

import frappe
from frappe.utils import cint, cstr, format_date, getdate, nowdate

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.core import questions as core_questions
from cx_desk.initiatives import (
	acceptance,
	benefits,
	considerations,
	facts,
	news,
	ownership,
	people,
	questions,
	templates,
	waiting,
)


def is_asked(doc, who: frappe._dict) -> bool:
	"""Whether this person, and not only the business, has to move."""
	if waiting.is_still(doc):
		return False
	if doc.stage == machine.DRAFT:
		return people.REQUESTER in who.roles
	if people.SPONSOR in who.roles and facts.sponsor_is_asked(doc):
		return True
	if _may_approve(doc, who):
		return True
	asked = questions.of(doc.name)
	if any(row.state == core_questions.OPEN and cstr(row.addressee_email) == who.email for row in asked):
		return True
	return any(_asked_to_own(row, who) or _asked_to_read(doc, row, who) for row in benefits.of(doc.name))


def of(doc, who: frappe._dict) -> frappe._dict:
	"""Where it stands, whose turn it is, what is asked of this person, answers, news and the lead's card."""
	stages = templates.stages_of(doc)
	following = machine.next_stage(stages, doc.stage) if doc.stage in machine.MAIN else None
	asked = questions.of(doc.name)
	return frappe._dict(
		title=doc.title,
		outcome=doc.outcome or "",
		why_now=doc.why_now or "",
		units=[_unit(row) for row in doc.units],
		**_where(doc, stages, following),
		turn=waiting.turn_of(doc, asked),
		**_questions(doc, who, asked),
		**_decisions(doc, who, following),
		**_benefits(doc, who),
		**_news(doc),
		last_message=doc.last_message or "",
		lead=_card(doc.lead),
		**_waited(doc),
		**_may_stop(doc, who, stages),
	)


def _may_stop(doc, who: frappe._dict, stages) -> dict:
	"""Whether this person may let it rest or withdraw it: both ask for nothing but who they are."""
	known = machine.Facts(actors=facts.actors_of_person(who), stages=stages)
	allowed = {move.key for move in machine.moves(doc.stage, known) if move.allowed}
	return {"may_hold": machine.HOLD_IT in allowed, "may_withdraw": machine.WITHDRAW in allowed}


def _where(doc, stages, following) -> dict:
	"""The stage, the path with what lies behind and ahead, and the days that count."""
	keys = [one.key for one in stages]
	stage = doc.stage if doc.stage in keys else doc.held_stage
	here = keys.index(stage) if stage in keys else -1
	beside = doc.stage in machine.SIDE
	supported = doc.stage == machine.EARLY_LIFE and doc.support_until
	return {
		"label": templates.label_of(doc, doc.stage),
		"path": [
			frappe._dict(
				label=templates.label_of(doc, one.key),
				gate=one.gate,
				state="past" if index < here else "here" if index == here else "coming",
			)
			for index, one in enumerate(stages)
			if one.key != machine.DRAFT
		],
		"over": doc.stage in machine.OVER,
		"beside": beside,
		"stop_reason": doc.stop_reason if beside else "",
		"review_date": format_date(doc.review_date) if doc.review_date and beside else "",
		"next": templates.label_of(doc, following.key) if following else "",
		"gate": following.gate if following else "",
		"golive": format_date(doc.golive_date) if doc.golive_date else "",
		"support_until": format_date(doc.support_until) if supported else "",
	}


def _unit(row) -> frappe._dict:
	"""An affected unit: how many people, from when, what changes for them and what training they need."""
	return frappe._dict(
		unit=row.unit,
		people=cint(row.people),
		since=format_date(row.since) if row.since else "",
		change=row.change or "",
		training=row.training or "",
	)


def _questions(doc, who: frappe._dict, asked) -> dict:
	"""What was put to this person, what others of the business were asked, and what was answered."""
	over = doc.stage in machine.OVER
	still_open = [row for row in asked if row.state == core_questions.OPEN and not over]
	mine = [row for row in still_open if who.email and cstr(row.addressee_email) == who.email]
	of_business = [row for row in asked if row.audience == core_questions.BUSINESS]
	return {
		"mine": [
			frappe._dict(
				name=row.name,
				question=row.question,
				due=format_date(row.due),
				late=waiting.is_late(doc, row),
			)
			for row in mine
		],
		"waiting_others": [row for row in of_business if row in still_open and row not in mine],
		"answered": [
			frappe._dict(
				question=row.question,
				answer=row.answer,
				by=row.answered_by,
				official=row.state == core_questions.ACCEPTED,
			)
			for row in of_business
			if row.state in (core_questions.ANSWERED, core_questions.ACCEPTED)
		],
	}


def _decisions(doc, who: frappe._dict, following) -> dict:
	"""What this person decides now, and what they should know before."""
	return {
		"may_approve": _may_approve(doc, who),
		"sponsor_asked": people.SPONSOR in who.roles and facts.sponsor_is_asked(doc),
		"advice": _advice(doc, following),
		"conditions": [
			row for row in considerations.of(doc.name) if row.verdict == considerations.CONDITIONS
		],
		"waived": acceptance.summary(doc)["waived"],
	}


def _benefits(doc, who: frappe._dict) -> dict:
	"""What should get better; what this person is asked to own, and which figure is due."""
	rows = benefits.of(doc.name)
	return {
		"benefits": [_benefit(row, who) for row in rows if row.state != core_benefit.CANCELLED],
		"to_own": [_offer(row) for row in rows if _asked_to_own(row, who)],
		"readings": [row for row in rows if _asked_to_read(doc, row, who)],
	}


def _news(doc) -> dict:
	"""What was told, newest first, and what is going to be."""
	rows = news.of(doc.name)
	today = getdate(nowdate())
	return {
		"news": [
			frappe._dict(subject=row.subject, message=row.message, day=format_date(row.sent_at))
			for row in reversed(rows)
			if row.state == news.SENT
		],
		"coming_news": [
			frappe._dict(title=row.title, day=format_date(row.due_on))
			for row in rows
			if row.state not in (news.SENT, news.CANCELLED) and row.due_on and getdate(row.due_on) >= today
		],
		"days_since_news": news.days_since_last(doc.name),
	}


def _waited(doc) -> dict:
	"""For how long each side was waited for, and what was asked of the business."""
	waits = waiting.days_waiting(doc)
	return {
		"days_business": round(waits.get(core_questions.BUSINESS, 0.0)),
		"days_desk": round(waiting.on_us(waits)),
		"held_days": round(facts.days_held(doc)),
		"burden": waiting.burden(doc),
	}


def _may_approve(doc, who: frappe._dict) -> bool:
	return bool(who.roles & {people.SPONSOR, people.APPROVER}) and facts.approval_waits(doc)


def _asked_to_own(row, who: frappe._dict) -> bool:
	return bool(who.email) and row.state not in core_benefit.FINISHED and ownership.asked_of(row) == who.email


def _asked_to_read(doc, row, who: frappe._dict) -> bool:
	return benefits.may_be_read_by(row, who.email) and benefits.reading_is_due(row, doc.live_at)


def _offer(row) -> frappe._dict:
	"""A benefit that somebody is asked to own; from is who owns it until then."""
	before = row.owner_name if row.next_owner_email else ""
	return frappe._dict(name=row.name, title=row.title, owner=before, figures=_figures(row))


def _benefit(row, who: frappe._dict) -> frappe._dict:
	"""How a benefit stands, for everybody on the initiative; what may be done with it, for the sponsor."""
	known = core_benefit.Facts(
		actors=ownership.actors_of_person(row, who),
		has_owner=bool(row.owner_name),
		accepted=bool(row.accepted_at),
		offered=bool(row.next_owner_email),
		signed=bool(row.countersigned_by),
	)
	allowed = {move.key for move in core_benefit.moves(known) if move.allowed}
	return frappe._dict(
		name=row.name,
		title=row.title,
		owner=row.owner_name or "",
		accepted=bool(row.accepted_at),
		offered_to=row.next_owner_name or "",
		state=row.state,
		finished=row.state in core_benefit.FINISHED,
		figures=_figures(row),
		latest=row.latest,
		attainment=row.attainment,
		review=format_date(row.review_on) if row.review_on else "",
		may_read=benefits.may_be_read_by(row, who.email),
		may_hand_on=core_benefit.TRANSFER in allowed,
		may_give_up=core_benefit.CANCEL in allowed,
	)


def _figures(row) -> frappe._dict:
	"""Baseline, target and measure of a benefit, as far as they are known."""
	return frappe._dict(
		measure=row.measure,
		baseline=row.baseline if row.baseline_on else None,
		target=row.target if row.target or row.baseline_on else None,
	)


def _advice(doc, following) -> frappe._dict | None:
	"""What the desk advises at the next gate, for who decides there."""
	row = facts.advice_at(doc, following.key) if following and following.gate else None
	return frappe._dict(advice=row.advice, text=row.advice_text or "", by=row.advised_by) if row else None


def _card(user: str | None) -> frappe._dict | None:
	if not user:
		return None
	row = frappe.db.get_value("User", user, ["full_name", "email", "phone", "mobile_no"], as_dict=True)
	return (
		frappe._dict(name=row.full_name, email=row.email, phone=row.phone or row.mobile_no or "")
		if row
		else None
	)
