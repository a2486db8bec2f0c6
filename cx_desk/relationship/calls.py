"""Whom to call, and why: the units whose conversation is due, for My business and for the Monday mail."""

from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import format_date, get_datetime, get_url_to_form, now_datetime

from cx_desk.core import voice as machine
from cx_desk.core.cadence import DUE, IN_TIME, NO_CADENCE, OVERDUE, Standing
from cx_desk.host.addresses import site_url
from cx_desk.relationship import cadence, conversations
from cx_desk.relationship.page_context import MOST_ENTRIES, Context, covered_by, first_line
from cx_desk.units import cover
from cx_desk.units.language import day_and_time

MOST_CALLS = 100
MOST_IN_MAIL = 8
MOST_PEOPLE = 6

TONES = {OVERDUE: "red", DUE: "orange", IN_TIME: "green", NO_CADENCE: "gray"}


def people_of(units: list[str]) -> dict[str, list[dict]]:
	"""Unit -> people that matter and people of its last conversations: whom one would name."""
	found: dict[str, list[dict]] = {unit: [] for unit in units}
	if not units:
		return found
	for row in frappe.get_all(
		"CX Unit Person",
		filters={"parent": ["in", units], "parenttype": "CX Business Unit"},
		fields=["parent", "contact", "contact_name", "role"],
		order_by="idx",
	):
		name = row.contact_name or row.contact
		found[row.parent].append({"who": name, "contact": row.contact, "role": _(row.role)})
	for row in frappe.get_list(
		conversations.CONVERSATION,
		filters={"unit": ["in", units], "state": "Held"},
		fields=["unit", "who", "contact"],
		order_by="starts_on desc",
		limit=200,
	):
		if all(person["who"] != row.who for person in found[row.unit]):
			found[row.unit].append({"who": row.who, "contact": row.contact, "role": ""})
	return {unit: people[:MOST_PEOPLE] for unit, people in found.items()}


def reach_of(contacts: Iterable[str | None]) -> dict[str, list[dict]]:
	"""Contact -> how to get hold of them, the phone first: text and href of each way that is known."""
	wanted = sorted({contact for contact in contacts if contact})
	if not wanted:
		return {}
	# Whoever looks after a unit may call the people named on it, whatever they may do with contacts at large.
	rows = frappe.get_all(
		"Contact",
		filters={"name": ["in", wanted]},
		fields=["name", "mobile_no", "phone", "email_id"],
	)
	found = {}
	for row in rows:
		numbers = dict.fromkeys(number for number in (row.mobile_no, row.phone) if number)
		ways = [{"text": number, "href": f"tel:{''.join(number.split())}"} for number in numbers]
		if row.email_id:
			ways.append({"text": row.email_id, "href": f"mailto:{row.email_id}"})
		found[row.name] = ways
	return found


def standing_text(unit: str, kept: Standing | None = None) -> str:
	"""How contact with a unit stands, as a sentence."""
	kept = kept or cadence.standings([unit]).get(unit)
	if kept is None or kept.state == NO_CADENCE:
		return _("No cadence: self-service.")
	if kept.last is None:
		if not kept.days:
			return _("No conversation yet.")
		return _("No conversation in the {0} days that we know the unit.").format(kept.days)
	when = (
		_("today")
		if kept.days == 0
		else _("yesterday")
		if kept.days == 1
		else _("{0} days ago").format(kept.days)
	)
	text = _("Last conversation {0}.").format(when)
	if kept.state == IN_TIME:
		return f"{text} {_('Next by {0}.').format(format_date(kept.due_on))}"
	return f"{text} {_('Was due on {0}.').format(format_date(kept.due_on))}"


def section(context: Context) -> dict:
	"""Due and overdue contacts, the latest first, with who and why; planned ones with their date."""
	due = cadence.work_list(context.units)
	planned = cadence.next_planned(context.units)
	last = cadence.last_held([unit for unit, _kept in due], context.today)
	open_promises = _open_promises(context.units)
	people = people_of([unit for unit, _kept in due])
	reach = reach_of(person["contact"] for known in people.values() for person in known[:1])
	covers = covered_by(context)
	entries = []
	for unit, kept in due[:MOST_CALLS]:
		first = people[unit][0] if people[unit] else None
		if first:
			who = f"{first['who']}, {first['role']}" if first["role"] else first["who"]
		else:
			who = _("Nobody is named yet: add who matters on the unit.")
		lines = [who, standing_text(unit, kept)]
		if unit in last and last[unit].notes:
			lines.append(_("{0} said: {1}").format(last[unit].who, first_line(last[unit].notes)))
		if unit in planned:
			lines.append(
				_("Planned: {0} with {1}.").format(day_and_time(planned[unit].starts_on), planned[unit].who)
			)
		if unit in covers:
			lines.append(covers[unit])
		promises = open_promises.get(unit, [])
		if promises:
			promise = promises[0]
			late = promise.due_at and get_datetime(promise.due_at) < now_datetime()
			text = _("We promised: {0} (was due {1})") if late else _("We promised: {0} (due {1})")
			lines.append(text.format(first_line(promise.statement), format_date(promise.due_at)))
		if len(promises) > 1:
			lines.append(_("{0} promises are open.").format(len(promises)))
		actions = [{"key": "log", "label": _("Log a conversation"), "unit": unit, "main": not entries}]
		if unit not in planned:
			actions.append({"key": "plan", "label": _("Plan"), "unit": unit})
		entries.append(
			{
				"title": unit,
				"lines": lines,
				"reach": reach.get(first["contact"], []) if first else [],
				"badge": {"text": _(kept.state), "tone": TONES[kept.state]},
				"route": ["Form", "CX Business Unit", unit],
				"actions": actions,
			}
		)
	return {
		"key": "contacts",
		"title": _("Whom to call"),
		"count": len(due),
		"first": MOST_ENTRIES,
		"intro": _("The {0} that wait longest of {1}.").format(MOST_CALLS, len(due))
		if len(due) > MOST_CALLS
		else "",
		"entries": entries,
		"empty": _("Every unit has been spoken with in time."),
		"more": {"text": _("All conversations"), "route": ["List", "CX Conversation"]},
	}


def monday_section(user: str, since: datetime) -> dict | None:
	"""Whose call is due, for the Monday mail of whoever answers for units; None where nobody waits or none is theirs."""
	mine = cover.units_of(user)
	due = cadence.work_list(mine) if mine else []
	if not due:
		return None
	lines = [
		{
			"text": _("{0}: {1}. {2}").format(unit, _(kept.state), standing_text(unit, kept)),
			"link": get_url_to_form("CX Business Unit", unit),
			"name": _("Show"),
		}
		for unit, kept in due[:MOST_IN_MAIL]
	]
	return {
		"title": _("Whom to call"),
		"total": len(due),
		"lines": lines,
		"more": max(0, len(due) - MOST_IN_MAIL),
		"more_link": site_url("/app/my-business"),
		"empty": "",
	}


def _open_promises(units: tuple[str, ...]) -> dict[str, list]:
	"""Unit -> its promises that are still to be kept, the most urgent first."""
	rows = frappe.get_list(
		"CX Voice",
		filters={
			"unit": ["in", list(units) or [""]],
			"kind": machine.PROMISE,
			"state": ["in", machine.OUR_TURN],
		},
		fields=["unit", "statement", "due_at"],
		order_by="due_at asc",
		limit=0,
	)
	found: dict[str, list] = {}
	for row in rows:
		found.setdefault(row.unit, []).append(row)
	return found
