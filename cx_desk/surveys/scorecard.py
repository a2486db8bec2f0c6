"""The scorecard of a survey: every figure of it as one plain dict, as far as a reader may see.

Counts come from the rollups, people from the answers or the night's snapshot, the way to the answer from the ledger;
intervals, charts and checks from `core`. Who may read the rows sees them counted up to now; a wider audience sees closed
quarters only (`closed_periods`). The page, its print and the API read the same dict.
"""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import flt, format_date, format_datetime, getdate, now_datetime

from cx_desk.core import (
	answers,
	intervals,
	ledger,
	lost_time,
	measures,
	nonresponse,
	pareto,
	recovery,
	scores,
	timeline,
	watermelon,
)
from cx_desk.core import periods as core_periods
from cx_desk.core.render.text import short
from cx_desk.surveys import card_counts, targets, themes, versions
from cx_desk.surveys.card_counts import Scope
from cx_desk.units import closed_periods, period_counts
from cx_desk.units import scope as reach
from cx_desk.units.scores import STILL_COMING_DAYS, below

FEWEST_FOR_CHECKS = 30
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
	entries = _question_entries(doc, scope, found)
	card["main"] = next((entry for entry in entries if main and entry["key"] == main["key"]), None)
	card["questions"] = [entry for entry in entries if entry is not card["main"]]
	card["funnel"] = _funnel(scope)
	if not found:
		card["empty"] = _nobody(doc, scope)
		return card
	if card["main"]:
		_add_parts(card, scope, today)
	card["lost_time"] = _lost_time(found, scope)
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
		"surveys": frappe.get_all("CX Survey", order_by="enabled desc, survey_name asc", pluck="name"),
		"units": listed,
		"periods": [
			{"value": each.key, "label": period_label(each)} for each in core_periods.choices(getdate())
		],
	}


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
	days = card_counts.first_and_last_day(doc.name)
	if not days:
		if not doc.enabled:
			return _(
				"Nobody has answered this survey yet: it is switched off. Try it with 'Send me one', then switch it on."
			)
		return _("Nobody has answered this survey yet. What was asked so far is in the ledger.")
	return _("Nobody answered in this period. There are answers from {0} to {1}.").format(
		format_date(days[0]), format_date(days[1])
	)


# Figures.


def estimate_dict(result: intervals.Estimate) -> dict:
	"""A figure with what is needed to believe it."""
	return {
		"value": result.value,
		"low": result.low,
		"high": result.high,
		"n": result.n,
		"method": result.method,
		"effective": result.effective,
	}


def entry(
	name: str,
	kind: str,
	counts: Mapping[int, int],
	behind: card_counts.Behind | None,
	sent: tuple[int, int] | None = None,
) -> dict:
	"""One score: value with interval, people, answers, asked, response rate, band. n is people where they are known."""
	settings = frappe.get_cached_doc("CX Settings")
	given = sum(counts.values())
	worth = min(behind.effective, given) if behind and behind.effective else None
	result = measures.estimate(kind, counts, effective=worth)
	people = given if behind is None else behind.people
	# Answers that nobody was asked for (a poster, an import) have no response rate.
	asked, answered = sent if sent and sent[0] else (None, None)
	rate = None
	if asked and answered <= asked:
		rate = estimate_dict(scores.response_rate(answered, asked))
	unit = measures.unit_of(kind)
	low, high = measures.scale_of(kind)
	limit = flt(settings.score_target or 70) / 100
	text, places = measures.words_of(kind)
	return {
		"name": name,
		"kind": kind,
		"what": _(text).format(*places),
		"unit": unit,
		"ends": measures.ends_of(kind),
		"score": estimate_dict(result) | {"n": people, "answers": given},
		"counts": [(str(value), counts.get(value, 0)) for value in range(low, high + 1)],
		"asked": asked,
		"answered": answered,
		"response": rate,
		"band": scores.band(result, limit) if unit == "share" else "",
		"few": people < (settings.score_min_people or scores.FEW_ANSWERS),
		"still_coming": False,
	}


def _question_entries(doc, scope: Scope, found: dict) -> list[dict]:
	"""An entry for each question that was answered, in the order of the survey; questions taken out since come last."""
	content = versions.content_of(doc)
	order = {question["key"]: number for number, question in enumerate(content["questions"])}
	sent = card_counts.asked(scope).get("", (0, 0))
	entries = []
	for (key, kind), by_version in sorted(
		found.items(), key=lambda item: (order.get(item[0][0], 999), item[0])
	):
		counts: Counter = Counter()
		for table in by_version.values():
			counts.update(table)
		counts = Counter({value: count for value, count in counts.items() if count > 0})
		if not counts:
			continue
		name = _question_text(key, content, by_version)
		if measures.is_scored(kind):
			behind = card_counts.people(scope, key).get("")
			entries.append({"key": key, **entry(name, kind, counts, behind, sent)})
		elif kind in measures.OPTIONS or kind == measures.BOX:
			if options := _options(key, kind, by_version, scope, counts):
				entries.append({"key": key, "name": name, "kind": kind, **options})
		elif kind == measures.NUMBER:
			entries.append(
				{"key": key, "kind": kind, **_numbers(name, counts, card_counts.people(scope, key).get(""))}
			)
	return entries


def _question_text(key: str, doc: dict, by_version: dict) -> str:
	"""The question in the reader's language, as it is asked now, else as it was asked last."""
	if key == "not_solved":
		return _("It is not solved")
	for content in (doc, *map(versions.load, by_version)):
		for question in content.get("questions", ()):
			if question["key"] == key:
				return answers.translated(content, question["question"], frappe.local.lang or "")
	return key


def _options(key: str, kind: str, by_version: dict, scope: Scope, counts: Counter) -> dict | None:
	"""How often each option was chosen, as a share of those who answered the question."""
	if kind == measures.BOX:
		n = sum(counts.values())
		tables = Counter({_("ticked"): counts.get(1, 0)})
	else:
		tables: Counter = Counter()
		for version, table in by_version.items():
			names = _option_names(version, key)
			for place, count in table.items():
				tables[names[place] if 0 <= place < len(names) else _("taken out since")] += count
		n = sum(counts.values()) if kind == measures.CHOICE else card_counts.answered_by(scope, key)
	if not n:
		return None
	people = card_counts.people(scope, key).get("", card_counts.Behind()).people
	caption = _("{0} people, {1} answers").format(people, n)
	if kind == measures.MANY:
		caption += ". " + _("Several answers were possible, so shares add up to more than 100 %.")
	rows = [
		{"name": name, "count": count, "share": estimate_dict(intervals.wilson(min(count, n), n))}
		for name, count in tables.most_common()
	]
	return {"options": rows, "caption": caption, "n": people, "answers": n}


def _option_names(version: str, key: str) -> list[str]:
	for question in versions.load(version).get("questions", ()):
		if question["key"] == key:
			return answers.options(question)
	return []


_MOST_BARS = 12


def _numbers(name: str, counts: Counter, behind: card_counts.Behind | None) -> dict:
	"""A question for a number: its mean with a t interval, and bars of about a dozen equal steps."""
	low, high = min(counts), max(counts)
	given = sum(counts.values())
	people = behind.people if behind else given
	worth = min(behind.effective, given) if behind and behind.effective > 1 else None
	if given > 1:
		result = intervals.mean_t(counts, effective=worth)
	else:
		result = intervals.Estimate(
			float(low), float(low), float(low), 1, None, _("one answer has no interval")
		)
	step = max(1, -(-(high - low + 1) // _MOST_BARS))
	bars: Counter = Counter()
	for value, count in counts.items():
		bars[low + (value - low) // step * step] += count
	listed = [
		(str(start) if step == 1 else f"{start}–{start + step - 1}", bars[start])
		for start in range(low, high + 1, step)
	]
	return {
		"name": name,
		"what": _("Mean"),
		"unit": "mean",
		"ends": (float(low), float(max(high, low + 1))),
		"score": estimate_dict(result) | {"n": people, "answers": given},
		"counts": listed,
		"asked": None,
		"response": None,
		"band": "",
		"few": people < scores.FEW_ANSWERS,
	}


def _funnel(scope: Scope) -> dict | None:
	"""From eligible events to answers, each step with its share of the one before; and why the rest was not asked."""
	rows = card_counts.funnel(scope)
	if not rows:
		return None
	eligible = asked = delivered = answered = waiting = 0
	why: Counter = Counter()
	for row in rows:
		eligible += row["count"]
		if row.status == ledger.PENDING:
			waiting += row["count"]
		elif row.queued:
			asked += row["count"]
			if row.sent or row.status == ledger.ANSWERED:
				delivered += row["count"]
			if row.status == ledger.ANSWERED:
				answered += row["count"]
		elif row.status == ledger.ANSWERED:
			answered += row["count"]
		else:
			why[row.reason or row.status] += row["count"]

	def step(key: str, name: str, count: int, before: int | None) -> dict:
		return {"key": key, "name": name, "count": count, "of": count / before if before else None}

	listed = [{"key": reason, "name": _(reason), "count": count} for reason, count in why.most_common()]
	if waiting:
		listed.append({"key": ledger.PENDING, "name": _("Not due yet"), "count": waiting})
	return {
		"steps": [
			step("eligible", _("Eligible"), eligible, None),
			step("asked", _("Asked"), asked, eligible),
			step("delivered", _("Delivered to the mail server"), delivered, asked),
			step("answered", _("Answered"), answered, delivered),
		],
		"not_asked": sum(why.values()) + waiting,
		"why_not": listed,
	}


def _add_parts(card: dict, scope: Scope, today: date) -> None:
	"""Everything that rests on the main question."""
	kind, key = card["main"]["kind"], card["main"]["key"]
	year = Scope(scope.survey, scope.end - timedelta(days=364), scope.end, scope.unit, scope.team)
	days = card_counts.by_day(year, key)
	score = _scorer(kind)
	unit, ends = measures.unit_of(kind), measures.ends_of(kind)
	card["chart"] = timeline.chart(*timeline.periods(days), score, unit, ends)
	card["months"] = _months(year, key, kind, days, today)
	card["change"] = _change(days, kind, today)
	card["teams"] = [] if scope.team else _teams(scope, key, kind)
	card["units"] = _units(scope, key, kind)
	card["drivers"] = _drivers(scope)
	card["watermelon"] = _watermelon(scope)
	card["recovery"] = _recovery(scope)
	card["nonresponse"] = _nonresponse(scope, kind) if unit == "share" else None
	card["captions"] = {
		"units": _("In the order of the tree, each with all below it. The dashed line is the score of all."),
		"teams": _("Most answers first."),
		"months": _("By the day of the event, over a year."),
	}


def _scorer(kind: str):
	return lambda counts: measures.estimate(kind, counts)


def _months(scope: Scope, key: str, kind: str, days: dict, today: date) -> list[dict]:
	tables: dict[str, Counter] = {}
	for day, counts in days.items():
		tables.setdefault(f"{day.year:04}-{day.month:02}", Counter()).update(counts)
	people = card_counts.people(scope, key, card_counts.MONTH)
	sent = card_counts.asked(scope, card_counts.MONTH)
	late = today - timedelta(days=STILL_COMING_DAYS)
	found = []
	for month, counts in sorted(tables.items()):
		counts = +counts
		if counts:
			row = entry(month, kind, counts, people.get(month), sent.get(month))
			row["still_coming"] = month >= f"{late.year:04}-{late.month:02}"
			found.append(row)
	return found


def _change(days: dict, kind: str, today: date) -> dict | None:
	"""The last three whole months against the three before them; None where one of the two has no answers."""
	months = core_periods.whole_months(today, 6)
	tables = [Counter(), Counter()]
	for day, counts in days.items():
		month = f"{day.year:04}-{day.month:02}"
		if month in months:
			tables[months.index(month) // 3].update(counts)
	before, after = (+table for table in tables)
	if not before or not after:
		return None
	pair = measures.estimate(kind, before), measures.estimate(kind, after)
	if pair[0].method != pair[1].method:
		return None
	found = intervals.difference(*pair)
	return {
		"value": found.value,
		"low": found.low,
		"high": found.high,
		"text": found.text,
		"method": found.method,
	}


def _teams(scope: Scope, key: str, kind: str) -> list[dict]:
	tables = card_counts.by_group(scope, key, "team")
	people, sent = card_counts.people(scope, key, "team"), card_counts.asked(scope, "team")
	found = [
		entry(team or _("no team"), kind, +counts, people.get(team), sent.get(team))
		for team, counts in tables.items()
		if +counts
	]
	return sorted(found, key=lambda row: (-row["score"]["answers"], row["name"])) if len(found) > 1 else []


def _units(scope: Scope, key: str, kind: str) -> list[dict]:
	"""Each unit of the scope that somebody answered from, with all below it."""
	units = frappe.get_all("CX Business Unit", fields=["name", "lft", "rgt"], order_by="lft asc")
	top = next((row for row in units if row.name == scope.unit), units[0] if units else None)
	if top is None:
		return []
	counted = {
		row.unit: row
		for row in period_counts.period_rows(scope.start, scope.end, scope.survey, scope.team, question=key)
		if row.question_type == kind
	}
	found, open_ends = [], []
	for row in units:
		if not top.lft < row.lft < top.rgt:
			continue
		while open_ends and open_ends[-1] < row.lft:
			open_ends.pop()
		depth = len(open_ends)
		open_ends.append(row.rgt)
		if figures := counted.get(row.name):
			behind = card_counts.Behind(figures.people, figures.effective_n)
			listed = entry(row.name, kind, figures.counts, behind, (figures.asked, figures.answered))
			found.append(listed | {"unit_link": row.name, "depth": depth})
	return found


def _drivers(scope: Scope) -> dict | None:
	low, every, low_answers, all_answers = card_counts.reasons(scope)
	low = Counter({name: count for name, count in low.items() if name})
	if not low:
		return None
	return {
		"n": sum(low.values()),
		"low": low_answers,
		"listed": [
			{
				"name": driver.key,
				"count": driver.count,
				"share": estimate_dict(driver.share),
				"running": driver.running,
				"vital": driver.vital,
				"lift": pareto.lift(driver.count, every[driver.key], low_answers, all_answers)
				if low_answers and every[driver.key]
				else None,
			}
			for driver in pareto.pareto(low)
		],
	}


def _watermelon(scope: Scope) -> dict | None:
	cells = _cells(card_counts.agreements(scope))
	table = watermelon.watermelon_from_counts(*cells)
	if not table.n:
		return None
	by_unit: dict[str, list] = {}
	for unit, *rest in card_counts.agreements(scope, "unit"):
		by_unit.setdefault(unit or "", []).append(rest)
	units = []
	for unit, rows in by_unit.items():
		met_good, met_bad, *_rest = _cells(rows)
		if unit and met_good + met_bad >= scores.FEW_ANSWERS:
			rate = intervals.wilson(met_bad, met_good + met_bad)
			units.append({"name": unit, "rate": estimate_dict(rate)})
	contrast = table.contrast
	return {
		"met_good": table.met_good,
		"met_bad": table.met_bad,
		"missed_good": table.missed_good,
		"missed_bad": table.missed_bad,
		"unknown": table.unknown,
		"n": table.n,
		"rate": estimate_dict(table.rate) if table.rate else None,
		"rate_missed": estimate_dict(table.rate_missed) if table.rate_missed else None,
		"contrast": {"value": contrast.value, "low": contrast.low, "high": contrast.high}
		if contrast
		else None,
		"units": sorted(units, key=lambda row: (-row["rate"]["low"], row["name"]))[:10],
	}


def _cells(rows) -> tuple[int, int, int, int, int]:
	cells: Counter = Counter()
	for status, bad, count in rows:
		cells[watermelon.agreement_met(status), bool(bad)] += int(count)
	return (
		cells[True, False],
		cells[True, True],
		cells[False, False],
		cells[False, True],
		cells[None, False] + cells[None, True],
	)


def _recovery(scope: Scope) -> dict | None:
	again = card_counts.asked_again(scope)
	if not again.helped_all:
		return None
	found = recovery.recovery(
		again.helped_good,
		again.helped_all,
		again.unaided_good,
		again.unaided_all,
		settled_yes=again.settled_yes,
		settled_asked=again.settled_asked,
	)
	beyond = found.beyond_rebound
	return {
		"helped": estimate_dict(found.helped),
		"unaided": estimate_dict(found.unaided) if found.unaided else None,
		"settled": estimate_dict(found.settled) if found.settled else None,
		"beyond": {"value": beyond.value, "low": beyond.low, "high": beyond.high} if beyond else None,
		"shown": found.shown,
	}


def _nonresponse(scope: Scope, kind: str) -> dict | None:
	"""Whether those who answered are like those who were asked; None under thirty people asked."""
	good_from = measures.satisfied_from(kind)
	fields, worst, asked_n, answered_n = [], None, 0, 0
	labels = {
		"priority": _("Priority"),
		"team": _("Team"),
		"agreement_status": _("Agreement"),
		"ticket_type": _("Type"),
	}
	for field in card_counts.KNOWN_FIELDS:
		rows = card_counts.asked_by(scope, field, good_from)
		asked = {name or _("not given"): each[0] for name, each in rows.items()}
		given = {name or _("not given"): each[1] for name, each in rows.items()}
		if sum(asked.values()) < FEWEST_FOR_CHECKS or not sum(given.values()):
			return None
		asked_n, answered_n = sum(asked.values()), sum(given.values())
		if len(asked) < 2:
			continue
		mix = nonresponse.asked_and_answered(asked, given)
		share = mix.shares.get(mix.largest, (None, None))
		fields.append(
			{
				"key": field,
				"name": labels[field],
				"p_value": mix.p_value,
				"flagged": mix.flagged,
				"largest": mix.largest,
				"asked_share": share[0],
				"answered_share": share[1],
			}
		)
		if mix.flagged and (worst is None or mix.p_value < worst[0]):
			worst = (mix.p_value, asked, {name or _("not given"): (e[2], e[1]) for name, e in rows.items()})
	if not fields:
		return None
	check = {"fields": fields, "asked": asked_n, "answered": answered_n, "weighted": None, "late": None}
	if worst:
		good = sum(each[0] for each in worst[2].values())
		check["weighted"] = estimate_dict(nonresponse.weighted_share(worst[1], worst[2]))
		check["raw"] = good / sum(each[1] for each in worst[2].values())
	if pair := card_counts.early_and_late(scope, good_from):
		early, late, by = pair
		change = nonresponse.early_and_late(sum(early), len(early), sum(late), len(late))
		check["late"] = {"value": change.value, "text": change.text, "by": by}
	return check


def _lost_time(found: dict, scope: Scope) -> dict | None:
	"""Working time said to be lost, as a range over all who were asked; None under two answers."""
	counts: Counter = Counter()
	for (_key, kind), by_version in found.items():
		if kind == measures.LOST_TIME:
			for table in by_version.values():
				counts.update(table)
	hours = [minutes / 60 for minutes, count in (+counts).items() for _each in range(count)]
	if len(hours) < 2:
		return None
	asked = card_counts.asked(scope).get("", (0, 0))[0]
	result = lost_time.lost_time(hours, max(asked, len(hours)))
	mean = estimate_dict(result.mean)
	return {
		"mean": mean | {key: 60 * mean[key] for key in ("value", "low", "high")},
		"answered": result.answered,
		"at_least": result.at_least,
		"likely": result.likely,
		"at_most": result.at_most,
		"tickets": asked,
		"concentration": lost_time.concentration(hours) if any(hours) else None,
	}


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
	text = name or _question_text(key, versions.content_of(doc), {})
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
