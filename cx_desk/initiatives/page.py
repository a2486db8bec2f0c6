"""The business's page: where it stands, whose turn it is, what is asked of me, answers, news and the lead's card.

Somebody of the business comes by their link or with a portal session and sees only what is theirs; people of the desk
who may read the initiative see the same page without buttons, for the stand-up. Nothing here trusts a permission of the
host: a person of the business has none.
"""

import html
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, format_date, getdate, now_datetime, nowdate

from cx_desk.core import initiative as machine
from cx_desk.core import questions as core_questions
from cx_desk.core.mapping import clean_address
from cx_desk.initiatives import (
	acceptance,
	benefits,
	considerations,
	facts,
	form,
	gates,
	mailing,
	moving,
	news,
	people,
	questions,
	templates,
)
from cx_desk.units import tickets, voices

UNNAMED = facts.UNNAMED
DRAFT_FIELDS = ("title", "outcome", "why_now", "wanted_by", "sponsor_name", "sponsor_email")
LONGEST = 4000


@dataclass
class Page:
	"""What the page shows: view is unknown, busy, signin, list, draft or stands; `told` is what just happened."""

	view: str
	who: frappe._dict | None = None
	initiative: frappe._dict | None = None
	told: str = ""
	problems: list[str] = field(default_factory=list)
	given: dict = field(default_factory=dict)
	rows: list = field(default_factory=list)


def open_page(token: str, name: str, user: str) -> Page:
	"""The page behind a link, or of an initiative for a signed-in person. Changes nothing."""
	if token:
		who = people.find(token)
		return show(who) if who else Page("unknown")
	if user == "Guest":
		return Page("signin")
	if not name:
		return Page(
			"list",
			rows=_rows_of(user),
			who=frappe._dict(name=frappe.utils.get_fullname(user), email=user, roles=set()),
		)
	who = people.of_session(name, user)
	if (
		not who
		and frappe.db.exists(people.INITIATIVE, name)
		and frappe.has_permission(people.INITIATIVE, "read", name, user=user)
	):
		who = frappe._dict(
			initiative=name, name=frappe.utils.get_fullname(user), email="", roles=set(), looks_on=True
		)
	return show(who) if who else Page("unknown")


def _rows_of(user: str) -> list[frappe._dict]:
	rows = []
	for name in people.initiatives_of(user):
		doc = frappe.get_doc(people.INITIATIVE, name)
		rows.append(
			frappe._dict(
				name=name,
				title=doc.title if doc.title != UNNAMED else _(UNNAMED),
				label=templates.label_of(doc, doc.stage),
				yours=_is_asked(doc, people.of_session(name, user)),
				over=doc.stage in machine.OVER,
			)
		)
	return rows


def _is_asked(doc, who: frappe._dict) -> bool:
	"""Whether this person, and not only the business, has to move."""
	if doc.stage in (*machine.OVER, *machine.WAITING):
		return False
	if doc.stage == machine.DRAFT:
		return people.REQUESTER in who.roles
	if people.SPONSOR in who.roles and (facts.sponsor_is_asked(doc) or facts.approval_waits(doc)):
		return True
	return any(
		row.state == core_questions.OPEN and cstr(row.addressee_email) == who.email
		for row in questions.of(doc.name)
	)


def begin(user: str) -> str:
	"""A new draft for a signed-in person; an empty one that is there already is used."""
	address = clean_address(frappe.db.get_value("User", user, "email") or user)
	for name in people.initiatives_of(user):
		row = frappe.db.get_value(
			people.INITIATIVE, name, ["stage", "title", "requester_email"], as_dict=True
		)
		if row.stage == machine.DRAFT and row.title == UNNAMED and row.requester_email == address:
			return name
	doc = frappe.new_doc(people.INITIATIVE)
	doc.update(
		{
			"title": UNNAMED,
			"requester_name": frappe.utils.get_fullname(user),
			"requester_email": address,
			"unit": unit_of(address),
		}
	)
	# allowed: a person of the business begins a request of their own and has no permission on the doctype
	doc.insert(ignore_permissions=True)
	return doc.name


def unit_of(address: str) -> str:
	"""The business unit of somebody of the business."""
	from cx_desk.host.people import contact_of

	person = frappe._dict(contact=contact_of(address), raised_by=address, customer=None, agent_group=None)
	unit, _rule = tickets.unit_for(person)
	return unit


def send_link(initiative: str, email: str) -> None:
	"""Mail somebody who stands on the initiative the link to their page."""
	doc = frappe.get_doc(people.INITIATIVE, initiative)
	row = next((row for row in doc.people if row.email == clean_address(email)), None)
	if not row:
		frappe.throw(_("{0} does not stand on it. Add them to the people first.").format(email))
	with mailing.language_of(row.email, doc.unit):
		hello, button = _("Hello {0},").format(row.person_name), _("Open the page")
		if doc.stage == machine.DRAFT:
			subject = (
				_("Tell us what you want: {0}").format("" if doc.title == UNNAMED else doc.title).rstrip(": ")
			)
			text = _(
				"behind this link you can tell us what you want, in a few lines. What you write is kept until you hand it in."
			)
		else:
			subject = _("Your page: {0}").format(doc.title)
			text = _("behind this link you see where it stands, what is next and what is asked of you.")
	if not mailing.send(doc, row.email, subject, f"{hello}\n\n{text}", button=button):
		frappe.throw(_("{0} wants no mail from this site. Give them the link yourself.").format(email))
	frappe.db.set_value(people.PERSON, row.name, "link_sent_at", now_datetime())


def show(who: frappe._dict, told: str = "") -> Page:
	"""The page for one person."""
	doc = frappe.get_doc(people.INITIATIVE, who.initiative)
	if doc.stage == machine.DRAFT:
		return Page("draft", who, _draft(doc), told)
	return Page("stands", who, _standing(doc, who), told)


def _draft(doc) -> frappe._dict:
	row = next((row for row in doc.units if row.unit == doc.unit), None)
	return frappe._dict(
		name=doc.name,
		title="" if doc.title == UNNAMED else doc.title,
		outcome=doc.outcome or "",
		why_now=doc.why_now or "",
		wanted_by=str(doc.wanted_by or ""),
		sponsor_name=doc.sponsor_name or "",
		sponsor_email=doc.sponsor_email or "",
		people=row.people if row and row.people else "",
		change=row.change if row and row.change else "",
		unit=doc.unit,
	)


def _standing(doc, who: frappe._dict) -> frappe._dict:
	stages = templates.stages_of(doc)
	sponsors = people.SPONSOR in who.roles
	keys = [one.key for one in stages]
	here = (
		keys.index(doc.stage)
		if doc.stage in keys
		else keys.index(doc.held_stage)
		if doc.held_stage in keys
		else -1
	)
	following = machine.next_stage(stages, doc.stage) if doc.stage in machine.MAIN else None
	asked = questions.of(doc.name)
	own = [
		row
		for row in asked
		if row.state == core_questions.OPEN and who.email and cstr(row.addressee_email) == who.email
	]
	of_business = [row for row in asked if row.audience == core_questions.BUSINESS]
	waits = questions.days_waiting(doc.name)
	seat = facts.seat_days(doc)
	return frappe._dict(
		name=doc.name,
		title=doc.title,
		outcome=doc.outcome,
		label=templates.label_of(doc, doc.stage),
		stage=doc.stage,
		path=[
			frappe._dict(
				label=templates.label_of(doc, one.key),
				gate=one.gate,
				state="past" if index < here else "here" if index == here else "coming",
			)
			for index, one in enumerate(stages)
			if one.key != machine.DRAFT
		],
		beside=doc.stage in machine.SIDE,
		stop_reason=doc.stop_reason if doc.stage in machine.SIDE else "",
		review_date=format_date(doc.review_date) if doc.review_date and doc.stage in machine.SIDE else "",
		next=templates.label_of(doc, following.key) if following else "",
		gate=following.gate if following else "",
		golive=format_date(doc.golive_date) if doc.golive_date else "",
		support_until=format_date(doc.support_until)
		if doc.stage == machine.EARLY_LIFE and doc.support_until
		else "",
		turn=form.turn_of(doc, asked),
		mine=[
			frappe._dict(
				name=row.name,
				question=row.question,
				due=format_date(row.due),
				late=getdate(row.due) < getdate(nowdate()),
			)
			for row in own
		],
		may_approve=sponsors and facts.approval_waits(doc),
		sponsor_asked=sponsors and facts.sponsor_is_asked(doc),
		advice=_advice(doc, following),
		conditions=[row for row in considerations.of(doc.name) if row.verdict == considerations.CONDITIONS],
		waived=acceptance.summary(doc)["waived"],
		readings=[
			row
			for row in benefits.of(doc.name)
			if who.email
			and row.owner_email == who.email
			and row.state in (benefits.BASELINED, benefits.TRACKING)
			and not benefits.read_today(row.name)
		],
		waiting_others=[row for row in of_business if row.state == core_questions.OPEN and row not in own],
		answered=[
			frappe._dict(
				question=row.question,
				answer=row.answer,
				by=row.answered_by,
				official=row.state == core_questions.ACCEPTED,
			)
			for row in of_business
			if row.state in (core_questions.ANSWERED, core_questions.ACCEPTED)
		],
		news=[
			frappe._dict(subject=row.subject, message=row.message, day=format_date(row.sent_at))
			for row in reversed(news.of(doc.name))
			if row.state == news.SENT
		],
		coming_news=[
			frappe._dict(title=row.title, day=format_date(row.due_on))
			for row in news.of(doc.name)
			if row.state not in (news.SENT, news.CANCELLED)
			and row.due_on
			and getdate(row.due_on) >= getdate(nowdate())
		],
		days_since_news=news.days_since_last(doc.name),
		last_message=doc.last_message or "",
		lead=_card(doc.lead),
		days_business=round(waits.get(core_questions.BUSINESS, 0.0)),
		days_desk=round(waits.get(core_questions.DESK, 0.0) + waits.get(core_questions.IT_TEAM, 0.0)),
		burden=questions.burden(doc),
		seat_days=None if seat is None else round(seat),
		may_withdraw=bool(facts.actors_of_person(who))
		and doc.stage not in (*machine.OVER, *machine.REACHES_USERS),
		over=doc.stage in machine.OVER,
		trail=[
			frappe._dict(label=templates.label_of(doc, row.to_stage), day=format_date(row.at))
			for row in reversed(doc.steps)
			if row.to_stage != machine.DRAFT
		][:6],
	)


def _advice(doc, following) -> frappe._dict | None:
	"""What the desk advises at the next gate, for who decides there."""
	row = facts.advice_at(doc, following.key) if following and following.gate else None
	return frappe._dict(advice=row.advice, text=row.advice_text or "", by=row.advised_by) if row else None


def _card(user: str | None) -> frappe._dict | None:
	if not user:
		return None
	row = frappe.db.get_value("User", user, ["full_name", "email", "phone", "mobile_no"], as_dict=True)
	return (
		frappe._dict(name=row.full_name, email=row.email, phone=row.phone or row.mobile_no or "")
		if row
		else None
	)


def act(who: frappe._dict, action: str, given: dict) -> Page:
	"""Take what the person sent. What is wrong is said on the page, with their words kept; then nothing was changed."""
	savepoint = "cx_initiative_page"
	frappe.db.savepoint(savepoint)
	frappe.local.message_log = []
	try:
		told = _ACTIONS[action](who, given) if action in _ACTIONS and not who.get("looks_on") else ""
	except (frappe.ValidationError, frappe.PermissionError):
		frappe.db.rollback(save_point=savepoint)
		page = show(who)
		page.problems = _messages()
		page.given = given
		if page.view == "draft":
			page.initiative.update({key: given.get(key) for key in given if key in page.initiative})
		return page
	return show(who, told)


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
	if doc.wanted_by:
		try:
			doc.wanted_by = date.fromisoformat(str(doc.wanted_by))
		except ValueError:
			frappe.throw(_("“{0}” is no day. Write it as 2027-05-31.").format(doc.wanted_by))
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
	doc = frappe.get_doc(people.INITIATIVE, who.initiative)
	if doc.stage != machine.DRAFT:
		return _("It was handed in already.")
	if doc.title == UNNAMED:
		frappe.throw(_("Give it a name, so that people can talk about it."))
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
	benefits.read(name, who.email, flt(number), cstr(given.get("source")), who.name)
	return _("Thank you. The figure is noted.")


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
	"withdraw": _withdraw,
	"say": _say,
}


def hear_mail(doc, communication) -> None:
	"""A mail that answers a mail of the initiative itself: heard as a voice. Called on every save of the mail."""
	from cx_desk.units import replies

	if communication.sent_or_received != "Received" or communication.communication_type != "Communication":
		return
	sender = cstr(frappe.utils.parse_addr(cstr(communication.sender))[1]).lower()
	from cx_desk.host.people import is_staff

	if not sender or replies.is_automatic(sender, communication.subject) or is_staff(sender):
		return
	text = replies.words_of(communication)
	if text:
		known = next((row for row in doc.people if row.email == sender), None)
		voices.hear(
			"Reply",
			text,
			unit=doc.unit,
			source_email=sender,
			source_name=known.person_name if known else communication.sender_full_name,
			responsible=doc.lead or doc.representative,
			origin=f"mail:{communication.name}",
		)
