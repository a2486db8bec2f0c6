"""The service review pack: what a liaison takes into the meeting with a unit, per unit and period.

One dict holds every figure; the print format, the API and the tests read the same one. Figures of answers carry n and
their interval; counts of our own records carry n alone. Words of confidential surveys never enter.
"""

from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, format_date, get_datetime, get_fullname, getdate, now_datetime

from cx_desk.core import conversation as talk
from cx_desk.core import scores as core_scores
from cx_desk.core import suppression
from cx_desk.core import voice as machine
from cx_desk.core import wants as core_wants
from cx_desk.core.render import svg
from cx_desk.core.render.text import short
from cx_desk.core.watermelon import Watermelon, agreement_met, watermelon
from cx_desk.host import ticket_counts
from cx_desk.relationship import both_sides, conversations, lights
from cx_desk.units import closed_periods, cover, message_back, scope, scores, told

MOST_VOICES = 12
# Green outside, red inside is said where surely more than one in ten answers are low though the level was met, in %.
SURELY_LOW = 10
FROM_SURVEYS = (machine.LOW_ANSWER, machine.COMMENT, machine.NOT_SOLVED)


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


# The states of a voice in words for a meeting.
STATES = {
	machine.HEARD: N_("Not taken up yet"),
	machine.OWNED: N_("Being worked on"),
	machine.DONE: N_("Done, not told yet"),
	machine.TOLD: N_("Told, waiting for their yes"),
	machine.SETTLED: N_("Settled"),
	machine.CONTESTED: N_("They say it is not settled"),
	machine.DECLINED: N_("Declined, not told yet"),
}


def cx_review_pack(doc) -> dict:
	"""The pack of a conversation of type Service review, for the print format."""
	return build(doc)


def build(doc) -> dict:
	"""Everything in the pack of a service review. PermissionError for a unit out of the reader's scope."""
	if doc.type != talk.SERVICE_REVIEW:
		frappe.throw(_("Only a conversation of the type Service review has a review pack."))
	if not scope.sees_unit(frappe.session.user, doc.unit):
		frappe.throw(_("{0} is not one of your units.").format(doc.unit), frappe.PermissionError)
	end = getdate(doc.period_to or min(getdate(doc.starts_on), getdate(now_datetime())))
	start = (
		getdate(doc.period_from) if doc.period_from else end - timedelta(days=conversations.REVIEW_DAYS - 1)
	)
	units = scores.below(doc.unit)
	experience = _experience(doc.unit, end)
	pack = frappe._dict(
		unit=doc.unit,
		units=units,
		start=start,
		end=end,
		on=getdate(doc.starts_on),
		liaison=_liaison(doc.unit),
		who=doc.who,
		people=[row.person_name or row.email for row in doc.people or []],
		agenda=[line.strip(" -*\t") for line in cstr(doc.agenda).splitlines() if line.strip()],
		sample_data=frappe.get_cached_doc("CX Settings").sample_data or "",
		brand=message_back.brand(),
		told=_told(units, start, end),
		experience=experience,
		months=_months(experience, units, start, end),
		service_level=_service_level(units, start, end),
		matrix=_matrix(units, start, end),
		voices=_voices(units, start, end, experience.n if experience else 0),
		wants=_wants(doc.unit),
		promises=_promises(units, start, end),
		next_promises=[line.strip(" -*\t") for line in cstr(doc.promise_next).splitlines() if line.strip()],
		talks=_talks(doc.unit, start, end),
		lights=lights.shown([doc.unit]).get(doc.unit),
		level=_level(doc),
	)
	pack.sections = [
		section
		for path in frappe.get_hooks("cx_review_pack_sections")
		if (section := frappe.get_attr(path)(pack))
	]
	pack.summary = _summary(pack)
	return pack


def _liaison(unit: str) -> str:
	user = cover.liaison_of(unit).liaison
	return get_fullname(user) if user else ""


def _span(start: date, end: date) -> tuple[datetime, datetime]:
	return get_datetime(start), datetime.combine(end + timedelta(days=1), datetime.min.time())


def _told(units: list[str], start: date, end: date) -> frappe._dict:
	first, last = _span(start, end)
	figure = machine.told_and_settled(
		told.read(first, last, filters={"unit": ["in", units]}), first, last, now_datetime()
	)
	parts = (
		(_("Settled"), figure.settled),
		(_("Told, waiting for their yes"), figure.waiting),
		(_("Still ours"), figure.ours),
	)
	return frappe._dict(
		percent=None if figure.value is None else round(100 * figure.value),
		chart=svg.share_bar(parts, ", ".join(f"{name}: {count}" for name, count in parts))
		if figure.n
		else "",
		settled=figure.settled,
		n=figure.n,
		waiting=figure.waiting,
		ours=figure.ours,
		seen=figure.seen,
		anonymous=figure.anonymous,
	)


def _experience(unit: str, end: date) -> frappe._dict | None:
	"""The score that speaks for the unit as of the end of the period, as `units.scores` gives it."""
	# The pack is read by more people than the answers.
	rows = [row for row in scores.for_wider(unit, on=end) if row.type == "CSAT"]
	if not rows:
		return None
	row = frappe._dict(scores.speaking_for(rows))
	row.percent, row.low_percent, row.high_percent = (
		round(100 * part) for part in (row.value, row.low, row.high)
	)
	row.target_percent = round(100 * (row.target or 0.7))
	row.chart = svg.interval_bar(
		100 * row.value,
		100 * row.low,
		100 * row.high,
		(0, 100),
		row.target_percent,
		_bar_label(row.percent, row.n),
	)
	return row


def _bar_label(percent: int, n: int) -> str:
	return _("{0} % satisfied, n = {1}").format(percent, n)


def _months(score: frappe._dict | None, units: list[str], start: date, end: date) -> list[frappe._dict]:
	"""Satisfied answers by month of the event, with Wilson's interval; answers, not people."""
	# Months of a confidential or anonymous survey hold few people each; its closed quarter stands above.
	if score is None or score.privacy != closed_periods.NAMED:
		return []
	rows = frappe.get_all(
		"CX Score Rollup",
		filters={
			"measure": "Answer",
			"survey": score.survey,
			"question": score.question,
			"unit": ["in", units],
			"day": ["between", [start, end]],
		},
		fields=["day", "score", "count"],
	)
	counts: dict[date, dict[int, int]] = {}
	for row in rows:
		month = getdate(row.day).replace(day=1)
		table = counts.setdefault(month, {})
		table[row.score] = table.get(row.score, 0) + row["count"]
	found = []
	for month, table in sorted(counts.items()):
		table = {value: count for value, count in table.items() if count > 0}
		if not table:
			continue
		estimate = core_scores.csat(table)
		percent = round(100 * estimate.value)
		found.append(
			frappe._dict(
				month=frappe.utils.format_datetime(month, "MMMM yyyy"),
				percent=percent,
				answers=estimate.n,
				few=core_scores.few_answers(estimate.n),
				chart=svg.interval_bar(
					100 * estimate.value,
					100 * estimate.low,
					100 * estimate.high,
					(0, 100),
					score.target_percent,
					_bar_label(percent, estimate.n),
				),
			)
		)
	return found


def _service_level(units: list[str], start: date, end: date) -> frappe._dict | None:
	levels = ticket_counts.service_levels(start, end, units).values()
	met, n = sum(row[0] for row in levels), sum(row[1] for row in levels)
	if not n:
		return None
	parts = ((_("Level met"), met), (_("Level missed"), n - met))
	return frappe._dict(
		met=met,
		n=n,
		percent=round(100 * met / n),
		chart=svg.share_bar(parts, ", ".join(f"{name}: {count}" for name, count in parts)),
	)


def _matrix(units: list[str], start: date, end: date) -> frappe._dict | None:
	"""Service level against experience: the watermelon is met and still a low answer."""
	rows = frappe.get_all(
		"CX Survey Response",
		filters={
			"unit": ["in", units],
			"event_day": ["between", [start, end]],
			"main_type": "CSAT",
			"kind": ["!=", "Suspected machine"],
			"privacy": ["!=", "Confidential"],
		},
		fields=["agreement_status", "low", "not_solved"],
	)
	table: Watermelon = watermelon(
		(agreement_met(row.agreement_status), bool(row.low or row.not_solved)) for row in rows
	)
	if not table.n and not table.unknown:
		return None
	rate = table.rate
	return frappe._dict(
		met_good=table.met_good,
		met_bad=table.met_bad,
		missed_good=table.missed_good,
		missed_bad=table.missed_bad,
		unknown=table.unknown,
		n=table.n,
		red_inside=bool(rate) and 100 * rate.low >= SURELY_LOW,
		rate=round(100 * rate.value) if rate else None,
		low=round(100 * rate.low) if rate else None,
		high=round(100 * rate.high) if rate else None,
	)


def _voices(units: list[str], start: date, end: date, people: int) -> frappe._dict:
	"""Voices heard in the period and what became of them.

	Confidential ones are counted, not quoted. Words from a survey are quoted without a name, and only where enough
	people answered: the meeting is a wider audience than those who may read the answers.
	"""
	first, last = _span(start, end)
	rows = frappe.get_list(
		"CX Voice",
		filters={"unit": ["in", units], "creation": ["between", [first, last]]},
		fields=[
			"name",
			"kind",
			"state",
			"statement",
			"source_name",
			"response",
			"outcome",
			"decline_reason",
			"confidential",
			"creation",
			"settled_by",
		],
		order_by="creation desc",
		limit=0,
	)
	kinds: dict[str, dict[str, int]] = {}
	for row in rows:
		entry = kinds.setdefault(row.kind, {"heard": 0, "settled": 0, "told": 0, "open": 0})
		entry["heard"] += 1
		if row.state == machine.SETTLED:
			entry["settled"] += 1
		elif row.state == machine.TOLD:
			entry["told"] += 1
		else:
			entry["open"] += 1
	# Promises have their own part of the pack. Praise comes last: a review is about what was not right.
	open_rows = [
		row
		for row in rows
		if not row.confidential
		and row.kind != machine.PROMISE
		and (not _is_of_survey(row) or suppression.comments_shown(people))
	]
	open_rows.sort(key=lambda row: row.kind == machine.PRAISE)
	return frappe._dict(
		n=len(rows),
		kinds=[frappe._dict(kind=_(kind), **entry) for kind, entry in sorted(kinds.items())],
		quoted=[
			frappe._dict(
				name=row.name,
				kind=_(row.kind),
				state=_(STATES.get(row.state, row.state)),
				statement=_cut(row.statement),
				who="" if _is_of_survey(row) else row.source_name or "",
				became=_cut(row.outcome or row.decline_reason or ""),
				on=format_date(getdate(row.creation)),
			)
			for row in open_rows[:MOST_VOICES]
		],
		not_quoted=sum(row.kind != machine.PROMISE for row in rows) - len(open_rows[:MOST_VOICES]),
	)


def _is_of_survey(row) -> bool:
	return bool(row.response) or row.kind in FROM_SURVEYS


def _cut(text: str) -> str:
	text = " ".join(cstr(text).split())
	return text if len(text) <= 220 else text[:219].rstrip() + "…"


def _wants(unit: str) -> list[frappe._dict]:
	rows = frappe.get_all(
		"CX Unit Want",
		filters={"parent": unit, "parenttype": "CX Business Unit"},
		fields=[
			"words",
			"said_by",
			"said_by_name",
			"said_on",
			"importance",
			"how_we_do",
			"figure",
			"figure_name",
			"our_value",
			"our_target",
			"known",
			"mark",
		],
		order_by="idx",
	)
	for row in rows:
		row.apart = row.mark in (core_wants.WORSE, core_wants.BETTER)
		row.mark_text = _(row.mark or core_wants.UNKNOWN)
		known = bool(row.our_target) if row.figure == core_wants.OWN else bool(row.figure and row.known)
		name = row.figure_name if row.figure == core_wants.OWN else _(row.figure or "")
		row.ours = _("{0}: {1}").format(name, _our_value(row)) if known else ""
	return rows


def _our_value(row) -> str:
	"""A figure of our own as it was typed; one that stands elsewhere in the pack as it stands there, in whole percent."""
	if row.figure == core_wants.OWN:
		return short(row.our_value, frappe.local.lang)
	return _("{0} %").format(round(row.our_value))


def _promises(units: list[str], start: date, end: date) -> list[frappe._dict]:
	"""Promises first due in the period or still open, with how they stand."""
	first, last = _span(start, end)
	rows = frappe.get_list(
		"CX Voice",
		filters={"unit": ["in", units], "kind": machine.PROMISE, "first_due_at": ["<", last]},
		fields=[
			"statement",
			"state",
			"first_due_at",
			"responsible",
			"source_type",
			"settled_by",
			"needs_source_yes",
		],
		order_by="first_due_at asc",
		limit=0,
	)
	found = []
	for row in rows:
		open_ = row.state in machine.OUR_TURN
		if get_datetime(row.first_due_at) < first and not open_:
			continue
		found.append(
			frappe._dict(
				statement=_cut(row.statement),
				state=_(STATES.get(row.state, row.state)),
				due=format_date(getdate(row.first_due_at)),
				late=open_ and get_datetime(row.first_due_at) < now_datetime(),
				owner=get_fullname(row.responsible),
			)
		)
	return found


def _talks(unit: str, start: date, end: date) -> list[frappe._dict]:
	first, last = _span(start, end)
	rows = frappe.get_list(
		"CX Conversation",
		filters={"unit": unit, "state": talk.HELD, "starts_on": ["between", [first, last]]},
		fields=["starts_on", "type", "who", "channel"],
		order_by="starts_on desc",
		limit=0,
	)
	return [
		frappe._dict(
			on=format_date(getdate(row.starts_on)),
			type=_(row.type or ""),
			who=row.who,
			channel=_(row.channel or ""),
		)
		for row in rows
	]


def _level(doc) -> frappe._dict | None:
	"""What both sides said last about the relationship, as of the review; None where nobody has."""
	held = doc.state == talk.HELD
	found = both_sides.shown(doc.unit, getdate(doc.starts_on) if held else None)
	return found if found.theirs or found.ours else None


def _summary(pack) -> list[str]:
	"""The first thing a director reads: at most five sentences, each with its figure."""
	lines = []
	if pack.told.n:
		lines.append(
			_("Told and settled: {0} % of {1} voices that were due in this period.").format(
				pack.told.percent, pack.told.n
			)
		)
	else:
		lines.append(_("No voice was due in this period."))
	if pack.experience:
		lines.append(
			_("{0} % satisfied ({1} to {2} %, {3} people): {4}.").format(
				pack.experience.percent,
				pack.experience.low_percent,
				pack.experience.high_percent,
				pack.experience.n,
				_(pack.experience.band),
			)
		)
	else:
		lines.append(_("Nobody answered a survey, so we do not know how it feels."))
	if pack.service_level:
		lines.append(
			_("{0} % of {1} tickets within their service level.").format(
				pack.service_level.percent, pack.service_level.n
			)
		)
	if pack.matrix and pack.matrix.red_inside:
		lines.append(
			_(
				"Green outside, red inside: {0} answers were low although the service level was met ({1} %)."
			).format(pack.matrix.met_bad, pack.matrix.rate)
		)
	apart = sum(want.apart for want in pack.wants)
	if apart:
		lines.append(
			_("In one want they see it differently from our figure.")
			if apart == 1
			else _("In {0} wants they see it differently from our figures.").format(apart)
		)
	return lines
