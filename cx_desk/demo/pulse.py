"""An anonymous pulse of last quarter: who was asked stands in the ledger, what was answered leads to nobody.

Invented and seeded. Made once; `remove` takes it away again.
"""

from collections import Counter
from datetime import datetime, time, timedelta

import frappe
from frappe.utils import add_months, getdate, now_datetime

from cx_desk.core import answers, ledger
from cx_desk.demo import dropping, memory, simulate
from cx_desk.host.requesters import requesters_of
from cx_desk.surveys import anonymous, anonymous_page, rollups, versions
from cx_desk.surveys import ledger as writer
from cx_desk.units import branches

SURVEY = "How it is to work with IT, anonymously"
ANSWERED = 0.55
SAID = {
	5: ("They ask first and then repair.", "", ""),
	4: ("Mostly quick, and always friendly.", ""),
	3: ("Sometimes I call twice for the same thing.", ""),
	2: (
		"I would not say it aloud: the new laptop is slower than the old one.",
		"Nobody explains what was done.",
	),
	1: ("I stopped asking.", "Three forms for one mouse."),
}


def make() -> int:
	"""The survey, who was asked, the answers in their batches; how many answers. Does nothing where they are there."""
	if frappe.db.exists("CX Survey", SURVEY):
		return 0
	survey = frappe.get_doc(
		{
			"doctype": "CX Survey",
			"survey_name": SURVEY,
			"kind": "Relationship",
			"privacy": "Anonymous",
			"enabled": 0,
			"language": "en",
			"subject": "How is it to work with IT?",
			"intro": "Nobody can see who answered what, not even we.",
			"questions": [
				{"question": "How satisfied are you with IT?", "question_type": "CSAT", "low_at_most": 2}
			],
		}
	)
	survey.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.remember("CX Survey", [survey.name])
	period = add_months(getdate().replace(day=1), -4)
	version = versions.current(SURVEY)
	asked = _ask(period, version)
	dice, content, count = simulate.dice("pulse", SURVEY), versions.load(version), 0
	for row in asked:
		if dice.random() > ANSWERED:
			continue
		score = dice.choices((5, 4, 3, 2, 1), (22, 34, 22, 14, 8))[0]
		field = answers.field_name(content["questions"][0]["key"])
		filled = answers.read_form(content, {field: str(score), "comment": dice.choice(SAID[score])})
		code = frappe.generate_hash(length=32)
		given = frappe._dict(
			code=code,
			survey_version=version,
			period=period,
			unit_mark=anonymous.mark_of(code, row["unit"]),
		)
		anonymous_page.record(given, content, filled)
		count += 1
	anonymous.nightly()
	return count


def _ask(period, version: str) -> list[dict]:
	"""The ledger of the round: everybody of the company who raised a ticket, asked and long over."""
	at = datetime.combine(period + timedelta(days=8), time(9))
	people = {}
	for row in requesters_of(branches.below(_top()), add_months(now_datetime(), -24)):
		people.setdefault(ledger.normal_address(row.raised_by), row)
	rows = []
	for address, person in sorted(people.items()):
		rows.append(
			{
				"name": ledger.row_name("CX Survey", SURVEY, 0, ledger.address_key(address)),
				"survey": SURVEY,
				"trigger": ledger.BY_HAND,
				"event_doctype": "CX Survey",
				"event_name": SURVEY,
				"recipient": address,
				"respondent_key": ledger.address_key(address),
				"contact": person.contact,
				"unit": person.cx_business_unit,
				"asked_by": "Administrator",
				"event_at": at,
				"due_at": at,
			}
		)
	if not rows:
		return []
	writer.insert(rows)
	over = {
		"status": ledger.EXPIRED,
		"survey_version": version,
		"decided_at": at,
		"queued_at": at,
		"sent_at": at + timedelta(minutes=3),
		"expires_at": anonymous.expires_at(frappe._dict(event_at=at), version),
	}
	frappe.db.set_value("CX Survey Invitation", {"survey": SURVEY}, over, update_modified=False)
	counts = Counter()
	for row in rows:
		counts.update(rollups.asked_count(frappe._dict({**row, **over})))
	rollups.post({}, counts)
	return rows


def _top() -> str:
	return frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ["is", "not set"]}) or ""


def remove() -> int:
	"""Remove what `make` made; how many answers."""
	if SURVEY not in memory.remembered("CX Survey"):
		return 0
	count = frappe.db.count("CX Anonymous Response", {"survey": SURVEY})
	# Nothing leads from a voice to its answer; on the demo's site no others are anonymous.
	dropping.drop("CX Voice", frappe.get_all("CX Voice", {"origin": ["like", "anonymous:%"]}, pluck="name"))
	dropping.drop_survey(SURVEY)
	return count
