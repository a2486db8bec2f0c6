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
	format_date,
	get_datetime,
	get_fullname,
	getdate,
	now_datetime,
	nowdate,
)

from cx_desk.core import initiative as machine
from cx_desk.initiatives import (
	acceptance,
	benefits,
	considerations,
	mailing,
	news,
	people,
	questions,
	skills,
	support,
	templates,
	timeline,
)
from cx_desk.units import cover

INITIATIVE = people.INITIATIVE
MANAGER_ROLE = "CX Manager"
LONGEST_NOTE = 4000
UNNAMED = "Not named yet"

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
	support.keep_exits(doc, before)
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
	doc.desk_seat_days = max(0.0, (doc.desk_seat_at - asked).total_seconds() / 86400)
	doc.flags.cx_seat = True


def seat_days(doc) -> float | None:
	"""Days the desk waited for its seat: final once it has one, running until then; None before the request."""
	if doc.desk_seat_at:
		return flt(doc.desk_seat_days)
	if not doc.submitted_at or doc.stage in machine.OVER:
		return None
	return (now_datetime() - get_datetime(doc.submitted_at)).total_seconds() / 86400


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
	found = set()
	if people.REQUESTER in who.roles:
		found.add(machine.REQUESTER)
	if people.SPONSOR in who.roles:
		found.add(machine.SPONSOR)
	return frozenset(found)


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
		lead_name=get_fullname(doc.lead) if doc.lead else "",
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
		benefits_owned=any(row.state != benefits.CANCELLED and row.owner_name for row in own_benefits),
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
		unfinished_benefits=tuple(row.title for row in own_benefits if row.state not in benefits.FINISHED),
		next_review=benefits.next_review(own_benefits),
	)


def next_moves(doc, actors: frozenset[str] | None = None) -> list[dict]:
	"""The next steps, translated, each allowed or with every reason why not."""
	facts = facts_of(doc, actors if actors is not None else actors_of(doc))
	return [
		{
			"key": move.key,
			"to": move.to,
			"label": _(move.label),
			"allowed": move.allowed,
			"why_not": texts_of(move),
			"needs": list(move.needs),
		}
		for move in machine.moves(doc.stage, facts)
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
	facts = facts_of(doc, actors if actors is not None else actors_of(doc))
	present = {name for name, value in given.items() if cstr(value).strip()}
	try:
		step = machine.check(doc.stage, to, facts, present, key)
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
	_close_gate(doc, facts, step, given, by)
	if step.key in (machine.HOLD_IT, machine.DEFER, machine.DECLINE):
		doc.held_stage = origin
	elif step.key == machine.RESUME:
		doc.held_days = (
			flt(doc.held_days) + (now - get_datetime(doc.stage_since or now)).total_seconds() / 86400
		)
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
		if step.key == machine.TAKE and not doc.lead and machine.STAFF in facts.actors:
			doc.lead = frappe.session.user
	if to in machine.REACHES_USERS and origin not in machine.REACHES_USERS:
		doc.live_at = now
		doc.golive_date = doc.golive_date or getdate(now)
	if to == machine.EARLY_LIFE:
		doc.support_until = add_days(getdate(now), cint(doc.support_days) or 10)
		doc.reopen_proposed = None
		support.open_exits_anew(doc)
	if step.key == machine.ROLL_BACK:
		acceptance.reset(doc)
		doc.live_at = doc.support_until = doc.sponsor_yes_at = doc.sponsor_yes_note = None
		doc.golive_date = None
		doc.set("checks", [])
	if given.get("message"):
		doc.last_message = given["message"]
	notes = [given.get(name) for name in ("reason", "overrule_reason", "message") if given.get(name)]
	if step.key == machine.EXCEPTION:
		notes.insert(0, _("By exception. Not fulfilled: {0}").format(" ".join(facts.exit_why)))
	_add_step(doc, origin, to, "\n".join(notes) or None, by)
	doc.flags.cx_move = step.key
	doc.flags.cx_from = origin
	doc.flags.cx_message = given.get("message")
	doc.flags.cx_reason = given.get("reason")


def business_hours_between(start, end: datetime) -> float:
	from cx_desk.core.calendar import business_hours
	from cx_desk.host.service_calendar import service_calendar, site_zone

	zone = site_zone()
	start = min(get_datetime(start), end)
	return business_hours(start.replace(tzinfo=zone), end.replace(tzinfo=zone), service_calendar())


def _add_step(doc, origin: str | None, to: str, note: str | None, by: str | None) -> None:
	doc.append(
		"steps", {"at": now_datetime(), "from_stage": origin, "to_stage": to, "by": by or _me(), "note": note}
	)


def _me() -> str:
	if frappe.session.user in ("Administrator", "Guest"):
		return _("CX Desk")
	return get_fullname(frappe.session.user)


def advice_at(doc, stage: str):
	"""The desk's standing advice at the gate before a stage: the newest that no move has used up."""
	rows = [row for row in doc.gates or [] if row.stage_key == stage and not row.outcome]
	return rows[-1] if rows else None


def _close_gate(doc, facts: machine.Facts, step: machine.Move, given: dict, by: str | None) -> None:
	"""The advice at the gate was followed or overruled: both stay in the record."""
	following = machine.next_stage(facts.stages, doc.stage)
	if not following or following.key != step.to or not following.gate:
		return
	row = advice_at(doc, step.to)
	if not row:
		return
	row.outcome = "Overruled" if row.advice in machine.AGAINST else "Accepted"
	row.overrule_reason = given.get("overrule_reason") if row.outcome == "Overruled" else None
	row.decided_by, row.decided_at = by or _me(), now_datetime()


def advise(initiative: str, stage: str, advice: str, text: str) -> None:
	"""The desk's advice at a gate. By its representative, the unit's liaison or a CX Manager, never by the lead."""
	doc = frappe.get_doc(INITIATIVE, initiative, for_update=True)
	actors = actors_of(doc)
	if not actors & {machine.REPRESENTATIVE, machine.LIAISON, machine.MANAGER}:
		frappe.throw(
			_("The desk's representative, the liaison of the unit or a CX Manager gives the desk's advice.")
		)
	if frappe.session.user == doc.lead and machine.REPRESENTATIVE not in actors:
		frappe.throw(_("The lead does not give the desk's advice. Ask the desk's representative."))
	gate = next((one for one in templates.stages_of(doc) if one.key == stage and one.gate), None)
	if not gate:
		frappe.throw(_("There is no gate before {0} in this initiative.").format(stage))
	if advice not in machine.ADVICE:
		frappe.throw(_("Choose one of: {0}.").format(", ".join(machine.ADVICE)))
	if advice != machine.GO and not cstr(text).strip():
		frappe.throw(_("Say why: an advice with conditions or against it needs its reason."))
	if not doc.desk_seat_at:
		doc.representative = doc.representative or frappe.session.user
	old = advice_at(doc, stage)
	row = old or doc.append("gates", {"stage_key": stage, "gate": gate.gate})
	row.update(
		{
			"advice": advice,
			"advice_text": cstr(text).strip()[:LONGEST_NOTE],
			"advised_by": _me(),
			"advised_at": now_datetime(),
		}
	)
	doc.flags.cx_move = "advice"
	# allowed: who advises was judged above; a representative may not be allowed to change the rest
	doc.save(ignore_permissions=True)


def say_yes(initiative: str, *, by: str | None = None, note: str | None = None) -> None:
	"""The sponsor's yes to going live: from their page, or noted by the lead with how it was given."""
	doc = frappe.get_doc(INITIATIVE, initiative, for_update=True)
	if doc.stage in (*machine.REACHES_USERS, *machine.SIDE, machine.DRAFT, machine.SUBMITTED):
		frappe.throw(
			_("There is nothing to agree to now: it is {0}.").format(templates.label_of(doc, doc.stage))
		)
	if not by:
		if not actors_of(doc) & {machine.LEAD, machine.MANAGER}:
			frappe.throw(_("The lead or a CX Manager notes the sponsor's yes."))
		if not cstr(note).strip():
			frappe.throw(_("Note how and when the sponsor said yes."))
	doc.sponsor_yes_at = now_datetime()
	doc.sponsor_yes_note = (
		_("On their page, by {0}").format(by) if by else f"{cstr(note).strip()} ({_me()})"
	)[:140]
	doc.flags.cx_move = "yes"
	# allowed: judged above; the sponsor has no permission on the record
	doc.save(ignore_permissions=True)


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
	"""Whether everything is judged and the sponsor's approval alone is missing."""
	following = machine.next_stage(templates.stages_of(doc), doc.stage) if doc.stage in machine.MAIN else None
	if not following or following.key != machine.APPROVED:
		return False
	step = machine.find_move(
		doc.stage, machine.APPROVED, facts_of(doc, frozenset({machine.SPONSOR})), machine.ADVANCE
	)
	return step.allowed and not step.needs


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
	skills.follow_up(doc, doc.get_doc_before_save())
	if doc.flags.pop("cx_golive_changed", None):
		news.date_anew(doc)
	message = doc.flags.pop("cx_message", None)
	reason = doc.flags.pop("cx_reason", None)
	if doc.flags.pop("cx_quiet", None) or not step:
		return
	if step == machine.SUBMIT:
		_tell_desk(doc)
	if doc.requester_email and origin:
		_tell_requester(doc, step, message, reason)


def _tell_requester(doc, step: str, message: str | None, reason: str | None) -> None:
	"""Every move is news to the person who asked; a message of a human goes as it was written."""
	with mailing.language_of(doc.requester_email, doc.unit):
		if step == machine.SUBMIT:
			text = _(
				"Thank you, it has arrived. Somebody of us will answer you; until then you find it here."
			)
			subject = _("It has arrived: {0}").format(doc.title)
		elif message:
			subject = _("Our answer: {0}").format(doc.title)
			text = message
			if doc.review_date and doc.stage in (machine.DECLINED, machine.DEFERRED):
				text += "\n\n" + _("We will look at it again on {0}.").format(format_date(doc.review_date))
		else:
			subject = _("{0}: {1}").format(doc.title, templates.label_of(doc, doc.stage))
			text = _("It has come to: {0}.").format(templates.label_of(doc, doc.stage))
			if reason:
				text += "\n\n" + reason
	# What a person wrote must reach the other one; a mail that only tells of the stage holds nothing up.
	mailing.send(doc, doc.requester_email, subject, text, must=bool(message))


def _tell_desk(doc) -> None:
	"""A request came: the unit's liaison and the desk manager know at once, without a mail."""
	near = cover.liaison_of(doc.unit) if doc.unit else frappe._dict()
	users = {doc.lead, near.get("liaison"), frappe.get_cached_doc("CX Settings").desk_manager} - {
		None,
		"",
		frappe.session.user,
	}
	for user in sorted(users):
		notify(
			doc, user, _("A request from the business: {0}. The first answer is awaited.").format(doc.title)
		)


def notify(doc, user: str, subject: str) -> None:
	"""A notification of the host; the initiative opens from it."""
	if not user or not frappe.db.get_value("User", user, "enabled"):
		return
	notification = frappe.new_doc("Notification Log")
	notification.update(
		{
			"for_user": user,
			"from_user": None if frappe.session.user == "Guest" else frappe.session.user,
			"type": "Alert",
			"document_type": INITIATIVE,
			"document_name": doc.name,
			"subject": frappe.utils.escape_html(subject),
		}
	)
	# allowed: the host makes its notifications the same way
	notification.insert(ignore_permissions=True)


def forbid_deletion(doc) -> None:
	"""Only what was never handed in can be deleted: everything else is withdrawn with a reason."""
	if doc.stage == machine.DRAFT or frappe.session.user == "Administrator" or frappe.flags.in_uninstall:
		return
	frappe.throw(_("It was handed in. Withdraw it with a reason; the record stays."), title=_("Not deleted"))
