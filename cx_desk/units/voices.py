"""Voices: heard with an owner and a due time, and moved by one function until they are settled.

`hear` makes a voice, `move` changes its state; nothing else does. What stands in the way of a move is decided in
`core/voice.py`, who answers for it in `voice_owners.py`; what follows from it happens in `voice_news.py`.
"""

import re
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, get_fullname, now_datetime, validate_email_address

from cx_desk.core import voice as machine
from cx_desk.core.words import as_text
from cx_desk.host.names import TICKET
from cx_desk.units.voice_owners import MANAGER_ROLE, VOICE, choose_owner, cover_of, due_time, is_enabled

# Written by `apply_move` and `prepare` alone; a form or an API call that brings them is put right silently.
KEPT_FIELDS = (
	"first_due_at",
	"owned_at",
	"told_at",
	"settled_at",
	"settled_by",
	"contested_count",
	"decline_reason",
	"message_back",
	"needs_source_yes",
	"token_hash",
	"earlier_token_hash",
	"message_id",
	"origin",
	"confidential",
	"response",
	"acting_rule",
	"escalated_at",
)
# What a move may write, by the name under which it is given.
GIVEN_FIELDS = ("outcome", "decline_reason", "message_back")
# A mail can be of any length; a voice is what a person reads in a list.
LONGEST_STATEMENT = 8000
_FORMULA = re.compile(r"[=+\-@][^\s=+\-]")


def hear(
	kind: str,
	statement: str,
	*,
	unit: str | None = None,
	ticket: str | None = None,
	contact: str | None = None,
	source_email: str | None = None,
	source_name: str | None = None,
	source_type: str = machine.KNOWN,
	response: str | None = None,
	driver: str | None = None,
	responsible: str | None = None,
	due_at: datetime | str | None = None,
	confidential: bool = False,
	origin: str | None = None,
	needs_source_yes: bool | None = None,
) -> str:
	"""Write down a voice, give it an owner and a due time, tell the owner. Its name comes back.

	origin: what it was made from; the same origin gives the same voice, however often it is heard. confidential:
	the words stay with the answer. Frappe's ValidationError where nobody said it or nothing was said.
	"""
	if origin and (known := frappe.db.get_value(VOICE, {"origin": origin})):
		return known
	doc = frappe.new_doc(VOICE)
	doc.update(
		{
			"kind": kind,
			"statement": statement,
			"unit": unit,
			"ticket": str(ticket) if ticket else None,
			"contact": contact,
			"source_email": source_email,
			"source_name": source_name,
			"source_type": source_type,
			"driver": driver,
			"responsible": responsible,
			"due_at": due_at,
		}
	)
	doc.flags.cx_kept = {"response": response, "confidential": cint(confidential), "origin": origin or None}
	if needs_source_yes is not None:
		doc.flags.cx_kept["needs_source_yes"] = cint(needs_source_yes)
	_forget_what_is_gone(doc)
	savepoint = "cx_hear"
	frappe.db.savepoint(savepoint)
	try:
		# allowed: a voice is heard whoever hears it; what may be read of it is decided by its permissions
		doc.insert(ignore_permissions=True)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.db.rollback(save_point=savepoint)
		# Read past the snapshot: the other one that heard it committed after we began.
		if origin and (
			known := frappe.db.get_value(VOICE, {"origin": origin}, for_update=True, order_by=None)
		):
			return known
		raise
	return doc.name


def day_of(text: str | None) -> datetime | None:
	"""The end of a promised day, or the moment that was given; None where nothing was."""
	text = cstr(text).strip()
	if not text:
		return None
	try:
		moment = get_datetime(text)
	except (ValueError, TypeError, OverflowError):
		moment = None
	if not moment:
		frappe.throw(_("{0} is no date. Write it as 2026-12-31.").format(text))
	return moment if len(text) > 10 else moment.replace(hour=23, minute=59, second=0)


def _forget_what_is_gone(doc) -> None:
	"""Empty links to what was deleted meanwhile: a word is heard although its ticket or contact is gone."""
	kept = doc.flags.cx_kept
	for field in doc.meta.get_link_fields():
		holder = kept if field.fieldname in kept else doc
		value = holder.get(field.fieldname)
		if value and not frappe.db.exists(field.options, value):
			holder.update({field.fieldname: None})


def source_of(who: str | None) -> dict:
	"""What a person typed under "who" as the source of a voice: a contact, an address or a name.

	Empty leaves it to the ticket; "Seen" means that nobody said it.
	"""
	who = cstr(who).strip()
	if not who:
		return {}
	if who.lower() in (machine.SEEN_SOURCE.lower(), _(machine.SEEN_SOURCE).lower()):
		return {"source_type": machine.SEEN_SOURCE}
	if frappe.db.exists("Contact", who):
		return {"contact": who}
	if validate_email_address(who):
		return {"source_email": who}
	return {"source_name": who}


def shorten(text: str | None) -> str:
	"""Words as plain text for every screen, mail and export: at most LONGEST_STATEMENT characters, no space around.

	The host would clean text that looks like HTML and lose words; angle brackets become look-alikes, so that what was
	written is shown as it was written. A beginning that a spreadsheet would take for a formula is marked as text.
	"""
	text = cstr(text).replace("\x00", "").strip()
	text = as_text(text)
	if _FORMULA.match(text):
		text = f"'{text}"
	return text if len(text) <= LONGEST_STATEMENT else text[: LONGEST_STATEMENT - 1].rstrip() + "…"


def prepare(doc) -> None:
	"""Fill in what a new voice needs and a person need not know: state, unit, team, owner, due times."""
	kept = doc.flags.cx_kept or {}
	if doc.flags.cx_kept is None:
		_require_readable_ticket(doc)
	for fieldname in KEPT_FIELDS:
		doc.set(fieldname, kept.get(fieldname))
	doc.state = machine.HEARD
	doc.set("steps", [])
	doc.statement = shorten(doc.statement)
	doc.source_name = shorten(doc.source_name)[:140] or None
	doc.source_type = doc.source_type or machine.KNOWN
	if doc.kind == machine.SEEN and not (doc.contact or doc.source_email or doc.source_name or doc.ticket):
		doc.source_type = machine.SEEN_SOURCE
	_know_the_source(doc)
	if doc.confidential:
		doc.statement = _neutral_statement(doc.kind)
	_require_words_and_person(doc)
	doc.responsible = choose_owner(doc)
	if kept.get("needs_source_yes") is None or doc.source_type != machine.KNOWN:
		doc.needs_source_yes = cint(machine.needs_source_yes(doc.kind, doc.source_type))
	doc.due_at = doc.due_at or due_time(doc.ticket)
	doc.first_due_at = doc.due_at
	_add_step(doc, None, machine.HEARD, None)


def _require_readable_ticket(doc) -> None:
	"""Whoever names a ticket by hand is told its person, unit and team: so they must be able to read it."""
	if doc.ticket and frappe.db.exists(TICKET, doc.ticket):
		frappe.has_permission(TICKET, "read", doc=str(doc.ticket), throw=True)


def _know_the_source(doc) -> None:
	from cx_desk.host.people import contact_of
	from cx_desk.host.tickets import facts

	ticket = facts([doc.ticket]).get(str(doc.ticket)) if doc.ticket else None
	if ticket:
		doc.team = ticket.agent_group
		doc.unit = doc.unit or ticket.cx_business_unit
	if doc.source_type != machine.KNOWN:
		doc.contact = doc.source_email = doc.source_name = None
	else:
		if ticket and not (doc.contact or doc.source_email or doc.source_name):
			doc.contact, doc.source_email = ticket.contact, ticket.raised_by
		if not doc.contact and doc.source_email:
			doc.contact = contact_of(doc.source_email)
		if doc.contact:
			person = frappe.db.get_value("Contact", doc.contact, ["full_name", "email_id"], as_dict=True)
			if person:
				doc.source_email = doc.source_email or person.email_id
				doc.source_name = doc.source_name or person.full_name
	doc.unit = doc.unit or _unit_of_person(doc)


def _unit_of_person(doc) -> str | None:
	from cx_desk.units import tickets

	person = frappe._dict(contact=doc.contact, raised_by=doc.source_email, customer=None, agent_group=None)
	unit, _rule = tickets.unit_for(person)
	return unit


def _neutral_statement(kind: str) -> str:
	return {
		machine.LOW_ANSWER: _("A low answer in a confidential survey. The words stay with the answer."),
		machine.NOT_SOLVED: _("“Not solved” in a confidential survey. The words stay with the answer."),
		machine.PRAISE: _("A praise in a confidential survey. The words stay with the answer."),
	}.get(kind, _("A comment in a confidential survey. The words stay with the answer."))


def _require_words_and_person(doc) -> None:
	if not cstr(doc.statement).strip():
		frappe.throw(
			_("Write down what was said or seen: one sentence is enough."), title=_("Nothing was said")
		)
	if doc.kind not in machine.KINDS:
		frappe.throw(
			_("{0} is no kind of voice. Choose one of: {1}.").format(doc.kind, ", ".join(machine.KINDS))
		)
	if doc.source_type == machine.KNOWN and not (doc.contact or doc.source_email or doc.source_name):
		frappe.throw(
			_(
				"Say who said it: a contact, an address or a name. If it was seen and not said, choose “Seen”."
			),
			title=_("Nobody said it"),
		)
	if doc.source_email and not validate_email_address(doc.source_email):
		frappe.throw(_("{0} is no mail address. Correct it or leave it empty.").format(doc.source_email))


def actor_of(doc, user: str | None = None) -> str:
	"""What a user is to this voice: owner, manager, liaison of its unit, or other staff."""
	user = user or frappe.session.user
	if user == doc.responsible:
		return machine.OWNER
	if user == "Administrator" or MANAGER_ROLE in frappe.get_roles(user):
		return machine.MANAGER
	people = cover_of(doc.unit)
	if user in (people.get("liaison"), people.get("deputy")):
		return machine.LIAISON
	return machine.STAFF


def facts_of(doc, actor: str) -> machine.Facts:
	"""The facts by which the next moves of a voice are judged."""
	days = (now_datetime() - get_datetime(doc.told_at)).days if doc.told_at else None
	return machine.Facts(
		actor=actor,
		known_source=doc.source_type == machine.KNOWN,
		has_address=bool(doc.source_email),
		needs_source_yes=bool(doc.needs_source_yes),
		settled_by=doc.settled_by or None,
		days_since_told=days,
		owner_name=get_fullname(doc.responsible) if doc.responsible else "",
	)


def next_moves(doc, user: str | None = None) -> list[dict]:
	"""The next steps of a voice for a user, translated, each allowed or with the reason why not."""
	return [
		{
			"key": move.key,
			"to": move.to,
			"label": _(move.label),
			"allowed": move.allowed,
			"why_not": reason(move),
			"needs": list(move.needs),
		}
		for move in machine.moves(doc.state, facts_of(doc, actor_of(doc, user)))
	]


def is_overdue(doc) -> bool:
	"""Whether it is the desk's turn and the due time has passed."""
	return machine.is_overdue(doc.state, get_datetime(doc.due_at) if doc.due_at else None, now_datetime())


def proposed_message_back(doc) -> str:
	"""A first text for the message back in the person's language, from the outcome or the reason; the owner rewrites it."""
	from cx_desk.units import message_back

	name = cstr(doc.source_name).strip()
	with message_back.language_of(doc):
		greeting = _("Hello {0},").format(name) if name else _("Hello,")
		if doc.state == machine.DECLINED:
			text = _(
				"You told us something, and we want you to know what became of it. We will not act on it: {0}"
			).format(cstr(doc.decline_reason).strip())
		else:
			text = _("You told us something, and we want you to know what became of it. {0}").format(
				cstr(doc.outcome).strip()
			)
	return f"{greeting}\n\n{text.strip()}"


def reason(move: machine.Move) -> str:
	"""Why a step is blocked, translated, with the states in it."""
	if not move.why_not:
		return ""
	params = dict(move.params)
	for name in ("state", "to"):
		if name in params:
			params[name] = _(str(params[name]))
	if "targets" in params:
		params["targets"] = ", ".join(_(state) for state in str(params["targets"]).split(", "))
	return _(move.why_not).format(**params)


def move(
	voice: str,
	to: str,
	*,
	note: str | None = None,
	by: str | None = None,
	key: str | None = None,
	**facts,
) -> frappe._dict:
	"""Move a voice to another state: the one function that does.

	by: None for the signed-in user, machine.PERSON when the source speaks (their link). key: which of two ways
	to the same state, see core/voice.py. facts: outcome, decline_reason, message_back, settled_by, as the step
	needs; keep_owner where whoever moves it does not take it over. Frappe's ValidationError with the exact reason
	when it is blocked; nothing is changed then. Permission is the caller's matter.
	"""
	doc = frappe.get_doc(VOICE, voice, for_update=True)
	if key is None and to == machine.SETTLED and facts.get("settled_by"):
		key = "yes" if facts["settled_by"] == machine.BY_PERSON else "close"
	apply_move(doc, to, note=note, by=by, key=key, **facts)
	frappe.db.savepoint("cx_move")
	try:
		# allowed: the move was judged by the machine; a person of the business has no permission on the record
		doc.save(ignore_permissions=True)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception:
		# Whole or not at all, also for a caller that goes on: never told without the message.
		frappe.db.rollback(save_point="cx_move")
		raise
	return frappe._dict(name=doc.name, state=doc.state, responsible=doc.responsible, due_at=doc.due_at)


def apply_move(doc, to: str, *, note=None, by=None, key=None, **given) -> None:
	"""Judge a move and write it into the document, unsaved. What follows from it happens in `voice_news.follow_up`."""
	actor = machine.PERSON if by == machine.PERSON else actor_of(doc)
	present = {name for name in GIVEN_FIELDS if cstr(given.get(name)).strip()}
	# The outcome can be drafted in the form before the step is taken.
	if cstr(doc.outcome).strip():
		present.add("outcome")
	if cstr(note).strip():
		present.add("note")
	try:
		step = machine.check(doc.state, to, facts_of(doc, actor), present, key)
	except machine.Blocked as blocked:
		frappe.throw(reason(blocked.move), title=_("This step is not possible now"))
	origin = doc.state
	now = now_datetime()
	for name in GIVEN_FIELDS:
		if name in step.needs and cstr(given.get(name)).strip():
			doc.set(name, shorten(given[name]))
	doc.state = to
	doc.flags.cx_move = step.key
	doc.flags.cx_from = origin
	if to == machine.OWNED:
		doc.owned_at = doc.owned_at or now
		if (
			actor != machine.OWNER
			and not given.get("keep_owner")
			and is_enabled(frappe.session.user)
			and frappe.session.user != "Administrator"
		):
			doc.responsible = frappe.session.user
	elif to == machine.DONE:
		doc.decline_reason = None
	elif to == machine.DECLINED:
		doc.outcome = None
	elif to == machine.TOLD:
		doc.told_at = now
		doc.settled_at = doc.settled_by = None
	elif to == machine.CONTESTED:
		doc.contested_count = cint(doc.contested_count) + 1
		doc.settled_at = doc.settled_by = None
		doc.due_at = due_time(doc.ticket)
		doc.responsible = choose_owner(doc)
	elif to == machine.SETTLED:
		doc.settled_at = now
		doc.settled_by = machine.settles_by(step.key)
	_add_step(doc, origin, to, _step_note(step, note, given), by=actor)


def _step_note(step: machine.Move, note, given) -> str | None:
	texts = [cstr(given.get(name)).strip() for name in step.needs if name in GIVEN_FIELDS]
	texts.append(cstr(note).strip())
	return shorten("\n".join(text for text in texts if text)) or None


def _add_step(doc, origin: str | None, to: str, note: str | None, by: str | None = None) -> None:
	if by == machine.PERSON:
		who = doc.source_name or doc.source_email or _("The person")
	elif frappe.session.user in ("Administrator", "Guest"):
		who = _("CX Desk")
	else:
		who = get_fullname(frappe.session.user)
	doc.append("steps", {"at": now_datetime(), "from_state": origin, "to_state": to, "by": who, "note": note})


def keep(doc) -> None:
	"""Hold a changed voice to its rules: state by a move only, kept fields as they were, an owner at all times."""
	before = doc.get_doc_before_save()
	if not before:
		return
	if not doc.flags.cx_move:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, before.get(fieldname))
		doc.set("steps", [row.as_dict() for row in before.steps])
		if doc.state != before.state:
			# A card dragged on the board, or a call of the API: the same judgement as the button.
			target, doc.state = doc.state, before.state
			apply_move(doc, target)
	if doc.response and doc.statement != before.statement:
		frappe.throw(_("What was said in a survey is not rewritten. Add what you learned to the outcome."))
	if cstr(doc.statement).strip() != cstr(before.statement).strip():
		doc.statement = shorten(doc.statement)
	if doc.ticket and not doc.flags.cx_move and str(doc.ticket) != str(before.ticket or ""):
		_require_readable_ticket(doc)
	if doc.source_type != before.source_type or doc.contact != before.contact:
		_know_the_source(doc)
	_require_words_and_person(doc)
	doc.responsible = doc.responsible or before.responsible
	if doc.responsible != before.responsible and not is_enabled(doc.responsible):
		frappe.throw(
			_("{0} cannot own a voice: choose an enabled user of the Desk.").format(
				frappe.bold(get_fullname(doc.responsible))
			),
			title=_("Never without an owner"),
		)
	if doc.responsible != before.responsible and not doc.flags.cx_move:
		_add_step(doc, doc.state, doc.state, _("Handed over to {0}").format(get_fullname(doc.responsible)))
	doc.due_at = doc.due_at or before.due_at
	if get_datetime(doc.due_at) != get_datetime(before.due_at) and not doc.flags.cx_move:
		_add_step(
			doc,
			doc.state,
			doc.state,
			_("Due time moved to {0}").format(frappe.format(doc.due_at, "Datetime")),
		)


def forbid_deletion_by_owner(doc) -> None:
	"""A voice is never deleted by the one who answers for it."""
	if frappe.session.user == "Administrator" or frappe.flags.in_uninstall:
		return
	if frappe.session.user == doc.responsible:
		frappe.throw(
			_("A voice is not deleted by its owner. Decline it with a reason; the person is told."),
			frappe.PermissionError,
			title=_("No voice lost"),
		)


def note_on(doc, text: str, by: str | None = None) -> None:
	"""Add words to the trail without a move: more was heard while it is open."""
	_add_step(doc, doc.state, doc.state, shorten(text), by=by)
	doc.flags.cx_move = "note"
	# allowed: the person's words enter the trail, whoever is signed in
	doc.save(ignore_permissions=True)
