"""Replay incidents through the host's own lifecycle, at their own times, with the due jobs running between them.

One process, one heap of everything that happens, in order of time: incidents open and change, jobs come due, mails
arrive, people answer, the desk deals with what it heard. The clock is moved to each before it happens. What a job
would hand to a worker runs at once; jobs of the host that only a worker would do are left out and counted.
"""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, time, timedelta

import frappe
from frappe.utils import now_datetime

from cx_desk.core import voice as machine
from cx_desk.demo import clock, memory, plan, simulate, surveys
from cx_desk.demo.log import OPEN, PAUSED, RESOLVED, Change, Incident
from cx_desk.host import names
from cx_desk.units import voices

VOICE = "CX Voice"
TICKET = names.TICKET
# Scheduler jobs by how often they run in the replay; `all` every minute would cost hours and change nothing.
HOURLY = ("cx_desk.tasks.cx_ask_due", "cx_desk.tasks.cx_act_on_answers", "cx_desk.tasks.cx_follow_delivery")
NIGHTLY = ("cx_desk.tasks.cx_reconcile", "cx_desk.tasks.cx_nightly")
WEEKLY = ("cx_desk.tasks.cx_monday_mail",)
COMMIT_EVERY = 50


class Replay:
	"""What happens, in order. `happened` counts by kind."""

	def __init__(
		self, incidents: list[Incident], until: datetime, progress: Callable[[int, int], None] | None = None
	):
		self.incidents = incidents
		self.until = until
		self.progress = progress
		self.happened: Counter = Counter()
		self.tickets: dict[str, str] = {}
		self._heap: list = []
		self._order = itertools.count()
		self._known_voices: set[str] = set()
		self._statuses = statuses()
		self._commit_in = COMMIT_EVERY
		# Without asking, only the incidents themselves happen.
		self.ask = True

	def run(self) -> Counter:
		if not self.incidents:
			return self.happened
		start = min(incident.opened for incident in self.incidents)
		self._plan(start)
		self._known_voices = set(frappe.get_all(VOICE, pluck="name"))
		with clock.frozen(start) as self.clock, jobs_at_once(self.happened):
			while self._heap:
				moment, _, what, arguments = heapq.heappop(self._heap)
				if moment > self.until:
					break
				self.clock.set(moment)
				what(*arguments)
				self.happened[what.__name__.strip("_")] += 1
				self._commit()
			frappe.db.commit()  # allowed: the last part of the replay
		return self.happened

	def at(self, moment: datetime, what: Callable, *arguments) -> None:
		heapq.heappush(self._heap, (moment, next(self._order), what, arguments))

	def _plan(self, start: datetime) -> None:
		for incident in self.incidents:
			self.at(incident.opened, self._open, incident)
		day = datetime.combine(start.date(), time())
		while self.ask and day <= self.until:
			for hour in range(24):
				self.at(day + timedelta(hours=hour, minutes=1), self._hour)
			self.at(day + timedelta(hours=2), self._night)
			if day.weekday() == 0:
				self.at(day + timedelta(hours=7), self._monday)
			day += timedelta(days=1)

	def _commit(self) -> None:
		self._commit_in -= 1
		if self._commit_in <= 0:
			self._commit_in = COMMIT_EVERY
			frappe.db.commit()  # allowed: a long replay in parts; a cut-off one is removed and made again

	# --- incidents -------------------------------------------------------------------------------------------

	def _open(self, incident: Incident) -> None:
		ticket = frappe.get_doc(new_ticket(incident, now_datetime()))
		ticket.insert(ignore_permissions=True)  # allowed: the replay stands in for the caller
		self.tickets[incident.number] = str(ticket.name)
		said_by(ticket, incident)
		memory.remember(TICKET, [ticket.name])
		memory.remember("note:incident", [f"{incident.number} {ticket.name}"])
		for change in incident.changes:
			self.at(change.at, self._change, incident, change)
		if self.progress:
			self.progress(len(self.tickets), len(self.incidents))

	def _change(self, incident: Incident, change: Change) -> None:
		ticket = frappe.get_doc(TICKET, self.tickets[incident.number])
		apply(ticket, change, self._statuses)
		ticket.save(ignore_permissions=True)  # allowed: the replay stands in for the agent

	# --- jobs ------------------------------------------------------------------------------------------------

	def _hour(self) -> None:
		if not surveys.anything_waits(now_datetime()):
			return
		self._run_jobs(HOURLY)
		self._mail()
		self._new_voices()

	def _night(self) -> None:
		self._run_jobs(NIGHTLY)

	def _monday(self) -> None:
		self._run_jobs(WEEKLY)
		self._mail()

	def _run_jobs(self, paths: tuple[str, ...]) -> None:
		"""As the scheduler does: a job that fails is logged, and the others go on."""
		frappe.db.commit()  # allowed: a failing job rolls back, and must not take the replay's tickets with it
		for path in paths:
			try:
				frappe.get_attr(path)()
			except Exception as error:
				frappe.db.rollback()
				frappe.log_error(title=f"CX Desk demo: {path}")
				self.happened[f"FAILED {path}: {type(error).__name__}: {str(error)[:120]}"] += 1

	def _mail(self) -> None:
		now = now_datetime()
		for row in surveys.deliver(now):
			if given := surveys.answer_of(row, now):
				self.at(given.at, self._answer, row.name, given)

	def _answer(self, invitation: str, given: simulate.Answer) -> None:
		if not surveys.give(invitation, given, self.clock):
			self.happened["answers that came too late"] += 1

	# --- voices ----------------------------------------------------------------------------------------------

	def _new_voices(self) -> None:
		new = frappe.get_all(VOICE, filters={"name": ("not in", self._known_voices or [""])}, pluck="name")
		for name in sorted(new):
			self._known_voices.add(name)
			doc = frappe.db.get_value(
				VOICE, name, ["creation", "ticket", "kind", "needs_source_yes"], as_dict=True
			)
			handling = simulate.handling(f"{doc.ticket}/{doc.kind}", doc.creation)
			if handling.owned:
				self.at(handling.owned, self._take, name, handling)

	def _take(self, name: str, handling: simulate.Handling) -> None:
		if self._step(name, machine.OWNED) and handling.done:
			self.at(handling.done, self._finish, name, handling)

	def _finish(self, name: str, handling: simulate.Handling) -> None:
		if self._step(name, machine.DONE, outcome=handling.outcome) and handling.told:
			self.at(handling.told, self._tell, name, handling)

	def _tell(self, name: str, handling: simulate.Handling) -> None:
		if self._step(name, machine.TOLD, key="tell", message_back=handling.message) and handling.settled:
			self.at(handling.settled, self._settle, name, handling)

	def _settle(self, name: str, handling: simulate.Handling) -> None:
		if handling.yes:
			self._step(name, machine.SETTLED, key="yes", by=machine.PERSON)
		elif self._step(
			name, machine.CONTESTED, key="no", by=machine.PERSON, note="It came back the next day."
		):
			again = simulate.handling(f"{name}/again", now_datetime())
			if again.owned:
				self.at(again.owned, self._take, name, again)

	def _step(self, name: str, to: str, **facts) -> bool:
		"""One move; what the machine refuses (a voice that somebody else moved) is counted and left."""
		try:
			voices.move(name, to, **facts)
		except frappe.ValidationError:
			frappe.local.message_log = []
			self.happened[f"refused: {to}"] += 1
			return False
		return True


def new_ticket(incident: Incident, now: datetime) -> dict:
	"""A ticket as the desk would have taken it. Date and time of opening are set outright: the host's own default
	is cached for the process and would stand still."""
	return {
		"doctype": TICKET,
		"subject": plan.subject(incident),
		"description": plan.description(incident),
		"raised_by": plan.caller(incident.caller).email if incident.caller else None,
		"agent_group": plan.team_name(incident.group) or None,
		"priority": plan.PRIORITIES[incident.priority],
		"opening_date": now.date(),
		"opening_time": now.strftime("%H:%M:%S"),
	}


def said_by(ticket, incident: Incident) -> None:
	"""The host writes the description down as the words of whoever is signed in; here they are the caller's."""
	if incident.caller:
		caller = plan.caller(incident.caller)
		frappe.db.set_value(
			"Communication",
			{"reference_doctype": TICKET, "reference_name": ticket.name},
			{"sender": caller.email, "sender_full_name": caller.name},
			update_modified=False,
		)


def apply(ticket, change: Change, by_state: dict[str, str]) -> None:
	"""Write one change of an incident into the ticket's document."""
	if change.group:
		ticket.agent_group = plan.team_name(change.group)
	if change.priority:
		ticket.priority = plan.PRIORITIES[change.priority]
	if change.state:
		ticket.status = by_state[change.state]


def statuses() -> dict[str, str]:
	"""The log's states as statuses of this site: the first enabled one of each category, "Closed" by its name."""
	rows = frappe.get_all(
		names.STATUS, filters={"enabled": 1}, fields=["name", "category"], order_by="`order` asc, name asc"
	)
	first: dict[str, str] = {}
	for row in rows:
		if row.name != "Closed":
			first.setdefault(row.category, row.name)
	return {
		OPEN: first[names.OPEN],
		PAUSED: first[names.PAUSED],
		RESOLVED: first[names.RESOLVED],
		"Closed": "Closed",
	}


@contextmanager
def jobs_at_once(counted: Counter):
	"""Within, what is enqueued by us runs on the spot; the host's own jobs are counted and left out."""
	real = frappe.enqueue

	def enqueue(method, *args, **kwargs):
		path = method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}"
		if not path.startswith("cx_desk."):
			counted[f"left to no worker: {path}"] += 1
			return None
		function = frappe.get_attr(method) if isinstance(method, str) else method
		for key in ENQUEUE_OPTIONS:
			kwargs.pop(key, None)
		return function(**kwargs)

	frappe.enqueue = enqueue
	try:
		yield
	finally:
		frappe.enqueue = real


ENQUEUE_OPTIONS = (
	*("queue", "timeout", "event", "is_async", "job_name", "now", "enqueue_after_commit", "on_success"),
	*("on_failure", "at_front", "job_id", "deduplicate", "at_front_when_starved"),
)
