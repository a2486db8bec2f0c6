"""What screens ask of visits: thin doors with types and a permission check, each to one use case."""

import frappe
from frappe import _

from cx_desk.immersion import (
	effects,
	entries,
	knowledge,
	knowledge_cover,
	pathway,
	planner,
	questions,
	recurring,
	sharing,
	stories,
	triage,
	visits,
)
from cx_desk.immersion.invitations import VisitInvitation
from cx_desk.units.scope import visible_units

VISIT = visits.VISIT


@frappe.whitelist(methods=["POST"])
def move_visit(
	visit: str,
	to: str,
	key: str | None = None,
	reason: str | None = None,
	cancelled_by: str | None = None,
	starts_on: str | None = None,
	note: str | None = None,
) -> dict:
	"""Take one step with a visit. Needs to write it; a blocked step is refused with the reason."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	return visits.move(
		visit, to, key=key, reason=reason, cancelled_by=cancelled_by, starts_on=starts_on, note=note
	)


@frappe.whitelist(methods=["POST"])
def amend_report(visit: str, reason: str, report: str | None = None, what_next: str | None = None) -> dict:
	"""Amend a report that the host has: a new version, sent to the host. Needs to write the visit."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	return sharing.amend(visit, reason, report, what_next)


@frappe.whitelist(methods=["POST"])
def invite(visit: str) -> dict:
	"""Send the calendar invitation of a planned visit. Needs to write it; says who was invited."""
	doc = frappe.get_doc(VISIT, visit)
	doc.check_permission("write")
	return {"invited": VisitInvitation(doc).send()}


@frappe.whitelist()
def calendar_file(visit: str) -> None:
	"""The visit as an iCalendar file. Needs to read it."""
	doc = frappe.get_doc(VISIT, visit)
	doc.check_permission("read")
	frappe.response.update(
		{"type": "download", "filename": f"{doc.name}.ics", "filecontent": VisitInvitation(doc).file()}
	)


@frappe.whitelist()
def fresh_token() -> dict:
	"""The session's CSRF token and user, asked for by the phone page before it sends. Needs to be of the desk."""
	require_staff()
	return {"csrf_token": frappe.sessions.get_csrf_token(), "user": frappe.session.user}


@frappe.whitelist(methods=["POST"])
def take_entry(
	visit: str,
	entry: str,
	kind: str,
	statement: str | None = None,
	who: str | None = None,
	at: str | None = None,
) -> dict:
	"""Take one entry of the phone page, with a photo as the uploaded file `photo`. Needs to write the visit.

	The same entry id is taken once, however often it is sent.
	"""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	upload = frappe.request.files.get("photo") if frappe.request else None
	photo = upload.stream.read() if upload else None
	return entries.take(visit, entry, kind, statement, who, at, photo)


@frappe.whitelist(methods=["POST"])
def triage_point(
	point: str,
	driver: str,
	impact: str,
	way: str,
	reason: str | None = None,
	ticket: str | None = None,
	question: str | None = None,
	ask: str | None = None,
	asked_of: str | None = None,
	due_on: str | None = None,
	responsible: str | None = None,
) -> dict:
	"""Give a voice of a visit its category, impact and way. Needs to write the visit."""
	visit = frappe.db.get_value(visits.POINT, point, "visit")
	frappe.has_permission(VISIT, "write", visit or "", throw=True)
	made = triage.decide(
		point,
		driver,
		impact,
		way,
		reason=reason,
		ticket=ticket,
		question=question,
		ask=ask,
		asked_of=asked_of,
		due_on=due_on,
		responsible=responsible,
	)
	return {**made, "points": triage.points_of(visit)}


@frappe.whitelist(methods=["POST"])
def answer_question(question: str, answer: str, by: str | None = None) -> dict:
	"""Write down a team's answer and send it to everybody who reported it. Needs to write the question."""
	frappe.has_permission(questions.QUESTION, "write", question, throw=True)
	return questions.answer(question, answer, by)


@frappe.whitelist(methods=["POST"])
def withdraw_question(question: str, reason: str) -> str:
	"""Take an open question back. Needs to write it."""
	frappe.has_permission(questions.QUESTION, "write", question, throw=True)
	return questions.withdraw(question, reason)


@frappe.whitelist(methods=["POST"])
def lock_question(visit: str) -> str:
	"""Lock the question about a visit's effect. Needs to write the visit."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	return effects.lock(visit)


@frappe.whitelist()
def suggest_comparison(visit: str) -> list:
	"""Units to compare a visit with. Needs to write the visit."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	return effects.suggest(visit)


@frappe.whitelist(methods=["POST"])
def work_out_effect(visit: str) -> dict:
	"""Judge the effect of a visit whose weeks after are over. Needs to write the visit."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	return effects.work_out(visit)


@frappe.whitelist(methods=["POST"])
def accept_proposal(visit_round: str, row: str) -> str:
	"""Plan the visit that a round proposes; its name. Needs to write the round and to create visits."""
	frappe.has_permission(planner.ROUND, "write", visit_round, throw=True)
	frappe.has_permission(VISIT, "create", throw=True)
	return planner.accept(visit_round, row)


@frappe.whitelist()
def who_knows(unit: str | None = None) -> dict:
	"""The picture of who knows which unit, its text and the cover of the units, within what the reader may see."""
	require_planner()
	return knowledge_cover.matrix(unit or None)


@frappe.whitelist(methods=["POST"])
def what_if(user: str, on: str) -> list:
	"""What goes when somebody goes on a day, in the reader's units. Nothing is stored; POST, so that no address holds it."""
	require_planner()
	return knowledge.what_if(user, on, visible_units(frappe.session.user))


@frappe.whitelist()
def my_pathway() -> dict:
	"""What the signed-in person knows of the business and which roles use it; for people of the desk."""
	require_staff()
	return pathway.mine()


@frappe.whitelist(methods=["POST"])
def repeat_visit(visit: str, frequency: str, until: str | None = None) -> dict:
	"""Repeat a visit and plan the next one at once. Needs to write it and to create visits."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	frappe.has_permission(VISIT, "create", throw=True)
	return recurring.start(visit, frequency, until)


@frappe.whitelist(methods=["POST"])
def stop_repeating(visit: str) -> None:
	"""Plan no further ones of a recurring visit. Needs to write it."""
	frappe.has_permission(VISIT, "write", visit, throw=True)
	recurring.stop(visit)


@frappe.whitelist(methods=["POST"])
def move_story(story: str, to: str, reason: str | None = None) -> dict:
	"""Share a story, take it back or write it anew. Needs to write it; a blocked step is refused with the reason."""
	frappe.has_permission(stories.STORY, "write", story, throw=True)
	return stories.move(story, to, reason=reason)


def require_planner() -> None:
	"""That the signed-in person plans visits and cover: a liaison or a manager."""
	if not set(knowledge.PLANNERS) & set(frappe.get_roles()):
		frappe.throw(_("Only liaisons and managers can do this."), frappe.PermissionError)


def require_staff() -> None:
	"""That the signed-in person is of the desk."""
	from cx_desk.host.people import is_staff

	if not is_staff(frappe.session.user):
		frappe.throw(_("Only people of the desk can do this."), frappe.PermissionError)
