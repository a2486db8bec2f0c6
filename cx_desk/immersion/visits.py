"""Visits: planned with care, or logged after they took place, and moved by one function until they are closed.

What stands in the way of a step is decided in `core/visit.py`; here it is looked up, said in the reader's language, and
the record is written.
"""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, get_fullname, getdate, now_datetime, validate_email_address

from cx_desk.core import visit as machine
from cx_desk.host.people import contact_of, is_staff
from cx_desk.units import cover, next_steps, voices
from cx_desk.units.language import speaking

VISIT = "CX Visit"
PERSON = "CX Visit Person"
POINT = "CX Visit Voice"
DESK, BUSINESS = "Desk", "Business"
# Of the people that matter to a unit, those who receive visitors, the best first.
HOST_ROLES = ("Site host", "Local champion", "Key user")
TWO_HOURS = timedelta(hours=2)

# Written by steps alone; a form or an API call that brings them is put right silently.
KEPT_FIELDS = (
	*("started_at", "ended_at", "shared_at", "shared_to", "correct_until", "host_word", "knows_us"),
	*("reason", "cancelled_by", "visit_round", "proposal", "effect_locked_at", "effect_verdict"),
	*(
		"effect_computed_at",
		"effect_result",
		"invited_at",
		"invited_to",
		"invite_sequence",
		"invite_hash",
		"token_hash",
	),
)
REPORT_FIELDS = ("report", "what_next")


def prepare(doc) -> None:
	"""Fill in what a new visit needs: who goes, and Held where its time has passed."""
	kept = doc.flags.cx_kept or {}
	for fieldname in KEPT_FIELDS:
		doc.set(fieldname, kept.get(fieldname))
	doc.set("versions", [])
	user = frappe.session.user
	if (
		not any(row.side == DESK and row.user for row in doc.people)
		and user != "Administrator"
		and is_staff(user)
	):
		doc.append("people", {"side": DESK, "user": user})
	doc.state = machine.PLANNED
	if doc.starts_on and get_datetime(doc.starts_on) <= now_datetime():
		doc.state = machine.HELD
		doc.started_at = doc.starts_on
		doc.ended_at = doc.ends_on or get_datetime(doc.starts_on) + TWO_HOURS


def keep(doc) -> None:
	"""Hold a visit to its rules, and fill in what a person need not type."""
	from cx_desk.immersion import effects, suitable

	before = doc.get_doc_before_save()
	if before and not doc.flags.cx_move:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, before.get(fieldname))
		doc.set("versions", [row.as_dict() for row in before.versions])
		doc.auto_repeat = before.auto_repeat
		if doc.state != before.state:
			# A call of the API or a changed list row: the same judgement as the button.
			target, doc.state = doc.state, before.state
			apply_move(doc, target)
	if doc.type not in machine.TYPES:
		frappe.throw(
			_("{0} is no type of visit. Choose one of: {1}.").format(doc.type, ", ".join(machine.TYPES))
		)
	doc.direction = machine.direction_of(doc.type)
	_check_unit(doc)
	_check_times(doc, before)
	_know_the_people(doc)
	_check_report(doc, before)
	if doc.state == machine.PLANNED and _replanned(doc, before):
		suitable.check(doc)
	effects.guard(doc, before)
	doc.title = title_of(doc.unit, doc.type)


def title_of(unit: str, kind: str) -> str:
	"""What lists and calendars show of a visit: in the site's language, whoever saves it."""
	with speaking(None):
		return f"{unit}: {_(kind)}"[:140]


def rename_unit(unit: str) -> None:
	"""After a unit got this name: its visits carry it in their titles."""
	for row in frappe.get_all(VISIT, {"unit": unit}, ["name", "type"]):
		frappe.db.set_value(VISIT, row.name, "title", title_of(unit, row.type), update_modified=False)


def _check_unit(doc) -> None:
	unit = frappe.db.get_value("CX Business Unit", doc.unit, ["disabled", "is_unassigned"], as_dict=True)
	if unit and unit.is_unassigned:
		frappe.throw(_("“{0}” only catches tickets: choose the unit that you visit.").format(doc.unit))
	if unit and unit.disabled and doc.state == machine.PLANNED:
		frappe.throw(_("The unit {0} is disabled. Choose another one.").format(frappe.bold(doc.unit)))


def _check_times(doc, before) -> None:
	if not doc.starts_on:
		frappe.throw(_("Say when the visit is or was."))
	starts = get_datetime(doc.starts_on)
	moved = before and starts != get_datetime(before.starts_on)
	if (
		moved
		and before.ends_on
		and get_datetime(doc.ends_on or before.ends_on) == get_datetime(before.ends_on)
	):
		doc.ends_on = starts + (get_datetime(before.ends_on) - get_datetime(before.starts_on))
	doc.ends_on = doc.ends_on or starts + TWO_HOURS
	ends = get_datetime(doc.ends_on)
	if ends <= starts:
		frappe.throw(_("The visit ends before it starts. Correct the end, or leave it empty."))
	if ends - starts > timedelta(days=14):
		frappe.throw(_("A visit lasts at most two weeks. Plan a longer exchange as several visits."))
	if moved and doc.state in machine.TOOK_PLACE and starts > now_datetime():
		frappe.throw(_("A visit in the future did not take place yet. Correct the time."))


def _know_the_people(doc) -> None:
	if (
		doc.is_new()
		and machine.needs_host(doc.type)
		and not (doc.host_contact or doc.host_name or doc.host_email)
	):
		doc.host_contact = host_of(doc.unit)
	if doc.host_contact:
		person = frappe.db.get_value("Contact", doc.host_contact, ["full_name", "email_id"], as_dict=True)
		if person:
			doc.host_name = doc.host_name or person.full_name
			doc.host_email = doc.host_email or person.email_id
	doc.host_name = " ".join(cstr(doc.host_name).split()) or None
	doc.host_email = cstr(doc.host_email).strip() or None
	if doc.host_email and not validate_email_address(doc.host_email):
		frappe.throw(
			_("{0} is no mail address. Correct it or leave it empty.").format(frappe.bold(doc.host_email))
		)
	doc.host_contact = doc.host_contact or contact_of(doc.host_email)
	doc.host_name = doc.host_name or doc.host_email
	if machine.needs_host(doc.type) and not doc.host_name:
		frappe.throw(
			_("Say who receives you there: a visit of the type {0} has a host.").format(
				frappe.bold(_(doc.type))
			),
			title=_("No host"),
		)
	seen = set()
	for row in doc.people:
		if row.side == DESK:
			row.contact = None
			if not row.user or not is_staff(row.user):
				frappe.throw(
					_("Row {0} of the people names nobody of the desk. Choose a person.").format(row.idx)
				)
			row.person_name, row.email = (
				get_fullname(row.user),
				frappe.db.get_value("User", row.user, "email"),
			)
		else:
			row.user = None
			if row.contact:
				person = frappe.db.get_value("Contact", row.contact, ["full_name", "email_id"], as_dict=True)
				row.person_name = row.person_name or (person and person.full_name)
				row.email = row.email or (person and person.email_id)
			if not (row.person_name or row.email):
				frappe.throw(
					_("Row {0} of the people names nobody: choose a contact or give a name.").format(row.idx)
				)
		key = row.user or row.contact or row.email or row.person_name
		if key in seen:
			frappe.throw(
				_("{0} is on the visit twice. Take one row out.").format(frappe.bold(row.person_name))
			)
		seen.add(key)
	if doc.state == machine.PLANNED and not visitors(doc):
		frappe.throw(_("Say who of the desk takes part."), title=_("Nobody goes"))


def _check_report(doc, before) -> None:
	if not before or doc.flags.cx_move or before.state not in (machine.SHARED, machine.CLOSED):
		return
	if any(cstr(doc.get(name)).strip() != cstr(before.get(name)).strip() for name in REPORT_FIELDS):
		frappe.throw(
			_(
				"The host has this report. Use “Amend the report”: a new version is kept, and the host gets it."
			),
			title=_("Shared already"),
		)


def _replanned(doc, before) -> bool:
	if not before or before.state != machine.PLANNED:
		return True
	times = any(
		get_datetime(doc.get(name)) != get_datetime(before.get(name)) for name in ("starts_on", "ends_on")
	)
	return times or doc.unit != before.unit or set(visitors(doc)) != set(visitors(before))


def visitors(doc, came: bool = False) -> list[str]:
	"""Users of the desk on a visit; only those who came, where asked."""
	return [
		row.user for row in doc.people if row.side == DESK and row.user and not (came and row.stayed_away)
	]


def host_of(unit: str) -> str | None:
	"""Who receives visitors there, of the people noted on the unit: the site host, else its champion or a key user."""
	rows = frappe.get_all(
		"CX Unit Person",
		{"parent": unit, "parenttype": "CX Business Unit", "role": ("in", HOST_ROLES)},
		["contact", "role"],
		order_by="idx",
	)
	return min(rows, key=lambda row: HOST_ROLES.index(row.role)).contact if rows else None


def follow_up(doc) -> None:
	"""What follows from a saved visit: news to those who were invited, and the knowledge that it brings."""
	from cx_desk.immersion import dialog
	from cx_desk.immersion.invitations import VisitInvitation

	doc.flags.pop("cx_move", None)
	VisitInvitation(doc).follow_up()
	before = doc.get_doc_before_save()
	dialog.forget(doc.unit, before.unit if before else "")


def forbid_deletion(doc) -> None:
	"""What was heard is not taken back by deleting the visit."""
	if frappe.flags.in_uninstall or frappe.session.user == "Administrator":
		return
	if frappe.db.exists(POINT, {"visit": doc.name}):
		frappe.throw(
			_("Voices were heard on this visit, so it stays. Cancel it, or settle the voices."),
			title=_("No voice lost"),
		)


def actor_of(doc, user: str | None = None) -> str:
	"""What a user is to this visit: manager, liaison of its unit, one who takes part, or other staff."""
	user = user or frappe.session.user
	if user == "Administrator" or voices.MANAGER_ROLE in frappe.get_roles(user):
		return machine.MANAGER
	people = cover.liaison_of(doc.unit)
	if user in (people.liaison, people.deputy):
		return machine.LIAISON
	return machine.VISITOR if user in visitors(doc) or user == doc.owner else machine.STAFF


def facts_of(doc, user: str | None = None) -> machine.Facts:
	"""The facts by which the next steps of a visit are judged."""
	untriaged, unowned = open_points(doc.name)
	return machine.Facts(
		actor=actor_of(doc, user),
		starts_on=get_datetime(doc.starts_on),
		now=now_datetime(),
		has_liaison=bool(cover.liaison_of(doc.unit).liaison),
		came=len(visitors(doc, came=True)),
		report=bool(cstr(doc.report).strip()),
		has_host=bool(doc.host_name),
		has_address=bool(doc.host_email),
		untriaged=untriaged,
		unowned=unowned,
		host_word=doc.host_word or None,
		correct_until=getdate(doc.correct_until) if doc.correct_until else None,
		effect_open=bool(cstr(doc.effect_question).strip()) and not doc.effect_locked_at,
	)


def open_points(visit: str) -> tuple[int, int]:
	"""How many voices of a visit have no way yet, and how many have no enabled owner although it is our turn."""
	from cx_desk.core import voice as voice_machine

	rows = frappe.get_all(POINT, {"visit": visit}, ["voice", "way"])
	untriaged = sum(1 for row in rows if not row.way)
	owners = frappe.get_all(
		voices.VOICE,
		{"name": ("in", [row.voice for row in rows] or [""]), "state": ("in", voice_machine.OUR_TURN)},
		pluck="responsible",
	)
	return untriaged, sum(1 for owner in owners if not voices.is_enabled(owner))


def next_moves(doc) -> list[dict]:
	"""The next steps of a visit, translated, each allowed or with the reason why not."""
	if doc.is_new() or doc.state not in machine.STATES:
		return []
	return next_steps.shown(machine.moves(doc.state, facts_of(doc)))


def move(name: str, to: str, *, key: str | None = None, **given) -> frappe._dict:
	"""Take one step: the one function that does. Frappe's ValidationError with the reason when it is blocked.

	given: reason and cancelled_by to cancel, starts_on to plan again, note to hand the report over oneself.
	Permission is the caller's matter.
	"""
	doc = frappe.get_doc(VISIT, name, for_update=True)
	apply_move(doc, to, key=key, **given)
	doc.save()
	return frappe._dict(name=doc.name, state=doc.state)


def apply_move(doc, to: str, *, key: str | None = None, **given) -> None:
	"""Judge a step and write it into the document, unsaved."""
	present = {name for name, value in given.items() if cstr(value).strip()}
	try:
		step = machine.check(doc.state, to, facts_of(doc), present, key)
	except machine.Blocked as blocked:
		next_steps.refuse(blocked)
	doc.flags.cx_move = step.key
	if step.key == "hold":
		doc.started_at = doc.started_at or doc.starts_on
		doc.ended_at = doc.ended_at or min(get_datetime(doc.ends_on), now_datetime())
	elif step.key == "cancel":
		doc.reason, doc.cancelled_by = cstr(given["reason"]).strip(), given["cancelled_by"]
		if doc.cancelled_by not in (machine.BY_BUSINESS, machine.BY_DESK):
			frappe.throw(_("Say who cancelled it: the business or the desk."))
	elif step.key == "replan":
		try:
			starts = get_datetime(given["starts_on"])
		except (ValueError, OverflowError):
			starts = None
		if not starts or starts.tzinfo or starts <= now_datetime():
			frappe.throw(_("Give a time in the future to plan it again."))
		length = get_datetime(doc.ends_on) - get_datetime(doc.starts_on)
		doc.starts_on, doc.ends_on = starts, starts + length
		doc.reason = doc.cancelled_by = doc.started_at = doc.ended_at = None
	elif step.key in ("share", "hand_over"):
		from cx_desk.immersion import sharing

		sharing.share(doc, by_mail=step.key == "share", note=cstr(given.get("note")).strip())
	doc.state = to


def show(doc) -> None:
	"""What the form shows beside the fields: next steps, what was heard, the preparation sheet, the verdict."""
	from cx_desk.immersion import effects, preparation, triage

	if doc.is_new() or not doc.starts_on:
		return
	doc.set_onload("moves", next_moves(doc))
	doc.set_onload("points", triage.points_of(doc.name))
	doc.set_onload("triage", triage.choices())
	doc.set_onload("preparation", preparation.sheet(doc))
	doc.set_onload("effect", effects.shown(doc))
