"""The scorecard of a survey: every figure of it as one plain dict, as far as a reader may see.

Counts come from the rollups, people from the answers or the night's snapshot, the way to the answer from the ledger;
intervals, charts and checks from `core`. Who may read the rows sees them counted up to now; a wider audience sees closed
quarters only (`closed_periods`). The page, its print and the API read the same dict.
"""

import time
from datetime import date

import frappe
from frappe import _
from frappe.utils import flt, format_date, format_datetime, getdate, now_datetime

from cx_desk.core import periods as core_periods
from cx_desk.core import scores
from cx_desk.core.render.text import short
from cx_desk.surveys import card_counts, targets, themes, versions
from cx_desk.surveys.card_counts import Scope
from cx_desk.surveys.card_figures import entry, question_entries, question_text
from cx_desk.surveys.card_parts import add_parts, funnel, working_time_lost
from cx_desk.units import closed_periods
from cx_desk.units import scope as reach
from cx_desk.units.scores import STILL_COMING_DAYS, below

# A card that took so long to count is shown to the next readers as well, for so long; `as_of` says when it was counted.
SLOW_SECONDS, KEPT_SECONDS = 1.0, 600


def build(
	survey: str, user: str, *, unit: str = "", team: str = "", period: str = core_periods.WINDOW
) -> dict:
	"""The scorecard for one reader. PermissionError for a unit out of their scope; ValidationError for what is not there.

	unit: with all below it; empty for the whole business, or for a liaison their own first unit. period: a key of
	`core.periods`.
	"""
	doc = _survey(survey)
	unit = unit_for(user, unit)
	team = team or ""
	today = getdate()
	if not closed_periods.reads_rows(user, unit, doc.privacy):
		return _wide(doc, user, unit, period, today)
	key = ":".join(("cx_scorecard", str(today), frappe.local.lang or "", survey, unit, team, period))
	card = frappe.cache.get_value(key, expires=True)
	if card is None:
		begun = time.perf_counter()
		card = _counted(doc, unit, team, period, today)
		if time.perf_counter() - begun > SLOW_SECONDS:
			frappe.cache.set_value(key, card, expires_in_sec=KEPT_SECONDS)
	# What else depends on the reader: whoever sees a unit sees all below it.
	card["targets"] = targets.rows_for(survey=survey, unit=unit, team=team)
	return card


def _counted(doc, unit: str, team: str, period: str, today: date) -> dict:
	"""The scorecard for everybody who may read the rows of these units."""
	chosen, scope, main = _period(doc, unit, team, period, today)
	card = _frame(doc, unit, team, chosen, today)
	found = card_counts.questions(scope)
	entries = question_entries(doc, scope, found)
	card["main"] = next((entry for entry in entries if main and entry["key"] == main["key"]), None)
	card["questions"] = [entry for entry in entries if entry is not card["main"]]
	card["funnel"] = funnel(scope)
	if not found:
		card["empty"] = _nobody(doc, scope)
		return card
	if card["main"]:
		add_parts(card, scope, today)
	card["lost_time"] = working_time_lost(found, scope)
	card["themes"] = themes.for_card(scope)
	card["notes"] = _note_lines(card)
	return card


def _survey(name: str):
	if not name or not frappe.db.exists("CX Survey", name):
		frappe.throw(
			_("There is no survey of this name. Choose one from the list."), frappe.DoesNotExistError
		)
	return frappe.get_cached_doc("CX Survey", name)


def unit_for(user: str, unit: str = "") -> str:
	"""The unit to show: the one asked for, else the whole business, else the reader's own first unit.

	PermissionError where the unit is out of their scope, or where they have none.
	"""
	if unit and not frappe.db.exists("CX Business Unit", unit):
		frappe.throw(_("There is no business unit of this name."), frappe.DoesNotExistError)
	if unit:
		if not reach.sees_unit(user, unit):
			frappe.throw(
				_("{0} is not one of your units.").format(frappe.bold(frappe.utils.escape_html(unit))),
				frappe.PermissionError,
			)
		return unit
	if reach.sees_everything(user):
		return ""
	own = reach.visible_units(user) or []
	if not own:
		frappe.throw(
			_("You are not assigned to any unit today, so there is nothing to show."), frappe.PermissionError
		)
	return frappe.get_all(
		"CX Business Unit", filters={"name": ["in", own]}, order_by="lft asc", pluck="name", limit=1
	)[0]


def scope_of(survey: str, user: str, *, unit: str, team: str, period: str) -> Scope | None:
	"""The rows that a card with these choices counts; None for somebody who may not read them."""
	doc = _survey(survey)
	unit = unit_for(user, unit)
	if not closed_periods.reads_rows(user, unit, doc.privacy):
		return None
	return _period(doc, unit, team, period, getdate())[1]


def choices(user: str, survey: str = "") -> dict:
	"""What the reader can choose from: surveys, units of their scope, periods."""
	visible = reach.visible_units(user)
	units = frappe.get_all(
		"CX Business Unit",
		filters={} if visible is None else {"name": ["in", visible or [""]]},
		fields=["name", "lft", "rgt"],
		order_by="lft asc",
	)
	open_ends: list[int] = []
	listed = []
	for row in units:
		while open_ends and open_ends[-1] < row.lft:
			open_ends.pop()
		listed.append({"value": row.name, "depth": len(open_ends)})
		open_ends.append(row.rgt)
	return {
		"everything": visible is None,
		"surveys": _surveys(),
		"units": listed,
		"periods": [
			{"value": each.key, "label": period_label(each)} for each in core_periods.choices(getdate())
		],
	}


def _surveys() -> list[str]:
	"""Every survey; first what a reader most likely looks for: those that are on, about tickets before all others."""
	rows = frappe.get_all("CX Survey", fields=["name", "enabled", "kind"], order_by="survey_name asc")
	return [row.name for row in sorted(rows, key=lambda row: (not row.enabled, row.kind != "Ticket"))]


def period_label(period: core_periods.Period) -> str:
	"""A period in words."""
	if period.kind == core_periods.WINDOW:
		return _("Last 90 days, or 365 where few answered")
	if period.kind == core_periods.DAYS:
		return _("Last {0} days").format(period.days)
	if period.kind == core_periods.QUARTER:
		return _("Quarter {0}").format(period.key)
	return _("Month {0}").format(period.key)


def _period(doc, unit: str, team: str, key: str, today: date):
	"""The chosen period, its scope and the main question; the window is widened where few people answered."""
	settings = frappe.get_cached_doc("CX Settings")
	short, wide = settings.score_window_days or 90, settings.score_wide_days or 365
	try:
		chosen = core_periods.read(key or core_periods.WINDOW, today, short)
	except ValueError:
		frappe.throw(
			_("'{0}' is no period. Write 90, 365, a quarter as 2026-Q3 or a month as 2026-09.").format(
				frappe.utils.escape_html(key)
			)
		)
	scope = Scope(doc.name, chosen.start, chosen.end, unit, team)
	main = main_question(doc)
	if chosen.kind == core_periods.WINDOW and main:
		behind = card_counts.people(scope, main["key"]).get("", card_counts.Behind())
		if behind.people < (settings.score_min_people or scores.FEW_ANSWERS):
			chosen = core_periods.read(key or core_periods.WINDOW, today, wide)
			scope = Scope(doc.name, chosen.start, chosen.end, unit, team)
	return chosen, scope, main


def main_question(doc) -> dict | None:
	"""The first question on a scale of the survey as it is now."""
	return versions.main_question(versions.content_of(doc))


def _frame(doc, unit: str, team: str, chosen: core_periods.Period, today: date) -> dict:
	settings = frappe.get_cached_doc("CX Settings")
	parts = [unit or _("The whole business")]
	if team:
		parts.append(_("team {0}").format(team))
	parts.append(_("{0} to {1}").format(format_date(chosen.start), format_date(chosen.end)))
	parts.append(_("as of {0}").format(format_datetime(now_datetime(), "HH:mm")))
	return {
		"title": doc.name,
		"survey": doc.name,
		"about": " · ".join(parts),
		"label": _("Sample data: {0}").format(settings.sample_data) if settings.sample_data else "",
		"privacy": doc.privacy,
		"audience": "desk",
		"audience_note": "",
		"unit": unit,
		"team": team,
		"period": {"key": chosen.key, "start": str(chosen.start), "end": str(chosen.end)},
		"as_of": str(now_datetime().replace(microsecond=0)),
		"empty": "",
		"main": None,
		"change": None,
		"questions": [],
		"funnel": None,
		"targets": [],
		"chart": None,
		"units": [],
		"teams": [],
		"months": [],
		"captions": {},
		"drivers": None,
		"themes": None,
		"watermelon": None,
		"recovery": None,
		"nonresponse": None,
		"lost_time": None,
		"hidden": {"units": 0},
		"floor": closed_periods.FLOOR,
		"notes": [],
	}


def _nobody(doc, scope: Scope) -> str:
	days = card_counts.first_and_last_day(scope)
	if not days and scope.units is not None:
		return _("Nobody in {0} has answered this survey yet.").format(scope.unit)
	if not days:
		if not doc.enabled:
			return _(
				"Nobody has answered this survey yet: it is switched off. Try it with 'Send me one', then switch it on."
			)
		return _("Nobody has answered this survey yet. What was asked so far is in the ledger.")
	return _("Nobody answered in this period. There are answers from {0} to {1}.").format(
		format_date(days[0]), format_date(days[1])
	)


def _note_lines(card: dict) -> list[str]:
	notes = [
		_("n is people, each counted once; where somebody answers often, the interval is widened for it."),
		_("The interval covers chance, not those who stayed silent."),
		_("Scores belong to the day of the event asked about; the last {0} days are still coming in.").format(
			STILL_COMING_DAYS
		),
		_("Asked and response rate are by the day of asking."),
	]
	if card["main"] and card["main"]["unit"] == "share":
		limit = frappe.get_cached_doc("CX Settings").score_target or 70
		notes.append(
			_(
				"Good: the low end of the interval reaches {0} %. Poor: its high end stays below. Not clear: anything "
				"between, which is no verdict either way."
			).format(short(flt(limit), frappe.local.lang or "en"))
		)
	return notes


# A wider audience.


def _wide(doc, user: str, unit: str, period: str, today: date) -> dict:
	"""What those see who may not read the rows: one closed quarter, small groups hidden also by subtraction."""
	quarters = closed_periods.closed(doc.name)
	chosen = period if period in quarters else (quarters[-1] if quarters else None)
	frame = core_periods.read(chosen, today, 90) if chosen else core_periods.latest_closed(today)
	card = _frame(doc, unit, "", frame, today)
	card["audience"] = "wide"
	card["audience_note"] = _(
		"You see closed quarters of this survey only, and no group of fewer than {0} people: its answers are {1}."
	).format(closed_periods.FLOOR, _(doc.privacy).lower())
	shown = closed_periods.read(doc.name, chosen, reach.visible_units(user), [user]) if chosen else {}
	main = main_question(doc)
	own = shown.get(unit or closed_periods.root())
	if own is None or not main or main["key"] not in own:
		card["empty"] = (
			_("Too few people answered in this quarter to show a figure.")
			if chosen
			else _("The first quarter of this survey closes on {0}.").format(
				format_date(core_periods.closes_on(core_periods.quarter_of(today)))
			)
		)
	else:
		card["questions"] = [_wide_entry(key, row, doc) for key, row in own.items() if key != main["key"]]
		card["main"] = _wide_entry(main["key"], own[main["key"]], doc)
		card["units"], card["hidden"]["units"] = _wide_units(shown, unit, main["key"], chosen, doc)
	card["notes"] = [
		*_note_lines(card)[:2],
		_("A quarter closes {0} days after its end and is not changed afterwards.").format(
			core_periods.SETTLE_DAYS
		),
	]
	card["quarters"] = quarters
	return card


def _wide_entry(key: str, row, doc, name: str = "") -> dict:
	behind = card_counts.Behind(row.people, row.effective_n)
	text = name or question_text(key, versions.content_of(doc), {})
	return {"key": key, **entry(text, row.question_type, row.counts, behind, (row.asked, row.answered))}


def _wide_units(shown: dict, unit: str, key: str, chosen: str, doc) -> tuple[list[dict], int]:
	order = frappe.get_all("CX Business Unit", pluck="name", order_by="lft asc")
	top = unit or closed_periods.root()
	inside = set(below(top))
	listed = [
		_wide_entry(key, shown[name][key], doc, name) | {"unit_link": name}
		for name in order
		if name in inside and name != top and key in shown.get(name, {})
	]
	return listed, closed_periods.hidden_count(doc.name, chosen, key, inside - {top})
