"""Who waits for whom, and for how long: whose turn it is, days on each side, and what the business was put through.

A hold stops every clock (domain.md 4): while an initiative rests, or is over, nobody is waited for and nothing is late.
"""

from datetime import datetime

import frappe
from frappe.utils import cint, get_datetime, getdate, now_datetime, nowdate

from cx_desk.core import initiative as machine
from cx_desk.core import intake
from cx_desk.core import questions as core
from cx_desk.initiatives import acceptance, considerations, facts, people, questions


def rests_of(doc) -> list[core.Rest]:
	"""The periods in which an initiative rested or was over."""
	return machine.rests((get_datetime(row.at), row.to_stage) for row in doc.steps)


def is_still(doc) -> bool:
	"""Whether the clocks stand still: it rests, or it is over."""
	return doc.stage in (*machine.WAITING, *machine.OVER)


def is_late(doc, row) -> bool:
	"""Whether a question of an initiative (with state and due) is overdue; nothing is while the initiative rests."""
	return bool(
		row.state == core.OPEN and row.due and getdate(row.due) < getdate(nowdate()) and not is_still(doc)
	)


def days_waiting(doc) -> dict[str, float]:
	"""Side -> days of waiting over all questions of an initiative, as both sides see it."""
	rests, total = rests_of(doc), {}
	for turns in _turns_of(doc.name).values():
		for side, days in core.days_by_side(turns, _until(turns), rests).items():
			total[side] = total.get(side, 0.0) + days
	return total


def days_of(question) -> dict[str, float]:
	"""Side -> days that one question waited for it, until now; empty before it was put."""
	turns = [(get_datetime(row.at), row.turn or None) for row in question.get("steps") or []]
	if not turns or not frappe.db.exists(people.INITIATIVE, question.initiative):
		return {}
	return core.days_by_side(
		turns, _until(turns), rests_of(frappe.get_doc(people.INITIATIVE, question.initiative))
	)


def on_us(days: dict[str, float]) -> float:
	"""Of the days on each side, those that IT was waited for."""
	return days.get(core.DESK, 0.0) + days.get(core.IT_TEAM, 0.0)


def shares(days: dict[str, float]) -> dict[str, int] | None:
	"""The waiting in percent: on us, on the business, on others; None while nobody waited a day."""
	parts = {
		"us": on_us(days),
		"business": days.get(core.BUSINESS, 0.0),
		"others": days.get(core.SUPPLIER, 0.0) + days.get(core.AUDITOR, 0.0),
	}
	if sum(parts.values()) < 1:
		return None
	return {key: round(100 * share) for key, share in intake.shares_of_turn(parts).items()}


def turn_of(doc, asked=None) -> dict:
	"""Whose turn it is (side), for how many days (days), and how many questions wait for the business (questions)."""
	asked = questions.of(doc.name) if asked is None else asked
	open_ones = [row.name for row in asked if row.state == core.OPEN and row.turn == core.BUSINESS]
	sponsor = facts.sponsor_is_asked(doc) or facts.approval_waits(doc)
	side = machine.whose_turn(doc.stage, len(open_ones), sponsor)
	since = _since(doc, side, open_ones)
	# A rest has days of its own; before and after it, it does not count.
	days = core.days_between(since, now_datetime(), () if is_still(doc) else rests_of(doc))
	return {"side": side, "days": int(days), "questions": len(open_ones)}


def _since(doc, side: str, open_ones: list[str]) -> datetime:
	"""Since when it is this side's turn: never longer than it really was asked."""
	began = get_datetime(doc.stage_since or doc.creation)
	if is_still(doc):
		return began
	turns = _turns_of(doc.name)
	if side == machine.YOURS and open_ones:
		return min(_began(turns[name]) for name in open_ones if turns.get(name))
	moments = [began]
	if side == machine.YOURS and doc.stage != machine.DRAFT:
		# The sponsor is asked when the last thing before their word was done.
		moments += _done_before_the_sponsor(doc)
	elif side == machine.OURS:
		moments += [
			steps[-1][0] for steps in turns.values() if any(turn == core.BUSINESS for _at, turn in steps)
		]
	return min(max(moments), now_datetime())


def _began(turns: list[tuple[datetime, str | None]]) -> datetime:
	"""Since when it is the side's turn that it is now; passing on to a colleague begins nothing anew."""
	began, side = turns[-1]
	for moment, turn in reversed(turns):
		if turn != side:
			break
		began = moment
	return began


def _done_before_the_sponsor(doc) -> list[datetime]:
	found = [get_datetime(row.advised_at) for row in doc.gates or [] if row.advised_at and not row.outcome]
	found += [get_datetime(row.decided_at) for row in considerations.of(doc.name) if row.decided_at]
	found += [steps[-1][0] for steps in _turns_of(doc.name).values()]
	if not acceptance.judged(doc).blocking:
		found += [get_datetime(row.assessed_on) for row in doc.criteria or [] if row.assessed_on]
	return found


def _turns_of(initiative: str) -> dict[str, list[tuple[datetime, str | None]]]:
	"""Question -> (moment, whose turn it became), in order. Two queries."""
	names = frappe.get_all(questions.QUESTION, {"initiative": initiative}, pluck="name")
	if not names:
		return {}
	rows = frappe.get_all(
		"CX Question Step",
		filters={"parent": ("in", names), "parenttype": questions.QUESTION},
		fields=["parent", "at", "turn"],
		order_by="parent asc, idx asc",
	)
	found: dict[str, list] = {}
	for row in rows:
		found.setdefault(row.parent, []).append((get_datetime(row.at), row.turn or None))
	return found


def _until(turns) -> datetime:
	# A step may be noted a moment ahead of this clock.
	return max([now_datetime(), *(moment for moment, _turn in turns)])


def burden(doc) -> core.Burden:
	"""What the business was put through by an initiative: questions, teams and meetings, and what it was asked twice."""
	rows = frappe.get_all(
		questions.QUESTION, {"initiative": doc.name, "audience": core.BUSINESS}, ["state", "asked_anyway"]
	)
	repeated = sum(1 for row in rows if row.state == core.DUPLICATE or row.asked_anyway)
	teams = set(
		frappe.get_all(
			considerations.CONSIDERATION, {"initiative": doc.name, "team": ("is", "set")}, pluck="team"
		)
	)
	return core.burden(len(rows), repeated, len(teams), cint(doc.meetings))
