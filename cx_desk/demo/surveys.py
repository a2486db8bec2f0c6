"""Asking and answering in the demo: through the same use cases as on a real site, at simulated times."""

from datetime import date, datetime, time, timedelta

import frappe

from cx_desk.core import answers, ledger, survey_content
from cx_desk.demo import memory, simulate
from cx_desk.surveys import answering, invitations, shipped, triggers, versions

INVITATION = "CX Survey Invitation"
# Seconds between opening the page and pressing the button, as a person takes them.
READING = 24
BROWSER = "Mozilla/5.0 (sample data)"


def switch_on(since: date) -> None:
	"""Enable the shipped trigger for resolved tickets and its survey, as if it had been on since the first incident.

	What they were before is remembered.
	"""
	shipped.make_shipped_surveys()
	if not frappe.db.exists("CX Survey Trigger", shipped.TICKET_TRIGGER):
		return
	doc = frappe.get_doc("CX Survey Trigger", shipped.TICKET_TRIGGER)
	survey = frappe.get_doc("CX Survey", doc.survey)
	if not memory.noted("trigger"):
		before = {
			"trigger": doc.name,
			"was": doc.enabled,
			"survey": survey.name,
			"survey_was": survey.enabled,
		}
		memory.note("trigger", frappe.as_json(before))
	if not survey.enabled:
		survey.enabled = 1
		survey.save(ignore_permissions=True)  # allowed: the demo switches the survey on
	if not doc.enabled:
		doc.enabled = 1
		doc.save(ignore_permissions=True)  # allowed: the demo switches the survey on
		frappe.db.set_value(
			"CX Survey Trigger",
			doc.name,
			"enabled_since",
			datetime.combine(since, time()),
			update_modified=False,
		)
	triggers.forget()


def switch_back() -> None:
	"""As it was before the demo."""
	text = memory.noted("trigger")
	before = frappe.parse_json(text) if text else None
	if not before:
		return
	for doctype, name, was in (
		("CX Survey Trigger", before["trigger"], before["was"]),
		("CX Survey", before["survey"], before["survey_was"]),
	):
		if frappe.db.exists(doctype, name):
			frappe.db.set_value(doctype, name, "enabled", was)
	for version in frappe.get_all("CX Survey Version", filters={"survey": before["survey"]}, pluck="name"):
		used = any(
			frappe.db.exists(doctype, {"survey_version": version})
			for doctype in (INVITATION, "CX Survey Response")
		)
		if not used:
			frappe.db.delete("CX Survey Version", {"name": version})
	triggers.forget()


def anything_waits(now: datetime) -> bool:
	"""Whether the jobs would find something to do: a row that is due, a mail on its way, an answer to act on."""
	return bool(
		frappe.db.exists(INVITATION, {"status": ledger.PENDING, "due_at": ("<=", now)})
		or frappe.db.exists("Email Queue", {"status": "Not Sent"})
		or frappe.db.exists(INVITATION, {"status": ledger.QUEUED})
		or frappe.db.exists("CX Survey Response", {"act_state": "Pending"})
	)


def deliver(now: datetime) -> list[frappe._dict]:
	"""Mark every queued mail as sent, as if a mail server had taken it; the ledger rows that were asked by them."""
	waiting = frappe.get_all("Email Queue", filters={"status": "Not Sent"}, pluck="name")
	if not waiting:
		return []
	for start in range(0, len(waiting), 500):
		part = waiting[start : start + 500]
		frappe.db.set_value("Email Queue", {"name": ("in", part)}, "status", "Sent", update_modified=False)
		frappe.db.set_value(
			"Email Queue Recipient", {"parent": ("in", part)}, "status", "Sent", update_modified=False
		)
	memory.remember("Email Queue", waiting)
	return frappe.get_all(
		INVITATION,
		filters={"email_queue": ("in", waiting), "wave": 0},
		fields=["name", "event_name", "occurrence", "unit", "agreement_status"],
	)


def answer_of(row: frappe._dict, now: datetime) -> simulate.Answer | None:
	"""What the person will answer to an invitation that was sent now; None where they stay silent."""
	return simulate.answer(
		f"{row.event_name}/{row.occurrence}",
		now,
		reopened=(row.occurrence or 0) > 1,
		sla_failed=row.agreement_status == "Failed",
		unit=row.unit,
	)


def give(name: str, given: simulate.Answer, clock) -> bool:
	"""Open the page and post the answer, as the person behind an invitation would; whether it was recorded.

	The link's token was only in the mail, so the row gets a new one.
	"""
	row = frappe.db.get_value(INVITATION, name, ["status", "survey_version"], as_dict=True)
	if not row or row.status not in ledger.OPEN:
		return False
	token, hashed = invitations.new_token()
	frappe.db.set_value(INVITATION, name, "token_hash", hashed, update_modified=False)
	version = versions.load(row.survey_version)
	question = versions.main_question(version)
	if not question:
		return False
	clock.set(given.at - timedelta(seconds=READING))
	form = {
		answers.field_name(question["key"]): str(given.value),
		"comment": given.comment,
		"gestures": "4",
		"stamp": answering.open_page(token).stamp,
	}
	if given.not_solved:
		form[survey_content.NOT_SOLVED_KEY] = "1"
	dice = simulate.dice("reasons", str(given.at))
	offered = survey_content.offered_drivers(version, survey_content.band_of(question, given.value))
	for place, name in enumerate(survey_content.driver_names(version)):
		if name in offered and dice.random() < 0.3:
			form[answers.driver_field(place)] = "1"
	clock.set(given.at)
	return answering.submit(token, form, agent=BROWSER).view == answering.THANKS
