"""Relationship surveys asked by hand in waves; and the one reminder, for every survey that has it."""

from collections import Counter
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.core import survey_events as events
from cx_desk.core.calendar import add_working_days
from cx_desk.host import mail, transactions
from cx_desk.host import tickets as host_tickets
from cx_desk.surveys import decide, delivery, invitations, people, privacy, respondents
from cx_desk.surveys import ledger as writer

REMIND_AFTER_DAYS = 3


def audience(units: list[str], who: str = events.EVERYONE, roles=()) -> dict[str, frappe._dict]:
	"""People of these units and all below them, by address: contact and unit.

	who: everyone who raised a ticket within a year or is named on a unit, or only people that matter; roles: only
	those named with one of these.
	"""
	if who == events.THAT_MATTER:
		named = respondents.named_on(respondents.below(units), roles)
		return {
			person.address: frappe._dict(contact=person.contact, unit=person.unit)
			for person in reversed(named)
		}
	return respondents.everyone_of(units, roles)


def ask(survey: str, units: list[str], who: str = events.EVERYONE, roles=()) -> int:
	"""Write one ledger row per person of these units, due now; the deciding job does the rest. How many.

	Asking twice on one day asks nobody twice: the row's name is made of survey, day and person.
	"""
	doc = frappe.get_cached_doc("CX Survey", survey)
	if doc.kind != "Relationship":
		frappe.throw(_("A survey about tickets is asked by a trigger, or from the ticket itself."))
	if not doc.enabled:
		frappe.throw(_("Switch the survey on first."))
	now = now_datetime()
	if who not in events.RESPONDENTS_OF[events.RELATIONSHIP]:
		frappe.throw(_("Ask everyone of the units, or the people that matter there."))
	asked = audience(units, who, roles)
	if not asked and (who == events.THAT_MATTER or roles):
		frappe.throw(
			_(
				"Nobody with a mail address is named on these units in such a role. Name people on the business unit, under 'People that matter'."
			)
		)
	if not asked:
		frappe.throw(
			_(
				"Nobody of these units raised a ticket within a year or is named on the unit: there is nobody to ask."
			)
		)
	privacy.require_a_crowd(survey, len(asked))
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
			for address, person in asked.items()
		]
	)
	return len(asked)


def remind() -> Counter:
	"""Send the reminders that are due, one per question, for the surveys that have one; each batch is a transaction."""
	outcome = Counter()
	surveys = frappe.get_all("CX Survey", filters={"reminder": 1, "enabled": 1}, pluck="name")
	if not surveys:
		return outcome
	after = None
	# What is read behind a lock must be what others have committed by then, or two workers ask one person twice.
	with transactions.read_committed(), mail.one_run():
		while True:
			page, reminded, left = remind_batch(surveys, after=after)
			frappe.db.commit()  # allowed: one batch is one transaction
			outcome.update({"Reminded": reminded, "Not reminded": left})
			if not page:
				break
			after = page
	return outcome


def remind_batch(
	surveys: list[str], batch: int = decide.BATCH, after: tuple | None = None
) -> tuple[tuple | None, int, int]:
	"""Remind up to so many people in the caller's transaction.

	The place up to which was looked, to begin behind it next time (None at the end); how many were reminded; how many
	will not be. Whoever cannot be reminded yet, for the hour or for want of working days, is looked at again at the
	next run. Whoever has answered is never looked at: the row is no longer Sent.
	"""
	now = now_datetime()
	people.make_preferences(
		{row.recipient for row in _remindable(surveys, now, batch, after).run(as_dict=True)}
	)
	rows = _remindable(surveys, now, batch, after).for_update(skip_locked=True).run(as_dict=True)
	if not rows:
		return None, 0, 0
	ours = people.claim({row.recipient for row in rows if row.recipient})
	calendar, settings, facts_of = (
		host_tickets.service_calendar(None),
		decide.load_settings(),
		decide.Loader(rows, now),
	)
	free = {row.name for row in decide.of_free_units(rows)}
	due, left = [], {}
	for candidate in rows:
		asked = facts_of.aware(candidate.queued_at)
		facts = facts_of(candidate)
		if candidate.recipient not in ours or candidate.name not in free:
			continue
		if add_working_days(asked, REMIND_AFTER_DAYS, calendar) > facts.now:
			continue
		decision = survey_policy.decide_reminder(facts, settings)
		if decision.action == survey_policy.ASK:
			due.append(candidate)
			person = facts_of.people.get(candidate.recipient) or frappe._dict()
			person.asked_at, person.asked_in_year = now, (person.asked_in_year or 0) + 1
			facts_of.units_asked[candidate.unit] += 1
		elif decision.action != survey_policy.WAIT:
			# Looked at once; it is not looked at again.
			left[candidate.name] = {
				"wave": 1,
				"delivery": f"Not reminded: {decision.detail or decision.reason}",
			}
	sent = invitations.send(due, now, wave=1, known=facts_of.people)
	for row in due:
		if row.name in sent:
			# The question stays out as it was; what becomes of the reminder is followed by its own mark.
			sent[row.name] |= {
				"status": ledger.SENT,
				"reminded_at": now,
				"delivery": delivery.REMINDER_QUEUED,
			}
		else:
			left[row.name] = {"wave": 1, "delivery": "Not reminded"}
	decide.write(sent | left)
	return (rows[-1].queued_at, rows[-1].name), len(sent), len(left)


def _remindable(surveys: list[str], now, batch: int, after: tuple | None):
	"""Questions that are out, unanswered and not reminded of, the oldest first."""
	row = frappe.qb.DocType("CX Survey Invitation")
	query = (
		frappe.qb.from_(row)
		.select(*(row[field] for field in decide.ROW_FIELDS), row.queued_at)
		.where(row.status == ledger.SENT)
		.where(row.survey.isin(surveys))
		.where(row.wave == 0)
		.where(row.is_test == 0)
		.where(row.queued_at <= now - timedelta(days=REMIND_AFTER_DAYS))
		.where(row.expires_at > now)
		.orderby(row.queued_at)
		.orderby(row.name)
		.limit(batch)
	)
	if after:
		at, name = after
		query = query.where((row.queued_at > at) | ((row.queued_at == at) & (row.name > name)))
	return query
