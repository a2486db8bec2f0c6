"""Relationship surveys: asked by hand in waves, with one reminder after three working days."""

from collections import Counter
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_days, getdate, now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.core.calendar import add_working_days
from cx_desk.core.mapping import clean_address
from cx_desk.host import tickets as host_tickets
from cx_desk.host.requesters import requesters_of
from cx_desk.surveys import decide, invitations
from cx_desk.surveys import ledger as writer

REMIND_AFTER_DAYS = 3
_ACTIVE_DAYS = 365


def audience(units: list[str]) -> dict[str, frappe._dict]:
	"""People of these units and all below them: who raised a ticket within a year, and who is named on the unit.

	By address: contact and unit.
	"""
	branches = _below(units)
	people: dict[str, frappe._dict] = {}
	for row in requesters_of(branches, add_days(now_datetime(), -_ACTIVE_DAYS)):
		if address := clean_address(row.raised_by):
			people.setdefault(address, frappe._dict(contact=row.contact, unit=row.cx_business_unit))
	named = frappe.get_all(
		"CX Unit Person",
		filters={"parent": ["in", branches or [""]], "parenttype": "CX Business Unit"},
		fields=["contact", "parent"],
	)
	addresses = dict(
		frappe.get_all(
			"Contact",
			filters={"name": ["in", [row.contact for row in named] or [""]]},
			fields=["name", "email_id"],
			as_list=True,
		)
	)
	for row in named:
		if address := clean_address(addresses.get(row.contact)):
			people.setdefault(address, frappe._dict(contact=row.contact, unit=row.parent))
	return people


def _below(units: list[str]) -> list[str]:
	branches = set()
	for place in frappe.get_all(
		"CX Business Unit", filters={"name": ["in", units or [""]]}, fields=["lft", "rgt"]
	):
		branches |= set(
			frappe.get_all(
				"CX Business Unit", filters={"lft": [">=", place.lft], "rgt": ["<=", place.rgt]}, pluck="name"
			)
		)
	return sorted(branches)


def ask(survey: str, units: list[str]) -> int:
	"""Write one ledger row per person of these units, due now; the deciding job does the rest. How many.

	Asking twice on one day asks nobody twice: the row's name is made of survey, day and person.
	"""
	doc = frappe.get_cached_doc("CX Survey", survey)
	if doc.kind != "Relationship":
		frappe.throw(_("A survey about tickets is asked by a trigger, or from the ticket itself."))
	if not doc.enabled:
		frappe.throw(_("Switch the survey on first."))
	now = now_datetime()
	people = audience(units)
	if not people:
		frappe.throw(
			_(
				"Nobody of these units raised a ticket within a year or is named on the unit: there is nobody to ask."
			)
		)
	day = int(f"{getdate(now):%Y%m%d}")
	writer.insert(
		[
			{
				"name": ledger.row_name("CX Survey", survey, day, ledger.address_key(address)),
				"survey": survey,
				"trigger": ledger.BY_HAND,
				"event_doctype": "CX Survey",
				"event_name": survey,
				"occurrence": day,
				"recipient": address,
				"respondent_key": ledger.address_key(address),
				"contact": person.contact,
				"unit": person.unit,
				"asked_by": frappe.session.user,
				"event_at": now,
				"due_at": now,
			}
			for address, person in people.items()
		]
	)
	return len(people)


def remind() -> Counter:
	"""Send the one reminder of relationship surveys that are due for it; each batch is a transaction."""
	outcome = Counter()
	surveys = frappe.get_all("CX Survey", filters={"kind": "Relationship", "enabled": 1}, pluck="name")
	if not surveys:
		return outcome
	while sent := remind_batch(surveys):
		outcome["Reminded"] += sent
		frappe.db.commit()  # allowed: one batch is one transaction
	return outcome


def remind_batch(surveys: list[str], batch: int = decide.BATCH) -> int:
	"""Remind up to so many people in the caller's transaction; how many rows were looked at."""
	now = now_datetime()
	row = frappe.qb.DocType("CX Survey Invitation")
	rows = (
		frappe.qb.from_(row)
		.select(*(row[field] for field in decide.ROW_FIELDS), row.queued_at)
		.where(row.status.isin((ledger.SENT,)))
		.where(row.survey.isin(surveys))
		.where(row.wave == 0)
		.where(row.is_test == 0)
		.where(row.queued_at <= now - timedelta(days=REMIND_AFTER_DAYS))
		.where(row.expires_at > now)
		.orderby(row.queued_at)
		.limit(batch)
		.for_update(skip_locked=True)
	).run(as_dict=True)
	if not rows:
		return 0
	calendar, settings, facts_of = (
		host_tickets.service_calendar(None),
		decide.load_settings(),
		decide.Loader(rows, now),
	)
	due, skipped = [], {}
	for candidate in rows:
		asked = facts_of.aware(candidate.queued_at)
		facts = facts_of(candidate)
		if add_working_days(asked, REMIND_AFTER_DAYS, calendar) > facts.now:
			continue
		opening = survey_policy.next_opening(facts.now, facts.zone, settings.send_from, settings.send_until)
		if opening > facts.now:
			continue
		if facts.opted_out or facts.hold or facts.staff:
			# Looked at once; it is not looked at again.
			skipped[candidate.name] = {"wave": 1, "delivery": f"Not reminded: {facts.hold or 'Opted out'}"}
		else:
			due.append(candidate)
	sent = invitations.send(due, now, wave=1)
	refused = {row.name: {"wave": 1, "delivery": "Not reminded"} for row in due if row.name not in sent}
	decide.write(sent | skipped | refused)
	return len(sent) + len(skipped) + len(refused)
