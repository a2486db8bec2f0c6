"""What screens ask of the relationship with the business: thin doors with types and a permission check."""

import frappe
from frappe import _

from cx_desk.relationship import conversations
from cx_desk.relationship.invitations import ConversationInvitation
from cx_desk.units import scope

CONVERSATION = conversations.CONVERSATION


@frappe.whitelist(methods=["POST"])
def log_conversation(
	unit: str,
	who: str,
	said: str,
	contact: str | None = None,
	promise: str | None = None,
	promise_due: str | None = None,
	channel: str | None = None,
	held_on: str | None = None,
	next_date: str | None = None,
) -> dict:
	"""Log a conversation that was held: unit, who and what was said; a promise made in it becomes a voice.

	Needs to be somebody of the desk. Says how contact with the unit stands now.
	"""
	frappe.has_permission(CONVERSATION, "create", throw=True)
	require_unit(unit)
	made = conversations.log(
		unit,
		who,
		said,
		contact=contact,
		promise=promise,
		promise_due=promise_due,
		channel=channel,
		held_on=held_on,
		next_date=next_date,
	)
	from cx_desk.relationship.calls import standing_text

	return {"name": made.name, "promise": made.promise, "standing": standing_text(unit)}


@frappe.whitelist()
def whom_one_speaks_with(unit: str) -> list[dict]:
	"""The people of a unit that one would name in a conversation: who, contact, role. Needs to be of the desk.

	Empty for a unit that is not in one's scope: anybody of the desk may log a conversation with it, by a name they know.
	"""
	from cx_desk.relationship.calls import people_of

	frappe.has_permission(CONVERSATION, "create", throw=True)
	require_unit(unit)
	return people_of([unit])[unit] if scope.sees_unit(frappe.session.user, unit) else []


@frappe.whitelist()
def first_criteria() -> list[dict]:
	"""What a new assessment of the desk begins with, in the reader's language. Needs to create assessments."""
	from cx_desk.relationship import assessment

	frappe.has_permission("CX Desk Assessment", "create", throw=True)
	return assessment.first_criteria()


@frappe.whitelist(methods=["POST"])
def keep_sentence(conversation: str, kind: str, statement: str, due: str | None = None) -> dict:
	"""Make a voice of a sentence that was said in a conversation. Needs to write the conversation."""
	doc = frappe.get_doc(CONVERSATION, conversation)
	doc.check_permission("write")
	name = conversations.keep_sentence(doc, kind, statement, due=due)
	return {"name": name, "voices": conversations.voices_of(conversation)}


@frappe.whitelist(methods=["POST"])
def move_conversation(
	conversation: str,
	to: str,
	notes: str | None = None,
	reason: str | None = None,
	cancelled_by: str | None = None,
	starts_on: str | None = None,
) -> dict:
	"""Take one step with a conversation. Needs to write it; a blocked step is refused with the reason."""
	frappe.has_permission(CONVERSATION, "write", conversation, throw=True)
	return conversations.move(
		conversation, to, notes=notes, reason=reason, cancelled_by=cancelled_by, starts_on=starts_on
	)


@frappe.whitelist(methods=["POST"])
def invite(conversation: str) -> dict:
	"""Send the calendar invitation of a planned conversation. Needs to write it; says who was invited."""
	doc = frappe.get_doc(CONVERSATION, conversation)
	doc.check_permission("write")
	return {"invited": ConversationInvitation(doc).send()}


@frappe.whitelist(methods=["POST"])
def plan_review(unit: str) -> str:
	"""The service review that is planned for a unit, made when there is none. Needs the unit in one's scope."""
	frappe.has_permission(CONVERSATION, "create", throw=True)
	require_unit(unit)
	if not scope.sees_unit(frappe.session.user, unit):
		# It is made out to the sponsor, whose name is not for everybody.
		frappe.throw(_("{0} is not one of your units.").format(unit), frappe.PermissionError)
	return conversations.plan_review(unit)


@frappe.whitelist(methods=["POST"])
def ask_sponsor(unit: str, contact: str | None = None) -> dict:
	"""Send the yearly review's survey to the sponsor, or another of the people that matter to the unit.

	Needs the unit in one's scope. The limits on asking hold; the answer says whether a mail went, or why not.
	"""
	from cx_desk.core import survey_policy
	from cx_desk.relationship import yearly_review
	from cx_desk.surveys import asking

	require_own_unit(unit)
	request = yearly_review.request(unit, contact)
	decision = asking.ask_person(**request)
	return {"asked": decision.action == survey_policy.ASK, "message": asking.explain(decision)}


@frappe.whitelist()
def both_sides(unit: str) -> dict:
	"""The relationship's level from both sides and the gap, with whom one may ask. Needs the unit in one's scope."""
	from cx_desk.relationship import both_sides as use_case
	from cx_desk.relationship import yearly_review

	require_own_unit(unit)
	return {**use_case.shown(unit), "people": yearly_review.people(unit)}


def require_own_unit(unit: str) -> None:
	"""That conversations of the unit are the reader's to keep."""
	frappe.has_permission(CONVERSATION, "create", throw=True)
	require_unit(unit)
	if not scope.sees_unit(frappe.session.user, unit):
		frappe.throw(_("{0} is not one of your units.").format(unit), frappe.PermissionError)


def require_liaison() -> None:
	"""That the signed-in person is a liaison or a CX Manager."""
	if not {"CX Liaison", "CX Manager"} & set(frappe.get_roles()):
		frappe.throw(
			_("My business is for liaisons and CX Managers. A CX Manager can give you the role CX Liaison."),
			frappe.PermissionError,
		)


def require_unit(unit: str) -> None:
	"""That the unit is there and may be read; says what to do otherwise."""
	if not frappe.db.exists("CX Business Unit", unit):
		frappe.throw(_("There is no business unit {0}. Choose one from the list.").format(frappe.bold(unit)))
	frappe.has_permission("CX Business Unit", "read", unit, throw=True)


@frappe.whitelist()
def my_business(everything: bool | int | str = False) -> dict:
	"""My business of the signed-in person: everything the page shows. Needs to be a liaison or a CX Manager."""
	require_liaison()
	from cx_desk.relationship import my_business as use_case

	return use_case.page(
		frappe.session.user, everything=frappe.utils.cint(everything) == 1 or everything is True
	)


@frappe.whitelist()
def two_lights(unit: str) -> dict:
	"""The newest written week of a unit: both lights with every input and its age. Needs to see the unit's weeks."""
	frappe.has_permission("CX Unit Week", "read", throw=True)
	require_unit(unit)
	from cx_desk.relationship import lights

	return lights.shown([unit]).get(unit) or {}


@frappe.whitelist()
def expected_false_alarms() -> str:
	"""What stands at the head of the list of signals. Needs to read signals."""
	frappe.has_permission("CX Signal", "read", throw=True)
	from cx_desk.relationship import signals

	return signals.expectation_text()


@frappe.whitelist(methods=["POST"])
def move_signal(signal: str, to: str, note: str | None = None) -> dict:
	"""Take one step with a signal. Needs to write it."""
	frappe.has_permission("CX Signal", "write", signal, throw=True)
	from cx_desk.relationship import signals

	return signals.move(signal, to, note)


@frappe.whitelist()
def review_pack(conversation: str) -> dict:
	"""Every figure of a service review pack, as the print format shows them. Needs to read the conversation."""
	doc = frappe.get_doc(CONVERSATION, conversation)
	doc.check_permission("read")
	from cx_desk.relationship import review_pack as use_case

	return use_case.build(doc)
