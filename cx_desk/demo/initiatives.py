"""Initiatives of the demo company: six in different stages, one in early life support on the replayed tickets.

Invented, and carried by the same use cases as a real one; only their dates are moved back. Made once, after the
incidents; `remove` takes them away again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.demo import dropping, memory, plan
from cx_desk.demo.company import LIAISONS, MANAGER, SHOWN_AGENT
from cx_desk.initiatives import (
	considerations,
	form,
	gates,
	moving,
	news,
	ownership,
	people,
	questions,
	support,
	tagging,
)

INITIATIVE = people.INITIATIVE
BUSINESS_CONTACT = plan.BUSINESS_CONTACT
SPONSOR = plan.Person("0", "Sofia", "Sponsor", f"sponsor@{plan.BUSINESS_DOMAIN}")
# Whatever time has passed in the demo is written here.
AGO = {"asked": 40, "live": 21, "longest": 75, "tickets": 6}


def make() -> int:
	"""The six initiatives; how many were made. Nothing where they are, or where no mail can be queued."""
	if memory.noted("initiatives"):
		return 0
	if memory.remembered(INITIATIVE):
		remove()
	if not frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}):
		return 0
	before = set(frappe.get_all("Email Queue", pluck="name"))
	made = [one() for one in (_portal, _scanners, _move, _archive, _sheets, _printer)]
	_deliver(before)
	memory.note("initiatives", "1")
	return len(made)


def remove() -> int:
	"""Take the demo's initiatives away with everything that belongs to them; how many."""
	found = memory.remembered(INITIATIVE)
	for doctype in (*form.SATELLITES, INITIATIVE):
		by = "name" if doctype == INITIATIVE else "initiative"
		names = frappe.get_all(doctype, {by: ("in", found or [""])}, pluck="name")
		dropping.drop(doctype, names)
	for key in (INITIATIVE, "note:initiatives"):
		memory.forget(key)
	return len(found)


def _deliver(before: set[str]) -> None:
	"""As if a mail server had taken the mails."""
	fresh = [
		name
		for name in frappe.get_all("Email Queue", {"status": "Not Sent"}, pluck="name")
		if name not in before
	]
	if fresh:
		frappe.db.set_value("Email Queue", {"name": ("in", fresh)}, "status", "Sent", update_modified=False)
		frappe.db.set_value(
			"Email Queue Recipient", {"parent": ("in", fresh)}, "status", "Sent", update_modified=False
		)
		memory.remember("Email Queue", fresh)
	news.follow_delivery()


@contextmanager
def _as(user: str) -> Iterator[None]:
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def _begin(title: str, template: str, region: int, outcome: str, affected: int, **values) -> str:
	doc = frappe.get_doc(
		{
			"doctype": INITIATIVE,
			"title": title,
			"template": template,
			"unit": plan.REGIONS[region],
			"outcome": outcome,
			"requester_name": BUSINESS_CONTACT.name,
			"requester_email": BUSINESS_CONTACT.email,
			"sponsor_name": SPONSOR.name,
			"sponsor_email": SPONSOR.email,
			"support_users": affected,
			**values,
		}
	)
	doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember(INITIATIVE, [doc.name])
	asked = now_datetime() - timedelta(days=AGO["asked"])
	moving.move(doc.name, machine.SUBMITTED, actors=frozenset({machine.REQUESTER}), by=BUSINESS_CONTACT.name)
	frappe.db.set_value(
		INITIATIVE, doc.name, {"submitted_at": asked, "creation": asked}, update_modified=False
	)
	return doc.name


def _take(name: str, region: int, words: str, hours: float = 3) -> None:
	"""The lead answers and the desk gets its seat, within the first days after the request."""
	lead = LIAISONS[region].email
	with _as(MANAGER.email):
		moving.move(name, machine.TRIAGE, message=words)
		_change(name, lambda doc: doc.update({"lead": lead, "representative": SHOWN_AGENT.email}))
	asked = frappe.db.get_value(INITIATIVE, name, "submitted_at")
	frappe.db.set_value(INITIATIVE, name, _asked_at(asked, hours), update_modified=False)


def _asked_at(asked, hours: float = 3) -> dict:
	"""The clocks of an initiative that was asked for then, answered after some hours and seated after four days."""
	return {
		"submitted_at": asked,
		"creation": asked,
		"first_answer_at": asked + timedelta(hours=hours),
		"first_answer_hours": hours,
		"desk_seat_at": asked + timedelta(days=4),
		"desk_seat_days": 4,
	}


def _change(name: str, change: Callable) -> None:
	doc = frappe.get_doc(INITIATIVE, name)
	change(doc)
	doc.save(ignore_permissions=True)  # allowed: the demo plays its people


def _pass_gate(name: str, to: str, user: str, advice: str = machine.GO, why: str = "", **given) -> None:
	with _as(SHOWN_AGENT.email):
		gates.advise(name, to, advice, why)
	with _as(user):
		moving.move(name, to, **given)


def _ask(name: str, region: int, question: str, answer: str = "", days: int = 4) -> None:
	with _as(LIAISONS[region].email):
		doc = frappe.get_doc(
			{
				"doctype": questions.QUESTION,
				"initiative": name,
				"question": question,
				"audience": "Business",
				"addressee_email": BUSINESS_CONTACT.email,
				"addressee_name": BUSINESS_CONTACT.name,
				"due": add_days(nowdate(), days),
				"asked_anyway": "Sample data",
			}
		)
		doc.insert(ignore_permissions=True)  # allowed: the demo plays its people
		frappe.db.set_value(questions.QUESTION, doc.name, "asked_anyway", None, update_modified=False)
		if answer:
			questions.answer(doc.name, answer, by=BUSINESS_CONTACT.name, email=BUSINESS_CONTACT.email)
			questions.accept(doc.name)


def _judge(
	name: str, verdict: str = considerations.CLEARED, note: str = "", only_mandatory: bool = True
) -> None:
	with _as(SHOWN_AGENT.email):
		for row in considerations.of(name):
			if row.mandatory or not only_mandatory:
				doc = frappe.get_doc(considerations.CONSIDERATION, row.name)
				doc.update({"verdict": verdict, "note": note})
				doc.save(ignore_permissions=True)  # allowed: the demo plays its people


def _meet(name: str, leave_open: int = 0) -> None:
	def change(doc) -> None:
		for row in doc.criteria[: len(doc.criteria) - leave_open]:
			row.update({"verdict": "Met", "evidence": "Seen and noted (sample data)."})

	with _as(MANAGER.email):
		_change(name, change)


def _need(name: str, *rows) -> None:
	"""Who in the desk needs to know what: (skill, person, how, what one saw it by where it is known)."""

	def change(doc) -> None:
		for skill, person, learned_by, evidence in rows:
			row = {"skill": skill, "person": person, "learned_by": learned_by, "evidence": evidence}
			doc.append("skills", {**row, "known": int(bool(evidence))})

	_change(name, change)


def _tell(name: str) -> None:
	for row in news.of(name):
		if row.before_golive and row.state != news.SENT:
			doc = frappe.get_doc(news.NEWS, row.name)
			doc.update(
				{
					"subject": row.title,
					"message": "It comes soon. Your lead is glad to help.",
					"audience": "Stakeholders",
				}
			)
			doc.save(ignore_permissions=True)  # allowed: the demo plays its people
			with _as(MANAGER.email):
				news.approve(row.name)
				news.send(row.name)


def _told_before(name: str, live) -> None:
	"""The news that users had before go-live went out in time."""
	for row in news.of(name):
		if row.state == news.SENT:
			days = row.notice or 3
			values = {"sent_at": live - timedelta(days=days), "notice_given": days}
			frappe.db.set_value(news.NEWS, row.name, values, update_modified=False)
		elif row.state == news.PLANNED:
			with _as(MANAGER.email):
				news.cancel(row.name, "Told in person (sample data).")


def _portal() -> str:
	"""Being assessed: questions open on both sides, some areas judged, a benefit whose owner is asked."""
	name = _begin(
		"HR self-service portal",
		"New application",
		0,
		"Leave and pay slips in one place, without paper.",
		250,
	)
	_take(name, 0, "Thank you, Carla. I look after it and call you on Thursday.")
	with _as(LIAISONS[0].email):
		moving.move(name, machine.ASSESSING)
	_ask(name, 0, "How many people will use the portal every day?", "About 250, most of them in the morning.")
	_ask(name, 0, "Which personal data will it hold, and who may see them?")
	teams = _teams()
	for number, row in enumerate(considerations.of(name)[:5]):
		doc = frappe.get_doc(considerations.CONSIDERATION, row.name)
		doc.team = teams[number % len(teams)] if teams else None
		with _as(SHOWN_AGENT.email if number < 2 else MANAGER.email):
			if number < 2:
				doc.update({"verdict": considerations.CONDITIONS, "note": "Only inside the firm's network."})
			doc.save(ignore_permissions=True)  # allowed: the demo plays its people
	with _as(LIAISONS[0].email):
		_change(name, _note_risks)
	frappe.get_doc(
		{
			"doctype": "CX Benefit",
			"initiative": name,
			"title": "Days until leave is granted",
			"owner_name": BUSINESS_CONTACT.name,
			"owner_email": BUSINESS_CONTACT.email,
			"measure": "Days",
			"better": "Lower",
			"target": 1,
			"baseline_plan": "The dates on the last 40 paper forms.",
			"review_on": add_days(nowdate(), 180),
		}
	).insert(ignore_permissions=True)  # allowed: the demo plays its people
	with _as(SHOWN_AGENT.email):
		gates.advise(name, machine.APPROVED, machine.CONDITIONS, "The desk needs two weeks for training.")
	return name


def _live_with_tickets(doc):
	"""Three weeks ago, or as much earlier as it takes to have a few of the replayed tickets since then."""
	now = now_datetime()
	own = [
		ticket.creation
		for ticket in tagging.candidates(doc, now - timedelta(days=AGO["longest"]), now)
		if tagging.tag_rule(doc, ticket)
	]
	few = sorted(own)[-AGO["tickets"] :]
	return min([now - timedelta(days=AGO["live"]), *(moment - timedelta(days=2) for moment in few[:1])])


def _teams() -> list[str]:
	"""A few teams of the demo, as reviewers."""
	from cx_desk.host.teams import teams_of

	return sorted(teams_of([SHOWN_AGENT.email, MANAGER.email, *(one.email for one in LIAISONS)]))[:3]


def _note_risks(doc) -> None:
	for row in (
		{
			"kind": "Risk",
			"text": "Pay slips are read on shared devices.",
			"response": "Mitigate",
			"who": "HR",
		},
		{
			"kind": "Decision",
			"text": "Paper stays for the first three months.",
			"who": SPONSOR.name,
			"done": 1,
		},
	):
		doc.append("risks", row)
	doc.meetings = 2


def _scanners() -> str:
	"""In early life support: the replayed tickets about scanners and their like belong to it."""
	name = _begin(
		"New label scanners",
		"Roll-out to users",
		2,
		"No pallet waits for its label.",
		120,
		tag_words="label scanner\nwireless drops\nprinter",
	)
	_take(name, 2, "Good idea. We begin with one hall.")
	_judge(name)
	_pass_gate(name, machine.APPROVED, MANAGER.email)
	with _as(LIAISONS[2].email):
		moving.move(name, machine.IN_DELIVERY)
		moving.move(name, machine.TRANSITION)
	_meet(name)
	_tell(name)
	gates.say_yes(name, by=SPONSOR.name)
	_pass_gate(
		name,
		machine.EARLY_LIFE,
		MANAGER.email,
		machine.HOLD,
		"Only half of the hall is trained.",
		overrule_reason="The old ones fail daily.",
	)
	live = _live_with_tickets(frappe.get_doc(INITIATIVE, name))
	frappe.db.set_value(
		INITIATIVE,
		name,
		{
			"live_at": live,
			"golive_date": getdate(live),
			"support_until": add_days(nowdate(), -4),
			"stage_since": live,
			**_asked_at(live - timedelta(days=AGO["asked"])),
		},
		update_modified=False,
	)
	_told_before(name, live)
	with _as(MANAGER.email):
		support.extend(name, add_days(nowdate(), 3), "The night shift got its scanners a week later.")
	doc = frappe.get_doc(INITIATIVE, name)
	tagging.tag_new(doc)
	for weeks in (1, 0):
		support.note_week(frappe.get_doc(INITIATIVE, name), add_days(nowdate(), -7 * weeks))
	tags = frappe.get_all(tagging.TAG, {"initiative": name}, pluck="name", limit=2)
	for tag in tags:
		frappe.db.set_value(
			tagging.TAG, tag, {"caught": 1, "missed_criterion": "Reception measured in every aisle"}
		)
	return name


def _move() -> str:
	"""Getting ready: go-live is near, and mandatory criteria are open."""
	name = _begin("Move to the river building", "Office move", 1, "Everybody works on the first morning.", 80)
	_take(name, 1, "We come and look at the building with you.", 6)
	_judge(name)
	_pass_gate(name, machine.APPROVED, MANAGER.email)
	with _as(LIAISONS[1].email):
		moving.move(name, machine.IN_DELIVERY)
		moving.move(name, machine.TRANSITION)
		_change(name, lambda doc: doc.update({"golive_date": add_days(nowdate(), 12)}))
		_need(
			name,
			(
				"Where the printers stand, and their names",
				SHOWN_AGENT.email,
				"Visit",
				"Walked through on Monday.",
			),
			("Whom to call for doors and badges", LIAISONS[1].email, "Briefing", ""),
			("How telephone numbers are redirected", None, "Training", ""),
		)
	_meet(name, leave_open=3)
	return name


def _archive() -> str:
	"""Put off, with a reason, a day and a message."""
	name = _begin("The old invoice archive goes", "Decommission", 3, "One place to look for invoices.", 30)
	_take(name, 3, "We look at who still uses it.", 5)
	with _as(MANAGER.email):
		moving.move(
			name,
			machine.DEFERRED,
			reason="The auditors need it until the year is closed.",
			review_date=add_days(nowdate(), 60),
			message="We wait until the year is closed, Carla, and come back to you then.",
		)
	return name


def _sheets() -> str:
	"""Handed over: the benefit is read by its owner."""
	name = _begin(
		"Time sheets on the phone", "New application", 0, "Nobody drives to the office to sign.", 60
	)
	_take(name, 0, "Yes. Let us talk about the drivers first.", 2)
	with _as(LIAISONS[0].email):
		moving.move(name, machine.ASSESSING)
	_ask(name, 0, "Which phones do the drivers have?", "Company phones, two years old.")
	_judge(name)
	_pass_gate(name, machine.APPROVED, MANAGER.email)
	benefit = frappe.get_doc(
		{
			"doctype": "CX Benefit",
			"initiative": name,
			"title": "Minutes for a time sheet",
			"owner_name": SPONSOR.name,
			"owner_email": SPONSOR.email,
			"measure": "Minutes",
			"better": "Lower",
			"baseline": 18,
			"target": 12,
			"baseline_on": add_days(nowdate(), -60),
			"baseline_source": "Stop watch, 20 time sheets",
			"review_on": add_days(nowdate(), 30),
		}
	).insert(ignore_permissions=True)  # allowed: the demo plays its people
	asked = frozenset({core_benefit.ASKED})
	ownership.move(benefit.name, core_benefit.ACCEPT, actors=asked, by=SPONSOR.name)
	with _as(LIAISONS[0].email):
		moving.move(name, machine.IN_DELIVERY)
	_pass_gate(name, machine.TRANSITION, LIAISONS[0].email)
	_meet(name)
	_tell(name)
	gates.say_yes(name, by=SPONSOR.name)
	_pass_gate(name, machine.EARLY_LIFE, MANAGER.email)
	live = now_datetime() - timedelta(days=35)
	frappe.db.set_value(
		INITIATIVE,
		name,
		{"live_at": live, "golive_date": getdate(live), "support_until": nowdate()},
		update_modified=False,
	)
	_told_before(name, live)
	with _as(LIAISONS[0].email):
		_change(name, lambda doc: [row.update({"signed": 1}) for row in doc.exits])
	_pass_gate(name, machine.HANDED_OVER, MANAGER.email, key=machine.HAND_OVER)
	with _as(LIAISONS[0].email):
		moving.move(name, machine.BENEFITS)
	benefit.reload()
	benefit.append(
		"readings",
		{"read_on": add_days(nowdate(), -2), "value": 14, "source": "Stop watch", "by": SPONSOR.name},
	)
	benefit.experience = "Drivers like it; two of them still print."
	benefit.save(ignore_permissions=True)  # allowed: the demo plays its people
	return name


def _printer() -> str:
	"""Asked for yesterday: the first human answer is awaited."""
	name = _begin(
		"A second printer for the warehouse", "Small change", 1, "Labels while the first one is down.", 12
	)
	frappe.db.set_value(
		INITIATIVE, name, "submitted_at", now_datetime() - timedelta(days=1), update_modified=False
	)
	return name
