"""My business, the page of a liaison's Monday: whom to call and why, what was said, what changed, what we promised.

Sections are functions registered by the hook `cx_my_business_sections`: each gets a context and returns a dict of
plain data, or None when it has nothing to say; visits and initiatives add theirs there. The page draws every section
the same way:

	key, title, count (of what needs doing, 0 for none), intro (optional sentence), empty (shown without entries),
	first (optional: so many entries stand there, the rest behind a button),
	entries: each with title, and optional lines (texts), badge {text, tone}, lights [{label, light, trend}],
	reach [{text, href}] (how to get hold of the person in the first line), route (a Desk route as a list),
	actions [{key, label, ...}] that the page knows (log, plan, review, open),
	more {text, route} (optional link to the whole list).

Tones: red, orange, blue, green, gray.
"""

import frappe
from frappe import _
from frappe.utils import (
	format_date,
	get_datetime,
	get_fullname,
	now_datetime,
)

from cx_desk.core import voice as machine
from cx_desk.core.lights import GOOD, MIXED, POOR, UNKNOWN
from cx_desk.host import error_log
from cx_desk.relationship import calls, conversations, lights
from cx_desk.relationship.page_context import MOST_ENTRIES, Context, context_for, covered_by, first_line
from cx_desk.units import cover, scope
from cx_desk.units.language import day_and_time

MOST_LIGHTS = 48


def page(user: str, everything: bool = False) -> dict:
	"""Everything the page shows: head, sections in order, and what its dialog needs."""
	context = context_for(user, everything)
	sections = [
		section
		for path in frappe.get_hooks("cx_my_business_sections")
		if (section := _section(path, context))
	]
	units = list(context.units)
	return {
		"name": get_fullname(user),
		"own": context.own,
		"may_see_all": scope.visible_units(user) is None and bool(cover.units_of(user)),
		"units": units,
		"people": calls.people_of(units),
		"sections": sections,
		"sample_data": frappe.get_cached_doc("CX Settings").sample_data or "",
		"intro": _intro(context, sections),
	}


def _section(path: str, context: Context) -> dict | None:
	"""One section; a part of another area that fails does not take the page along."""
	try:
		return frappe.get_attr(path)(context)
	except frappe.PermissionError:
		frappe.clear_messages()
		return None
	except Exception:
		frappe.clear_messages()
		# Written later: what a GET inserts is rolled back.
		error_log.log(f"CX Desk: My business: {path}", defer_insert=True)
		return {
			"key": "failed",
			"title": _("A part is missing"),
			"count": 0,
			"entries": [],
			"empty": _(
				"A part of this page could not be made. It was noted in the Error Log; the rest is complete."
			),
		}


def _intro(context: Context, sections: list[dict]) -> str:
	if not context.units:
		return _("No unit is yours yet. A CX Manager names liaisons in the list CX Liaison Assignment.")
	calls = next((section["count"] for section in sections if section["key"] == "contacts"), 0)
	if calls == 0:
		return _("Nobody is waiting for a call.")
	return _("One call is due.") if calls == 1 else _("{0} calls are due.").format(calls)


def planned_section(context: Context) -> dict | None:
	"""Conversations of the next two weeks, and planned ones whose time has passed without a word about them."""
	rows = frappe.get_list(
		conversations.CONVERSATION,
		filters={
			"unit": ["in", list(context.units) or [""]],
			"state": "Planned",
			"starts_on": ["<=", frappe.utils.add_days(context.today, 15)],
		},
		fields=["name", "unit", "who", "starts_on", "type"],
		order_by="starts_on asc",
		limit=MOST_ENTRIES,
	)
	if not rows:
		return None
	now = now_datetime()
	entries = []
	for row in rows:
		past = get_datetime(row.starts_on) < now
		entries.append(
			{
				"title": row.unit,
				"lines": [
					_("{0} with {1}").format(_(row.type) if row.type else _("Conversation"), row.who),
					day_and_time(row.starts_on),
				],
				"badge": {"text": _("Was it held?"), "tone": "orange"} if past else None,
				"route": ["Form", "CX Conversation", row.name],
				"actions": [{"key": "held", "label": _("It was held"), "conversation": row.name}]
				if past
				else [],
			}
		)
	return {
		"key": "planned",
		"title": _("Planned"),
		"count": sum(bool(entry["badge"]) for entry in entries),
		"entries": entries,
		"empty": "",
		"more": {"text": _("Calendar"), "route": ["List", "CX Conversation", "Calendar", "default"]},
	}


def voices_section(context: Context) -> dict:
	"""Voices of the units that wait for the desk: overdue first; promises say what was promised."""
	rows = frappe.get_list(
		"CX Voice",
		filters={"unit": ["in", list(context.units) or [""]], "state": ["in", machine.OUR_TURN]},
		fields=[
			"name",
			"kind",
			"state",
			"unit",
			"statement",
			"source_name",
			"source_email",
			"responsible",
			"due_at",
			"confidential",
		],
		order_by="due_at asc",
		limit=0,
	)
	now = now_datetime()
	entries = []
	for row in rows[:MOST_ENTRIES]:
		late = bool(row.due_at and get_datetime(row.due_at) < now)
		who = row.source_name or row.source_email or _("Nobody by name")
		entries.append(
			{
				"title": first_line(row.statement),
				"lines": [
					_("{0}: {1}, {2}").format(_(row.kind), who, row.unit),
					_("{0} owns it, due {1}.").format(get_fullname(row.responsible), format_date(row.due_at)),
				],
				"badge": {"text": _("Overdue"), "tone": "red"}
				if late
				else {"text": _(row.state), "tone": "blue"},
				"route": ["Form", "CX Voice", row.name],
			}
		)
	overdue = sum(bool(row.due_at and get_datetime(row.due_at) < now) for row in rows)
	return {
		"key": "voices",
		"title": _("What they said"),
		"count": overdue,
		"intro": _voices_intro(len(rows), overdue),
		"entries": entries,
		"empty": _("Every voice was answered."),
		"more": {"text": _("All voices"), "route": ["List", "CX Voice"]},
	}


def _voices_intro(waiting: int, overdue: int) -> str:
	if not waiting:
		return ""
	text = _("{0} wait for the desk, {1} of them overdue.").format(waiting, overdue)
	if waiting > MOST_ENTRIES:
		text = f"{text} {_('The {0} most urgent:').format(MOST_ENTRIES)}"
	return text


def signals_section(context: Context) -> dict | None:
	"""Open signals of the units, each with its sentence; the false alarms to expect stand at the head."""
	# What judges signals comes with them; every worker loads this module.
	from cx_desk.relationship import signal_words, signals

	rows = frappe.get_list(
		signals.SIGNAL,
		filters={"unit": ["in", list(context.units) or [""]], "state": ["in", signals.OPEN_STATES]},
		fields=["name", "unit", "kind", "state", "raised_on", "finding", *signal_words.FIELDS],
		order_by="state asc, last_on desc",
		limit=0,
	)
	new = sum(row.state == signals.NEW for row in rows)
	for row in rows:
		row.update(signal_words.show(row))
	entries = [
		{
			"title": row.title,
			"lines": [
				row.sentence,
				_("Since {0}. {1}").format(format_date(row.raised_on), row.sure),
			],
			"badge": {"text": _(row.state), "tone": "green" if row.kind == "Praise cluster" else "orange"},
			"route": ["Form", "CX Signal", row.name],
			"actions": [{"key": "log", "label": _("Log a conversation"), "unit": row.unit}],
		}
		for row in rows[:MOST_ENTRIES]
	]
	return {
		"key": "signals",
		"title": _("What changed"),
		"count": new,
		"intro": signals.expectation_text() if rows else "",
		"entries": entries,
		"empty": _("Nothing stands out. Units with little to count are not judged."),
		"more": {"text": _("All signals"), "route": ["List", "CX Signal"]},
	}


def _why(row: dict) -> list[str]:
	"""At most two sentences for what is not good: one of each light before a second of either; what is merely not
	known only where nothing else is to be said.
	"""
	sides = [
		lights.reasons(row[f"{side}_inputs"], row[side])
		for side in ("felt", "done")
		if row[side] not in (GOOD, UNKNOWN)
	]
	if not sides:
		return [
			text
			for side in ("felt", "done")
			if row[side] == UNKNOWN
			for text in lights.reasons(row[f"{side}_inputs"], UNKNOWN)[:1]
		]
	firsts = [texts[0] for texts in sides if texts]
	seconds = [text for texts in sides for text in texts[1:]]
	return [*firsts, *seconds][:2]


def lights_section(context: Context) -> dict:
	"""Every unit by its two lights, the poor ones first, with the reasons."""
	found = lights.shown(context.units, context.today)
	covers = covered_by(context)
	rank = {POOR: 0, MIXED: 1, UNKNOWN: 2, GOOD: 3}
	ordered = sorted(
		found.values(),
		key=lambda row: (min(rank[row["felt"]], rank[row["done"]]), rank[row["felt"]], row["unit"]),
	)
	unknown = [row for row in ordered if row["felt"] == row["done"] == UNKNOWN]
	ordered = [row for row in ordered if row not in unknown]
	entries = []
	for row in ordered[:MOST_LIGHTS]:
		entries.append(
			{
				"title": row["unit"],
				"lines": [
					*(_why(row) or [_("Both lights are good.")]),
					*filter(None, [covers.get(row["unit"])]),
				],
				"lights": [
					{"label": _("What they feel"), "light": row["felt"], "trend": row["felt_trend"]},
					{"label": _("What we did"), "light": row["done"], "trend": row["done_trend"]},
				],
				"inputs": {"felt": row["felt_inputs"], "done": row["done_inputs"]},
				"route": ["Form", "CX Business Unit", row["unit"]],
				"actions": [{"key": "review", "label": _("Prepare a review"), "unit": row["unit"]}],
			}
		)
	if unknown:
		# One line for all: a card that says nothing is known is nothing to act on.
		entries.append(
			{
				"title": _("Nothing is known yet: {0}").format(len(unknown)),
				"lines": [", ".join(row["unit"] for row in unknown)],
			}
		)
	missing = len(context.units) - len(found)
	intro = _("Looked at once a week, each light by itself.")
	if missing and found:
		intro = f"{intro} {_('{0} units come with the next look.').format(missing)}"
	if len(ordered) > MOST_LIGHTS:
		intro = f"{intro} {_('The {0} that need it most of {1}.').format(MOST_LIGHTS, len(ordered))}"
	return {
		"key": "lights",
		"title": _("How it stands"),
		"count": 0,
		"intro": intro if found else "",
		"entries": entries,
		"empty": _("The lights come with the first weekly look, tonight."),
		"more": {"text": _("All weeks"), "route": ["List", "CX Unit Week"]},
	}
