"""The deciding job: what becomes of each ledger row that is due.

First each event gets its people (respondents.py). Then one batch is one transaction: it locks due rows, loads every
fact in bulk, asks core.survey_policy, and writes the Email Queue rows and the ledger together. A worker killed at any point leaves either all of a batch or nothing, so there
is no state in between that could be lost or repeated.
"""

from collections import Counter
from datetime import datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import frappe
from frappe.utils import get_system_timezone, get_time, getdate, now_datetime

from cx_desk.core import ledger, survey_policy, survey_texts
from cx_desk.core import survey_events as events
from cx_desk.core.critical_hours import critical_times
from cx_desk.core.scores import stars
from cx_desk.host import feedback, mail, names, tickets, transactions
from cx_desk.surveys import invitations, people, records, respondents, rollups, triggers, versions

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
	"event_key",
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
	"""Decide everything that is due, a transaction per batch; how many rows got which decision.

	Several workers may do this at once. It ends when nothing is due that nobody else is deciding about.
	"""
	total, begun, in_vain = Counter(), monotonic(), 0
	with transactions.read_committed(), mail.one_run():
		while in_vain < _TRIES and monotonic() - begun < LONGEST_RUN:
			found, outcome = _in_own_transaction(batch)
			if not found:
				break
			total.update(outcome)
			# Rows were there, but their people were another worker's, or their rows went to one in between.
			in_vain = 0 if sum(outcome.values()) else in_vain + 1
	return total


def _in_own_transaction(batch: int) -> tuple[int, Counter]:
	for attempt in range(1, _TRIES + 1):
		try:
			found = prepare(batch)
			frappe.db.commit()  # allowed: the batch must start with a new snapshot
			outcome = decide_batch(batch) if found else Counter()
			frappe.db.commit()  # allowed: one batch is one transaction
			return found, outcome
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == _TRIES:
				raise
		except Exception:
			frappe.db.rollback()
			raise
	return 0, Counter()


def prepare(batch: int = BATCH) -> int:
	"""Find the people of events that are due, and make the records by which people are locked. How many rows are due.

	Of the rows that no other worker holds, for those are the ones that this worker will get: preparing the first that
	are due, whoever has them, would leave it with people who have no record yet.
	"""
	respondents.expand(respondents.awaiting(now_datetime(), batch))
	due = claim_query(now_datetime(), batch, ["recipient"]).run(pluck=True)
	people.make_preferences(set(due))
	return len(due)


def decide_batch(batch: int = BATCH) -> Counter:
	"""Decide up to so many due rows in the caller's transaction; the number of rows by decision and reason."""
	now = now_datetime()
	# Locks first: what is read after them is what other workers have committed.
	rows = claim(now, batch)
	if not rows:
		return Counter()
	ours = people.claim({row.recipient for row in rows if row.recipient})
	rows = [row for row in rows if not row.recipient or row.recipient in ours]
	rows = of_free_units(rows)
	decisions = decide_rows(rows, now)
	return Counter(decision.reason or decision.action for decision in decisions.values())


def of_free_units(rows: list[frappe._dict]) -> list[frappe._dict]:
	"""Without the rows of units that another worker is deciding about, where units have budgets."""
	limited = people.limited_units({row.unit for row in rows if row.unit and not row.is_test})
	free = people.claim_units(limited)
	return [row for row in rows if row.unit not in limited or row.unit in free or row.is_test]


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


def claim_query(now, batch: int, fields=ROW_FIELDS):
	"""The query behind `claim`, ordered as the index (status, due_at) so that it reads no more than it locks."""
	row = frappe.qb.DocType("CX Survey Invitation")
	return (
		frappe.qb.from_(row)
		.select(*(row[field] for field in fields))
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
			facts_of.units_asked[row.unit] += 1
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
		unit_budget=doc.unit_budget or 0,
		unit_budget_days=doc.unit_budget_days or 30,
		shared_addresses=tuple((doc.shared_addresses or "").splitlines()),
	)


def _time(value, default: time) -> time:
	return get_time(value) if value not in (None, "") else default


_UNIT_FIELDS = ("name", "lft", "rgt", "time_zone", "language", "critical_hours", "survey_budget")


class Loader:
	"""Facts of many rows, loaded with a fixed number of queries."""

	def __init__(self, rows: list[frappe._dict], now):
		self.now = now
		self.site_zone = site_zone()
		self.settings = frappe.get_cached_doc("CX Settings")
		self.tickets = tickets.facts(row.event_name for row in rows if row.event_doctype == names.TICKET)
		self.states = _states(rows)
		self.people = people.facts_by_address({row.recipient for row in rows if row.recipient}, now)
		self.units = {
			unit.name: unit for unit in frappe.get_all("CX Business Unit", fields=list(_UNIT_FIELDS))
		}
		self.units_asked = people.asked_by_unit(
			people.limited_units({row.unit for row in rows if row.unit}),
			now - timedelta(days=self.settings.unit_budget_days or 30),
		)
		self.holds = self._holds()
		self.triggers = {
			trigger.name: trigger
			for trigger in frappe.get_all("CX Survey Trigger", fields=list(triggers.FIELDS))
		}
		self.answered = self._answered({row.trigger for row in rows})
		self.surveys = set(frappe.get_all("CX Survey", filters={"enabled": 1}, pluck="name"))
		self.default_delay = self.settings.delay_hours or 0
		self.home = {row.team: row.unit for row in self.settings.team_leads if row.unit}
		self.zones: dict[str, ZoneInfo] = {}
		self.critical: dict[str, tuple] = {}
		self.languages: dict[str, list[str]] = {}

	def _holds(self) -> list[survey_policy.Hold]:
		holds = []
		for row in self.settings.holds:
			units = frozenset()
			if top := self.units.get(row.unit):
				units = frozenset(
					name for name, unit in self.units.items() if top.lft <= unit.lft and unit.rgt <= top.rgt
				)
			holds.append(survey_policy.Hold(getdate(row.from_date), getdate(row.to_date), row.reason, units))
		return holds

	def _answered(self, wanted: set[str]) -> dict[str, Counter]:
		"""Answers by unit for each trigger with a quota, within the days of its quota."""
		found = {}
		for name in sorted(wanted):
			trigger = self.triggers.get(name)
			if trigger and trigger.quota:
				since = self.now - timedelta(days=trigger.quota_days or 90)
				found[name] = people.answered_by_unit(trigger, since)
		return found

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

	def critical_of(self, unit: str | None) -> tuple:
		"""The unit's critical hours, as far as they can be read."""
		if unit not in self.critical:
			text = self.units[unit].critical_hours if unit in self.units else ""
			self.critical[unit] = tuple(critical_times(text)[0])
		return self.critical[unit]

	def is_own(self, row: frappe._dict) -> bool:
		"""Whether a row asks somebody about the department they belong to: the team's own, else the desk's."""
		home = self.units.get(self.home.get(row.team) or self.settings.desk_unit)
		unit = self.units.get(row.unit)
		return bool(home and unit) and home.lft <= unit.lft and unit.rgt <= home.rgt

	def language_offered(self, row: frappe._dict, trigger, person: frappe._dict) -> bool:
		"""Whether the person reads the survey in their own language, where the trigger wants that."""
		if not trigger or not trigger.own_language:
			return True
		if row.survey not in self.languages:
			self.languages[row.survey] = list(survey_texts.languages(versions.current_content(row.survey)))
		unit = self.units[row.unit].language if row.unit in self.units else None
		wanted = row.language or person.language or unit or frappe.db.get_default("lang")
		return survey_policy.is_offered(wanted, self.languages[row.survey])

	def enough(self, row: frappe._dict, trigger) -> bool:
		"""Whether the trigger's quota is reached."""
		if not trigger or not trigger.quota:
			return False
		answered = self.answered.get(trigger.name) or Counter()
		count = answered[row.unit] if trigger.quota_per == "In each unit" else sum(answered.values())
		return survey_policy.quota_reached(count, trigger.quota)

	def aware(self, moment):
		"""A moment of the database, with the site's zone."""
		return moment.replace(tzinfo=self.site_zone) if moment else None

	def __call__(self, row: frappe._dict) -> survey_policy.Facts:
		by_hand = row.trigger in ledger.OUTRIGHT
		trigger = self.triggers.get(row.trigger)
		person = self.people.get(row.recipient) or frappe._dict()
		return survey_policy.Facts(
			now=self.aware(self.now),
			due_at=self.aware(row.event_at) + timedelta(hours=self._delay(row, trigger)),
			switched_on=by_hand or bool(trigger and trigger.enabled and row.survey in self.surveys),
			asked_at=self.aware(person.asked_at),
			asked_in_year=person.asked_in_year or 0,
			unit_asked=self.units_asked[row.unit],
			by_hand=by_hand,
			test=bool(row.is_test),
			**self.standing(row, trigger, person, self.aware(self.now)),
			**self._event(row, trigger),
		)

	def standing(self, row: frappe._dict, trigger, person: frappe._dict, moment) -> dict:
		"""Facts that hold for a person and a unit whatever happened to the event. moment: aware, for holds."""
		zone = self.zone_of(row.unit)
		unit = self.units.get(row.unit) or frappe._dict()
		return {
			"zone": zone,
			"address": row.recipient or "",
			"known": bool(person.known),
			"staff": bool(person.staff),
			"opted_out": bool(person.opted_out),
			"undeliverable": bool(person.undeliverable),
			"hold": survey_policy.hold_in_force(self.holds, moment.astimezone(zone).date(), row.unit),
			"drawn": trigger is None or survey_policy.is_drawn(row.name, percent(trigger.sample_percent)),
			"unit_budget": unit.survey_budget or 0,
			"critical": self.critical_of(row.unit),
			"own_department": self.is_own(row),
			"language_offered": self.language_offered(row, trigger, person),
			"enough": self.enough(row, trigger),
			"settled_at": self.aware(person.settled_at),
		}

	def _delay(self, row: frappe._dict, trigger) -> float:
		if row.trigger in ledger.OUTRIGHT:
			return 0
		if trigger and trigger.event in (events.DATE_REACHED, events.ON_SCHEDULE):
			return 0
		return (trigger.delay_hours if trigger else 0) or self.default_delay

	def _event(self, row: frappe._dict, trigger) -> dict:
		if row.event_doctype in self.states:
			found = self.states[row.event_doctype].get(row.event_name)
			if found is None or not ledger.is_same_record(row.event_key, found.key):
				return {"exists": False}
			held = trigger is None or events.still_holds(trigger.event, found.state, trigger.reached_stage)
			return {"still_resolved": held}
		if row.event_doctype != names.TICKET:
			return {}
		ticket = self.tickets.get(row.event_name)
		if ticket is None or not ledger.is_same_record(row.event_key, ticket.key):
			return {"exists": False}
		return {
			"still_resolved": is_still_resolved(ticket, row.occurrence),
			"merged": bool(ticket.is_merged) or says(ticket.ticket_type, "duplicate"),
			"spam": says(ticket.ticket_type, "spam"),
			"rated": bool(ticket.feedback_rating),
			"host_asks": feedback.host_asks(ticket),
		}


def _states(rows: list[frappe._dict]) -> dict[str, dict[str, frappe._dict]]:
	"""State and key of the records that rows are about, by doctype and name."""
	found: dict[str, dict] = {}
	for doctype, kind in triggers.KINDS.items():
		wanted = sorted({row.event_name for row in rows if row.event_doctype == doctype})
		if kind == events.TICKET or not wanted:
			continue
		field = records.STATE_FIELD[kind]
		found[doctype] = {
			doc.name: frappe._dict(state=doc.get(field), key=records.key_of(doc))
			for doc in frappe.get_all(
				doctype, filters={"name": ["in", wanted]}, fields=["name", "creation", field]
			)
		}
	return found


def is_still_resolved(ticket, occurrence: int, key: str | None = None) -> bool:
	"""Whether a ticket still stands as it was resolved: not opened again, not resolved once more since.

	key: the ledger row's, where the caller has it: another ticket may have the number by now.
	"""
	if not ledger.is_same_record(key, ticket.key):
		return False
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
