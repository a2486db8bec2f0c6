"""A survey of another department, answered in a tool outside: what came in by webhook, counted and not counted.

Invented and seeded, like the other answers. Made once; `remove` takes it away again.
"""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from cx_desk.core import source_shapes
from cx_desk.demo import dropping, memory, simulate
from cx_desk.surveys import sources
from cx_desk.surveys.decide import site_zone

SOURCE = "First day, asked by People Services"
SURVEY = "First day at work"
ANSWERS = 36
SAID = {
	5: ("Everything lay on my desk.", "Laptop, badge and phone worked at once.", ""),
	4: ("All there, only the badge came a day later.", "", ""),
	3: ("The laptop took three hours to set itself up.", "", ""),
	2: ("No access to the shared drive until Thursday.", "I sat without a phone for two days."),
	1: ("No account, no laptop, and nobody knew of me.",),
}


def make() -> int:
	"""The survey, its source and its answers; how many answers. Does nothing where they are there."""
	if memory.remembered("CX Survey Source"):
		return 0
	survey = frappe.get_doc(
		{
			"doctype": "CX Survey",
			"survey_name": SURVEY,
			"kind": "Relationship",
			"enabled": 0,
			"language": "en",
			"subject": "How was your first day?",
			"intro": "Asked by People Services in their own tool; the answers count here.",
			"questions": [
				{
					"question": "How well were you equipped on your first day?",
					"question_type": "CSAT",
					"low_at_most": 2,
				},
				{"question": "What was missing?", "question_type": "Text"},
			],
		}
	)
	survey.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	source = frappe.get_doc(
		{
			"doctype": "CX Survey Source",
			"source_name": SOURCE,
			"kind": source_shapes.FORMBRICKS,
			"way": "Webhook",
			"enabled": 1,
			"survey": survey.name,
			"secret": f"demo {frappe.generate_hash(length=32)}",
			"fields": [
				{"field": "equipped", "meaning": source_shapes.QUESTION, "question": survey.questions[0].key},
				{"field": "missing", "meaning": source_shapes.QUESTION, "question": survey.questions[1].key},
				{"field": "contactAttributes.email", "meaning": source_shapes.EMAIL},
			],
		}
	)
	source.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember("CX Survey Source", [source.name])
	memory.remember("CX Survey", [survey.name])
	count = sources.keep(source.name, list(_answers()))
	frappe.db.set_value("CX Survey Source", source.name, "last_ok", now_datetime(), update_modified=False)
	frappe.db.commit()  # allowed: the job claims what others may see
	sources.take_waiting()
	return count


def _answers():
	dice = simulate.dice("outside", SOURCE)
	contacts = memory.remembered("Contact")
	rows = frappe.get_all("Contact", {"name": ["in", contacts or [""]]}, pluck="email_id", order_by="name")
	addresses = [address for address in rows if address]
	now = now_datetime().replace(tzinfo=site_zone())
	for number in range(min(ANSWERS, len(addresses))):
		score = dice.choices((5, 4, 3, 2, 1), (34, 32, 16, 12, 6))[0]
		# The tool's "other" box cannot be read as a point; such an answer waits for somebody to look.
		equipped = "Don't know" if number in (11, 23) else score
		yield source_shapes.External(
			id=f"cl{number:04d}demo",
			answered_at=now - timedelta(days=dice.uniform(0.2, 80)),
			language="en",
			values={
				"equipped": equipped,
				"missing": dice.choice(SAID[score]),
				"contactAttributes.email": dice.choice(addresses),
			},
			labels={"equipped": "How well were you equipped?", "missing": "What was missing?"},
		)


def remove() -> int:
	"""Remove what `make` made; how many sources."""
	made = memory.remembered("CX Survey Source")
	for name in made:
		dropping.drop_document("CX Survey Source", name)
	if SURVEY in memory.remembered("CX Survey"):
		dropping.drop_survey(SURVEY)
	return len(made)
