"""What a trigger would have done over the last 90 days, before it is switched on. Writes nothing."""

from collections import Counter
from datetime import timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.core.intervals import wilson
from cx_desk.core.rollup import ANSWERED, ASKED
from cx_desk.host import feedback, requesters
from cx_desk.surveys import decide, people, triggers, versions
from cx_desk.surveys import ledger as writer

DAYS = 90
# Where this desk has no history of its own: the middle of what mail surveys reach (measurement.md section 4).
USUAL_RESPONSE = 0.2
_ENOUGH_ASKED = 50


def run(trigger_name: str, days: int = DAYS) -> dict:
	"""eligible, would_send, reasons (most frequent first), response rate, expected answers and margin.

	Events in the order they happened, each decided with the rules of today; who was asked within the dry run counts
	as asked for the next event, as it will be in real life. Real invitations of others count as well.
	"""
	trigger = _as_active(trigger_name)
	until = now_datetime()
	since = until - timedelta(days=days)
	settings, outcome = decide.load_settings(), Counter()
	events = _events(trigger, since, until)
	facts_of = _Past(events, until)
	for row, ticket in events:
		decision = survey_policy.decide(facts_of.at(row, ticket, trigger), settings)
		if decision.action == survey_policy.WAIT:
			facts_of.later(row, decision.until)
			decision = survey_policy.Decision(survey_policy.ASK)
		outcome[decision.reason or decision.action] += 1
		if decision.action == survey_policy.ASK:
			facts_of.asked(row)
	eligible, would_send = sum(outcome.values()), outcome.pop(survey_policy.ASK, 0)
	rate, own = response_rate(trigger.survey)
	expected = round(would_send * rate)
	return {
		"days": days,
		"eligible": eligible,
		"would_send": would_send,
		"reasons": [{"reason": reason, "count": count} for reason, count in outcome.most_common()],
		"response_rate": rate,
		"own_rate": own,
		"expected": expected,
		"margin": margin(expected, versions.current_content(trigger.survey)),
	}


def margin(expected: int, version: dict) -> float | None:
	"""Half the width of the interval that so many answers give, in percentage points, at the worst share of a half."""
	question = versions.main_question(version)
	if expected < 1 or not question:
		return None
	return 100 * wilson(expected // 2, expected).margin


def response_rate(survey: str) -> tuple[float, bool]:
	"""The survey's own rate of answers where enough were asked, else the usual one; and whether it is its own."""
	counts = dict(
		frappe.get_all(
			"CX Score Rollup",
			filters={"survey": survey, "measure": ["in", [ASKED, ANSWERED]]},
			fields=["measure", "sum(`count`) as total"],
			group_by="measure",
			as_list=True,
		)
	)
	asked = counts.get(ASKED) or 0
	if asked < _ENOUGH_ASKED:
		return USUAL_RESPONSE, False
	return float((counts.get(ANSWERED) or 0) / asked), True


def _as_active(name: str) -> frappe._dict:
	doc = frappe.get_doc("CX Survey Trigger", name)
	filters: dict[str, list[str]] = {}
	for row in doc.filters:
		filters.setdefault(row.kind, []).append(row.value)
	return frappe._dict(
		name=doc.name,
		survey=doc.survey,
		delay_hours=triggers.delay_of(doc),
		sample_percent=doc.sample_percent,
		audience=doc.audience,
		filters=filters,
	)


def _events(trigger, since, until) -> list[tuple[frappe._dict, frappe._dict]]:
	events = []
	for page in requesters.tickets_resolved(since, until):
		for ticket in page:
			at = get_datetime(ticket.resolution_date or ticket.modified)
			for row in writer.resolution_rows(ticket, at, [trigger]):
				events.append((frappe._dict(row), ticket))
	return sorted(events, key=lambda event: event[0].due_at)


class _Past(decide.Loader):
	"""Facts as they would have been when each event was due."""

	def __init__(self, events, until):
		super().__init__([], until)
		addresses = {row.recipient for row, _ticket in events if row.recipient}
		self.people = people.facts_by_address(addresses, until)
		self.history: dict[str, list] = {}
		for row in frappe.get_all(
			"CX Survey Invitation",
			filters={
				"respondent_key": ["in", [ledger.address_key(address) for address in addresses] or [""]],
				"queued_at": ["is", "set"],
				"is_test": 0,
			},
			fields=["respondent_key", "queued_at"],
		):
			self.history.setdefault(row.respondent_key, []).append(self.aware(row.queued_at))
		self.waits: dict[str, object] = {}

	def at(self, row, ticket, trigger) -> survey_policy.Facts:
		"""The facts of one event at the moment it was due."""
		due = self.aware(row.due_at)
		zone = self.zone_of(row.unit)
		person = self.people.get(row.recipient) or frappe._dict()
		before = [moment for moment in self.history.get(row.respondent_key, ()) if moment <= due]
		return survey_policy.Facts(
			now=due,
			due_at=due,
			zone=zone,
			address=row.recipient or "",
			merged=decide.says(ticket.ticket_type, "duplicate"),
			spam=decide.says(ticket.ticket_type, "spam"),
			rated=bool(ticket.feedback_rating),
			host_asks=feedback.host_asks(ticket),
			known=bool(person.known),
			staff=bool(person.staff),
			opted_out=bool(person.opted_out),
			hold=survey_policy.hold_in_force(self.holds, due.astimezone(zone).date(), row.unit),
			drawn=survey_policy.is_drawn(row.name, decide.percent(trigger.sample_percent)),
			asked_at=max(before, default=None),
			asked_in_year=sum(moment > due - timedelta(days=365) for moment in before),
			settled_at=self.aware(person.settled_at),
		)

	def later(self, row, until) -> None:
		self.waits[row.name] = until

	def asked(self, row) -> None:
		moment = self.waits.get(row.name) or self.aware(row.due_at)
		self.history.setdefault(row.respondent_key, []).append(moment)
