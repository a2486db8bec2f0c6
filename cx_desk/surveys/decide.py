"""The deciding job: what becomes of each ledger row that is due.

One batch is one transaction: it locks due rows, loads every fact in bulk, asks core.survey_policy, and writes the
Email Queue rows and the ledger together. A worker killed at any point leaves either all of a batch or nothing, so there
is no state in between that could be lost or repeated.
"""

from collections import Counter
from datetime import datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import frappe
from frappe.utils import get_system_timezone, get_time, getdate, now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.core.scores import stars
from cx_desk.host import feedback, names, tickets, transactions
from cx_desk.surveys import invitations, people, rollups

BATCH = 500
# The host's default queue gives a job 300 seconds.
LONGEST_RUN = 200
_TRIES = 4

ROW_FIELDS = (
	"name",
	"survey",
	"survey_version",
	"trigger",
	"status",
	"event_doctype",
	"event_name",
	"occurrence",
	"slot",
	"is_test",
	"contact",
	"recipient",
	"respondent_key",
	"language",
	"unit",
	"team",
	"event_at",
	"due_at",
	"agreement_status",
	"asked_by",
)


def decide_due(batch: int = BATCH) -> Counter:
	"""Decide everything that is due, a transaction per batch; how many rows got which decision."""
	total, begun = Counter(), monotonic()
	with transactions.read_committed():
		while monotonic() - begun < LONGEST_RUN:
			outcome = _in_own_transaction(batch)
			total.update(outcome)
			if not sum(outcome.values()):
				break
	return total


def _in_own_transaction(batch: int) -> Counter:
	for attempt in range(1, _TRIES + 1):
		try:
			prepare(batch)
			frappe.db.commit()  # allowed: the batch must start with a new snapshot
			outcome = decide_batch(batch)
			frappe.db.commit()  # allowed: one batch is one transaction
			return outcome
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == _TRIES:
				raise
		except Exception:
			frappe.db.rollback()
			raise
	return Counter()


def prepare(batch: int = BATCH) -> None:
	"""Make the records by which people are locked, for the rows that are due next."""
	due = frappe.get_all(
		"CX Survey Invitation",
		filters={"status": ledger.PENDING, "due_at": ["<=", now_datetime()]},
		pluck="recipient",
		order_by="due_at asc",
		limit=batch,
	)
	people.make_preferences(set(due))


def decide_batch(batch: int = BATCH) -> Counter:
	"""Decide up to so many due rows in the caller's transaction; the number of rows by decision and reason."""
	now = now_datetime()
	# Locks first: what is read after them is what other workers have committed.
	rows = claim(now, batch)
	if not rows:
		return Counter()
	ours = people.claim({row.recipient for row in rows if row.recipient})
	rows = [row for row in rows if not row.recipient or row.recipient in ours]
	decisions = decide_rows(rows, now)
	return Counter(decision.reason or decision.action for decision in decisions.values())


def decide_rows(rows: list[frappe._dict], now) -> dict[str, survey_policy.Decision]:
	"""Decide these rows, which the caller has locked: queue mails, write the ledger, count who is asked."""
	facts_of = Loader(rows, now)
	decisions = {row.name: decision for row, decision in _decisions(rows, now, facts_of)}
	updates = {}
	for row in rows:
		decision = decisions[row.name]
		if decision.action == survey_policy.WAIT:
			updates[row.name] = {"due_at": site_time(decision.until)}
		elif decision.action != survey_policy.ASK:
			updates[row.name] = _refusal(decision, now)
			if decision.reason == survey_policy.RATED:
				_count_rating(row, now)
	asked = [row for row in rows if decisions[row.name].action == survey_policy.ASK]
	sent = invitations.send(asked, now, known=facts_of.people)
	for row in asked:
		if row.name not in sent:
			decisions[row.name] = survey_policy.Decision(survey_policy.SUPPRESS, survey_policy.OPTED_OUT)
			updates[row.name] = _refusal(decisions[row.name], now)
	write(updates | sent)
	counts = Counter()
	for row in asked:
		if row.name in sent:
			counts.update(rollups.asked_count({**row, **sent[row.name]}))
	rollups.post({}, counts)
	return decisions


def claim(now, batch: int) -> list[frappe._dict]:
	"""Due rows, locked for this transaction; rows that another worker holds are passed over."""
	return claim_query(now, batch).run(as_dict=True)


def claim_query(now, batch: int):
	"""The query behind `claim`, ordered as the index (status, due_at) so that it reads no more than it locks."""
	row = frappe.qb.DocType("CX Survey Invitation")
	return (
		frappe.qb.from_(row)
		.select(*(row[field] for field in ROW_FIELDS))
		.where(row.status == ledger.PENDING)
		.where(row.due_at <= now)
		.orderby(row.due_at)
		.limit(batch)
		.for_update(skip_locked=True)
	)


def write(updates: dict[str, dict]) -> None:
	"""Write ledger rows: what is the same in all of them with one statement, the rest in bulk."""
	by_fields: dict[tuple, dict] = {}
	for name, values in updates.items():
		by_fields.setdefault(tuple(sorted(values)), {})[name] = values
	for fields, rows in by_fields.items():
		values = list(rows.values())
		same = {
			field: values[0][field]
			for field in fields
			if all(one[field] == values[0][field] for one in values)
		}
		if same:
			frappe.db.set_value("CX Survey Invitation", {"name": ["in", list(rows)]}, same)
		rest = {
			name: {field: value for field, value in one.items() if field not in same}
			for name, one in rows.items()
		}
		if any(rest.values()):
			frappe.db.bulk_update("CX Survey Invitation", rest, chunk_size=200, update_modified=not same)


def _refusal(decision: survey_policy.Decision, now) -> dict:
	status = ledger.WITHDRAWN if decision.action == survey_policy.WITHDRAW else ledger.SUPPRESSED
	return {
		"status": status,
		"reason": decision.reason,
		"delivery": decision.detail,
		"decided_at": now,
	}


def _decisions(rows: list[frappe._dict], now, facts_of):
	"""Each row with its decision; a person asked by one row counts as asked for the next."""
	settings = load_settings()
	for row in rows:
		decision = survey_policy.decide(facts_of(row), settings)
		if decision.action == survey_policy.ASK and not row.is_test:
			person = facts_of.people[row.recipient]
			person.asked_at, person.asked_in_year = now, (person.asked_in_year or 0) + 1
		yield row, decision


def load_settings() -> survey_policy.Settings:
	"""The rules of CX Settings as the policy reads them."""
	doc = frappe.get_cached_doc("CX Settings")
	return survey_policy.Settings(
		send_from=_time(doc.send_from, time(9)),
		send_until=_time(doc.send_until, time(17)),
		drop_after_days=doc.drop_after_days or 0,
		cooldown_days=doc.cooldown_days or 0,
		yearly_budget=doc.yearly_budget or 0,
		shared_addresses=tuple((doc.shared_addresses or "").splitlines()),
	)


def _time(value, default: time) -> time:
	return get_time(value) if value not in (None, "") else default


class Loader:
	"""Facts of many rows, loaded with a fixed number of queries."""

	def __init__(self, rows: list[frappe._dict], now):
		self.now = now
		self.site_zone = site_zone()
		self.tickets = tickets.facts(row.event_name for row in rows if row.event_doctype == names.TICKET)
		self.people = people.facts_by_address({row.recipient for row in rows if row.recipient}, now)
		self.units = {
			unit.name: unit
			for unit in frappe.get_all(
				"CX Business Unit", fields=["name", "lft", "rgt", "time_zone", "language"]
			)
		}
		self.holds = self._holds()
		self.triggers = {
			trigger.name: trigger
			for trigger in frappe.get_all(
				"CX Survey Trigger", fields=["name", "enabled", "delay_hours", "sample_percent"]
			)
		}
		self.surveys = set(frappe.get_all("CX Survey", filters={"enabled": 1}, pluck="name"))
		self.default_delay = frappe.get_cached_doc("CX Settings").delay_hours or 0
		self.zones: dict[str, ZoneInfo] = {}

	def _holds(self) -> list[survey_policy.Hold]:
		holds = []
		for row in frappe.get_cached_doc("CX Settings").holds:
			units = frozenset()
			if top := self.units.get(row.unit):
				units = frozenset(
					name for name, unit in self.units.items() if top.lft <= unit.lft and unit.rgt <= top.rgt
				)
			holds.append(survey_policy.Hold(getdate(row.from_date), getdate(row.to_date), row.reason, units))
		return holds

	def zone_of(self, unit: str | None):
		"""The unit's time zone, else the site's."""
		name = self.units[unit].time_zone if unit in self.units else None
		if not name:
			return self.site_zone
		if name not in self.zones:
			try:
				self.zones[name] = ZoneInfo(name)
			except (ZoneInfoNotFoundError, ValueError):
				self.zones[name] = self.site_zone
		return self.zones[name]

	def aware(self, moment):
		"""A moment of the database, with the site's zone."""
		return moment.replace(tzinfo=self.site_zone) if moment else None

	def __call__(self, row: frappe._dict) -> survey_policy.Facts:
		by_hand = row.trigger == ledger.BY_HAND
		trigger = self.triggers.get(row.trigger)
		delay = 0 if by_hand else (trigger.delay_hours if trigger else 0) or self.default_delay
		person = self.people.get(row.recipient) or frappe._dict()
		zone, now = self.zone_of(row.unit), self.aware(self.now)
		return survey_policy.Facts(
			now=now,
			due_at=self.aware(row.event_at) + timedelta(hours=delay),
			zone=zone,
			address=row.recipient or "",
			switched_on=by_hand or bool(trigger and trigger.enabled and row.survey in self.surveys),
			known=bool(person.known),
			staff=bool(person.staff),
			opted_out=bool(person.opted_out),
			undeliverable=bool(person.undeliverable),
			hold=survey_policy.hold_in_force(self.holds, now.astimezone(zone).date(), row.unit),
			drawn=trigger is None or survey_policy.is_drawn(row.name, percent(trigger.sample_percent)),
			asked_at=self.aware(person.asked_at),
			asked_in_year=person.asked_in_year or 0,
			settled_at=self.aware(person.settled_at),
			by_hand=by_hand,
			test=bool(row.is_test),
			**self._event(row),
		)

	def _event(self, row: frappe._dict) -> dict:
		if row.event_doctype != names.TICKET:
			return {}
		ticket = self.tickets.get(row.event_name)
		if ticket is None:
			return {"exists": False}
		return {
			"still_resolved": is_still_resolved(ticket, row.occurrence),
			"merged": bool(ticket.is_merged) or says(ticket.ticket_type, "duplicate"),
			"spam": says(ticket.ticket_type, "spam"),
			"rated": bool(ticket.feedback_rating),
			"host_asks": feedback.host_asks(ticket),
		}


def is_still_resolved(ticket, occurrence: int) -> bool:
	"""Whether a ticket still stands as it was resolved: not opened again, not resolved once more since."""
	return ticket.status_category == names.RESOLVED and (ticket.cx_resolution_no or 0) == occurrence


def percent(value) -> float:
	"""A share in percent; everything where none is given."""
	return 100.0 if value is None else float(value)


def says(ticket_type: str | None, word: str) -> bool:
	"""Whether a desk marks such tickets by their type: 'Spam', 'Duplicate'."""
	return (ticket_type or "").strip().lower() == word


def site_zone() -> ZoneInfo:
	"""The zone in which the database keeps its moments."""
	return ZoneInfo(get_system_timezone())


def site_time(moment) -> datetime:
	"""An aware moment as the database keeps it."""
	return moment.astimezone(site_zone()).replace(tzinfo=None)


def _count_rating(row: frappe._dict, now) -> None:
	"""A rating that the person already gave on the portal counts as an answer, with its source."""
	from cx_desk.surveys import answering

	rating = feedback.rating(row.event_name)
	if rating and rating.value:
		answering.record_rating(row, stars(rating.value), rating.words, now)
