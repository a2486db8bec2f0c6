"""Relationships of the demo company: some units are cared for, some neglected, some nobody ever spoke with.

Invented and seeded, like the answers. Made once, after the incidents; `remove` takes them away again.
"""

from datetime import date, datetime, timedelta

import frappe
from frappe.utils import add_days, getdate, nowdate

from cx_desk.core import conversation as talk
from cx_desk.core import voice
from cx_desk.core.wants import EXPERIENCE, SLA
from cx_desk.demo import dropping, memory, simulate
from cx_desk.relationship import conversations, lights, signals, wants
from cx_desk.units import cover, scores, voices

CARED_FOR, NEGLECTED, SILENT = "cared for", "neglected", "silent"
# Of ten units, by size: each kind is among the largest.
WHEEL = (
	CARED_FOR,
	NEGLECTED,
	CARED_FOR,
	SILENT,
	CARED_FOR,
	NEGLECTED,
	CARED_FOR,
	SILENT,
	CARED_FOR,
	NEGLECTED,
)
MOST_UNITS = 28
WEEKS_OF_LIGHTS = 6

SAID = {
	CARED_FOR: (
		"Month end was the calmest in years.",
		"New starters had everything on their first day.",
		"They know whom to call, and somebody answers.",
		"The printers on the second floor are the next pain.",
		"Wants to hear of changes a week before, not on the day.",
	),
	NEGLECTED: (
		"Tickets are closed before anybody asked whether it works.",
		"People have given up writing; they ask the neighbour.",
		"Nobody told them of the update, the tills stood still for an hour.",
	),
}
PROMISES = (
	"We name one person who knows your terminals",
	"We tell you of changes a week before",
	"We measure the morning logon in two places and say what we find",
)
# What each side says of the relationship in the review: (theirs, ours, what shows it to them, to us, next steps).
LEVELS = (
	(
		3,
		3,
		"What was agreed came on the day it was agreed for.",
		"No promise of this year is overdue.",
		"Take part in our planning in autumn.",
		"Bring figures of the tills to the planning.",
	),
	(
		2,
		4,
		"You do what we order. Nobody asked what we plan.",
		"They called before choosing the new scanners.",
		"Invite us before the budget is closed.",
		"Ask for the plan of next year in January.",
	),
)
KEPT = "Done, and shown to them at the next conversation."
WANTS = (
	("Ask us before you close a ticket", SLA, 2),
	("Quick answers during month end", EXPERIENCE, 4),
	("One person who knows our terminals", "", 3),
)


def make(on: date | None = None) -> int:
	"""Relationships of the demo's units as of a day (today); how many units. Does nothing where they are there."""
	if memory.noted("relationships"):
		return 0
	if memory.remembered("CX Conversation"):
		# Cut off in the middle: begun again.
		remove()
	day = getdate(on or nowdate())
	units = _units()
	for number, unit in enumerate(units):
		_relate(unit, kind_of(number), day)
	_let_down([unit.name for number, unit in enumerate(units) if kind_of(number) == NEGLECTED], day)
	for week in range(WEEKS_OF_LIGHTS - 1, -1, -1):
		lights.write_week(day - timedelta(weeks=week))
	look(day)
	memory.note("relationships", str(day))
	return len(units)


def look(on: date | None = None) -> None:
	"""This week's lights, the signals and the figures beside the wants, as of a day (today).

	Once more at the end of the demo, since they rest on what its other parts answered.
	"""
	day = getdate(on or nowdate())
	lights.write_week(day)
	signals.look(day)
	wants.refresh()


def _units() -> list[frappe._dict]:
	"""The demo's units with a cadence: regions first, then sites, the largest first."""
	made = memory.remembered("CX Business Unit")
	return frappe.get_all(
		"CX Business Unit",
		filters={"name": ["in", made or [""]], "tier": ["in", ["Named", "Pooled"]]},
		fields=["name", "tier"],
		order_by="is_group desc, headcount desc, name asc",
		limit=MOST_UNITS,
	)


def kind_of(number: int) -> str:
	"""How the unit of that rank is looked after: the same every time."""
	return WHEEL[number % len(WHEEL)]


def _relate(unit: frappe._dict, kind: str, day: date) -> None:
	liaison = cover.liaison_of(unit.name).liaison
	people = _people(unit.name)
	# Known for as long as the desk has been keeping its log.
	frappe.db.set_value("CX Business Unit", unit.name, "creation", add_days(day, -240), update_modified=False)
	if people:
		doc = frappe.get_doc("CX Business Unit", unit.name)
		roles = ("Sponsor", "Key user")
		doc.set(
			"people", [{"contact": name, "role": role} for name, role in zip(people, roles, strict=False)]
		)
		if kind != SILENT:
			doc.set("wants", _wants(unit.name, kind, people[0], day))
		doc.save(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	if kind == SILENT or not people:
		return
	before = frappe.session.user
	frappe.set_user(liaison or "Administrator")
	try:
		_talk(unit, kind, people, day)
	finally:
		frappe.set_user(before)


def _people(unit: str) -> list[str]:
	"""Two contacts that the mapping gives to the unit or to one below it."""
	rows = frappe.get_all("CX Unit Mapping", {"unit": ["in", scores.below(unit)]}, ["kind", "value"])
	departments = [row.value for row in rows if row.kind == "Department"]
	made = memory.remembered("Contact")
	return frappe.get_all(
		"Contact",
		filters={"department": ["in", departments or [""]], "name": ["in", made or [""]]},
		pluck="name",
		order_by="name",
		limit=2,
	)


def _wants(unit: str, kind: str, contact: str, day: date) -> list[dict]:
	dice = simulate.dice("wants", unit)
	chosen = dice.sample(WANTS, 2 if kind == CARED_FOR else 3)
	return [
		{
			"words": words,
			"said_by": contact,
			"said_on": add_days(day, -dice.randint(40, 180)),
			"importance": str(dice.randint(3, 5)),
			"how_we_do": str(how if kind == NEGLECTED else min(5, how + 1)),
			"figure": figure,
		}
		for words, figure, how in chosen
	]


def _talk(unit: frappe._dict, kind: str, people: list[str], day: date) -> None:
	dice = simulate.dice("talks", unit.name)
	step = 24 if unit.tier == "Named" else 75
	first = dice.randint(3, step - 4) if kind == CARED_FOR else dice.randint(130, 160)
	days = list(range(first, 200, step if kind == CARED_FOR else 60))[:7]
	for number, back in enumerate(reversed(days)):
		review = kind == CARED_FOR and number == 0 and len(days) > 1
		_hold(unit.name, kind, people, add_days(day, -back), dice, review)
	if kind == CARED_FOR and unit.tier == "Named":
		# Never before tomorrow, weekend or not.
		starts = _working_hour(add_days(day, dice.randint(4, 9)), 10)
		_insert(
			unit.name, people[0], starts, state=talk.PLANNED, type=talk.SERVICE_REVIEW, channel="In person"
		)


def _let_down(units: list[str], day: date) -> None:
	"""Of the neglected sites one no longer comes to conversations, and one waits for a review that was never held."""
	sites = frappe.get_all(
		"CX Business Unit",
		filters={"name": ["in", units or [""]], "is_group": 0},
		pluck="name",
		order_by="headcount desc, name asc",
		limit=2,
	)
	people = {unit: _people(unit) for unit in sites}
	sites = [unit for unit in sites if people[unit]]
	for back in (70, 42, 14) if sites else ():
		doc = _insert(
			sites[0], people[sites[0]][0], _working_hour(add_days(day, -back), 10), state=talk.PLANNED
		)
		conversations.move(doc.name, talk.MISSED)
	if len(sites) > 1:
		starts = _working_hour(add_days(day, -24), 14)
		_insert(
			sites[1],
			people[sites[1]][0],
			starts,
			state=talk.PLANNED,
			type=talk.SERVICE_REVIEW,
			channel="In person",
		)


def _working_hour(at: date, hour: int) -> datetime:
	"""That hour of the day, or of the Friday before where it is a weekend."""
	at = getdate(at)
	at -= timedelta(days=max(0, at.weekday() - 4))
	return datetime.combine(at, datetime.min.time()) + timedelta(hours=hour)


def _levels(unit: str) -> dict:
	theirs, ours, shows_them, shows_us, next_theirs, next_ours = simulate.dice("levels", unit).choice(LEVELS)
	return {
		"their_level": talk.LEVELS[theirs - 1],
		"their_evidence": shows_them,
		"their_next_step": next_theirs,
		"our_level": talk.LEVELS[ours - 1],
		"our_evidence": shows_us,
		"our_next_step": next_ours,
	}


def _hold(unit: str, kind: str, people: list[str], at: date, dice, review: bool) -> None:
	starts = _working_hour(at, dice.randint(9, 15))
	levels = _levels(unit) if review else {}
	doc = _insert(
		unit,
		dice.choice(people),
		starts,
		state=talk.HELD,
		notes=dice.choice(SAID[kind]),
		type=talk.SERVICE_REVIEW if review else "Informal check-in",
		channel=dice.choice(("In person", "Phone", "Video")),
		sponsor_view="Good" if kind == CARED_FOR else "Poor",
		**levels,
	)
	_keep(doc, voice.SAID, doc.notes, starts, answered=kind == CARED_FOR or dice.random() < 0.3)
	if dice.random() < 0.5:
		promised = dice.choice(PROMISES)
		_keep(doc, voice.PROMISE, promised, starts, answered=kind == CARED_FOR and dice.random() < 0.9)


def _insert(unit: str, contact: str, starts: datetime, **values):
	doc = frappe.new_doc("CX Conversation")
	doc.update({"unit": unit, "contact": contact, "starts_on": starts, **values})
	doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	frappe.db.set_value("CX Conversation", doc.name, "creation", starts, update_modified=False)
	memory.remember("CX Conversation", [doc.name])
	return doc


def _keep(doc, kind: str, sentence: str, at: datetime, answered: bool) -> None:
	name = conversations.keep_sentence(doc, kind, sentence)
	due = at + timedelta(days=10 if kind == voice.PROMISE else 1)
	times = {"creation": at, "due_at": due, "first_due_at": due}
	frappe.db.set_value(voices.VOICE, name, times, update_modified=False)
	if answered and due < datetime.combine(getdate(), datetime.min.time()):
		voices.move(name, voice.OWNED)
		voices.move(name, voice.DONE, outcome=KEPT)
		voices.move(name, voice.TOLD, key="told", note="At the next conversation")
	memory.remember(voices.VOICE, [name])


def remove() -> int:
	"""Take conversations, their voices and the signals of the demo's units away; how many conversations."""
	talks = memory.remembered("CX Conversation")
	units = memory.remembered("CX Business Unit")
	kept = memory.remembered(voices.VOICE)
	for doctype, found in (
		(voices.VOICE, kept),
		("CX Conversation", talks),
		("CX Signal", frappe.get_all("CX Signal", {"unit": ["in", units or [""]]}, pluck="name")),
	):
		dropping.drop(doctype, found)
	frappe.db.delete("CX Unit Week", {"unit": ["in", units or [""]]})
	for key in (voices.VOICE, "CX Conversation", "note:relationships"):
		memory.forget(key)
	return len(talks)
