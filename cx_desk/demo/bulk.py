"""Incidents in bulk: the host's own rules run on documents in memory, which are written twice, not at every step.

What a replay leaves of an incident by itself is left here too: the ticket with its unit, SLA and resolution number, its
history, the caller's words, the ledger's rows, and who works on it. What others do because of it (entries in somebody's
list, notifications) is not.
The jobs that ask and count find these rows like any others, when the replay moves through their time.
"""

import copy
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import frappe
from frappe.utils import now_datetime

from cx_desk.demo import clock, memory, plan, replay
from cx_desk.demo.log import Incident
from cx_desk.host import names
from cx_desk.surveys import ledger

BATCH = 500
COMMUNICATION = "Communication"


class Bulk:
	def __init__(self, progress: Callable[[int, int], None] | None = None):
		self.progress = progress
		self.statuses = replay.statuses()
		self.told: list[tuple[str, str]] = []
		self.members: dict[str, list[str]] = {}
		for row in frappe.get_all(
			names.TEAM_MEMBER, {"parenttype": names.TEAM}, ["parent", "user"], order_by="idx"
		):
			self.members.setdefault(row.parent, []).append(row.user)
		self.desk = {user for users in self.members.values() for user in users}

	def run(self, incidents: list[Incident], until: datetime) -> Counter:
		"""Bring the incidents onto the site, in order of opening; changes after `until` have not happened yet."""
		incidents = sorted(incidents, key=lambda incident: (incident.opened, incident.number))
		with clock.frozen(incidents[0].opened) as self.clock, replay.jobs_at_once(Counter()):
			for number, incident in enumerate(incidents, start=1):
				self._tell(incident, until)
				if number % BATCH == 0:
					self._end_batch()
				if self.progress:
					self.progress(number, len(incidents))
			self._end_batch()
		return Counter({"in bulk": len(incidents)})

	def _tell(self, incident: Incident, until: datetime) -> None:
		self.clock.set(incident.opened)
		ticket = self._opened(incident)
		for change in incident.changes:
			if change.at > until:
				break
			self.clock.set(change.at)
			self._begin_save(ticket)
			replay.apply(ticket, change, self.statuses)
			self._run_rules(ticket)
			ledger.record_resolution(ticket)
		# A rating that is not there reads as 0 once a document has been loaded, as it is for every save but the first.
		for field in ticket.meta.get("fields", {"fieldtype": "Rating"}):
			ticket.set(field.fieldname, ticket.get(field.fieldname) or 0)
		ticket.db_update()
		if user := self._worked_on_by(incident, ticket.agent_group):
			values = {"_assign": frappe.as_json([user], indent=None)}
			frappe.db.set_value(names.TICKET, ticket.name, values, update_modified=False)
		self.told.append((incident.number, str(ticket.name)))

	def _worked_on_by(self, incident: Incident, team: str | None) -> str | None:
		"""Who had it by the log, where they are of the demo's desk; else somebody of its team, by turns."""
		user = plan.agent(incident.agent).email if incident.agent else ""
		members = self.members.get(team or "", [])
		if user in self.desk or not members:
			return user if user in self.desk else None
		return members[int(incident.number) % len(members)]

	def _opened(self, incident: Incident):
		"""As `insert` does it, up to the point where it writes; then what the first words do to the ticket."""
		ticket = frappe.get_doc(replay.new_ticket(incident, now_datetime()))
		ticket.set("__islocal", True)
		ticket.set_user_and_timestamp()
		ticket._action = "save"
		ticket.set_docstatus()
		ticket._set_defaults()
		ticket.run_method("before_insert")
		ticket.set_new_name()
		self._run_rules(ticket)
		# The history that the host keeps names the ticket, so its row must be there.
		ticket.db_insert()
		self._begin_save(ticket)
		ticket.last_customer_response = now_datetime()
		self._run_rules(ticket)
		_words(ticket, incident).db_insert()
		return ticket

	def _begin_save(self, ticket) -> None:
		ticket._doc_before_save = frappe.get_doc(copy.deepcopy(ticket.as_dict()))
		ticket.modified = now_datetime()

	def _run_rules(self, ticket) -> None:
		"""What a save runs before it writes, the handlers of every installed app among it. Checking the links also
		brings the fields that are fetched over them, such as the status's category."""
		ticket._validate_links()
		for method in ("before_validate", "validate", "before_save"):
			ticket.run_method(method)

	def _end_batch(self) -> None:
		memory.remember(names.TICKET, [name for _, name in self.told])
		memory.remember("note:incident", [f"{number} {name}" for number, name in self.told])
		self.told.clear()
		frappe.db.commit()  # allowed: a batch is whole; the next run goes on after it


def _words(ticket, incident: Incident):
	"""The caller's words as the host keeps them."""
	caller = plan.caller(incident.caller) if incident.caller else None
	doc = frappe.new_doc(COMMUNICATION)
	doc.update(
		{
			"name": frappe.generate_hash(length=10),
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"email_status": "Open",
			"subject": f"Re: {ticket.subject}",
			"sender": caller.email if caller else frappe.session.user,
			"sender_full_name": caller.name if caller else None,
			"content": ticket.description,
			"status": "Linked",
			"reference_doctype": names.TICKET,
			"reference_name": ticket.name,
			"reference_owner": ticket.owner,
			"communication_date": now_datetime(),
		}
	)
	doc.set_user_and_timestamp()
	return doc


def load(
	incidents: list[Incident], until: datetime, progress: Callable[[int, int], None] | None = None
) -> Counter:
	return Bulk(progress).run(incidents, until)
