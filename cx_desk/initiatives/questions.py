"""Open questions of an initiative: put once, answered on the page or by mail, accepted as official.

What looks answered is shown before it is asked; whoever asks all the same says why. A mail is an answer only when it
comes from who was asked, and was written by a person.
"""

import frappe
from frappe import _
from frappe.utils import (
	add_days,
	cstr,
	format_date,
	get_fullname,
	getdate,
	now_datetime,
	nowdate,
)

from cx_desk.core import initiative as machine
from cx_desk.core import questions as core
from cx_desk.core.mapping import clean_address
from cx_desk.initiatives import asking, people, telling

QUESTION = asking.QUESTION
KEPT_FIELDS = (
	*("turn", "asked_by", "answer", "answered_by", "answered_at", "accepted_by", "accepted_at"),
	*("same_as", "asked_anyway", "message_id"),
)
LONGEST = 8000
# Answers with which a new question is compared, the newest first.
MOST_COMPARED = 2000


def blocking(initiative: str) -> tuple[str, ...]:
	"""Mandatory questions without an official answer."""
	rows = frappe.get_all(
		QUESTION,
		{"initiative": initiative, "mandatory": 1, "state": ("in", (core.OPEN, core.ANSWERED))},
		["name", "question"],
		order_by="creation asc",
	)
	return tuple(asking.short(row.question) for row in rows)


def of(initiative: str) -> list[frappe._dict]:
	"""The questions of an initiative, those that wait first."""
	rows = frappe.get_all(
		QUESTION,
		filters={"initiative": initiative},
		fields=[
			*(
				"name",
				"question",
				"state",
				"turn",
				"due",
				"audience",
				"addressee_name",
				"addressee_email",
				"responsible",
			),
			*(
				"answer",
				"answered_by",
				"answered_at",
				"accepted_by",
				"mandatory",
				"same_as",
				"asked_by",
				"creation",
			),
			*("asked_anyway", "consideration"),
		],
		order_by="creation asc",
	)
	order = {core.OPEN: 0, core.ANSWERED: 1}
	rows.sort(key=lambda row: (order.get(row.state, 2), row.due or getdate(nowdate())))
	return rows


def look_alike(question: str, initiative: str | None = None) -> list[dict]:
	"""Answered questions that the new one repeats; those of this initiative count first.

	Official answers of every initiative, and other ones where the reader may read them.
	"""
	columns = ["name", "question", "answer", "answered_by", "answered_at", "initiative", "state"]
	official = frappe.get_all(
		QUESTION,
		filters={"state": core.ACCEPTED},
		fields=columns,
		order_by="answered_at desc",
		limit=MOST_COMPARED,
	)
	readable = frappe.get_list(
		QUESTION,
		filters={"state": core.ANSWERED},
		fields=columns,
		order_by="answered_at desc",
		limit=MOST_COMPARED,
	)
	rows = [*official, *readable]
	known = {row.name: row for row in rows}
	found = core.matches(question, [(row.name, row.question) for row in rows])
	found.sort(key=lambda match: (known[match.key].initiative != initiative, -match.likeness))
	return [
		{
			"name": match.key,
			"question": known[match.key].question,
			"answer": known[match.key].answer,
			"answered_by": known[match.key].answered_by,
			"answered_at": format_date(known[match.key].answered_at),
			"initiative": known[match.key].initiative,
			"official": known[match.key].state == core.ACCEPTED,
			"likeness": round(match.likeness * 100),
		}
		for match in found
	]


def prepare(doc) -> None:
	"""A new question: to somebody, with a day, and not one that was answered already."""
	if doc.flags.cx_duplicate:
		return
	why = doc.asked_anyway
	for fieldname in KEPT_FIELDS:
		doc.set(fieldname, None)
	doc.asked_anyway = why
	doc.set("steps", [])
	doc.state, doc.asked_by = core.OPEN, frappe.session.user
	doc.question = cstr(doc.question).strip()[:LONGEST]
	if not core.words_of(doc.question):
		frappe.throw(_("Write the question as you would say it to the person."), title=_("Nothing is asked"))
	_know_addressee(doc)
	if not doc.due:
		frappe.throw(_("Say until when you need the answer."), title=_("No day"))
	if getdate(doc.due) < getdate(nowdate()):
		frappe.throw(_("The day on which it is due lies in the past."))
	if not cstr(doc.asked_anyway).strip():
		alike = look_alike(doc.question, doc.initiative)
		if alike:
			first = alike[0]
			frappe.throw(
				_(
					"It looks answered: “{0}” – {1} ({2}, {3}). Take that answer, or say why it must be asked again."
				).format(
					asking.short(first["question"]),
					asking.short(first["answer"]),
					first["answered_by"],
					first["answered_at"],
				),
				title=_("Never ask twice"),
			)
	_turn(doc, doc.audience, _("Asked"), doc.asked_anyway)


def _know_addressee(doc) -> None:
	if doc.audience == core.IT_TEAM:
		doc.addressee_email = None
		if not doc.responsible and not doc.consideration:
			frappe.throw(
				_("Say who of IT is asked: a person, or the consideration of a team."),
				title=_("A question to nobody"),
			)
		if doc.responsible:
			doc.addressee_name = get_fullname(doc.responsible)
		return
	doc.addressee_email = clean_address(doc.addressee_email) or None
	if not doc.addressee_email:
		frappe.throw(_("Say who is asked: the mail address of a person."), title=_("A question to nobody"))
	if doc.audience == core.BUSINESS and not doc.addressee_name:
		doc.addressee_name = frappe.db.get_value(
			people.PERSON, {"parent": doc.initiative, "email": doc.addressee_email}, "person_name"
		)
	doc.addressee_name = doc.addressee_name or doc.addressee_email.split("@")[0]


def keep(doc) -> None:
	"""Only words that nobody has answered yet are changed by hand; everything else by a step."""
	before = doc.get_doc_before_save()
	if not before:
		return
	if not doc.flags.cx_step:
		for fieldname in (*KEPT_FIELDS, "state", "initiative", "audience"):
			doc.set(fieldname, before.get(fieldname))
		doc.set("steps", [row.as_dict() for row in before.steps])
		if before.state != core.OPEN and cstr(before.question).strip() != cstr(doc.question).strip():
			frappe.throw(_("It was answered as it was asked. Ask anew instead of changing the words."))
	_know_addressee(doc)


def follow_up(doc) -> None:
	"""A new question goes to the person, once; the lead hears of an answer."""
	step = doc.flags.pop("cx_step", None)
	if doc.flags.cx_duplicate:
		return
	if doc.get_doc_before_save() is None:
		asking.ask(doc)
	elif step == "reopen":
		asking.ask(doc, again=True)
	elif step == "forward":
		asking.ask(doc)
	elif step == "answer":
		initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
		for user in sorted({doc.asked_by, initiative.lead} - {None, "", frappe.session.user}):
			telling.notify(initiative, user, _("Answered: {0}").format(asking.short(doc.question)))


def _turn(doc, turn: str | None, what: str, note: str | None = None, by: str | None = None) -> None:
	doc.turn = turn or ""
	doc.append(
		"steps",
		{
			"at": now_datetime(),
			"turn": turn or "",
			"what": what,
			"by": by or get_fullname(frappe.session.user),
			"note": cstr(note).strip()[:LONGEST] or None,
		},
	)


def answer(name: str, text: str, *, by: str | None = None, email: str | None = None) -> None:
	"""Take an answer: by who was asked (their address) or by the person of IT; never an empty one."""
	doc = frappe.get_doc(QUESTION, name, for_update=True)
	text = cstr(text).replace("\x00", "").strip()[:LONGEST]
	if not text:
		frappe.throw(_("The answer is empty. One sentence is enough."))
	if doc.state not in (core.OPEN, core.ANSWERED):
		frappe.throw(_("This question is closed. If something has changed, tell the lead."))
	if email is not None and clean_address(email) != cstr(doc.addressee_email).lower():
		frappe.throw(_("This question was put to {0}.").format(doc.addressee_name), frappe.PermissionError)
	more = doc.state == core.ANSWERED and doc.answer
	if more and text in doc.answer:
		return
	doc.answer = f"{doc.answer}\n\n{text}" if more else text
	doc.answered_by, doc.answered_at = by or get_fullname(frappe.session.user), now_datetime()
	doc.state = core.ANSWERED
	_turn(doc, core.DESK, _("Answered"), text, doc.answered_by)
	_save(doc, "answer")


def accept(name: str) -> None:
	"""Make the answer the official one: the question is closed. By who asked or by the lead."""
	doc = frappe.get_doc(QUESTION, name, for_update=True)
	_for_who_asked(doc)
	_require(
		doc,
		core.ANSWERED,
		_("It has no answer yet: a question is not closed unanswered. Withdraw it instead."),
	)
	doc.state = core.ACCEPTED
	doc.accepted_by, doc.accepted_at = get_fullname(frappe.session.user), now_datetime()
	_turn(doc, None, _("Official"))
	_save(doc, "accept")


def reopen(name: str, why: str) -> None:
	"""Ask back: the answer does not answer it, or is no longer true."""
	doc = frappe.get_doc(QUESTION, name, for_update=True)
	_for_who_asked(doc)
	if doc.state not in (core.ANSWERED, core.ACCEPTED):
		frappe.throw(_("Only an answered question is opened again."))
	if not cstr(why).strip():
		frappe.throw(_("Say what is missing in the answer."))
	doc.state = core.OPEN
	doc.accepted_by = doc.accepted_at = None
	_turn(doc, doc.audience, _("Asked back"), why)
	_save(doc, "reopen")


def withdraw(name: str, why: str) -> None:
	"""The question is not asked any more."""
	doc = frappe.get_doc(QUESTION, name, for_update=True)
	_for_who_asked(doc)
	_require(doc, core.OPEN, _("Only an open question is withdrawn."))
	if not cstr(why).strip():
		frappe.throw(_("Say why it is not asked any more."))
	doc.state = core.WITHDRAWN
	_turn(doc, None, _("Withdrawn"), why)
	_save(doc, "withdraw")


def forward(name: str, email: str, by: str | None = None) -> None:
	"""Pass the ball: somebody else of the business has the answer."""
	doc = frappe.get_doc(QUESTION, name, for_update=True)
	_require(doc, core.OPEN, _("Only an open question is passed on."))
	address = clean_address(email)
	if not address or not frappe.utils.validate_email_address(address):
		frappe.throw(_("{0} is no mail address.").format(email))
	doc.addressee_email, doc.addressee_name = address, None
	_know_addressee(doc)
	_turn(doc, doc.audience, _("Passed on to {0}").format(doc.addressee_name), None, by)
	_save(doc, "forward")


def put_later(initiative: str, days: float) -> None:
	"""After a rest: what was open is due as many whole days later, since nobody was waited for meanwhile."""
	whole = round(days)
	if whole < 1:
		return
	for name in frappe.get_all(QUESTION, {"initiative": initiative, "state": core.OPEN}, pluck="name"):
		doc = frappe.get_doc(QUESTION, name, for_update=True)
		doc.due = add_days(doc.due, whole)
		_turn(doc, doc.turn, _("It rested: due {0} days later").format(whole))
		_save(doc, "put_later")


def take_answer_of(initiative: str, question: str, other: str, consideration: str | None = None) -> str:
	"""Do not ask: note the question as answered by another one, with its answer, and bother nobody."""
	source = frappe.get_doc(QUESTION, other)
	if source.state != core.ACCEPTED:
		# What is official is there for everybody who asks; anything else only for who may read it.
		source.check_permission("read")
	if source.state not in (core.ANSWERED, core.ACCEPTED):
		frappe.throw(_("{0} has no answer that could be taken.").format(other))
	doc = frappe.new_doc(QUESTION)
	doc.update(
		{
			"initiative": initiative,
			"question": question,
			"audience": source.audience,
			"addressee_name": source.addressee_name,
			"addressee_email": source.addressee_email,
			"responsible": source.responsible,
			"due": nowdate(),
			"state": core.DUPLICATE,
			"same_as": other,
			"consideration": consideration,
			"asked_by": frappe.session.user,
			"answer": source.answer,
			"answered_by": source.answered_by,
			"answered_at": source.answered_at,
		}
	)
	doc.flags.cx_duplicate = True
	_turn(doc, None, _("Not asked: answered in {0}").format(other))
	doc.insert()
	return doc.name


def may_judge(doc, user: str | None = None) -> bool:
	"""Whether somebody of the desk says what becomes of an answer: who asked, the lead, the liaison or a CX Manager."""
	from cx_desk.initiatives import facts

	user = user or frappe.session.user
	found = facts.actors_of(frappe.get_doc(people.INITIATIVE, doc.initiative), user)
	return user == doc.asked_by or bool(found & {machine.LEAD, machine.LIAISON, machine.MANAGER})


def _for_who_asked(doc) -> None:
	"""Nobody makes the own answer official."""
	if not may_judge(doc):
		frappe.throw(
			_("{0} asked. They, the lead or the liaison of the unit say what becomes of the answer.").format(
				get_fullname(doc.asked_by)
			),
			frappe.PermissionError,
		)


def _require(doc, state: str, message: str) -> None:
	if doc.state != state:
		frappe.throw(message)


def _save(doc, step: str) -> None:
	doc.flags.cx_step = step
	# allowed: who may take the step was judged by the caller; a person of the business has no permission
	doc.save(ignore_permissions=True)
