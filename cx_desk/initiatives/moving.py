"""An initiative's way: prepared, held to its rules, and moved by one function.

What stands in the way of a move is decided in `core/initiative.py`; here the facts are read and what follows is done.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import (
	add_days,
	cint,
	cstr,
	flt,
	get_datetime,
	get_fullname,
	getdate,
	now_datetime,
	nowdate,
)

from cx_desk.core import initiative as machine
from cx_desk.initiatives import (
	acceptance,
	considerations,
	exits,
	facts,
	news,
	people,
	questions,
	skills,
	telling,
	templates,
	timeline,
)

INITIATIVE = people.INITIATIVE
LONGEST_NOTE = 4000

# Written by moves alone; a form or an API call that brings them is put right silently.
KEPT_FIELDS = (
	*("plan", "template_version", "needs_benefit", "submitted_at", "first_answer_at", "first_answer_hours"),
	*(
		"desk_seat_at",
		"desk_seat_days",
		"stage_since",
		"held_days",
		"held_stage",
		"stop_reason",
		"review_date",
	),
	*("last_message", "live_at", "support_until", "sponsor_yes_at", "sponsor_yes_note", "reopen_proposed"),
)
KEPT_TABLES = ("steps", "gates", "checks", "extensions")


def prepare(doc) -> None:
	"""A new initiative is being written, by the default template where none was chosen."""
	for fieldname in KEPT_FIELDS:
		doc.set(fieldname, None)
	for table in KEPT_TABLES:
		doc.set(table, [])
	doc.stage = machine.DRAFT
	doc.stage_since = now_datetime()
	templates.begin(doc)
	if doc.unit and not doc.units:
		doc.append("units", {"unit": doc.unit})
	_add_step(doc, None, machine.DRAFT, None, None)


def keep(doc) -> None:
	"""Hold a changed initiative to its rules: stage by a move only, kept fields as they were."""
	before = doc.get_doc_before_save()
	doc.title = " ".join(cstr(doc.title).split())
	if before and not doc.flags.cx_move:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, before.get(fieldname))
		for table in KEPT_TABLES:
			doc.set(table, [row.as_dict() for row in before.get(table) or []])
		if doc.template != before.template:
			_change_template(doc, before)
		if doc.stage != before.stage:
			# A card dragged on the board, or a call of the API: the same judgement as the button.
			target, doc.stage = doc.stage, before.stage
			apply_move(doc, target)
	if doc.unit and all(row.unit != doc.unit for row in doc.units or []):
		doc.append("units", {"unit": doc.unit})
	if not doc.unit and doc.units:
		doc.unit = doc.units[0].unit
	_no_unit_twice(doc)
	for fieldname in ("lead", "representative"):
		_must_be_enabled(doc, fieldname, before)
	if doc.wanted_by and doc.golive_date and getdate(doc.golive_date) < getdate(doc.creation or nowdate()):
		frappe.throw(_("Go-live lies before the request. Correct the date."))
	if doc.golive_date and before and getdate(before.golive_date or "1900-01-01") != getdate(doc.golive_date):
		doc.flags.cx_golive_changed = True
	_take_seat(doc, before)
	people.sync(doc)
	timeline.keep(doc)
	acceptance.keep_criteria(doc, before)
	exits.keep(doc, before)
	skills.keep(doc, before)


def _change_template(doc, before) -> None:
	if before.stage not in templates.MAY_CHOOSE:
		frappe.throw(
			_("It is carried by {0}, version {1}: a running initiative keeps its template.").format(
				before.template, before.template_version
			),
			title=_("The template stays"),
		)
	templates.begin(doc)
	if before.stage not in [one.key for one in templates.stages_of(doc)]:
		frappe.throw(_("{0} has no stage {1}. Choose another template.").format(doc.template, before.stage))
	doc.flags.cx_template_changed = True


def _no_unit_twice(doc) -> None:
	units = [row.unit for row in doc.units or []]
	double = next((unit for unit in units if units.count(unit) > 1), None)
	if double:
		frappe.throw(_("{0} stands twice among the units. Take one row out.").format(frappe.bold(double)))


def _must_be_enabled(doc, fieldname: str, before) -> None:
	user = doc.get(fieldname)
	if (
		user
		and (not before or before.get(fieldname) != user)
		and not frappe.db.get_value("User", user, "enabled")
	):
		frappe.throw(
			_("{0} is no enabled user. Choose somebody else.").format(frappe.bold(get_fullname(user)))
		)


def _take_seat(doc, before) -> None:
	"""The desk-seat clock: from the request to the day on which the desk's representative is named."""
	if not doc.representative or doc.desk_seat_at:
		return
	doc.desk_seat_at = now_datetime()
	asked = get_datetime(doc.submitted_at or doc.creation or now_datetime())
	waited = (doc.desk_seat_at - asked).total_seconds() / 86400
	doc.desk_seat_days = max(0.0, waited - facts.days_held(doc))
	doc.flags.cx_seat = True


def next_moves(doc, actors: frozenset[str] | None = None) -> list[dict]:
	"""The next steps, translated, each allowed or with every reason why not."""
	known = facts.facts_of(doc, actors if actors is not None else facts.actors_of(doc))
	return [
		{
			"key": move.key,
			"to": move.to,
			"label": _(move.label),
			"allowed": move.allowed,
			"why_not": texts_of(move),
			"needs": list(move.needs),
		}
		for move in machine.moves(doc.stage, known)
	]


def texts_of(move: machine.Move) -> list[str]:
	"""The reasons of a blocked move in the reader's language."""
	return [_(reason.text).format(**_translated(reason.params)) for reason in move.reasons]


def _translated(params: dict) -> dict:
	# Names of gates and stages are texts of ours unless an admin renamed them.
	return {key: _(value) if key in ("gate", "stage", "to") else value for key, value in params.items()}


def move(
	initiative: str,
	to: str,
	*,
	key: str | None = None,
	actors: frozenset[str] | None = None,
	by: str | None = None,
	**given,
) -> frappe._dict:
	"""Move an initiative to another stage: the one function that does.

	actors, by: roles and name of a person of the business who moves it from their page. given: message, reason,
	review_date, overrule_reason, as the step needs. Frappe's ValidationError with every reason when it is blocked;
	nothing is changed then. Permission is the caller's matter.
	"""
	doc = frappe.get_doc(INITIATIVE, initiative, for_update=True)
	apply_move(doc, to, key=key, actors=actors, by=by, **given)
	# allowed: the move was judged by the machine; a person of the business has no permission on the record
	doc.save(ignore_permissions=True)
	return frappe._dict(name=doc.name, stage=doc.stage, label=templates.label_of(doc, doc.stage))


def apply_move(doc, to: str, *, key=None, actors=None, by=None, **given) -> None:
	"""Judge a move and write it into the document, unsaved. What follows from it happens in `follow_up`."""
	known = facts.facts_of(doc, actors if actors is not None else facts.actors_of(doc))
	present = {name for name, value in given.items() if cstr(value).strip()}
	try:
		step = machine.check(doc.stage, to, known, present, key)
	except machine.Blocked as blocked:
		texts = texts_of(blocked.move)
		frappe.throw(
			texts[0]
			if len(texts) == 1
			else "<ul>{}</ul>".format("".join(f"<li>{frappe.utils.escape_html(t)}</li>" for t in texts)),
			title=_("This step is not possible now"),
		)
	given = {name: cstr(value).strip()[:LONGEST_NOTE] for name, value in given.items() if cstr(value).strip()}
	if given.get("review_date") and getdate(given["review_date"]) <= getdate(nowdate()):
		frappe.throw(_("The day on which it is looked at again lies in the future. Correct the date."))
	origin, now = doc.stage, now_datetime()
	_close_gate(doc, known, step, given, by)
	if step.key in (machine.HOLD_IT, machine.DEFER, machine.DECLINE):
		doc.held_stage = origin
	elif step.key == machine.RESUME:
		doc.flags.cx_rested_since = doc.stage_since or now
		doc.held_days = flt(doc.held_days) + facts.days_since(doc.flags.cx_rested_since)
		doc.held_stage = None
	if step.key in (machine.DECLINE, machine.DEFER, machine.HOLD_IT, machine.WITHDRAW):
		doc.stop_reason, doc.review_date = given.get("reason"), given.get("review_date")
	elif step.key == machine.RESUME:
		doc.stop_reason = doc.review_date = None
	doc.stage, doc.stage_since = to, now
	if step.key == machine.SUBMIT:
		doc.submitted_at = now
		doc.first_answer_at = doc.first_answer_hours = None
	if step.key in (machine.TAKE, machine.DECLINE, machine.DEFER) and not doc.first_answer_at:
		doc.first_answer_at = now
		doc.first_answer_hours = business_hours_between(doc.submitted_at or now, now)
		if step.key == machine.TAKE and not doc.lead and machine.STAFF in known.actors:
			doc.lead = frappe.session.user
	if to in machine.REACHES_USERS and origin not in machine.REACHES_USERS:
		doc.live_at = now
		doc.golive_date = doc.golive_date or getdate(now)
	if to == machine.EARLY_LIFE:
		doc.support_until = add_days(getdate(now), cint(doc.support_days) or 10)
		doc.reopen_proposed = None
		exits.open_anew(doc)
	if step.key == machine.ROLL_BACK:
		acceptance.reset(doc)
		doc.live_at = doc.support_until = doc.sponsor_yes_at = doc.sponsor_yes_note = None
		doc.golive_date = None
		doc.set("checks", [])
	if given.get("message"):
		doc.last_message = given["message"]
	notes = [given.get(name) for name in ("reason", "overrule_reason", "message") if given.get(name)]
	if step.key == machine.EXCEPTION:
		notes.insert(0, _("By exception. Not fulfilled: {0}").format(" ".join(known.exit_why)))
	_add_step(doc, origin, to, "\n".join(notes) or None, by)
	doc.flags.cx_move = step.key
	doc.flags.cx_from = origin
	doc.flags.cx_by = by
	doc.flags.cx_message = given.get("message")
	doc.flags.cx_reason = given.get("reason")


def business_hours_between(start, end: datetime) -> float:
	"""Hours of the service calendar from start to end; 0 where start lies later."""
	from cx_desk.core.calendar import business_hours
	from cx_desk.host.service_calendar import service_calendar, site_zone

	zone = site_zone()
	start = min(get_datetime(start), end)
	return business_hours(start.replace(tzinfo=zone), end.replace(tzinfo=zone), service_calendar())


def _add_step(doc, origin: str | None, to: str, note: str | None, by: str | None) -> None:
	doc.append(
		"steps",
		{"at": now_datetime(), "from_stage": origin, "to_stage": to, "by": by or facts.me(), "note": note},
	)


def _close_gate(doc, known: machine.Facts, step: machine.Move, given: dict, by: str | None) -> None:
	"""The advice at the gate was followed or overruled: both stay in the record."""
	following = machine.next_stage(known.stages, doc.stage)
	if not following or following.key != step.to or not following.gate:
		return
	row = facts.advice_at(doc, step.to)
	if not row:
		return
	row.outcome = "Overruled" if row.advice in machine.AGAINST else "Accepted"
	row.overrule_reason = given.get("overrule_reason") if row.outcome == "Overruled" else None
	row.decided_by, row.decided_at = by or facts.me(), now_datetime()


def follow_up(doc) -> None:
	"""What follows from a saved initiative: reviews and news from its plan, dates, mails, word to the lead."""
	step = doc.flags.pop("cx_move", None)
	origin = doc.flags.pop("cx_from", None)
	changed = doc.flags.pop("cx_template_changed", None)
	if doc.stage == machine.TRIAGE and (changed or origin):
		if changed:
			considerations.drop_untouched(doc)
			news.drop_untouched(doc)
		considerations.make_from_plan(doc)
		news.make_from_plan(doc)
	if step == machine.RESUME and origin in machine.WAITING:
		questions.put_later(doc.name, facts.days_since(doc.flags.cx_rested_since))
	skills.follow_up(doc, doc.get_doc_before_save())
	if doc.flags.pop("cx_golive_changed", None):
		news.date_anew(doc)
	message = doc.flags.pop("cx_message", None)
	reason = doc.flags.pop("cx_reason", None)
	by = doc.flags.pop("cx_by", None)
	if doc.flags.pop("cx_quiet", None) or not step:
		return
	if step == machine.SUBMIT:
		telling.tell_desk(doc)
	elif by:
		telling.tell_lead(
			doc,
			_("{0} decided: “{1}” is now “{2}”.").format(by, doc.title, templates.label_of(doc, doc.stage)),
		)
	if doc.requester_email and origin:
		telling.tell_requester(doc, step, message, reason)


def forbid_deletion(doc) -> None:
	"""Only what was never handed in can be deleted: everything else is withdrawn with a reason."""
	if doc.stage == machine.DRAFT or frappe.session.user == "Administrator" or frappe.flags.in_uninstall:
		return
	frappe.throw(_("It was handed in. Withdraw it with a reason; the record stays."), title=_("Not deleted"))
