"""Did the visit change anything: a question fixed and locked before it, counted afterwards by the same rule for all.

The time before ends before the time from which the unit was chosen: a unit chosen at its worst gets better by itself.
The verdict is `core/effect.py`'s; here the windows are laid, the tickets counted, and the sentence written.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date, get_datetime, getdate, now_datetime, nowdate

from cx_desk.core import effect as core
from cx_desk.core import planning
from cx_desk.core import visit as machine
from cx_desk.core.render.text import decimal
from cx_desk.host.unit_tickets import weekly
from cx_desk.immersion import visits
from cx_desk.units.branches import below, branches, relatives

FIELDS = (
	*("effect_question", "effect_hoped", "effect_ticket_type"),
	*("effect_weeks", "effect_washout_days", "effect_chosen_days"),
)
HOPED = {"Fewer tickets": core.FALL, "More tickets": core.RISE}
FEWEST_WEEKS, MOST_WEEKS = 3, 26
# A comparison unit of a similar level has between half and twice the tickets.
SIMILAR = 2.0
SUGGESTED = 5


def guard(doc, before) -> None:
	"""Hold the question to its rule: changed only before the visit and before it was locked; controls that compare."""
	asked = bool(cstr(doc.effect_question).strip())
	changed = not before or _changed(doc, before)
	if before and changed and not doc.flags.cx_move:
		_refuse_late_change(doc, before, asked)
	if before and before.effect_locked_at and doc.unit != before.unit:
		frappe.throw(_("The question was locked for {0}: another unit is another visit.").format(before.unit))
	if not before and asked and doc.state != machine.PLANNED:
		frappe.throw(_("The question is fixed before the visit: a visit logged afterwards has none."))
	if not asked and not doc.comparison:
		return
	doc.effect_weeks = cint(doc.effect_weeks) or 12
	if doc.effect_hoped not in HOPED:
		frappe.throw(_("Say which way you hope it goes: fewer tickets or more."))
	if changed or doc.unit != before.unit:
		_check_windows(doc)
		_check_comparison(doc)


def _refuse_late_change(doc, before, asked: bool) -> None:
	if before.effect_locked_at:
		frappe.throw(
			_("The question was locked on {0}: what is asked is not changed afterwards.").format(
				format_date(before.effect_locked_at)
			),
			title=_("Locked"),
		)
	if _has_begun(before) and asked:
		frappe.throw(
			_(
				"The question is fixed before the visit. This one has begun: take it out here, and ask it for the "
				"next visit."
			),
			title=_("Too late"),
		)
	if not asked:
		# Nothing is compared without a question; after the visit it can only be taken out for good.
		doc.set("comparison", [])


def _check_windows(doc) -> None:
	if not FEWEST_WEEKS <= doc.effect_weeks <= MOST_WEEKS:
		frappe.throw(_("Choose {0} to {1} weeks before and after.").format(FEWEST_WEEKS, MOST_WEEKS))
	for name, most in (("effect_washout_days", 90), ("effect_chosen_days", 365)):
		if not 0 <= cint(doc.get(name)) <= most:
			frappe.throw(_("{0}: choose 0 to {1} days.").format(_(doc.meta.get_label(name)), most))
	if doc.visit_round and cint(doc.effect_chosen_days) < planning.WINDOW_DAYS:
		frappe.throw(
			_(
				"The planner chose this unit from {0} days of tickets. Leave out at least as many before the visit: a "
				"unit chosen at its worst gets better by itself."
			).format(planning.WINDOW_DAYS)
		)


def _has_begun(doc) -> bool:
	return doc.state != machine.PLANNED or get_datetime(doc.starts_on) <= now_datetime()


def _changed(doc, before) -> bool:
	if any(cstr(doc.get(name)).strip() != cstr(before.get(name)).strip() for name in FIELDS):
		return True
	return [row.unit for row in doc.comparison] != [row.unit for row in before.comparison]


def _check_comparison(doc) -> None:
	family = relatives(doc.unit)
	seen = set()
	for row in doc.comparison:
		if row.unit == doc.unit:
			frappe.throw(_("The visited unit cannot be compared with itself. Take it out of the comparison."))
		if row.unit in family:
			frappe.throw(
				_(
					"{0} holds the visited unit or is part of it: its tickets would be on both sides. Take it out."
				).format(frappe.bold(row.unit))
			)
		if row.unit in seen:
			frappe.throw(_("{0} is in the comparison twice.").format(frappe.bold(row.unit)))
		seen.add(row.unit)
		parts = set(below(row.unit)) - {row.unit}
		if both := parts & {other.unit for other in doc.comparison}:
			frappe.throw(
				_("{0} is part of {1}: it would count twice. Take one out.").format(
					frappe.bold(sorted(both)[0]), frappe.bold(row.unit)
				)
			)


def lock(visit: str) -> str:
	"""Fix question, windows and comparison for good, before the visit. Permission is the caller's matter."""
	doc = frappe.get_doc(visits.VISIT, visit, for_update=True)
	if not cstr(doc.effect_question).strip():
		frappe.throw(_("Write the question first: what should be different after this visit?"))
	if _has_begun(doc):
		frappe.throw(
			_("The question is locked before the visit. This one has begun: ask it for the next visit.")
		)
	if not doc.effect_locked_at:
		doc.flags.cx_move = "lock"
		doc.effect_locked_at = now_datetime()
		doc.save()
	return cstr(doc.effect_locked_at)


def windows(doc) -> tuple[date, date, int]:
	"""First day before, first day after, and weeks of each window.

	Before: so many weeks that end where the time begins from which the unit was chosen. After: from the days left
	out after the visit on.
	"""
	weeks = cint(doc.effect_weeks) or 12
	chosen = _chosen_on(doc) - timedelta(days=cint(doc.effect_chosen_days))
	after = getdate(doc.starts_on) + timedelta(days=1 + cint(doc.effect_washout_days))
	return chosen - timedelta(weeks=weeks), after, weeks


def _chosen_on(doc) -> date:
	made = frappe.db.get_value("CX Visit Round", doc.visit_round, "made_on") if doc.visit_round else None
	return min(getdate(made or doc.creation or nowdate()), getdate(doc.starts_on))


def due_on(doc) -> date:
	"""The day on which the last week after the visit is over."""
	_before, after, weeks = windows(doc)
	return after + timedelta(weeks=weeks)


def work_out(visit: str) -> dict:
	"""Count and judge, when the time after is over; what it found. ValidationError while it is not."""
	doc = frappe.get_doc(visits.VISIT, visit, for_update=True)
	if not doc.effect_locked_at:
		frappe.throw(_("No question was locked before this visit, so nothing can be judged."))
	if doc.state not in machine.TOOK_PLACE:
		frappe.throw(_("The visit did not take place, so there is nothing to judge."))
	if due_on(doc) > getdate(nowdate()):
		frappe.throw(
			_("The weeks after the visit end on {0}. It is judged then, once.").format(
				format_date(due_on(doc))
			)
		)
	before, after, weeks = windows(doc)
	found = judge(
		doc.unit,
		[row.unit for row in doc.comparison],
		before,
		after,
		weeks,
		hoped=HOPED[doc.effect_hoped],
		ticket_type=doc.effect_ticket_type or None,
	)
	found["visited_too"] = _visited_too(doc, before, after + timedelta(weeks=weeks))
	doc.flags.cx_move = "effect"
	doc.effect_result = frappe.as_json(found)
	doc.effect_verdict, doc.effect_computed_at = found["verdict"], now_datetime()
	# allowed: the verdict is worked out by rule, by a job or by whoever opens it
	doc.save(ignore_permissions=True)
	return found


def _visited_too(doc, since: date, until: date) -> list[str]:
	"""Units of the comparison that were visited themselves in the time that was counted, by name."""
	rows = frappe.get_all(
		visits.VISIT,
		{
			"unit": ("in", [row.unit for row in doc.comparison] or [""]),
			"state": ("in", machine.TOOK_PLACE),
			"starts_on": ("between", [str(since), str(until)]),
		},
		pluck="unit",
	)
	return sorted(set(rows))


def judge(
	unit: str,
	comparison: list[str],
	before: date,
	after: date,
	weeks: int,
	*,
	hoped: str = core.FALL,
	ticket_type: str | None = None,
) -> dict:
	"""The verdict for a unit and the units it is compared with: plain data with every figure behind it.

	A unit counts with everything below it. Three queries at most, whatever the number of tickets.
	"""
	parts = branches([unit, *comparison])
	counts = weekly(
		{name for branch in parts.values() for name in branch}, [(before, weeks), (after, weeks)], ticket_type
	)

	def series(units: list[str], window: int) -> list[int]:
		names = {name for one in units for name in parts[one]}
		return [sum(counts[name][window][week] for name in names) for week in range(weeks)]

	own, others = (series([unit], 0), series([unit], 1)), None
	note = ""
	if comparison:
		others = (series(comparison, 0), series(comparison, 1))
		if not sum(others[0]) + sum(others[1]):
			others, note = None, "comparison"
	found = {
		"before": own[0],
		"after": own[1],
		"comparison_before": others[0] if others else None,
		"comparison_after": others[1] if others else None,
		"before_from": str(before),
		"before_to": str(before + timedelta(weeks=weeks, days=-1)),
		"after_from": str(after),
		"after_to": str(after + timedelta(weeks=weeks, days=-1)),
		"weeks": weeks,
		"hoped": hoped,
		"note": note,
	}
	if not sum(own[0]) + sum(own[1]):
		return {**found, "verdict": core.CANNOT_TELL, "note": "empty"}
	units = [(sum(series([name], 0)), sum(series([name], 1))) for name in comparison] if others else []
	result = core.effect(own[0], own[1], *(others or (None, None)), comparison_units=units, hoped=hoped)
	ratio = result.ratio
	return {
		**found,
		"verdict": result.verdict,
		"ratio": ratio.value,
		"low": ratio.low,
		"high": ratio.high,
		"dispersion": ratio.dispersion,
		"detectable": result.detectable,
		"compared": result.compared,
		"units": len(units),
		"method": ratio.method,
	}


def sentence(found: dict) -> str:
	"""What was found, in one paragraph: the counts, the interval, and what could have been seen."""
	if found["note"] == "empty":
		return _(
			"There were no tickets in either window, so nothing can be told. Next time leave the type of ticket empty, "
			"choose longer windows, or ask for something else than tickets."
		)
	parts = [
		_("{0} tickets in the {1} weeks before, {2} in the {1} weeks after.").format(
			sum(found["before"]), found["weeks"], sum(found["after"])
		)
	]
	if found.get("compared"):
		parts.append(
			_("The units it is compared with went from {0} to {1}.").format(
				sum(found["comparison_before"]), sum(found["comparison_after"])
			)
		)
		if found["units"] < core.FEWEST_UNITS:
			parts.append(
				_(
					"With fewer than {0} of them it cannot be told how differently places change by themselves."
				).format(core.FEWEST_UNITS)
			)
		if found.get("visited_too"):
			parts.append(
				_("Of these, {0} had a visit of their own in that time, so they show less.").format(
					", ".join(found["visited_too"])
				)
			)
	elif found["note"] == "comparison":
		parts.append(
			_("The units it was compared with had no tickets, so season and other causes are not taken out.")
		)
	else:
		parts.append(_("No unit was compared with it, so season and other causes are not taken out."))
	parts.append(
		_("Times {0}, with 95 % confidence between {1} and {2}.").format(
			number(found["ratio"]), number(found["low"]), number(found["high"])
		)
	)
	if found["detectable"] is None:
		parts.append(_("So few tickets could not have shown any fall."))
	else:
		parts.append(
			_("A fall of {0} % or more would have been seen with 80 % power.").format(
				round(100 * (1 - found["detectable"]))
			)
		)
	if found["verdict"] == core.AS_HOPED:
		parts.append(_("Units are often visited because they hurt: part of any fall comes by itself."))
	return " ".join(parts)


def number(value: float) -> str:
	"""A ratio for reading."""
	return "∞" if value == float("inf") else decimal(value, 2, frappe.local.lang)


def shown(doc) -> dict:
	"""What the form shows of the question: windows, when it is judged, and the verdict with its figures."""
	if not cstr(doc.effect_question).strip():
		return {}
	before, after, weeks = windows(doc)
	shown_windows = {
		"before": [format_date(before), format_date(before + timedelta(weeks=weeks, days=-1))],
		"after": [format_date(after), format_date(after + timedelta(weeks=weeks, days=-1))],
		"due": format_date(due_on(doc)),
		"over": due_on(doc) <= getdate(nowdate()),
		"begun": _has_begun(doc),
	}
	if not doc.effect_result:
		return shown_windows
	found = frappe.parse_json(doc.effect_result)
	return {**shown_windows, "verdict": found["verdict"], "sentence": sentence(found), "figures": found}


def suggest(visit: str) -> list[dict]:
	"""Units to compare with: those of the same round that were not drawn, then units of a similar level.

	Each with its tickets before and the reason. Left out: relatives of the unit, and units visited in the time.
	"""
	doc = frappe.get_doc(visits.VISIT, visit)
	before, after, weeks = windows(doc)
	end = after + timedelta(weeks=weeks)
	family = relatives(doc.unit)
	visited = set(
		frappe.get_all(
			visits.VISIT,
			{"state": ("!=", machine.CANCELLED), "starts_on": ("between", [str(before), str(end)])},
			pluck="unit",
		)
	)
	units = frappe.get_all(
		"CX Business Unit", {"disabled": 0, "is_unassigned": 0, "is_group": 0}, pluck="name", order_by="name"
	)
	units = [unit for unit in units if unit not in family | visited]
	counts = weekly([doc.unit, *units], [(before, weeks)], doc.effect_ticket_type or None)
	level = sum(counts[doc.unit][0])
	undrawn = set(
		frappe.get_all(
			"CX Visit Proposal", {"parent": doc.visit_round or "", "outcome": "Not drawn"}, pluck="unit"
		)
	)
	rows = []
	for unit in units:
		tickets = sum(counts[unit][0])
		drawn_out = unit in undrawn
		if not tickets or not (drawn_out or level / SIMILAR <= tickets <= level * SIMILAR):
			continue
		note = _("Not drawn in the same round") if drawn_out else _("A similar number of tickets before")
		rows.append({"unit": unit, "tickets": tickets, "own": level, "note": note, "drawn_out": drawn_out})
	rows.sort(key=lambda row: (not row["drawn_out"], abs(row["tickets"] - level), row["unit"]))
	return rows[:SUGGESTED]


def work_out_due() -> int:
	"""Judge every visit whose weeks after are over; how many. Each is judged once."""
	rows = frappe.get_all(
		visits.VISIT,
		{
			"effect_locked_at": ("is", "set"),
			"effect_verdict": ("is", "not set"),
			"state": ("in", machine.TOOK_PLACE),
		},
		pluck="name",
	)
	done = 0
	for name in rows:
		if due_on(frappe.get_doc(visits.VISIT, name)) <= getdate(nowdate()):
			work_out(name)
			done += 1
	return done
