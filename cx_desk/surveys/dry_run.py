"""What a trigger would have done over the last 90 days, before it is switched on. Writes nothing."""

from collections import Counter
from datetime import timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from cx_desk.core import ledger, survey_policy, survey_replay
from cx_desk.core import survey_events as events
from cx_desk.core.intervals import wilson
from cx_desk.core.rollup import ANSWERED, ASKED
from cx_desk.host import feedback
from cx_desk.surveys import decide, happened, people, respondents, triggers, versions

DAYS = 90
# Where this desk has no history of its own: the middle of what mail surveys reach (measurement.md section 4).
USUAL_RESPONSE = 0.2
_ENOUGH_ASKED = 50


def run(trigger_name: str, days: int = DAYS) -> dict:
	"""events, eligible (people), would_send, reasons (most frequent first), response rate, expected answers, margin.

	Events in the order they happened, each decided with the rules of today; who was asked within the dry run counts
	as asked for the next event, as it will be in real life. Real invitations of others count as well, those of this
	trigger do not: it is tried as if it had been off until now and on for all of these days.
	"""
	trigger = triggers.one(trigger_name)
	rate, own = response_rate(trigger.survey)
	found, decisions = decide_past(trigger, days, rate)
	outcome = Counter(decision.reason or decision.action for decision in decisions.values())
	eligible, would_send = sum(outcome.values()), outcome.pop(survey_policy.ASK, 0)
	expected = round(would_send * rate)
	return {
		"days": days,
		"events": found,
		"eligible": eligible,
		"would_send": would_send,
		"reasons": [{"reason": reason, "count": count} for reason, count in outcome.most_common()],
		"response_rate": rate,
		"own_rate": own,
		"expected": expected,
		"margin": margin(expected, versions.current_content(trigger.survey)),
	}


def decide_past(
	trigger: frappe._dict, days: int = DAYS, rate: float = USUAL_RESPONSE
) -> tuple[int, dict[str, survey_policy.Decision]]:
	"""How many events there were in so many days, and the decision about each ledger row that they would have had."""
	until = now_datetime()
	since = until - timedelta(days=days)
	found = [one for page in happened.happened(trigger, since, until) for one in page]
	# What is not due yet has no decision yet, in the dry run as in life.
	rows = [(row, one) for row, one in _people_of(found, trigger) if row.due_at <= until]
	past = _Past([row for row, _one in rows], trigger, since, until, rate)
	decided = survey_replay.run(
		[past.due(row, one) for row, one in rows], past.facts, decide.load_settings(), past.books
	)
	return len(found), {due.name: decision for due, decision, _at in decided}


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


def _people_of(found: list[happened.Happened], trigger) -> list[tuple[frappe._dict, happened.Happened]]:
	"""The rows of each event, one per person, as the deciding job would make them."""
	pairs = [(frappe._dict(one.row), one) for one in found]
	late = [row for row, _one in pairs if not row.recipient]
	if not late or (trigger.kind, trigger.respondent) == (events.TICKET, events.REQUESTER):
		return pairs
	people = respondents.find(late, {trigger.name: trigger})
	rows = []
	for row, one in pairs:
		slots = respondents.slots_of(row, people.get(row.name, ())) if not row.recipient else []
		rows += [(frappe._dict(slot), one) for slot in slots] or [(row, one)]
	return rows


class _Past(decide.Loader):
	"""Facts as they would have been when each event was due."""

	def __init__(self, rows: list[frappe._dict], trigger, since, until, rate: float):
		super().__init__([], until)
		self.trigger, self.rate = trigger, rate
		addresses = {row.recipient for row in rows if row.recipient}
		self.people = people.facts_by_address(addresses, until)
		self.books = survey_replay.Books()
		self._note_others({row.unit for row in rows if row.unit}, addresses, since)

	def _note_others(self, units: set[str], addresses: set[str], since) -> None:
		"""Put into the books what others really asked: of these people within a year before, of these units."""
		keys = [ledger.address_key(address) for address in addresses]
		back = max(365, self.settings.unit_budget_days or 30)
		limited = people.limited_units(units)
		filters = {
			"queued_at": [">=", since - timedelta(days=back)],
			"status": ["in", ledger.ASKED],
			"trigger": ["!=", self.trigger.name],
			"is_test": 0,
		}
		for row in frappe.get_all(
			"CX Survey Invitation",
			filters=filters,
			or_filters={"respondent_key": ["in", keys or [""]], "unit": ["in", sorted(limited) or [""]]},
			fields=["respondent_key", "unit", "queued_at", "reminded_at"],
		):
			for moment in (row.queued_at, row.reminded_at):
				if moment:
					self.books.note(row.respondent_key or "", row.unit, self.aware(moment))

	def due(self, row: frappe._dict, one: happened.Happened) -> survey_replay.Due:
		"""A row as it comes up."""
		return survey_replay.Due(
			self.aware(row.due_at), row.name, row.respondent_key or "", row.unit, (row, one)
		)

	def facts(self, due: survey_replay.Due, now, books: survey_replay.Books) -> survey_policy.Facts:
		"""The facts of one row at a moment."""
		row, one = due.key
		person = self.people.get(row.recipient) or frappe._dict()
		standing = self.standing(row, self.trigger, person, now)
		if standing["settled_at"] and standing["settled_at"] > now:
			standing["settled_at"] = None
		days = self.settings.unit_budget_days or 30
		return survey_policy.Facts(
			now=now,
			due_at=due.at,
			asked_at=books.last(due.person, now),
			asked_in_year=books.in_year(due.person, now),
			unit_asked=books.of_unit(row.unit, now, days),
			**{**standing, "enough": self._enough(row, now, books)},
			**self._then(one, now),
		)

	def _then(self, one: happened.Happened, now) -> dict:
		"""The event as it was at that moment."""
		before = lambda moment: bool(moment) and self.aware(get_datetime(moment)) <= now  # noqa: E731
		facts = {"still_resolved": not before(one.over_at)}
		if one.resolution:
			ticket, kind = one.resolution.ticket, one.resolution.type_at(decide.site_time(now))
			facts |= {
				"merged": before(one.resolution.merged_at) or decide.says(kind, "duplicate"),
				"spam": decide.says(kind, "spam"),
				"rated": before(one.resolution.rated_at),
				"host_asks": feedback.host_asks(ticket),
			}
		return facts

	def _enough(self, row: frappe._dict, now, books: survey_replay.Books) -> bool:
		"""Whether the quota would be reached: answers come at the survey's rate of answers."""
		if not self.trigger.quota:
			return False
		asked = books.own(now, self.trigger.quota_days or 90)
		each = self.trigger.quota_per == "In each unit"
		count = asked.get(row.unit, 0) if each else sum(asked.values())
		return survey_policy.quota_reached(int(count * self.rate), self.trigger.quota)
