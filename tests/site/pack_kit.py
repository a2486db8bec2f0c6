"""Two units for the service review pack: a healthy one, and a watermelon (green outside, red inside)."""

from datetime import datetime, timedelta

import unit_kit as kit

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

from cx_desk.core import answers, ledger
from cx_desk.core import voice as machine
from cx_desk.relationship import conversations, lights, wants
from cx_desk.surveys import answering, shipped, versions
from cx_desk.units import voices

HEALTHY, WATERMELON = "Kit Warehouse and Logistics", "Kit Payments"
LIAISON = "pack.liaison@desk.example"

TOLD = "Replaced the scanner cradle and showed the shift lead how to reset it."
# Kind, words, what became of it (None: still ours), days ago.
SAID = {
	HEALTHY: (
		("Low answer", "The scanner froze twice in one shift.", TOLD, 60),
		(
			"Said",
			"Tell us of updates a week before, not on the day.",
			"A note goes out each Thursday now.",
			45,
		),
		("Comment", "It works, but the form asks the same thing twice.", "The second question is gone.", 30),
		("Praise", "Whoever was on the phone knew our depot.", "Passed on to the team.", 20),
		(
			"Promise",
			"We name one person who knows your terminals.",
			"Lena Hoffmann is named, see the portal.",
			50,
		),
		("Want", "One person who knows our terminals", "Named.", 40),
		("Said", "Month end was the calmest in years.", "Nothing to do; thanked them.", 12),
	),
	WATERMELON: (
		("Low answer", "Closed before anybody asked whether it works.", None, 50),
		("Low answer", "Third time this month, and again a new ticket.", None, 35),
		("Not solved", "The payment file still has to be sent by hand.", None, 28),
		(
			"Comment",
			"Friendly, but nobody asks what it does to our day.",
			"We call back on the next day now.",
			25,
		),
		("Low answer", "I was told to restart. I had restarted.", TOLD, 22),
		("Said", "We have stopped writing; we ask the neighbour.", None, 15),
		("Promise", "We measure the morning logon in two places.", None, 40),
	),
}
WANTS = {
	HEALTHY: (
		("One person who knows our terminals", "5", "4", "Told and settled"),
		("Quick answers during the night shift", "4", "4", "Satisfied answers"),
	),
	WATERMELON: (
		("Ask us before you close a ticket", "5", "1", "Service level met"),
		("Payment runs on the last day of the month come first", "5", "2", "Service level met"),
		("Tell us what went wrong, not only that it is fixed", "4", "2", "Satisfied answers"),
	),
}
LEVELS = {
	HEALTHY: ("3 Service provider", "3 Service provider"),
	WATERMELON: ("2 Order taker", "4 Trusted advisor"),
}
# Of 40 answers so many satisfied, and of how many tickets so many within the level.
SATISFIED = {HEALTHY: 37, WATERMELON: 21}
TICKETS = {HEALTHY: (118, 124), WATERMELON: (88, 91)}
ANSWERS = 40


def make(unit: str) -> str:
	"""The unit with half a year of history; the name of its planned service review."""
	frappe.set_user("Administrator")
	shipped.make_shipped_surveys()
	kit.make_unit(unit, tier="Named", headcount=140)
	frappe.db.set_value("CX Business Unit", unit, "creation", add_days(nowdate(), -300))
	user = kit.make_user(LIAISON, "CX Liaison", "Agent")
	name = {"first_name": "Lena", "last_name": "Hoffmann", "full_name": "Lena Hoffmann"}
	frappe.db.set_value("User", user, name)
	frappe.db.delete("CX Liaison Assignment", {"unit": unit})
	kit.assign(unit, user)
	contact = _sponsor(unit)
	_tickets(unit)
	for number in range(ANSWERS):
		_answer(unit, number)
	_voices(unit, contact)
	_wants(unit, contact)
	_talks(unit, contact)
	lights.write_week()
	return _review(unit)


def _sponsor(unit: str) -> str:
	address = f"{unit.split()[1].lower()}.sponsor@pack.example"
	found = frappe.db.get_value("Contact Email", {"email_id": address}, "parent")
	contact = found or kit.make_contact(address).name
	name = {HEALTHY: ("Marta", "Lindqvist"), WATERMELON: ("Ruben", "Castellanos")}[unit]
	frappe.db.set_value(
		"Contact", contact, {"first_name": name[0], "last_name": name[1], "full_name": " ".join(name)}
	)
	return contact


def _tickets(unit: str) -> None:
	met, n = TICKETS[unit]
	columns = ["name", "subject", "raised_by", "status_category", "opening_date", "creation", "modified"]
	columns += ["cx_business_unit", "agreement_status", "resolution_date", "is_merged"]
	first = 710_000_000 + frappe.db.count("HD Ticket")
	rows = []
	for number in range(n):
		day = getdate(add_days(nowdate(), -(2 + number % 85)))
		at = datetime.combine(day, datetime.min.time()) + timedelta(hours=10)
		status = "Fulfilled" if number < met else "Failed"
		rows.append((first + number, "kit", "x@pack.example", "Resolved", day, at, at, unit, status, at, 0))
	frappe.db.bulk_insert("HD Ticket", columns, rows)


def _answer(unit: str, number: int) -> None:
	survey = shipped.TICKET_SURVEY
	version = versions.current(survey)
	question = versions.load(version)["questions"][0]
	good = number * 7 % ANSWERS < SATISFIED[unit]
	value = (5 if number % 3 else 4) if good else (2 if number % 4 else 1)
	filled = answers.read_form(versions.load(version), {answers.field_name(question["key"]): str(value)})
	name = answering.record_external(
		survey,
		version,
		filled,
		channel="Link",
		unit=unit,
		respondent_key=ledger.address_key(f"{unit}{number}@pack.example"),
		answered_at=add_days(now_datetime(), -(3 + number * 2)),
	)
	frappe.db.set_value(
		"CX Survey Response", name, "agreement_status", "Fulfilled" if number % 10 else "Failed"
	)
	frappe.db.set_value("CX Survey Response", name, "act_state", "Nothing to do")


def _voices(unit: str, contact: str) -> None:
	for kind, words, became, back in SAID[unit]:
		at = add_days(now_datetime(), -back)
		person = {} if kind in ("Comment", "Low answer", "Not solved") else {"contact": contact}
		name = voices.hear(
			kind, words, unit=unit, source_email="somebody@pack.example", responsible=LIAISON, **person
		)
		due = at + timedelta(days=1)
		times = {"creation": at, "due_at": due, "first_due_at": due}
		frappe.db.set_value("CX Voice", name, times, update_modified=False)
		if became:
			voices.move(name, "Owned")
			voices.move(name, "Done", outcome=became)
			voices.move(name, "Told", key="told", note="On the phone")
			voices.move(name, "Settled", by=machine.PERSON, key="yes", note="Yes.")


def _wants(unit: str, contact: str) -> None:
	doc = frappe.get_doc("CX Business Unit", unit)
	doc.set("people", [{"contact": contact, "role": "Sponsor"}])
	doc.set(
		"wants",
		[
			{
				"words": words,
				"said_by": contact,
				"said_on": add_days(nowdate(), -120),
				"importance": importance,
				"how_we_do": how,
				"figure": figure,
			}
			for words, importance, how, figure in WANTS[unit]
		],
	)
	doc.save()
	wants.refresh([unit])


def _talks(unit: str, contact: str) -> None:
	for back in (7, 33, 61) if unit == HEALTHY else (80,):
		frappe.get_doc(
			{
				"doctype": "CX Conversation",
				"unit": unit,
				"contact": contact,
				"starts_on": add_days(now_datetime(), -back),
				"state": "Held",
				"notes": "As always." if unit == HEALTHY else "They have given up on us.",
				"sponsor_view": "Good" if unit == HEALTHY else "Poor",
				"channel": "In person",
			}
		).insert()


def _review(unit: str) -> str:
	frappe.set_user(LIAISON)
	doc = frappe.get_doc("CX Conversation", conversations.plan_review(unit))
	theirs, ours = LEVELS[unit]
	doc.update(
		{
			"agenda": "What changed since spring\nThe wants\nWhat we promise next",
			"promise_next": "A named person for payment runs\nNo ticket is closed without a question first",
			"their_level": theirs,
			"their_evidence": "What was agreed came on the day."
			if unit == HEALTHY
			else "You do what we order. Nobody asked what we plan.",
			"their_next_step": "Invite the desk before the budget is closed.",
			"our_level": ours,
			"our_evidence": "No promise of this year is overdue."
			if unit == HEALTHY
			else "They called before choosing new scanners.",
			"our_next_step": "Ask for next year's plan in January.",
		}
	)
	doc.save()
	frappe.set_user("Administrator")
	return doc.name
