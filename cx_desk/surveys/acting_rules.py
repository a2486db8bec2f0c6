"""Acting rules: an answer or a missed target makes a voice with owner, due time and escalation, or a ticket.

What the default does with low answers and comments stays as it is: a rule adds to it, and decides whose voice it is
and by when. One answer never makes two voices, and one person never two open tickets by the same rule. The words of a
confidential answer stay with the answer: there a rule makes a confidential voice, never a ticket.
"""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import cint, flt, get_datetime, now_datetime

from cx_desk.core import acting
from cx_desk.core import voice as machine
from cx_desk.core.calendar import add_business_hours
from cx_desk.core.scores import MISSED
from cx_desk.host import names, raising, tickets
from cx_desk.host.service_calendar import service_calendar, site_zone
from cx_desk.surveys import targets
from cx_desk.units import voices
from cx_desk.units.language import speaking_to

RULE, RESPONSE, VOICE = "CX Acting Rule", "CX Survey Response", "CX Voice"
_FIELDS = (
	"name",
	"title",
	"position",
	"cause",
	"survey",
	"unit",
	"driver",
	"words",
	"target",
	"at_least",
	"at_most",
	"makes",
	"responsible",
	"due_hours",
	"ticket_type",
	"ticket_team",
	"note",
	"escalate_after",
	"escalate_to",
)
# A person who tells the same thing again within this time, while the ticket is open, gets no second one.
_SAME_MATTER = timedelta(days=30)
# Targets are looked at once a week; a scheduler that stood still for a fortnight loses none.
_LOOK_BACK = timedelta(days=14)


def check(doc) -> None:
	"""Refuse a rule that could never act, or whose people could not."""
	if doc.cause == acting.WORD:
		_check_words(doc)
	if doc.cause != acting.MISSED_TARGET and doc.at_most and cint(doc.at_least) > cint(doc.at_most):
		frappe.throw(_("The score runs from {0} to {1}: that is no score.").format(doc.at_least, doc.at_most))
	if doc.cause == acting.SCORE and not (doc.at_least or doc.at_most):
		frappe.throw(_("Say from or up to which score the rule holds."))
	if doc.cause == acting.MISSED_TARGET and doc.makes == acting.TICKET:
		frappe.throw(_("A missed target has nobody to raise a ticket for: choose a voice."))
	if doc.responsible and not voices.is_enabled(doc.responsible):
		frappe.throw(_("{0} cannot own a voice: choose an enabled user of the Desk.").format(doc.responsible))
	if doc.escalate_after and doc.makes == acting.VOICE and not _may_read_all(doc.escalate_to):
		frappe.throw(
			_(
				"Choose a CX Manager to be told: others may not read every voice, and would open an empty page."
			)
		)


def _check_words(doc) -> None:
	try:
		words = acting.read_words(doc.words)
	except ValueError as error:
		frappe.throw(
			_(
				"“{0}” cannot be looked for. Write one word or phrase per line, at most {1} characters; a star only at its beginning or end."
			).format(frappe.utils.escape_html(str(error)), acting.LONGEST_WORD)
		)
	if not words:
		frappe.throw(_("Write at least one word to look for."))


def _may_read_all(user: str | None) -> bool:
	return voices.is_enabled(user) and voices.MANAGER_ROLE in frappe.get_roles(user)


def active() -> list[frappe._dict]:
	"""The rules that are on, in their order."""
	return frappe.get_all(
		RULE, filters={"enabled": 1}, fields=list(_FIELDS), order_by="position asc, name asc"
	)


def for_answer(response) -> list[frappe._dict]:
	"""The rules that an answer meets, in their order."""
	rows = [row for row in active() if row.cause != acting.MISSED_TARGET]
	if not rows:
		return []
	answered = acting.Answered(
		survey=response.survey,
		unit=response.unit or "",
		score=response.score if response.main_type else None,
		drivers=_drivers(response),
		words=response.comment or "",
	)
	by_name = {row.name: row for row in rows}
	return [by_name[rule.name] for rule in acting.matching([_rule(row) for row in rows], answered)]


def _drivers(response) -> frozenset[str]:
	found = {row.value for row in response.answers if row.question_type == "Driver" and row.value}
	return frozenset(found | ({response.driver} if response.driver else set()))


def _rule(row) -> acting.Rule:
	words = ()
	if row.cause == acting.WORD:
		try:
			words = acting.read_words(row.words)
		except ValueError:
			# Written past the form: such a rule finds nothing.
			words = ()
	return acting.Rule(
		name=row.name,
		cause=row.cause,
		makes=row.makes,
		survey=row.survey or "",
		units=_branch(row.unit),
		driver=row.driver or "",
		words=words,
		at_least=row.at_least or None,
		at_most=row.at_most or None,
		position=cint(row.position),
	)


def _branch(unit: str | None) -> frozenset[str] | None:
	if not unit:
		return None
	place = frappe.db.get_value("CX Business Unit", unit, ["lft", "rgt"], as_dict=True)
	if not place:
		return frozenset()
	return frozenset(
		frappe.get_all(
			"CX Business Unit", filters={"lft": [">=", place.lft], "rgt": ["<=", place.rgt]}, pluck="name"
		)
	)


# What a rule does.


def voice_rule(rules: list[frappe._dict], may_raise: bool) -> frappe._dict | None:
	"""The rule that decides about the answer's voice: the first that makes one.

	may_raise: whether a ticket can be raised for who answered. Where not, a rule for a ticket makes a voice instead.
	"""
	return next((row for row in rules if row.makes == acting.VOICE or not may_raise), None)


def ticket_rule(rules: list[frappe._dict]) -> frappe._dict | None:
	"""The first rule that raises a ticket."""
	return next((row for row in rules if row.makes == acting.TICKET), None)


def due_at(row: frappe._dict, ticket: str | None):
	"""By when a rule wants its voice answered, in the site's zone; None leaves it to CX Settings."""
	if not flt(row.due_hours):
		return None
	return _after(now_datetime(), flt(row.due_hours), ticket)


def _after(moment, hours: float, ticket: str | None):
	zone = site_zone()
	reached = add_business_hours(get_datetime(moment).replace(tzinfo=zone), hours, service_calendar(ticket))
	return reached.astimezone(zone).replace(tzinfo=None, microsecond=0)


def note_rule(voice: str, row: frappe._dict, text: str = "") -> None:
	"""Write into a voice by which rule it is, and what the rule says to do; once."""
	if frappe.db.get_value(VOICE, voice, "acting_rule"):
		return
	frappe.db.set_value(VOICE, voice, "acting_rule", row.name, update_modified=False)
	doc = frappe.get_doc(VOICE, voice, for_update=True)
	lines = [text or _("By the rule “{0}”.").format(row.title), row.note or ""]
	voices.note_on(doc, "\n".join(line for line in lines if line))


def raise_ticket(row: frappe._dict, response, statement: str, recipient: str) -> str | None:
	"""The ticket of an answer, raised as the person who answered; None where the matter has an open ticket already.

	The answer keeps its ticket's number, so that it never gets a second one.
	"""
	known = response.act_ticket or _open_ticket(row, response)
	if not known:
		note = _("From the answer to “{0}”, by the rule “{1}”.").format(response.survey, row.title)
		known = raising.raise_ticket(
			statement,
			recipient,
			" ".join(part for part in (note, row.note) if part),
			_there(names.TICKET_TYPE, row.ticket_type),
			_there(names.TEAM, row.ticket_team),
		)
		made = known
	else:
		made = None
	frappe.db.set_value(
		RESPONSE, response.name, {"act_ticket": known, "acting_rule": row.name}, update_modified=False
	)
	return made


def _there(doctype: str, name: str | None) -> str | None:
	return name if name and frappe.db.exists(doctype, name) else None


def _open_ticket(row: frappe._dict, response) -> str | None:
	"""The ticket that this matter has: the one asked about while it is open again, or an earlier one of the rule."""
	numbers = []
	if response.event_doctype == names.TICKET:
		numbers.append(tickets.of_record(response.event_name, response.event_key))
	if response.respondent_key:
		numbers += frappe.get_all(
			RESPONSE,
			filters={
				"respondent_key": response.respondent_key,
				"acting_rule": row.name,
				"act_ticket": ["is", "set"],
				"answered_at": [">", now_datetime() - _SAME_MATTER],
				"name": ["!=", response.name],
			},
			pluck="act_ticket",
		)
	facts = tickets.facts(numbers)
	for number in numbers:
		found = facts.get(str(number))
		if found and found.status_category != names.RESOLVED:
			return str(number)
	return None


# Missed targets and escalation, from the scheduler.


def act_on_targets() -> int:
	"""A voice for each target that was found missed and that a rule names; how many were made. Once for each finding."""
	rules = [row for row in active() if row.cause == acting.MISSED_TARGET]
	if not rules:
		return 0
	made = 0
	for change in targets.changes_since(now_datetime() - _LOOK_BACK):
		if change.state != MISSED:
			continue
		row = next((rule for rule in rules if _meets(rule, change)), None)
		origin = f"target:{change.target}:{get_datetime(change.at):%Y%m%d%H%M%S}"
		if row is None or frappe.db.exists(VOICE, {"origin": origin}):
			continue
		voice = voices.hear(
			machine.SEEN,
			_("The target “{0}” is missed: {1} where {2} was agreed, from {3} people.").format(
				change.target_name, f"{flt(change.value):.3g}", f"{flt(change.line):.3g}", change.n
			),
			unit=change.unit,
			source_type=machine.SEEN_SOURCE,
			responsible=row.responsible,
			due_at=due_at(row, None),
			origin=origin,
		)
		note_rule(voice, row)
		made += 1
	return made


def _meets(rule: frappe._dict, change: frappe._dict) -> bool:
	if rule.target and rule.target != change.target:
		return False
	units = _branch(rule.unit)
	return units is None or change.unit in units


def escalate() -> int:
	"""Tell the person whom a rule names of each of its voices that waits too long after its due time, once. How many."""
	rules = {row.name: row for row in frappe.get_all(RULE, fields=list(_FIELDS)) if row.escalate_after}
	if not rules:
		return 0
	now, told = now_datetime(), 0
	for voice in frappe.get_all(
		VOICE,
		filters={
			"acting_rule": ["in", list(rules)],
			"escalated_at": ["is", "not set"],
			"state": ["in", list(machine.OUR_TURN)],
			"due_at": ["<", now],
		},
		fields=["name", "kind", "due_at", "ticket", "acting_rule", "responsible", "unit"],
	):
		row = rules[voice.acting_rule]
		if not voices.is_enabled(row.escalate_to):
			continue
		if _after(voice.due_at, flt(row.escalate_after), voice.ticket) > now:
			continue
		_tell(voice, row)
		# Each is told once, whatever follows from it.
		frappe.db.set_value(VOICE, voice.name, "escalated_at", now, update_modified=False)
		told += 1
	return told


def _tell(voice: frappe._dict, row: frappe._dict) -> None:
	"""A notification that names the voice by kind and number, never by its words."""
	with speaking_to(row.escalate_to):
		subject = _("Overdue: {0} {1} of {2} still waits, by the rule “{3}”").format(
			_(voice.kind), voice.name, frappe.utils.get_fullname(voice.responsible), row.title
		)
	doc = frappe.new_doc("Notification Log")
	doc.update(
		{
			"for_user": row.escalate_to,
			"from_user": "Administrator",
			"type": "Alert",
			"document_type": VOICE,
			"document_name": voice.name,
			"subject": frappe.utils.escape_html(subject),
		}
	)
	# allowed: the host makes its notifications the same way, from its own jobs
	doc.insert(ignore_permissions=True)
