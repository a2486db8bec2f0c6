"""What somebody of the business does on their page: each step checks that it is theirs, and says what came of it."""

import html
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, cstr

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.core.mapping import clean_address
from cx_desk.initiatives import benefits, facts, gates, moving, ownership, page, people, questions
from cx_desk.units import voices

UNNAMED = facts.UNNAMED
DRAFT_FIELDS = ("title", "outcome", "why_now", "wanted_by", "sponsor_name", "sponsor_email")
LONGEST = 4000


def act(who: frappe._dict, action: str, given: dict) -> page.Page:
	"""Take what the person sent. What is wrong is said on the page, with their words kept; then nothing was changed."""
	savepoint = "cx_initiative_page"
	frappe.db.savepoint(savepoint)
	frappe.local.message_log = []
	try:
		told = _ACTIONS[action](who, given) if action in _ACTIONS and not who.get("looks_on") else ""
	except (frappe.ValidationError, frappe.PermissionError):
		frappe.db.rollback(save_point=savepoint)
		shown = page.show(who)
		shown.problems = _messages()
		shown.given = given
		if shown.view == "draft":
			shown.initiative.update({key: given.get(key) for key in given if key in shown.initiative})
		return shown
	return page.show(who, told)


def _messages() -> list[str]:
	from frappe.utils import strip_html_tags

	found = []
	for entry in frappe.local.message_log:
		row = frappe.parse_json(entry) if isinstance(entry, str) else entry
		text = cstr(row.get("message"))
		parts = text.split("<li>")[1:] if "<li>" in text else [text]
		found += [html.unescape(strip_html_tags(part)).strip() for part in parts]
	frappe.local.message_log = []
	return found or [_("That did not work. Nothing was changed.")]


def _fill(doc, given: dict) -> None:
	for fieldname in DRAFT_FIELDS:
		if fieldname in given:
			doc.set(fieldname, cstr(given[fieldname]).replace("\x00", "").strip()[:LONGEST] or None)
	doc.title = cstr(doc.title)[:140] or UNNAMED
	if cint(given.get("sponsor_is_me")):
		doc.sponsor_name, doc.sponsor_email = doc.requester_name, doc.requester_email
	if doc.wanted_by:
		doc.wanted_by = _day(str(doc.wanted_by))
	if doc.sponsor_email and not frappe.utils.validate_email_address(doc.sponsor_email):
		frappe.throw(_("{0} is no mail address. Correct it or leave it empty.").format(doc.sponsor_email))
	row = next((row for row in doc.units if row.unit == doc.unit), None)
	if row:
		if "people" in given:
			row.people = max(0, cint(given["people"]))
		if "change" in given:
			row.change = cstr(given["change"]).strip()[:140]


def _requester_only(who: frappe._dict) -> None:
	if not who.roles & {people.REQUESTER, people.SPONSOR}:
		frappe.throw(
			_("Only who asks for it, or its sponsor, can change the request."), frappe.PermissionError
		)


def _save_draft(who: frappe._dict, given: dict) -> str:
	_requester_only(who)
	doc = frappe.get_doc(people.INITIATIVE, who.initiative, for_update=True)
	if doc.stage != machine.DRAFT:
		return _("It was handed in already.")
	_fill(doc, given)
	# allowed: the person's own request; what they may write stands in DRAFT_FIELDS
	doc.save(ignore_permissions=True)
	return _("Kept. Come back with the same link whenever you like.")


def _submit(who: frappe._dict, given: dict) -> str:
	_save_draft(who, given)
	if frappe.db.get_value(people.INITIATIVE, who.initiative, "stage") != machine.DRAFT:
		return _("It was handed in already.")
	moving.move(who.initiative, machine.SUBMITTED, actors=facts.actors_of_person(who), by=who.name)
	return _("Thank you. It has arrived, and somebody of us will answer you.")


def _answer(who: frappe._dict, given: dict) -> str:
	_own_question(who, given)
	questions.answer(cstr(given.get("question")), given.get("text"), by=who.name, email=who.email)
	return _("Thank you, that helps. It is our turn again.")


def _forward(who: frappe._dict, given: dict) -> str:
	_own_question(who, given)
	questions.forward(cstr(given.get("question")), cstr(given.get("email")), who.name)
	return _("Passed on to {0}.").format(clean_address(given.get("email")))


def _own_question(who: frappe._dict, given: dict) -> None:
	row = frappe.db.get_value(
		questions.QUESTION, cstr(given.get("question")), ["initiative", "addressee_email"], as_dict=True
	)
	if not row or row.initiative != who.initiative or cstr(row.addressee_email) != who.email:
		frappe.throw(_("This question was not put to you."), frappe.PermissionError)


def _yes(who: frappe._dict, given: dict) -> str:
	if people.SPONSOR not in who.roles:
		frappe.throw(_("Only the sponsor says yes to going live."), frappe.PermissionError)
	gates.say_yes(who.initiative, by=who.name)
	return _("Thank you. Your yes is noted.")


def _approve(who: frappe._dict, given: dict) -> str:
	moving.move(who.initiative, machine.APPROVED, actors=facts.actors_of_person(who), by=who.name)
	return _("Thank you. It is approved.")


def _read(who: frappe._dict, given: dict) -> str:
	name = cstr(given.get("benefit"))
	if frappe.db.get_value(benefits.BENEFIT, name, "initiative") != who.initiative:
		frappe.throw(_("This benefit does not belong to it."), frappe.PermissionError)
	value = cstr(given.get("value")).strip().replace(",", ".")
	try:
		number = float(value)
	except ValueError:
		frappe.throw(_("“{0}” is no number.").format(value))
	benefits.read(name, who.email, number, cstr(given.get("source")), who.name)
	return _("Thank you. The figure is noted.")


def _own(who: frappe._dict, given: dict) -> str:
	_step_benefit(who, given, core_benefit.ACCEPT)
	return _("Thank you. It is yours.")


def _disown(who: frappe._dict, given: dict) -> str:
	_step_benefit(who, given, core_benefit.DECLINE, reason=given.get("text"))
	return _("Thank you for saying so. We look for somebody else.")


def _hand_on(who: frappe._dict, given: dict) -> str:
	values = {key: given.get(key) for key in ("name", "email")}
	_step_benefit(who, given, core_benefit.TRANSFER, **values, reason=given.get("text"))
	return _("{0} is asked. Until they accept, it stays where it is.").format(cstr(given.get("name")).strip())


def _give_up(who: frappe._dict, given: dict) -> str:
	_step_benefit(who, given, core_benefit.CANCEL, reason=given.get("text"))
	return _("It is given up. The reason stays in the record.")


def _step_benefit(who: frappe._dict, given: dict, key: str, **values) -> None:
	"""One step with a benefit of this initiative, by who is asked to own it or by the sponsor."""
	row = frappe.db.get_value(
		benefits.BENEFIT,
		{"name": cstr(given.get("benefit")), "initiative": who.initiative},
		["owner_email", "next_owner_email", "accepted_at"],
		as_dict=True,
	)
	if not row:
		frappe.throw(_("This benefit does not belong to it."), frappe.PermissionError)
	ownership.move(
		cstr(given.get("benefit")),
		key,
		actors=ownership.actors_of_person(row, who),
		by=who.name,
		initiative=who.initiative,
		**values,
	)


def _withdraw(who: frappe._dict, given: dict) -> str:
	moving.move(
		who.initiative,
		machine.WITHDRAWN,
		key=machine.WITHDRAW,
		actors=facts.actors_of_person(who),
		by=who.name,
		reason=cstr(given.get("text")),
	)
	return _("It is withdrawn. Everything that was said stays.")


def _hold(who: frappe._dict, given: dict) -> str:
	until = cstr(given.get("until")).strip()
	if until:
		_day(until)
	moving.move(
		who.initiative,
		machine.ON_HOLD,
		key=machine.HOLD_IT,
		actors=facts.actors_of_person(who),
		by=who.name,
		reason=cstr(given.get("text")),
		review_date=until,
	)
	return _("It rests. Nobody is waited for until it goes on.")


def _day(text: str) -> date:
	try:
		return date.fromisoformat(text)
	except ValueError:
		frappe.throw(_("“{0}” is no day. Write it as 2027-05-31.").format(text))


def _say(who: frappe._dict, given: dict) -> str:
	"""A free word is a voice: it gets an owner, an outcome and a message back."""
	doc = frappe.get_doc(people.INITIATIVE, who.initiative)
	text = cstr(given.get("text")).strip()[:LONGEST]
	if not text:
		frappe.throw(_("Write a sentence first."))
	voices.hear(
		"Said",
		_("On “{0}”: {1}").format(doc.title, text),
		unit=doc.unit,
		source_email=who.email,
		source_name=who.name,
		responsible=doc.lead or doc.representative,
		origin=f"initiative:{doc.name}:{people.hash_of(who.email + text)[:20]}",
	)
	return _("Heard. You will get an answer.")


_ACTIONS = {
	"draft": _save_draft,
	"submit": _submit,
	"answer": _answer,
	"forward": _forward,
	"yes": _yes,
	"approve": _approve,
	"read": _read,
	"own": _own,
	"disown": _disown,
	"hand_on": _hand_on,
	"give_up": _give_up,
	"withdraw": _withdraw,
	"hold": _hold,
	"say": _say,
}
