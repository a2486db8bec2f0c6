"""Conversations: logged in three fields or planned, moved by one function, with voices and promises kept from them.

What stands in the way of a step is decided in `core/conversation.py`. A sentence worth keeping is heard by
`units.voices.hear`, so that it gets an owner and an answer; the conversation itself is not answered.
"""

import hashlib
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import add_days, cstr, escape_html, get_datetime, get_fullname, getdate, now_datetime

from cx_desk.core import conversation as machine
from cx_desk.core import voice
from cx_desk.relationship import wants
from cx_desk.units import next_steps, voices

CONVERSATION = "CX Conversation"
HALF_AN_HOUR = timedelta(minutes=30)
REVIEW_DAYS = 90
# Written by `move` and the invitation alone; a form or an API call that brings them is put right silently.
KEPT_FIELDS = ("reason", "cancelled_by", "invited_at", "invited_to", "invite_sequence", "invite_hash")


def prepare(doc) -> None:
	"""A new conversation: the time decides whether it is planned or was held, unless the caller says."""
	for fieldname in KEPT_FIELDS:
		doc.set(fieldname, None)
	doc.starts_on = doc.starts_on or now_datetime()
	if doc.state not in (machine.PLANNED, machine.HELD):
		later = get_datetime(doc.starts_on) > now_datetime()
		doc.state = machine.PLANNED if later else machine.HELD


def keep(doc) -> None:
	"""Hold a conversation to its rules, and fill in what a person need not type."""
	before = doc.get_doc_before_save()
	if before and not doc.flags.cx_move:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, before.get(fieldname))
		if doc.state != before.state:
			# A call of the API or a changed list row: the same judgement as the button.
			target, doc.state = doc.state, before.state
			apply_move(doc, target)
	_know_the_people(doc)
	_check_times(doc)
	if doc.state == machine.HELD and not cstr(doc.notes).strip():
		frappe.throw(
			_(
				"Write down what was said: one sentence is enough. To plan it instead, give a time in the future."
			),
			title=_("What was said?"),
		)
	if doc.next_date and doc.state == machine.HELD and getdate(doc.next_date) < getdate(doc.starts_on):
		frappe.throw(_("The next conversation lies before this one. Correct the date, or leave it empty."))
	if doc.type == machine.SERVICE_REVIEW:
		_fill_period(doc)
	wants.fill_review(doc)
	doc.level_gap = gap_of(doc)
	doc.title = f"{doc.unit}: {doc.who}"[:140]


def gap_of(doc) -> str | None:
	"""The gap that stands in a review, in words; None until both sides have said theirs."""
	gap = machine.level_gap(doc.our_level or None, doc.their_level or None)
	return None if gap is None else gap_text(gap)


def gap_text(gap: int) -> str:
	"""The result of the assessment from both sides, as a sentence."""
	if gap == 0:
		return _("Both sides see the same level")
	if gap > 0:
		return _("We think {0} higher of it than they do").format(_steps(gap))
	return _("They think {0} higher of it than we do").format(_steps(-gap))


def _steps(count: int) -> str:
	return _("one step") if count == 1 else _("{0} steps").format(count)


def _know_the_people(doc) -> None:
	if doc.contact:
		doc.who = doc.who or frappe.db.get_value("Contact", doc.contact, "full_name") or doc.contact
	doc.who = " ".join(cstr(doc.who).split())
	if not doc.who:
		frappe.throw(_("Say who you spoke with: a name is enough."), title=_("With whom?"))
	for row in doc.people or []:
		if row.side == "Desk" and row.user:
			row.contact = None
			row.person_name = get_fullname(row.user)
			row.email = row.email or frappe.db.get_value("User", row.user, "email")
		elif row.contact:
			row.user = None
			person = frappe.db.get_value("Contact", row.contact, ["full_name", "email_id"], as_dict=True)
			row.person_name = row.person_name or (person and person.full_name)
			row.email = row.email or (person and person.email_id)
		if not (row.person_name or row.email):
			frappe.throw(
				_("Row {0} of the people names nobody: choose a contact or a user, or give a name.").format(
					row.idx
				)
			)


def _check_times(doc) -> None:
	starts = get_datetime(doc.starts_on) if doc.starts_on else None
	ends = get_datetime(doc.ends_on) if doc.ends_on else None
	before = doc.get_doc_before_save()
	if before and starts and _only_start_moved(before, starts, ends):
		# The length stays.
		ends = starts + (get_datetime(before.ends_on) - get_datetime(before.starts_on))
	problem = machine.time_problem(doc.state, starts, ends, now_datetime())
	if problem:
		frappe.throw(_(problem), title=_("The times do not fit"))
	doc.ends_on = ends or starts + HALF_AN_HOUR
	if doc.period_from and doc.period_to and getdate(doc.period_to) < getdate(doc.period_from):
		frappe.throw(_("The period of the review ends before it starts. Correct one of the two dates."))


def _only_start_moved(before, starts, ends) -> bool:
	return (
		bool(before.ends_on)
		and ends == get_datetime(before.ends_on)
		and starts != get_datetime(before.starts_on)
	)


def _fill_period(doc) -> None:
	doc.period_to = doc.period_to or min(getdate(doc.starts_on), getdate(now_datetime()))
	doc.period_from = doc.period_from or add_days(doc.period_to, -(REVIEW_DAYS - 1))


def follow_up(doc) -> None:
	"""What follows from a saved conversation: promises of a held review, and news to those who were invited."""
	from cx_desk.relationship.invitations import ConversationInvitation

	wants.take_from_review(doc)
	if doc.state == machine.HELD and doc.type == machine.SERVICE_REVIEW:
		for line in cstr(doc.promise_next).splitlines():
			if line.strip():
				keep_sentence(doc, voice.PROMISE, line.strip(" -*\t"))
	ConversationInvitation(doc).follow_up()


def forbid_deletion(doc) -> None:
	"""What was said is not taken back by deleting the conversation: its voices stay and name it."""
	if frappe.flags.in_uninstall or frappe.session.user == "Administrator":
		return
	if doc.state == machine.HELD and voices_of(doc.name):
		frappe.throw(
			_("Voices were kept from this conversation, so it stays. Settle or decline them instead."),
			title=_("No voice lost"),
		)


def next_moves(doc) -> list[dict]:
	"""The next steps of a conversation, translated, each allowed or with the reason why not."""
	if doc.is_new() or doc.state not in machine.STATES:
		return []
	starts = get_datetime(doc.starts_on) if doc.starts_on else None
	return next_steps.shown(machine.moves(doc.state, starts, now_datetime()))


def move(name: str, to: str, **given) -> frappe._dict:
	"""Take one step: to Held with notes, to Cancelled with reason and cancelled_by, to Planned with starts_on.

	Frappe's ValidationError with the exact reason when it is blocked. Permission is the caller's matter.
	"""
	doc = frappe.get_doc(CONVERSATION, name, for_update=True)
	apply_move(doc, to, **given)
	doc.save()
	return frappe._dict(name=doc.name, state=doc.state)


def apply_move(doc, to: str, **given) -> None:
	"""Judge a step and write it into the document, unsaved."""
	now = now_datetime()
	if given.get("notes"):
		doc.notes = "\n".join(
			part for part in (cstr(doc.notes).strip(), cstr(given["notes"]).strip()) if part
		)
	present = {name for name in ("reason", "cancelled_by", "starts_on") if cstr(given.get(name)).strip()}
	if cstr(doc.notes).strip():
		present.add("notes")
	try:
		machine.check(doc.state, to, get_datetime(doc.starts_on) if doc.starts_on else None, now, present)
	except machine.Blocked as blocked:
		next_steps.refuse(blocked)
	if to == machine.CANCELLED:
		doc.reason, doc.cancelled_by = cstr(given["reason"]).strip(), given["cancelled_by"]
		if doc.cancelled_by not in (machine.BY_BUSINESS, machine.BY_DESK):
			frappe.throw(_("Say who cancelled it: the business or the desk."))
	elif to == machine.MISSED:
		doc.reason = cstr(given.get("reason")).strip() or None
	elif to == machine.PLANNED:
		starts = _given_time(given["starts_on"])
		if starts <= now:
			frappe.throw(_("Give a time in the future to plan it again."))
		length = get_datetime(doc.ends_on) - get_datetime(doc.starts_on) if doc.ends_on else HALF_AN_HOUR
		doc.starts_on, doc.ends_on = starts, starts + length
		doc.reason = doc.cancelled_by = None
	doc.state = to
	doc.flags.cx_move = True


def log(
	unit: str,
	who: str,
	said: str,
	*,
	contact: str | None = None,
	promise: str | None = None,
	promise_due: str | None = None,
	channel: str | None = None,
	held_on: str | None = None,
	next_date: str | None = None,
) -> frappe._dict:
	"""Log a conversation that was held: unit, who, what was said; a promise made in it becomes a voice at once.

	Checks the permission to create; ValidationError where something is missing or impossible.
	"""
	doc = frappe.new_doc(CONVERSATION)
	doc.update(
		{
			"unit": unit,
			"who": who,
			"contact": contact or None,
			"notes": said,
			"state": machine.HELD,
			"starts_on": _given_time(held_on) if held_on else now_datetime(),
			"next_date": next_date or None,
			"channel": channel or "Phone",
		}
	)
	doc.insert()
	kept = keep_sentence(doc, voice.PROMISE, promise, due=promise_due) if cstr(promise).strip() else None
	return frappe._dict(name=doc.name, promise=kept)


def _given_time(value: str | datetime) -> datetime:
	"""A time that was typed or sent; ValidationError where it is none."""
	try:
		return get_datetime(value)
	except (ValueError, OverflowError):
		frappe.throw(
			_("{0} is no time. Write it as 2026-03-31 14:30, or leave it empty for now.").format(
				frappe.bold(escape_html(cstr(value)))
			),
			title=_("The times do not fit"),
		)


def keep_sentence(doc, kind: str, statement: str, due: str | None = None) -> str:
	"""Make a voice of one sentence of a conversation; the same sentence is kept once. Its name comes back."""
	if kind not in (voice.SAID, voice.WANT, voice.PRAISE, voice.PROMISE, voice.SEEN):
		frappe.throw(_("A sentence of a conversation is Said, a Want, a Praise, a Promise, or Seen."))
	if not cstr(statement).strip():
		frappe.throw(_("Write down the sentence: one is enough."))
	if due and getdate(due) < getdate(doc.starts_on):
		frappe.throw(_("The promise would be due before the conversation. Give a later day."))
	text = " ".join(cstr(statement).split())
	digest = hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:16]
	person = {"contact": doc.contact, "source_name": doc.who} if kind != voice.SEEN else {}
	return voices.hear(
		kind,
		text,
		unit=doc.unit,
		source_type=voice.SEEN_SOURCE if kind == voice.SEEN else voice.KNOWN,
		responsible=frappe.session.user if voices.is_enabled(frappe.session.user) else None,
		due_at=f"{getdate(due)} 17:00:00" if due else None,
		origin=f"{origin_of(doc.name)}{digest}",
		**person,
	)


def origin_of(name: str) -> str:
	"""How the origin of a voice that was kept from a conversation begins."""
	return f"conversation:{name}:"


def voices_of(name: str | None) -> list[dict]:
	"""The voices kept from a conversation that the reader may see, oldest first."""
	if not name:
		return []
	rows = frappe.get_list(
		voices.VOICE,
		filters={"origin": ["like", f"{origin_of(name)}%"]},
		fields=["name", "kind", "statement", "state", "responsible", "due_at"],
		order_by="creation asc",
	)
	for row in rows:
		row.owner_name = get_fullname(row.responsible)
		row.due = frappe.utils.format_date(row.due_at) if row.due_at else ""
	return rows


def plan_review(unit: str) -> str:
	"""The planned or latest unfinished service review of a unit, made when there is none. Its name comes back."""
	known = frappe.get_list(
		CONVERSATION,
		filters={"unit": unit, "type": machine.SERVICE_REVIEW, "state": machine.PLANNED},
		order_by="starts_on asc",
		pluck="name",
		limit=1,
	)
	if known:
		return known[0]
	sponsor = sponsor_of(unit)
	day = getdate(add_days(getdate(), 14))
	# Nobody meets on a weekend.
	if day.weekday() > 4:
		day += timedelta(days=7 - day.weekday())
	doc = frappe.new_doc(CONVERSATION)
	doc.update(
		{
			"unit": unit,
			"type": machine.SERVICE_REVIEW,
			"channel": "In person",
			"who": (sponsor and sponsor.contact_name) or unit,
			"contact": sponsor and sponsor.contact,
			"state": machine.PLANNED,
			"starts_on": f"{day} 10:00:00",
			"ends_on": f"{day} 11:00:00",
			"period_to": getdate(),
		}
	)
	doc.insert()
	return doc.name


def sponsor_of(unit: str) -> frappe._dict | None:
	"""The sponsor among the people that matter to a unit: contact and name."""
	rows = frappe.get_all(
		"CX Unit Person",
		filters={"parent": unit, "parenttype": "CX Business Unit", "role": "Sponsor"},
		fields=["contact", "contact_name"],
		order_by="idx",
		limit=1,
	)
	return rows[0] if rows else None
