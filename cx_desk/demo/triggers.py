"""Triggers of the demo beside the shipped one on tickets: a schedule that is under way, one on visits, one to try.

The schedule has been on for a week: whoever had their day in it stands in the ledger, waiting or decided. The one to
try is switched off, so that its dry run shows what it would have done with the replayed incidents.
"""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from cx_desk.demo import dropping, memory
from cx_desk.host import names
from cx_desk.surveys import happened, reconcile, shipped, triggers
from cx_desk.surveys import ledger as writer

LEDGER = "CX Survey Invitation"
TRIGGER = "CX Survey Trigger"
TO_TRY = "Agreement not kept: the contact, a day later"
# Shipped triggers that the demo switches on, and since how many days they are.
ON = {shipped.RELATIONSHIP_TRIGGER: 7, shipped.VISIT_TRIGGER: 0}


def make() -> int:
	"""The triggers, and the rows of the schedule's last week; how many rows. Does nothing where they are there."""
	if memory.noted("triggers"):
		return 0
	before = {}
	for name, days in ON.items():
		if not frappe.db.exists(TRIGGER, name):
			continue
		doc = frappe.get_doc(TRIGGER, name)
		was = {"survey": doc.survey, "enabled": doc.enabled, "enabled_since": doc.enabled_since}
		before[name] = {**was, "survey_was": frappe.db.get_value("CX Survey", doc.survey, "enabled")}
		frappe.db.set_value("CX Survey", doc.survey, "enabled", 1)
		frappe.clear_document_cache("CX Survey", doc.survey)
		since = now_datetime() - timedelta(days=days)
		frappe.db.set_value(TRIGGER, name, {"enabled": 1, "enabled_since": since})
	memory.note("triggers", frappe.as_json(before))
	_to_try()
	triggers.forget()
	return _begin_schedule()


def _to_try() -> None:
	if frappe.db.exists(TRIGGER, TO_TRY) or not frappe.db.exists("CX Survey", shipped.TICKET_SURVEY):
		return
	frappe.get_doc(
		{
			"doctype": TRIGGER,
			"trigger_name": TO_TRY,
			"survey": shipped.TICKET_SURVEY,
			"enabled": 0,
			"event": "Ticket resolved",
			"respondent": "Contact",
			"delay_hours": 24,
			"audience": "Everyone",
			"conditions": frappe.as_json([[names.TICKET, "agreement_status", "=", "Failed"]]),
			"sample_percent": 100,
			"quota": 40,
			"quota_per": "In each unit",
			"quota_days": 90,
		}
	).insert(ignore_permissions=True)  # allowed: the demo makes a trigger to try
	memory.remember(TRIGGER, [TO_TRY])


def _begin_schedule() -> int:
	"""What the hourly job would have written in the last days."""
	name = shipped.RELATIONSHIP_TRIGGER
	if not frappe.db.get_value(TRIGGER, name, "enabled"):
		return 0
	trigger, now = triggers.one(name), now_datetime()
	rows = [
		one.row for page in happened.happened(trigger, now - timedelta(days=ON[name]), now) for one in page
	]
	fresh = reconcile.missing_rows(trigger, rows)
	writer.insert(fresh)
	return len(fresh)


def remove() -> int:
	"""Take the rows and the trigger away, and leave the shipped ones as they were before; how many rows."""
	text = memory.noted("triggers")
	if not text:
		return 0
	before = frappe.parse_json(text)
	rows = frappe.get_all(
		LEDGER, filters={"trigger": ["in", [*before, TO_TRY]]}, fields=["name", "email_queue"]
	)
	found = [row.name for row in rows]
	dropping.drop_responses(
		frappe.get_all("CX Survey Response", filters={"invitation": ["in", found or [""]]}, pluck="name")
	)
	dropping.drop(LEDGER, found)
	for name, was in before.items():
		if frappe.db.exists(TRIGGER, name):
			frappe.db.set_value(TRIGGER, name, {key: was[key] for key in ("enabled", "enabled_since")})
		if frappe.db.exists("CX Survey", was["survey"]):
			frappe.db.set_value("CX Survey", was["survey"], "enabled", was["survey_was"])
			frappe.clear_document_cache("CX Survey", was["survey"])
	for name in memory.remembered(TRIGGER):
		frappe.delete_doc_if_exists(TRIGGER, name, force=True)
	memory.forget(TRIGGER)
	memory.forget("note:triggers")
	triggers.forget()
	return len(rows)
