"""Posters of the demo company with what people answered by them, and two acting rules. Made once; `remove` undoes it."""

from datetime import timedelta

import frappe
from frappe.utils import add_days, getdate, now_datetime

from cx_desk.core import answers
from cx_desk.demo import dropping, memory, simulate
from cx_desk.surveys import acting, answering, shipped, versions

LINK, RULE, SURVEY = "CX Survey Link", "CX Acting Rule", "CX Survey"
NAME = "At the counter"
GERMAN = {
	"How was it at our counter?": "Wie war es an unserem Schalter?",
	"You were just here. One question, and a sentence if you like.": "Sie waren gerade hier. Eine Frage, und ein Satz, wenn Sie mögen.",
	"How satisfied are you with your visit to us?": "Wie zufrieden sind Sie mit Ihrem Besuch bei uns?",
	"A person reads what you wrote.": "Ein Mensch liest, was Sie geschrieben haben.",
}
PLACES = ("Canteen, by the door", "Service counter, ground floor")
ANSWERS = 26
SAID = {
	5: ("Done in five minutes.", "", "Friendly and quick."),
	4: ("", "Good, but hard to find.", ""),
	3: ("The line was long at noon.", ""),
	2: ("Nobody there at half past twelve.", "Waited, then had to leave."),
	1: ("Came twice for a password, twice closed.",),
}
RULES = (
	{
		"title": "Closed counter: the desk manager, today",
		"cause": "Word",
		"words": "closed\nnobody there\nclosing*\ngeschlossen",
		"due_hours": 4,
		"note": "Look at the opening hours with whoever plans the shifts.",
	},
	{
		"title": "Passwords: a ticket for the access team",
		"cause": "Word",
		"words": "password*\nPasswort*\nKennwort*",
		"at_most": 3,
		"makes": "Ticket",
		"position": 20,
	},
)


def make() -> int:
	"""Survey, posters, rules and answers; how many answers. Does nothing where they are there."""
	if memory.remembered(LINK):
		return 0
	survey = _survey()
	links = [_link(survey, place, unit) for place, unit in zip(PLACES, _units(), strict=False)]
	memory.remember(LINK, [link.name for link in links])
	made = []
	for values in RULES:
		rule = frappe.get_doc({"doctype": RULE, **values})
		rule.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
		made.append(rule.name)
	memory.remember(RULE, made)
	return sum(_answer(link, survey) for link in links)


def _survey() -> str:
	doc = frappe.get_doc(
		{
			"doctype": SURVEY,
			"survey_name": NAME,
			"kind": "Visit",
			"enabled": 1,
			"language": "en",
			"subject": "How was it at our counter?",
			"intro": "You were just here. One question, and a sentence if you like.",
			"thanks": "A person reads what you wrote.",
			"questions": [
				{
					"question": "How satisfied are you with your visit to us?",
					"question_type": "CSAT",
					"low_at_most": 2,
				}
			],
			"translations": [
				{"language": "de", "source_text": source, "translated_text": text}
				for source, text in GERMAN.items()
			],
		}
	)
	doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember(SURVEY, [doc.name])
	return doc.name


def _units() -> list[str]:
	rows = frappe.get_all(
		"CX Survey Response",
		filters={"survey": shipped.TICKET_SURVEY, "unit": ["is", "set"]},
		fields=["unit", "count(name) as n"],
		group_by="unit",
		order_by="n desc, unit asc",
		limit=len(PLACES),
	)
	return [row.unit for row in rows] or [""]


def _link(survey: str, place: str, unit: str):
	doc = frappe.get_doc(
		{
			"doctype": LINK,
			"title": f"{place}, {unit}" if unit else place,
			"survey": survey,
			"unit": unit or None,
			"valid_until": add_days(getdate(), 60),
			"heading": "How was it at our counter?",
		}
	)
	return doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it


def _answer(link, survey: str) -> int:
	dice = simulate.dice("channels", link.title)
	version = versions.current(survey)
	question = versions.load(version)["questions"][0]
	now = now_datetime()
	for number in range(ANSWERS):
		score = dice.choices((5, 4, 3, 2, 1), (38, 30, 16, 10, 6))[0]
		filled = answers.Filled(
			(answers.Answer(question["key"], question["question"], question["type"], score=score),),
			dice.choice(SAID[score]),
		)
		name = answering.record_external(
			survey,
			version,
			filled,
			channel=link.channel,
			unit=link.unit,
			event_doctype=LINK,
			event_name=link.name,
			answered_at=now - timedelta(days=dice.uniform(0.1, 40)),
			origin=f"demo:{link.name}:{number}",
		)
		acting.act(name)
	return ANSWERS


def remove() -> int:
	"""Take everything away again; how many posters."""
	links = memory.remembered(LINK)
	for doctype, names in ((LINK, links), (RULE, memory.remembered(RULE))):
		for name in names:
			if frappe.db.exists(doctype, name):
				# allowed: the demo's own
				frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
		frappe.db.delete("Version", {"ref_doctype": doctype, "docname": ["in", names or [""]]})
		frappe.db.delete(
			"Deleted Document", {"deleted_doctype": doctype, "deleted_name": ["in", names or [""]]}
		)
	if NAME in memory.remembered(SURVEY):
		dropping.drop_survey(NAME)
	memory.forget(LINK)
	memory.forget(RULE)
	return len(links)
