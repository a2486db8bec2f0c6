"""What screens ask of initiatives: thin doors with types and a permission check, each to one use case."""

import frappe
from frappe import _

from cx_desk.core.mapping import clean_address
from cx_desk.host import requests
from cx_desk.initiatives import (
	benefits,
	considerations,
	gates,
	intake,
	moving,
	news,
	ownership,
	people,
	questions,
	support,
	tagging,
	templates,
	timeline,
)

INITIATIVE = people.INITIATIVE


@frappe.whitelist(methods=["POST"])
def move(
	initiative: str,
	to: str,
	key: str | None = None,
	message: str | None = None,
	reason: str | None = None,
	review_date: str | None = None,
	overrule_reason: str | None = None,
) -> dict:
	"""Take one step with an initiative. Needs to write it; a blocked step is refused with every reason."""
	frappe.has_permission(INITIATIVE, "write", initiative, throw=True)
	return moving.move(
		initiative,
		to,
		key=key,
		message=message,
		reason=reason,
		review_date=review_date,
		overrule_reason=overrule_reason,
	)


@frappe.whitelist(methods=["POST"])
def advise(initiative: str, stage: str, advice: str, text: str = "") -> None:
	"""Give the desk's advice at a gate. Who may is judged with the advice."""
	frappe.has_permission(INITIATIVE, "read", initiative, throw=True)
	gates.advise(initiative, stage, advice, text)


@frappe.whitelist(methods=["POST"])
def note_sponsor_yes(initiative: str, note: str) -> None:
	"""Note the sponsor's yes to going live, with how it was given."""
	frappe.has_permission(INITIATIVE, "write", initiative, throw=True)
	gates.say_yes(initiative, note=note)


@frappe.whitelist(methods=["POST"])
def send_link(initiative: str, email: str) -> dict:
	"""Send somebody of the business the link to their page."""
	frappe.has_permission(INITIATIVE, "write", initiative, throw=True)
	intake.send_link(initiative, email)
	return {"message": _("The link is on its way to {0}.").format(email)}


@frappe.whitelist()
def events(
	doctype: str | None = None,
	start: str | None = None,
	end: str | None = None,
	filters: str | list | None = None,
	field_map: str | dict | None = None,
	fields: str | list | None = None,
) -> list[dict]:
	"""What the calendar of initiatives shows. The host's view sends more than is used; rows are the reader's own."""
	frappe.has_permission(INITIATIVE, "read", throw=True)
	if not (start and end):
		frappe.throw(_("A calendar needs the first and the last day."))
	rows = requests.as_json(filters, list)
	if not all(isinstance(row, list) and len(row) >= 4 for row in rows):
		frappe.throw(_("A filter is a list of doctype, field, operator and value."), requests.BadRequest)
	return timeline.events(requests.as_day(start), requests.as_day(end), rows or None)


@frappe.whitelist()
def whom_to_ask(initiative: str) -> dict:
	"""Addresses of the people who stand on an initiative, and of who asked for it, for the dialog of a question."""
	doc = frappe.get_doc(INITIATIVE, initiative)
	doc.check_permission("read")
	return {"people": sorted({row.email for row in doc.people}), "requester": doc.requester_email}


@frappe.whitelist()
def who_asks(email: str) -> dict:
	"""Name and business unit of an address, as far as contacts and mapping know them, for the form of a request."""
	frappe.has_permission(INITIATIVE, "create", throw=True)
	if not frappe.utils.validate_email_address(email):
		return {"name": "", "unit": ""}
	email = clean_address(email)
	unit = intake.unit_of(email)
	known = not frappe.db.get_value("CX Business Unit", unit, "is_unassigned")
	return {"name": people.known_name_of(email), "unit": unit if known else ""}


@frappe.whitelist()
def look_alike(question: str, initiative: str | None = None) -> list[dict]:
	"""Answered questions that a new one repeats."""
	frappe.has_permission(questions.QUESTION, "read", throw=True)
	return questions.look_alike(question, initiative)


@frappe.whitelist(methods=["POST"])
def ask(
	initiative: str,
	question: str,
	due: str,
	audience: str = "Business",
	addressee_email: str | None = None,
	addressee_name: str | None = None,
	responsible: str | None = None,
	consideration: str | None = None,
	mandatory: bool | int | str = 0,
	asked_anyway: str | None = None,
) -> dict:
	"""Put a question. One that looks answered is refused with the answer, unless it is said why it must be asked.

	Who may ask is judged with the new record: who moves the initiative, and who judges the consideration it is for.
	"""
	frappe.has_permission(questions.QUESTION, "create", throw=True)
	doc = frappe.new_doc(questions.QUESTION)
	doc.update(
		{
			"initiative": initiative,
			"question": question,
			"due": due,
			"audience": audience,
			"addressee_email": addressee_email,
			"addressee_name": addressee_name,
			"responsible": responsible,
			"consideration": consideration,
			"mandatory": frappe.utils.cint(mandatory),
			"asked_anyway": asked_anyway,
		}
	)
	doc.insert()
	return {"name": doc.name}


@frappe.whitelist(methods=["POST"])
def take_answer(initiative: str, question: str, other: str, consideration: str | None = None) -> dict:
	"""Take the answer of another question instead of asking again. Who may ask is judged with the new record."""
	frappe.has_permission(questions.QUESTION, "create", throw=True)
	return {"name": questions.take_answer_of(initiative, question, other, consideration)}


@frappe.whitelist(methods=["POST"])
def step_question(name: str, step: str, text: str = "") -> None:
	"""Accept, open again, withdraw, pass on or (as the person of IT who was asked, or noted for them) answer."""
	frappe.has_permission(questions.QUESTION, "write", name, throw=True)
	if step == "accept":
		questions.accept(name)
	elif step == "reopen":
		questions.reopen(name, text)
	elif step == "withdraw":
		questions.withdraw(name, text)
	elif step == "forward":
		questions.forward(name, text)
	elif step == "answer":
		questions.answer(name, text)
	else:
		frappe.throw(_("There is no step {0}.").format(step))


@frappe.whitelist(methods=["POST"])
def open_ticket(consideration: str) -> dict:
	"""Open the ticket (or list entry) by which a consideration is judged."""
	frappe.has_permission(considerations.CONSIDERATION, "write", consideration, throw=True)
	return {"name": considerations.open_ticket(consideration)}


@frappe.whitelist(methods=["POST"])
def extend_support(initiative: str, until: str, reason: str) -> None:
	"""Make early life support longer."""
	frappe.has_permission(INITIATIVE, "write", initiative, throw=True)
	support.extend(initiative, until, reason)


@frappe.whitelist(methods=["POST"])
def tag_now(initiative: str) -> dict:
	"""Tag what came since go-live and fits the rules, now instead of tonight."""
	frappe.has_permission(INITIATIVE, "write", initiative, throw=True)
	count = tagging.tag_new(frappe.get_doc(INITIATIVE, initiative))
	return {"message": _("{0} tickets were tagged.").format(count)}


@frappe.whitelist(methods=["POST"])
def tag_ticket(ticket: str, initiative: str, caught: str = "", remove: str = "") -> dict:
	"""Tag a ticket by hand from its dialog, say which criterion would have caught it, or take the tag off."""
	from cx_desk.initiatives import dialog

	ctx = dialog.may_tag(ticket, initiative)
	if frappe.utils.cint(remove):
		tagging.untag(initiative, ctx)
		return {"message": _("Taken off.")}
	name = tagging.tag(initiative, ctx)
	if caught.strip():
		frappe.db.set_value(tagging.TAG, name, {"caught": 1, "missed_criterion": caught.strip()[:140]})
		return {"message": _("Tagged. The criterion is proposed for the template.")}
	return {"message": _("Tagged.")}


@frappe.whitelist(methods=["POST"])
def add_criterion(template: str, criterion: str) -> dict:
	"""Take a proposed criterion into the template, for initiatives to come."""
	frappe.has_permission(templates.TEMPLATE, "write", template, throw=True)
	return {"version": templates.add_criterion(template, criterion)}


@frappe.whitelist(methods=["POST"])
def step_benefit(
	name: str, step: str, note: str = "", reason: str = "", owner_name: str = "", owner_email: str = ""
) -> None:
	"""Accept or decline a benefit for who was asked, hand it on, give it up, or countersign its result."""
	frappe.has_permission(benefits.BENEFIT, "write", name, throw=True)
	ownership.move(name, step, note=note, reason=reason, name=owner_name, email=owner_email)


@frappe.whitelist(methods=["POST"])
def step_news(name: str, step: str, text: str = "") -> dict:
	"""Approve, send or cancel an announcement."""
	frappe.has_permission(news.NEWS, "write", name, throw=True)
	if step == "approve":
		news.approve(name)
		return {"message": _("Approved.")}
	if step == "send":
		return {"message": _("Sent to {0} people.").format(news.send(name))}
	if step == "cancel":
		news.cancel(name, text)
		return {"message": _("Cancelled.")}
	frappe.throw(_("There is no step {0}.").format(step))


@frappe.whitelist(methods=["POST"])
def from_voice(voice: str) -> dict:
	"""Make what somebody said a request: a draft in their words, with their unit. The voice stays with its owner."""
	from cx_desk.initiatives import from_voices

	frappe.has_permission("CX Voice", "write", voice, throw=True)
	frappe.has_permission(INITIATIVE, "create", throw=True)
	return {"name": from_voices.begin(voice)}
