"""Visits of the demo company: some held and shared, one judged, a round of the planner; seeded, like the answers.

Made once, after the incidents; `remove` takes them away again.
"""

from datetime import datetime, time, timedelta

import frappe
from frappe.utils import add_days, getdate, nowdate

from cx_desk.core import planning, story, voice
from cx_desk.core import visit as machine
from cx_desk.demo import dropping, memory
from cx_desk.host import names
from cx_desk.host.teams import active_agents
from cx_desk.host.unit_tickets import counts
from cx_desk.immersion import effects, entries, knowledge, planner, stories, triage, visits
from cx_desk.units import cover

VISITED = 8
# One unit whose visit was judged, and five that it is compared with.
JUDGED = 6
# What was heard, by turns: kind, words, who, category, impact, way, note.
HEARD = (
	(
		voice.SAID,
		"When the scanner is down I write the pick on my hand.",
		"Shift lead",
		"Waiting",
		"Delay",
		triage.TRAINING,
		"The short way back to the last pick",
	),
	(
		voice.SEEN,
		"The label printer is switched off and on every hour; nobody reports it.",
		"",
		"Quality of the solution",
		"Annoyance",
		triage.TICKET,
		"",
	),
	(
		voice.WANT,
		"Tell us a day before when the tills are updated.",
		"Floor manager",
		"Communication",
		"Stops the unit",
		triage.PROMISE,
		"News of till updates two days before",
	),
	(
		voice.PRAISE,
		"Somebody came down within ten minutes, that saved the shift.",
		"Gate keeper",
		"Friendliness",
		"None",
		triage.PRAISE,
		"Told to the team on Monday",
	),
	(
		voice.SAID,
		"The order form asks for the same number twice.",
		"Clerk",
		"Effort",
		"Annoyance",
		triage.NONE,
		"The form is replaced in spring",
	),
)
TYPES = ("Floor-walk", "On-site desk", "Floor-walk", "Briefing")
REPORT = (
	"We watched the early shift for two hours. Most of what slows people down never reaches us as a ticket."
)
NEXT = "The label printer is looked at this week. News of updates comes two days before."


def make() -> int:
	"""Visits of the demo's units as of today; how many. Does nothing where they are there."""
	if memory.noted("visits"):
		return 0
	if memory.remembered("CX Visit"):
		# Cut off in the middle: begun again.
		remove()
	units, people = _units(), _people()
	if not units or not people:
		return 0
	drivers = frappe.get_all("CX Driver", {"disabled": 0}, pluck="name", order_by="name")
	# The unit with the most tickets is judged, beside those that come next: fewer could show nothing.
	visited = units[JUDGED:][:VISITED] or units[:1]
	for number, unit in enumerate(visited):
		_held(unit, people[number % len(people)], number, drivers)
	if len(units) > JUDGED:
		_judged(units[0], people[0], units[1:JUDGED])
	_planned()
	_stories(visited[0])
	_articles(visited[:2], people)
	knowledge.work_out()
	memory.note("visits", nowdate())
	return len(memory.remembered("CX Visit"))


def _units() -> list[str]:
	"""The demo's sites, those with the most tickets first."""
	made = memory.remembered("CX Business Unit")
	units = frappe.get_all(
		"CX Business Unit", {"name": ("in", made or [""]), "is_group": 0, "disabled": 0}, pluck="name"
	)
	tickets = counts(units, add_days(nowdate(), -planning.WINDOW_DAYS), nowdate())
	return sorted(units, key=lambda unit: (-tickets.get(unit, 0), unit))


def _people() -> list[str]:
	made = memory.remembered("User")
	return [user for user in active_agents() if user in set(made)]


def _insert(**values):
	doc = frappe.get_doc({"doctype": visits.VISIT, **values})
	doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember(visits.VISIT, [doc.name])
	return doc


def _weekday(days_ago: int, hour: int) -> datetime:
	day = getdate(add_days(nowdate(), -days_ago))
	day -= timedelta(days=max(0, day.weekday() - 4))
	return datetime.combine(day, time(hour))


def _held(unit: str, user: str, number: int, drivers: list[str]) -> None:
	kind = TYPES[number % len(TYPES)]
	host = "Hanna Host" if machine.needs_host(kind) else None
	doc = _insert(
		unit=unit,
		type=kind,
		host_name=host,
		starts_on=_weekday(10 + 9 * number, 9),
		people=[{"side": visits.DESK, "user": user}],
		aim="How a morning runs, and where it stops.",
		report=REPORT,
		what_next=NEXT,
	)
	for turn in range(2 + number % 2):
		place = (number + turn) % len(HEARD)
		what, words, who, driver, impact, way, note = HEARD[place]
		name = entries.hear(
			doc,
			f"demo-entry-{number:02}-{turn:02}",
			what,
			words,
			f"{who} of {unit}" if who else None,
			doc.starts_on,
		)
		if number == 0:
			# One visit waits for its triage, so that there is something to do.
			continue
		driver = driver if driver in drivers else drivers[place % len(drivers)]
		point = frappe.db.get_value(visits.POINT, {"voice": name})
		triage.decide(
			point,
			driver,
			impact,
			triage.TRAINING if way == triage.TICKET else way,
			reason=note or "Shown on the spot",
		)
	if number == 4:
		# One host has said that these people know their work.
		values = {"host_word": machine.AGREED, "knows_us": 1}
		frappe.db.set_value(visits.VISIT, doc.name, values, update_modified=False)
	if number > 2:
		visits.move(doc.name, machine.SHARED, key="hand_over", note="On paper, to the floor manager")


def _judged(unit: str, user: str, comparison: list[str]) -> None:
	"""A visit in the middle of the log's weeks whose question was locked before it and is judged now."""
	host = cover.liaison_of(unit).liaison or user
	doc = _insert(
		unit=unit,
		type="Floor-walk",
		starts_on=datetime.combine(getdate(add_days(nowdate(), 30)), time(8)),
		people=[{"side": visits.DESK, "user": host}],
		effect_question=f"Do the tickets of {unit} fall after we watched the early shift?",
		effect_weeks=4,
		effect_washout_days=7,
		effect_chosen_days=7,
		comparison=[{"unit": other} for other in comparison],
	)
	effects.lock(doc.name)
	# The log is past: the visit is moved to where it lies before the weeks that are counted.
	held = _weekday(44, 8)
	values = {
		"state": machine.HELD,
		"starts_on": held,
		"ends_on": held + timedelta(hours=2),
		"report": REPORT,
	}
	values |= {
		"started_at": held,
		"ended_at": held + timedelta(hours=2),
		"creation": held - timedelta(days=3),
	}
	frappe.db.set_value(visits.VISIT, doc.name, values, update_modified=False)
	effects.work_out(doc.name)


def _planned() -> None:
	"""A round of the planner for the whole business; its first proposal is planned."""
	root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")})
	doc = frappe.get_doc({"doctype": planner.ROUND, "unit": root, "slots": 4})
	try:
		doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	except frappe.ValidationError:
		# A demo of a few incidents has no tickets in the planner's window.
		frappe.clear_last_message()
		return
	memory.remember(planner.ROUND, [doc.name])
	first = next((row for row in doc.proposals if row.visitor), None)
	if first:
		memory.remember(visits.VISIT, [planner.accept(doc.name, first.name)])


def _stories(unit: str) -> None:
	"""One story that is shared, on a visit that was judged, and one that waits for its record of the time after."""
	judged = frappe.db.get_value(
		visits.VISIT, {"effect_verdict": ("is", "set"), "name": ("in", memory.remembered(visits.VISIT))}
	)
	place = frappe.db.get_value(visits.VISIT, judged, "unit") if judged else None
	heard = frappe.db.get_value(
		visits.POINT, {"unit": unit, "visit": ("in", memory.remembered(visits.VISIT))}, "voice"
	)
	if place:
		name = _story(
			title="The early shift at the gate, before and after we watched it",
			unit=place,
			before="When the label printer stood still, the early shift wrote labels by hand and called nobody.",
			did="We stood at the gate for two mornings and had the printer restarted by the night job instead of by hand.",
			after="The shift says it no longer waits. What the tickets say stands below.",
			evidence=[
				_shows(story.BEFORE, visits.VISIT, judged, "We saw the queue on the morning of the visit."),
				_shows(story.DID, visits.VISIT, judged, "The report that the floor manager has in hand."),
				_shows(
					story.AFTER,
					visits.VISIT,
					judged,
					"The tickets of the weeks before and after, by a rule fixed before.",
				),
			],
		)
		stories.move(name, story.SHARED)
	if heard:
		_story(
			title="Nobody writes the pick on a hand any more",
			unit=unit,
			before="When the scanner was down, the pick was written on a hand.",
			did="We showed the short way back to the last pick, on the spot.",
			after="",
			evidence=[_shows(story.BEFORE, "CX Voice", heard, "As it was said to us on the floor.")],
		)


def _shows(part: str, record_type: str, record: str, words: str) -> dict:
	return {"part": part, "record_type": record_type, "record": record, "shows": words}


def _story(**values) -> str:
	doc = frappe.get_doc({"doctype": stories.STORY, **values})
	doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember(stories.STORY, [doc.name])
	return doc.name


def _articles(units: list[str], people: list[str]) -> None:
	"""Articles about two units, by two people: who wrote one can brief others."""
	for unit, author in zip(units, people, strict=False):
		category = frappe.get_doc({"doctype": names.ARTICLE_CATEGORY, "category_name": f"Work of {unit}"})
		category.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
		article = frappe.get_doc(
			{
				"doctype": names.ARTICLE,
				"title": f"How a morning runs at {unit}",
				"content": "<p>Who opens the gate, which screens must stand, and whom to call when they do not.</p>",
				"category": category.name,
				"status": "Published",
			}
		)
		article.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
		frappe.db.set_value(names.ARTICLE, article.name, "author", author)
		frappe.db.set_value("CX Business Unit", unit, "article_category", category.name)
		memory.remember(names.ARTICLE_CATEGORY, [category.name])
		memory.remember(names.ARTICLE, [article.name])


def remove() -> int:
	"""Take the demo's visits away, with what was heard on them; how many visits."""
	made = memory.remembered(visits.VISIT)
	points = frappe.get_all(visits.POINT, {"visit": ("in", made or [""])}, ["name", "voice"])
	promised = [f"point:{row.name}:promise" for row in points]
	heard = [row.voice for row in points]
	heard += frappe.get_all("CX Voice", {"origin": ("in", promised or [""])}, pluck="name")
	rounds = memory.remembered(planner.ROUND)
	told = memory.remembered(stories.STORY)
	for doctype, made_names in (
		("CX Voice", heard),
		(visits.POINT, [row.name for row in points]),
		(visits.VISIT, made),
		(planner.ROUND, rounds),
		(stories.STORY, told),
		(names.ARTICLE, memory.remembered(names.ARTICLE)),
		(names.ARTICLE_CATEGORY, memory.remembered(names.ARTICLE_CATEGORY)),
	):
		dropping.drop(doctype, made_names)
	# Derived: the next night works it out anew from what is left.
	frappe.db.delete(knowledge.KNOWLEDGE)
	for key in (
		visits.VISIT,
		planner.ROUND,
		stories.STORY,
		names.ARTICLE,
		names.ARTICLE_CATEGORY,
		"note:visits",
	):
		memory.forget(key)
	return len(made)
