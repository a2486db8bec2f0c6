"""Parts of a survey's scorecard: the way to the answer, what rests on the main question, and the working time lost."""

from collections import Counter
from datetime import date, timedelta

import frappe
from frappe import _

from cx_desk.core import (
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
from cx_desk.surveys import card_counts
from cx_desk.surveys.card_counts import Scope
from cx_desk.surveys.card_figures import entry, estimate_dict
from cx_desk.units import period_counts
from cx_desk.units.scores import STILL_COMING_DAYS

FEWEST_FOR_CHECKS = 30


def funnel(scope: Scope) -> dict | None:
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


def add_parts(card: dict, scope: Scope, today: date) -> None:
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
				"name": _(driver.key),
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


def working_time_lost(found: dict, scope: Scope) -> dict | None:
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
