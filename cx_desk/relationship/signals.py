"""Signals: the weekly look at every unit, one open signal per unit and kind, closed by a person with what became of it.

What is worth a signal is decided in `core/signal_rules.py`. A signal that was closed is raised again only after the
change went away in between; one that nobody has taken up closes itself when it goes away.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, escape_html, format_date, getdate, now_datetime, nowdate

from cx_desk.core import conversation
from cx_desk.core import signal_rules as rules
from cx_desk.core import voice as machine
from cx_desk.core.render.text import decimal
from cx_desk.host import ticket_counts
from cx_desk.relationship import signal_words
from cx_desk.units import mapping as unit_mapping

SIGNAL = "CX Signal"
NEW, ACTIVE, CLOSED, CANCELED = "New", "Active", "Closed", "Canceled"
OPEN_STATES = (NEW, ACTIVE)

WEEKS_OF_ANSWERS, WEEKS_OF_COUNTS = 52, 30
DAYS_OF_TICKETS = rules.SILENCE_LONGEST_DAYS + rules.SILENCE_REFERENCE_DAYS

# Where a step leads, from where, whether it asks for a note, and how its button is called.
MOVES = (
	("take", (NEW,), ACTIVE, False, "Look into it"),
	("close", (NEW, ACTIVE), CLOSED, True, "Close it"),
	("false", (NEW, ACTIVE), CANCELED, True, "False alarm"),
)


def look_once_a_week() -> bool:
	"""The look, unless this week had one; whether it was due. The job that calls it runs every night.

	That it was done stands in the week's rows, which the lights write before.
	"""
	if not look_is_due():
		return False
	look()
	frappe.db.set_value("CX Unit Week", {"week": _monday()}, "looked", 1, update_modified=False)
	frappe.cache.delete_value(EXPECTATION_CACHE)
	return True


def look_is_due() -> bool:
	"""Whether this week was not looked at yet."""
	return not frappe.db.exists("CX Unit Week", {"week": _monday(), "looked": 1})


def _monday() -> date:
	today = getdate(nowdate())
	return today - timedelta(days=today.weekday())


def look(on: date | None = None) -> dict[str, int]:
	"""The weekly look: raise, repeat and let go; how many of each."""
	day = getdate(on or nowdate())
	units = frappe.get_all(
		"CX Business Unit", {"disabled": 0, "is_unassigned": 0, "is_group": 0}, pluck="name"
	)
	standing = _standing(units)
	counts = {"raised": 0, "repeated": 0, "gone": 0}
	for unit, findings in findings_of(units, day, set(standing)).items():
		for finding in findings:
			counts_as = record(unit, finding, day, standing.get((unit, finding.kind)))
			if counts_as:
				counts[counts_as] += 1
	return counts


def _standing(units: list[str]) -> dict[tuple[str, str], str]:
	"""(unit, kind) -> the newest signal whose change still stood at the last look, open or closed."""
	rows = frappe.get_all(
		SIGNAL,
		filters={"unit": ["in", units or [""]], "stands": 1},
		fields=["name", "unit", "kind"],
		order_by="creation asc",
	)
	return {(row.unit, row.kind): row.name for row in rows}


def record(unit: str, finding: rules.Finding, day: date, known: str | None) -> str | None:
	"""Write one finding of a look: raised, repeated, gone, or None when there was nothing and is nothing."""
	if not finding.judged:
		return None
	if known:
		doc = frappe.get_doc(SIGNAL, known, for_update=True)
		if finding.stands:
			if doc.state in OPEN_STATES and getdate(doc.last_on) < day:
				doc.occurrences += 1
				doc.last_on = day
				_describe(doc, finding)
				doc.flags.cx_look = True
				doc.save(ignore_permissions=True)  # allowed: the weekly look, no user asked for it
				return "repeated"
			return None
		doc.stands = 0
		if doc.state == NEW:
			doc.state, doc.ended_on = CLOSED, now_datetime()
			doc.end_note = _("It went away by itself: at the look of {0} it was no longer so.").format(
				format_date(day)
			)
			doc.active_key = None
		doc.flags.cx_look = True
		doc.save(ignore_permissions=True)  # allowed: as above
		return "gone"
	if not finding.stands or frappe.db.exists(SIGNAL, {"active_key": key_of(unit, finding.kind)}):
		return None
	doc = frappe.new_doc(SIGNAL)
	doc.update(
		{
			"unit": unit,
			"kind": finding.kind,
			"state": NEW,
			"occurrences": 1,
			"raised_on": day,
			"last_on": day,
			"stands": 1,
			"active_key": key_of(unit, finding.kind),
		}
	)
	_describe(doc, finding)
	doc.flags.cx_look = True
	doc.insert(ignore_permissions=True)  # allowed: as above
	return "raised"


def key_of(unit: str, kind: str) -> str:
	"""What makes a signal the only open one of its unit and kind."""
	return f"{kind}|{unit}"[:140]


def _describe(doc, finding: rules.Finding) -> None:
	doc.finding = signal_words.store(finding)
	# In the site's language, for lists and searches; whoever opens it reads it in their own.
	doc.update(signal_words.show(doc))


def findings_of(
	units: list[str], day: date, standing: set[tuple[str, str]] = frozenset()
) -> dict[str, list[rules.Finding]]:
	"""Unit -> what each kind finds on a day. standing: signals that stood at the last look."""
	series = Series(day)
	held = _held_back(day)
	facts = _Facts(units, day)
	found = {}
	for unit in units:
		rows = [
			rules.score_drop(series.answers(unit)),
			rules.complaint_cluster(series.complaints(unit), (unit, rules.COMPLAINTS) in standing),
			rules.praise_cluster(series.praise(unit), (unit, rules.PRAISE) in standing),
			rules.p1_rise(series.first_priority(unit), (unit, rules.P1) in standing),
			rules.sponsor_left(facts.sponsors_gone(unit)),
			rules.contacts_unresponsive(facts.outcomes(unit), day),
			rules.review_missed(*facts.reviews(unit), day),
		]
		if unit not in held:
			rows.append(rules.silence(series.tickets(unit), (unit, rules.SILENCE) in standing))
		found[unit] = rows
	return found


class Series:
	"""What is counted, by unit: the newest whole week or day last. Each kind of row is read once for all units."""

	def __init__(self, day: date):
		# The running week is not whole: counts end with last Sunday, so that every look sees whole weeks.
		self.end = day - timedelta(days=day.weekday() + 1) if day.weekday() != 6 else day
		self.weeks_start = self.end - timedelta(weeks=WEEKS_OF_ANSWERS) + timedelta(days=1)
		self.days_start = self.end - timedelta(days=DAYS_OF_TICKETS - 1)
		self._tickets = ticket_counts.by_day(self.days_start, self.end)
		first = ticket_counts.highest_priority()
		self._first = ticket_counts.by_day(self.days_start, self.end, first) if first else {}
		self._answers = self._read_answers()
		self._complaints, self._praise = self._read_voices()
		self._since: dict[str, date] = {}
		for (unit, at), _count in self._tickets.items():
			self._since[unit] = min(self._since.get(unit, at), at)

	def tickets(self, unit: str) -> list[int]:
		"""Tickets by day, from the unit's first ticket in the window on."""
		since = self._since.get(unit)
		if since is None:
			return []
		days = (self.end - since).days + 1
		return [self._tickets.get((unit, since + timedelta(days=n)), 0) for n in range(days)]

	def first_priority(self, unit: str) -> list[int]:
		"""Tickets of the highest priority by week."""
		weeks = self._weeks_known(unit)
		start = self.end - timedelta(weeks=weeks) + timedelta(days=1)
		counts = [0] * weeks
		for (of_unit, at), count in self._first.items():
			if of_unit == unit and at >= start:
				counts[(at - start).days // 7] += count
		return counts

	def answers(self, unit: str) -> list[tuple[int, int]]:
		"""Satisfied and all answers by week."""
		known = self._answers.get(unit, {})
		return [known.get(week, (0, 0)) for week in range(WEEKS_OF_ANSWERS)]

	def complaints(self, unit: str) -> list[int]:
		"""Low answers, "not solved" and contested voices by week."""
		return self._by_week(self._complaints, unit)

	def praise(self, unit: str) -> list[int]:
		"""Praise by week."""
		return self._by_week(self._praise, unit)

	def _weeks_known(self, unit: str) -> int:
		"""Whole weeks since the unit's first ticket, at most 30: a short history is not judged."""
		since = self._since.get(unit)
		return min(WEEKS_OF_COUNTS, ((self.end - since).days + 1) // 7) if since else 0

	def _by_week(self, rows: dict[str, dict[int, int]], unit: str) -> list[int]:
		known = rows.get(unit, {})
		weeks = self._weeks_known(unit)
		return [known.get(week, 0) for week in range(WEEKS_OF_ANSWERS - weeks, WEEKS_OF_ANSWERS)]

	def _week(self, at: date) -> int | None:
		week = (at - self.weeks_start).days // 7
		return week if 0 <= week < WEEKS_OF_ANSWERS else None

	def _read_answers(self) -> dict[str, dict[int, tuple[int, int]]]:
		rows = frappe.get_all(
			"CX Survey Response",
			filters={
				"unit": ["is", "set"],
				"main_type": "CSAT",
				"kind": ["in", ["Person", "Rated on portal"]],
				"event_day": ["between", [self.weeks_start, self.end]],
				# A signal is seen by more people than the answers.
				"privacy": ["!=", "Confidential"],
			},
			fields=["unit", "event_day", "score"],
		)
		found: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
		for row in rows:
			week = self._week(getdate(row.event_day))
			if week is not None and row.score:
				hits, n = found[row.unit].get(week, (0, 0))
				found[row.unit][week] = (hits + (row.score >= 4), n + 1)
		return found

	def _read_voices(self) -> tuple[dict, dict]:
		rows = frappe.get_all(
			"CX Voice",
			filters={
				"unit": ["is", "set"],
				"kind": ["in", [machine.LOW_ANSWER, machine.NOT_SOLVED, machine.PRAISE]],
				"confidential": 0,
				"creation": ["between", [self.weeks_start, self.end]],
			},
			fields=["unit", "kind", "creation"],
		)
		complaints: dict[str, dict[int, int]] = defaultdict(dict)
		praise: dict[str, dict[int, int]] = defaultdict(dict)
		for row in rows:
			week = self._week(getdate(row.creation))
			if week is not None:
				target = praise if row.kind == machine.PRAISE else complaints
				target[row.unit][week] = target[row.unit].get(week, 0) + 1
		return complaints, praise


class _Facts:
	"""Facts about people and conversations, read once for all units."""

	def __init__(self, units: list[str], day: date):
		self.day = day
		self.talks: dict[str, list] = defaultdict(list)
		for row in frappe.get_all(
			"CX Conversation",
			filters={"unit": ["in", units or [""]]},
			fields=["unit", "state", "type", "starts_on", "cancelled_by"],
			order_by="starts_on desc",
		):
			row.day = getdate(row.starts_on)
			self.talks[row.unit].append(row)
		self.gone = self._sponsors(units)

	def outcomes(self, unit: str) -> list[tuple[date, str]]:
		"""Past conversations, newest first, with what became of them."""
		found = []
		for row in self.talks[unit]:
			if row.day > self.day or row.state == conversation.PLANNED:
				continue
			outcome = row.state
			if row.state == conversation.CANCELLED:
				theirs = row.cancelled_by == conversation.BY_BUSINESS
				outcome = "Cancelled by them" if theirs else "Cancelled by us"
			found.append((row.day, outcome))
		return found

	def reviews(self, unit: str) -> tuple[list[date], date | None, date | None]:
		"""Past days of reviews that were not held since, the last held one, the next planned one."""
		reviews = [row for row in self.talks[unit] if row.type == conversation.SERVICE_REVIEW]
		last = max((row.day for row in reviews if row.state == conversation.HELD), default=None)
		planned = min(
			(row.day for row in reviews if row.state == conversation.PLANNED and row.day >= self.day),
			default=None,
		)
		late = [
			row.day
			for row in reviews
			if row.state != conversation.HELD and row.day < self.day and (last is None or row.day > last)
		]
		return late, last, planned

	def sponsors_gone(self, unit: str) -> list[rules.Gone]:
		"""Sponsors who left the unit."""
		return self.gone.get(unit, [])

	def _sponsors(self, units: list[str]) -> dict[str, list[rules.Gone]]:
		rows = frappe.get_all(
			"CX Unit Person",
			filters={"parent": ["in", units or [""]], "parenttype": "CX Business Unit", "role": "Sponsor"},
			fields=["parent", "contact", "contact_name"],
		)
		contacts = {row.contact for row in rows if row.contact}
		known = {
			row.name: row
			for row in frappe.get_all(
				"Contact",
				filters={"name": ["in", list(contacts) or [""]]},
				fields=["name", "user", "email_id"],
			)
		}
		users = {row.user for row in known.values() if row.user}
		disabled = set(
			frappe.get_all("User", filters={"name": ["in", list(users) or [""]], "enabled": 0}, pluck="name")
		)
		found: dict[str, list[rules.Gone]] = defaultdict(list)
		for row in rows:
			name = row.contact_name or row.contact
			contact = known.get(row.contact)
			if contact is None:
				found[row.parent].append(rules.Gone(name, rules.CONTACT_DELETED))
			elif contact.user in disabled:
				found[row.parent].append(rules.Gone(name, rules.USER_DISABLED))
			else:
				unit = _unit_of(row.contact, contact.email_id)
				if unit and unit != row.parent:
					found[row.parent].append(rules.Gone(name, rules.MAPPED_ELSEWHERE, unit))
		return found


def _unit_of(contact: str, address: str | None) -> str | None:
	"""The unit that a person is mapped to by name or address; None where only wider rules know them."""
	match = unit_mapping.find_match(address=address, contact=contact, customer=None, team=None)
	return match.unit if match and match.rule == "Person" else None


def _held_back(day: date) -> set[str]:
	"""Units of which silence is to be expected today: a hold of CX Settings that names them, or all."""
	settings = frappe.get_cached_doc("CX Settings")
	units: set[str] = set()
	for hold in settings.holds or []:
		start, end = (
			getdate(hold.from_date) if hold.from_date else None,
			getdate(hold.to_date) if hold.to_date else None,
		)
		if (start is None or start <= day) and (
			end is None or end >= day - timedelta(days=rules.SILENCE_SHORTEST_DAYS)
		):
			if not hold.unit:
				return set(frappe.get_all("CX Business Unit", pluck="name"))
			units |= set(_below(hold.unit))
	return units


def _below(unit: str) -> list[str]:
	place = frappe.db.get_value("CX Business Unit", unit, ["lft", "rgt"])
	if not place:
		return []
	return frappe.get_all(
		"CX Business Unit", {"lft": [">=", place[0]], "rgt": ["<=", place[1]]}, pluck="name"
	)


def expected(on: date | None = None, units: list[str] | None = None) -> rules.FalseAlarms:
	"""False alarms to expect in a month over all units that each kind can judge, for the head of the list."""
	day = getdate(on or nowdate())
	units = units or frappe.get_all(
		"CX Business Unit", {"disabled": 0, "is_unassigned": 0, "is_group": 0}, pluck="name"
	)
	series = Series(day)
	windows = [rules.silence_setup(series.tickets(unit)) for unit in units]

	def weekly(of_unit: Callable, width: int) -> list[float]:
		rates = [rules.events_a_week(of_unit(unit), width) for unit in units]
		return [rate for rate in rates if rate is not None]

	return rules.false_alarms(
		score_units=sum(rules.score_drop(series.answers(unit)).judged for unit in units),
		complaints=weekly(series.complaints, rules.CLUSTER_WEEKS),
		praise=weekly(series.praise, rules.CLUSTER_WEEKS),
		p1=weekly(series.first_priority, rules.P1_WEEKS),
		silences=[window for window in windows if window],
	)


EXPECTATION_CACHE = "cx_desk_expected_false_alarms"


def expectation_text() -> str:
	"""How many false alarms a month of weekly looks gives on this site; cached for a day, it is the same for all."""
	total = frappe.cache.get_value(EXPECTATION_CACHE)
	if total is None:
		total = expected().total
		frappe.cache.set_value(EXPECTATION_CACHE, total, expires_in_sec=86_400)
	if total < 0.05:
		return _("Expect fewer than one false alarm in 20 months over all units.")
	if total < 1:
		return _("Expect one false alarm in about {0} months over all units.").format(round(1 / total))
	return _("Expect about {0} false alarms a month over all units.").format(
		decimal(total, 1, frappe.local.lang)
	)


def next_moves(doc) -> list[dict]:
	"""The next steps of a signal, translated."""
	return [
		{"key": key, "to": to, "label": _(label), "needs_note": note}
		for key, origins, to, note, label in MOVES
		if doc.state in origins
	]


def move(name: str, to: str, note: str | None = None) -> frappe._dict:
	"""Take one step with a signal: into work, closed with what became of it, or a false alarm with why."""
	doc = frappe.get_doc(SIGNAL, name, for_update=True)
	step = next((step for step in MOVES if step[2] == to and doc.state in step[1]), None)
	if step is None:
		frappe.throw(
			_("A signal that is {0} cannot become {1}.").format(_(doc.state), escape_html(_(to))),
			title=_("Not possible now"),
		)
	if step[3] and not cstr(note).strip():
		frappe.throw(_("Say what became of it: one sentence is enough."), title=_("What became of it?"))
	doc.state = to
	if to in (CLOSED, CANCELED):
		doc.end_note, doc.ended_on, doc.active_key = cstr(note).strip(), now_datetime(), None
	doc.flags.cx_look = True
	doc.save()
	return frappe._dict(name=doc.name, state=doc.state)


def keep(doc) -> None:
	"""A signal is written by the look and by `move` alone."""
	before = doc.get_doc_before_save()
	if before and not doc.flags.cx_look:
		for fieldname in (
			"state",
			"unit",
			"kind",
			"finding",
			*signal_words.FIELDS,
			"occurrences",
			"stands",
			"active_key",
			"end_note",
		):
			doc.set(fieldname, before.get(fieldname))
