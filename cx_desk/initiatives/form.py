"""What the Desk form of an initiative shows beside its fields."""

import frappe
from frappe import _
from frappe.utils import cint, date_diff, format_date, get_fullname, getdate, nowdate

from cx_desk.core import initiative as machine
from cx_desk.initiatives import (
	acceptance,
	benefits,
	considerations,
	effects,
	facts,
	moving,
	news,
	questions,
	skills,
	support,
	tagging,
	templates,
	waiting,
)
from cx_desk.units import scores

SATELLITES = ("CX Open Question", "CX Consideration", "CX Benefit", "CX Announcement", "CX Initiative Ticket")


def of(doc) -> dict:
	"""Path, next steps with reasons, gate, readiness, questions, reviews, support, benefits and news."""
	stages = templates.stages_of(doc)
	following = machine.next_stage(stages, doc.stage) if doc.stage in machine.MAIN else None
	actors = facts.actors_of(doc)
	asked = questions.of(doc.name)
	advice = facts.advice_at(doc, following.key) if following and following.gate else None
	waits = waiting.days_waiting(doc)
	found = {
		"path": [
			{
				"key": one.key,
				"label": templates.label_of(doc, one.key),
				"gate": _(one.gate) if one.gate else "",
			}
			for one in stages
		],
		"label": templates.label_of(doc, doc.stage),
		"labels": {key: templates.label_of(doc, key) for key in machine.STAGES},
		"moves": moving.next_moves(doc, actors),
		"actors": sorted(actors),
		"may_write": frappe.has_permission(doc.doctype, "write", doc),
		"turn": waiting.turn_of(doc, asked),
		"seat_days": facts.seat_days(doc),
		"behind": templates.is_behind(doc),
		"sponsor_asked": facts.sponsors_yes_is_missing(doc),
		"gate": {
			"stage": following.key,
			"gate": _(following.gate),
			"advice": advice.advice if advice else "",
			"text": advice.advice_text if advice else "",
			"by": advice.advised_by if advice else "",
			"may_advise": bool(actors & {machine.REPRESENTATIVE, machine.LIAISON, machine.MANAGER}),
		}
		if following and following.gate
		else None,
		"readiness": acceptance.summary(doc),
		"skills": skills.summary(doc),
		"questions": [_question(doc, row) for row in asked],
		"waiting": {side: round(days, 1) for side, days in waits.items()},
		"on_whom": waiting.shares(waits),
		"held_days": round(facts.days_held(doc), 1),
		"burden": waiting.burden(doc).__dict__,
		"considerations": [
			{**row, "due": format_date(row.due) if row.due else ""} for row in considerations.of(doc.name)
		],
		"benefits": [
			{
				**row,
				"review_on": format_date(row.review_on) if row.review_on else "",
				"waits": benefits.waits_for(row),
			}
			for row in benefits.of(doc.name)
		],
		"news": [
			{
				**row,
				"due_on": format_date(row.due_on) if row.due_on else "",
				"sent_on": format_date(row.sent_at) if row.sent_at else "",
				"notice_text": news.notice_text(row),
				"message": "",
			}
			for row in news.of(doc.name)
		],
		"days_since_news": news.days_since_last(doc.name),
	}
	if doc.live_at:
		found["support"] = support_of(doc)
		found["effect"] = effects.sentence(doc)
	found["experience"] = experience_of(doc.unit)
	return found


def experience_of(unit: str | None) -> str:
	"""What the people of the unit feel today, beside the figures of the benefit; empty where the reader may not see it."""
	if not unit:
		return ""
	row = scores.unit_score(unit)
	if row.type != "CSAT" or row.value is None or not scores.readable(frappe.session.user, unit, row):
		return ""
	return _("Experience in {0} today: {1} % satisfied, between {2} and {3} (n = {4}).").format(
		unit, *(round(100 * value) for value in (row.value, row.low, row.high)), row.n
	)


def _question(doc, row) -> dict:
	return {
		**row,
		"due": format_date(row.due) if row.due else "",
		"late": waiting.is_late(doc, row),
		"asked_by": get_fullname(row.asked_by) if row.asked_by else "",
		"answered_at": format_date(row.answered_at) if row.answered_at else "",
	}


def support_of(doc) -> dict:
	"""How early life support stands today, as numbers and sentences."""
	now = support.look(doc)
	exit_now = support.verdict(doc, now)
	return {
		"may": exit_now.may,
		"by_rate": exit_now.by_rate,
		"reasons": [support.reason_text(doc, key, places) for key, places in exit_now.reasons],
		"rate": None if not now.check else round(now.check.rate, 1),
		"upper": None if not now.check else round(now.check.upper, 1),
		"target": doc.support_target,
		"n": now.tagged,
		"tagged": now.tagged,
		"of_categories": now.of_categories,
		"link_rate": None if now.link_rate is None else round(now.link_rate * 100),
		"open": now.open,
		"all": now.all,
		"falling": now.burn.falling,
		"net": round(now.burn.net_per_day, 1),
		"days_left": None if now.burn.days_left is None else round(now.burn.days_left),
		"by_week": now.by_week,
		"until": format_date(doc.support_until) if doc.support_until else "",
		"late_days": max(0, (getdate(nowdate()) - getdate(doc.support_until)).days)
		if doc.support_until
		else 0,
		"extensions": len(doc.extensions or []),
		"extended_days": sum(date_diff(row.to_date, row.from_date) for row in doc.extensions or []),
		"by_hand_only": not tagging.has_rule(doc),
		"by_rule": frappe.get_all(
			tagging.TAG,
			{"initiative": doc.name, "removed": 0},
			["tagged_by", "count(name) as n"],
			group_by="tagged_by",
		),
		"caught": cint(frappe.db.count(tagging.TAG, {"initiative": doc.name, "caught": 1})),
	}


def delete_with(doc) -> None:
	"""What belongs to a deleted draft goes with it."""
	for doctype in SATELLITES:
		for name in frappe.get_all(doctype, {"initiative": doc.name}, pluck="name"):
			# allowed: they are parts of it
			frappe.delete_doc(doctype, name, ignore_permissions=True, flags={"cx_with_initiative": 1})
