"""Who owns a benefit: asked and accepted, handed on, given up, and who signs its result for the desk.

What is possible is decided in `core/benefit.py`; `move` is the one function that does it, from the owner's or the
sponsor's page or noted for them in the Desk.
"""

import frappe
from frappe import _
from frappe.utils import cstr, flt, get_fullname, getdate, now_datetime, nowdate

from cx_desk.core import benefit as machine
from cx_desk.core import initiative as initiative_machine
from cx_desk.core.mapping import clean_address
from cx_desk.core.moves import Blocked
from cx_desk.initiatives import mailing, people, telling
from cx_desk.units import cover

BENEFIT = "CX Benefit"
LONGEST_NOTE = 4000
# Written by steps alone; a form or an API call that brings them is put right silently.
KEPT_FIELDS = (
	*("accepted_at", "accepted_how", "next_owner_name", "next_owner_email", "transfer_reason"),
	*("cancel_reason", "countersigned_by", "countersigned_at"),
)
# Who somebody of the desk is to the initiative, as far as it matters to its benefits.
_OF_INITIATIVE = {
	initiative_machine.LEAD: machine.LEAD,
	initiative_machine.LIAISON: machine.LIAISON,
	initiative_machine.MANAGER: machine.MANAGER,
}


def keep(doc, before) -> None:
	"""Hold owner, signatures and trail to their rules: they change by a step, and an owner is of the business."""
	if not before:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, None)
		doc.set("steps", [])
	elif not doc.flags.cx_step:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, before.get(fieldname))
		doc.set("steps", [row.as_dict() for row in before.steps or []])
	doc.owner_email = clean_address(doc.owner_email) or None
	doc.owner_name = " ".join(cstr(doc.owner_name).split()) or None
	if doc.owner_email and not doc.owner_name:
		doc.owner_name = people.name_of(doc.owner_email)
	_of_the_business(doc.owner_email, doc.owner_name)
	was = (before.owner_name, before.owner_email) if before else (None, None)
	if before and before.accepted_at and not doc.flags.cx_step and was != (doc.owner_name, doc.owner_email):
		frappe.throw(
			_("{0} has accepted it. Hand it to another owner with a reason: they accept it first.").format(
				before.owner_name
			),
			title=_("The owner said yes"),
		)
	if not doc.accepted_at and doc.owner_name and was != (doc.owner_name, doc.owner_email):
		note(doc, _("Named as the owner: {0}").format(doc.owner_name))
		doc.flags.cx_asks_owner = bool(doc.owner_email)


def _of_the_business(email: str | None, name: str | None) -> None:
	from cx_desk.host.people import is_staff

	if email and is_staff(email):
		frappe.throw(
			_("{0} works for the desk. A benefit is owned in the business.").format(name or email),
			title=_("Owner in the business"),
		)


def note(doc, what: str, words: str | None = None, by: str | None = None) -> None:
	"""One row of the trail, unsaved."""
	doc.append(
		"steps",
		{
			"at": now_datetime(),
			"what": what,
			"by": by or get_fullname(frappe.session.user),
			"note": cstr(words).strip()[:LONGEST_NOTE] or None,
		},
	)


def actors_of(doc, user: str | None = None) -> frozenset[str]:
	"""What somebody of the desk is to a benefit."""
	from cx_desk.initiatives import facts

	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	found = facts.actors_of(initiative, user)
	return frozenset(mine for theirs, mine in _OF_INITIATIVE.items() if theirs in found)


def actors_of_person(row, who: frappe._dict) -> frozenset[str]:
	"""What somebody of the business is to a benefit, from their page. row: the benefit or a row of it."""
	found = set()
	if who.email and clean_address(who.email) == asked_of(row):
		found.add(machine.ASKED)
	if people.SPONSOR in who.roles:
		found.add(machine.SPONSOR)
	return frozenset(found)


def asked_of(row) -> str:
	"""The address of who was asked to own a benefit and has not answered; empty when nobody is."""
	if row.next_owner_email:
		return row.next_owner_email
	return "" if row.accepted_at else cstr(row.owner_email)


def facts_of(doc, actors: frozenset[str] = frozenset()) -> machine.Facts:
	"""What the state and the steps of a benefit are judged by."""
	newest = max(doc.readings or [], key=lambda row: getdate(row.read_on), default=None)
	return machine.Facts(
		actors=actors,
		has_owner=bool(cstr(doc.owner_name).strip()),
		accepted=bool(doc.accepted_at),
		offered=bool(doc.next_owner_email),
		has_baseline=bool(doc.baseline_on),
		readings=len(doc.readings or []),
		attainment=None if doc.attainment is None else flt(doc.attainment),
		over=bool(doc.review_on and getdate(doc.review_on) <= getdate(nowdate())),
		signed=bool(doc.countersigned_at),
		cancelled=bool(cstr(doc.cancel_reason).strip()),
		own_reading=bool(newest and newest.by == get_fullname(frappe.session.user)),
	)


def next_moves(doc) -> list[dict]:
	"""The next steps for the signed-in person of the desk, translated, each allowed or with the reason why not."""
	return [
		{
			"key": move.key,
			"label": _(move.label),
			"allowed": move.allowed,
			"why_not": _(move.why_not).format(**move.params) if move.why_not else "",
			"needs": list(move.needs),
		}
		for move in machine.moves(facts_of(doc, actors_of(doc)))
	]


def move(
	benefit: str,
	key: str,
	/,
	*,
	actors: frozenset[str] | None = None,
	by: str | None = None,
	initiative: str | None = None,
	**given,
) -> None:
	"""Take one step with a benefit.

	actors, by: roles and name of a person of the business who takes it on their page; initiative: the one whose page it
	is. given: note, reason, name, email, as the step needs. Frappe's ValidationError with the reason when it is not
	possible; nothing is changed then. Permission is the caller's matter.
	"""
	doc = frappe.get_doc(BENEFIT, benefit, for_update=True)
	if initiative and doc.initiative != initiative:
		frappe.throw(_("This benefit does not belong to it."), frappe.PermissionError)
	given = {
		field: cstr(value).strip()[:LONGEST_NOTE] for field, value in given.items() if cstr(value).strip()
	}
	known = facts_of(doc, actors_of(doc) if actors is None else actors)
	try:
		step = machine.check(key, known, set(given))
	except Blocked as blocked:
		frappe.throw(
			_(blocked.move.why_not).format(**blocked.move.params), title=_("This step is not possible now")
		)
	_STEPS[step.key](doc, given, by)
	doc.flags.cx_step = step.key
	# allowed: the step was judged by the machine; a person of the business has no permission on the record
	doc.save(ignore_permissions=True)


def _accept(doc, given: dict, by: str | None) -> None:
	if doc.next_owner_email:
		note(
			doc,
			_("Handed from {0} to {1}").format(doc.owner_name, doc.next_owner_name),
			given.get("note") or doc.transfer_reason,
			by,
		)
		doc.owner_name, doc.owner_email = doc.next_owner_name, doc.next_owner_email
		_end_offer(doc)
	else:
		note(doc, _("Accepted by {0}").format(doc.owner_name), given.get("note"), by)
	if by:
		doc.flags.cx_tells_lead = _("{0} accepts the benefit “{1}”.").format(by, doc.title)
	doc.accepted_at = now_datetime()
	doc.accepted_how = (
		_("On their page, by {0}").format(by)
		if by
		else f"{given['note']} ({get_fullname(frappe.session.user)})"
	)[:140]


def _decline(doc, given: dict, by: str | None) -> None:
	asked = doc.next_owner_name or doc.owner_name
	note(doc, _("{0} does not accept it").format(asked), given["reason"], by)
	if doc.next_owner_email:
		_end_offer(doc)
	else:
		doc.owner_name = doc.owner_email = None
	doc.flags.cx_tells_lead = _("{0} does not accept the benefit “{1}”: {2}").format(
		asked, doc.title, given["reason"]
	)


def _transfer(doc, given: dict, by: str | None) -> None:
	address = clean_address(given["email"])
	if not frappe.utils.validate_email_address(address):
		frappe.throw(_("{0} is no mail address.").format(given["email"]))
	if address == doc.owner_email:
		frappe.throw(_("{0} owns it already.").format(doc.owner_name))
	_of_the_business(address, given["name"])
	doc.next_owner_name, doc.next_owner_email = given["name"][:140], address
	doc.transfer_reason = given["reason"]
	note(doc, _("Offered to {0}").format(doc.next_owner_name), given["reason"], by)
	if by:
		doc.flags.cx_tells_lead = _("{0} hands the benefit “{1}” to {2}: {3}").format(
			by, doc.title, doc.next_owner_name, given["reason"]
		)
	doc.flags.cx_asks_owner = True


def _cancel(doc, given: dict, by: str | None) -> None:
	doc.cancel_reason = given["reason"]
	_end_offer(doc)
	note(doc, _("Given up"), given["reason"], by)
	if by:
		doc.flags.cx_tells_lead = _("{0} gives the benefit “{1}” up: {2}").format(
			by, doc.title, given["reason"]
		)


def _countersign(doc, given: dict, by: str | None) -> None:
	doc.countersigned_by, doc.countersigned_at = get_fullname(frappe.session.user), now_datetime()
	note(doc, _("Result countersigned: {0}").format(_(doc.result)), None, by)


def _end_offer(doc) -> None:
	doc.next_owner_name = doc.next_owner_email = doc.transfer_reason = None


_STEPS = {
	machine.ACCEPT: _accept,
	machine.DECLINE: _decline,
	machine.TRANSFER: _transfer,
	machine.CANCEL: _cancel,
	machine.COUNTERSIGN: _countersign,
}


def follow_up(doc) -> None:
	"""Whoever is asked stands on the initiative and gets a mail; the lead hears of a no."""
	doc.flags.pop("cx_step", None)
	if doc.flags.pop("cx_asks_owner", None):
		_ask(doc)
	words = doc.flags.pop("cx_tells_lead", None)
	if words:
		initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
		telling.tell_lead(initiative, words)


def _ask(doc) -> None:
	name = doc.next_owner_name or doc.owner_name
	email = asked_of(doc)
	people.add(doc.initiative, name, email, people.OWNER)
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	with mailing.language_of(email, initiative.unit):
		subject = _("Will you own this benefit? {0}").format(doc.title)
		text = "\n\n".join(
			part
			for part in (
				_("Hello {0},").format(name),
				_("“{0}” is meant to bring this: {1}.").format(initiative.title, doc.title),
				_("You are asked to own it: to say, by a figure now and then, whether it came true."),
				doc.transfer_reason,
				_("Please say on your page whether you take it on."),
			)
			if part
		)
		button = _("Say yes or no")
	mailing.send(initiative, email, subject, text, button=button, must=False)


def ask_for_signature(doc) -> None:
	"""The unit's liaison, else the desk manager, hears that a result waits for the second signature."""
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	near = cover.liaison_of(doc.unit) if doc.unit else frappe._dict()
	telling.notify(
		initiative,
		near.get("liaison") or frappe.get_cached_doc("CX Settings").desk_manager,
		_("By the figures the benefit “{0}” is {1}. Countersign the result.").format(
			doc.title, _(doc.result)
		),
	)
