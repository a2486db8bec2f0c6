"""What a survey's scorecard is counted from: rollups by day, people behind answers, the ledger, tickets' agreements.

Every function takes a `Scope`: one survey, a period, and optionally a part of the business and a team. The database
groups; what comes back does not grow with the answers, but for low answers, which are looked at one by one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from pypika.terms import Case, CustomFunction

import frappe
from frappe.query_builder.functions import Count, Max, Min, Sum
from frappe.utils import get_datetime

from cx_desk.core import ledger, measures
from cx_desk.units import branches

MACHINE = "Suspected machine"
MONTH = "month"
_DateFormat = CustomFunction("DATE_FORMAT", ["day", "form"])
# So many low answers are followed one by one, the latest; so many answers are compared early with late.
MOST_FOLLOWED, MOST_COMPARED = 2000, 4000
# A person is asked again within so many days, or the second answer says nothing about the first.
AGAIN_WITHIN_DAYS = 180


@dataclass(frozen=True)
class Scope:
	"""What is counted. start, end: first and last day. unit: with all below it; empty for the whole business."""

	survey: str
	start: date
	end: date
	unit: str = ""
	team: str = ""

	@cached_property
	def units(self) -> list[str] | None:
		"""The units to count, None for all: no list of names where none is left out."""
		if not self.unit:
			return None
		above = frappe.get_cached_value("CX Business Unit", self.unit, "parent_cx_business_unit")
		return branches.below(self.unit) if above else None

	def narrow(self, query, table):
		"""The query for the rows of this scope's units and team."""
		if self.units is not None:
			query = query.where(table.unit.isin(self.units))
		if self.team:
			query = query.where(table.team == self.team)
		return query


def _key(table, field: str, day: str):
	"""The column to group by; months are made of the row's day."""
	return _DateFormat(table[day], "%Y-%m") if field == MONTH else table[field]


def by_day(scope: Scope, question: str) -> dict[date, Counter]:
	"""Answers by value of one question, by day of the event."""
	table = frappe.qb.DocType("CX Score Rollup")
	rows = scope.narrow(
		frappe.qb.from_(table)
		.select(table.day, table.score, Sum(table["count"]))
		.where(table.survey == scope.survey)
		.where(table.measure == "Answer")
		.where(table.question == question)
		.where(table.day[scope.start : scope.end])
		.groupby(table.day, table.score),
		table,
	).run()
	found: dict[date, Counter] = {}
	for day, score, count in rows:
		if count:
			found.setdefault(day, Counter())[score] += int(count)
	return found


def by_group(scope: Scope, question: str, field: str) -> dict[str, Counter]:
	"""Answers by value of one question, by unit or team (`field`)."""
	table = frappe.qb.DocType("CX Score Rollup")
	rows = scope.narrow(
		frappe.qb.from_(table)
		.select(table[field], table.score, Sum(table["count"]))
		.where(table.survey == scope.survey)
		.where(table.measure == "Answer")
		.where(table.question == question)
		.where(table.day[scope.start : scope.end])
		.groupby(table[field], table.score),
		table,
	).run()
	found: dict[str, Counter] = {}
	for key, score, count in rows:
		if count:
			found.setdefault(key or "", Counter())[score] += int(count)
	return found


def questions(scope: Scope) -> dict[tuple[str, str], dict[str, Counter]]:
	"""(question, kind) -> version -> answers by value. Options are numbered per version, so versions stay apart."""
	table = frappe.qb.DocType("CX Score Rollup")
	rows = scope.narrow(
		frappe.qb.from_(table)
		.select(table.question, table.question_type, table.survey_version, table.score, Sum(table["count"]))
		.where(table.survey == scope.survey)
		.where(table.measure == "Answer")
		.where(table.day[scope.start : scope.end])
		.groupby(table.question, table.question_type, table.survey_version, table.score),
		table,
	).run()
	found: dict[tuple[str, str], dict[str, Counter]] = {}
	for question, kind, version, score, count in rows:
		if count:
			found.setdefault((question, kind), {}).setdefault(version, Counter())[score] += int(count)
	return found


def asked(scope: Scope, field: str = "") -> dict[str, tuple[int, int]]:
	"""Asked and answered people by the day they were asked, by unit, team or month, or all under an empty key."""
	table = frappe.qb.DocType("CX Score Rollup")
	keys = [_key(table, field, "day")] if field else []
	rows = scope.narrow(
		frappe.qb.from_(table)
		.select(table.measure, Sum(table["count"]), *keys)
		.where(table.survey == scope.survey)
		.where(table.measure.isin(("Asked", "Answered")))
		.where(table.day[scope.start : scope.end])
		.groupby(table.measure, *keys),
		table,
	).run()
	found: dict[str, dict[str, int]] = {}
	for measure, count, *key in rows:
		found.setdefault(key[0] or "" if key else "", {})[measure] = int(count or 0)
	return {key: (counts.get("Asked", 0), counts.get("Answered", 0)) for key, counts in found.items()}


@dataclass(frozen=True)
class Behind:
	"""Distinct people behind answers, and how many equal answers those are worth."""

	people: int = 0
	effective: float = 0.0


def people(scope: Scope, question: str, field: str = "") -> dict[str, Behind]:
	"""Who stands behind the answers to one question, by unit, team or month ("month"), or all under an empty key.

	Answers of people whom we cannot tell from others count as answers, never as people.
	"""
	response, answer = frappe.qb.DocType("CX Survey Response"), frappe.qb.DocType("CX Survey Answer")
	inner = scope.narrow(
		frappe.qb.from_(response)
		.join(answer)
		.on((answer.parent == response.name) & (answer.parenttype == "CX Survey Response"))
		.select(response.respondent_key, Count("*").as_("times"))
		.where(response.survey == scope.survey)
		.where(response.event_day[scope.start : scope.end])
		.where(response.kind != MACHINE)
		.where(answer.question_key == question)
		.groupby(response.respondent_key),
		response,
	)
	if field:
		key = _key(response, field, "event_day")
		inner = inner.select(key.as_("place")).groupby(key)
	outer = frappe.qb.from_(inner)
	known = Case().when(inner.respondent_key != "", 1)
	# Answers of people who cannot be told from others are worth one each.
	worth = Case().when(inner.respondent_key != "", inner.times * inner.times).else_(inner.times)
	columns = [Count(known), Sum(inner.times), Sum(worth)]
	if field:
		outer = outer.select(inner.place, *columns).groupby(inner.place)
	else:
		outer = outer.select(*columns)
	found = {}
	for row in outer.run():
		place, (count, times, squares) = (row[0] or "", row[1:]) if field else ("", row)
		if times:
			found[place] = Behind(int(count), float(times) ** 2 / float(squares))
	return found


def answered_by(scope: Scope, question: str) -> int:
	"""How many answered a question that takes many answers at once."""
	response, answer = frappe.qb.DocType("CX Survey Response"), frappe.qb.DocType("CX Survey Answer")
	rows = scope.narrow(
		frappe.qb.from_(response)
		.join(answer)
		.on((answer.parent == response.name) & (answer.parenttype == "CX Survey Response"))
		.select(Count(response.name).distinct())
		.where(response.survey == scope.survey)
		.where(response.event_day[scope.start : scope.end])
		.where(response.kind != MACHINE)
		.where(answer.question_key == question),
		response,
	).run()
	return int(rows[0][0] or 0)


def funnel(scope: Scope) -> list[frappe._dict]:
	"""The ledger's rows of events in the period, by status, reason and whether the mail server took it: with counts."""
	row = frappe.qb.DocType("CX Survey Invitation")
	queued = Case(alias="queued").when(row.queued_at.isnotnull(), 1).else_(0)
	sent = Case(alias="sent").when(row.sent_at.isnotnull(), 1).else_(0)
	return scope.narrow(
		frappe.qb.from_(row)
		.select(row.status, row.reason, queued, sent, Count("*").as_("count"))
		.where(row.survey == scope.survey)
		.where(row.event_at >= scope.start)
		.where(row.event_at < scope.end + timedelta(days=1))
		.where(row.is_test == 0)
		.groupby(row.status, row.reason, queued, sent),
		row,
	).run(as_dict=True)


def _bad(response):
	"""Whether an answer was low, or said that it is not solved."""
	return Case(alias="bad").when((response.low == 1) | (response.not_solved == 1), 1).else_(0)


def agreements(scope: Scope, field: str = "") -> list[tuple]:
	"""(agreement, whether the answer was low, count), with the unit or team in front where `field` says so."""
	response = frappe.qb.DocType("CX Survey Response")
	bad = _bad(response)
	keys = [response[field]] if field else []
	return list(
		scope.narrow(
			frappe.qb.from_(response)
			.select(*keys, response.agreement_status, bad, Count("*"))
			.where(response.survey == scope.survey)
			.where(response.event_day[scope.start : scope.end])
			.where(response.kind != MACHINE)
			.where(response.main_type != "")
			.groupby(*keys, response.agreement_status, bad),
			response,
		).run()
	)


def reasons(scope: Scope) -> tuple[Counter, Counter, int, int]:
	"""Reasons named on low answers, reasons named on all, how many answers were low, how many there are.

	Answers that name several reasons count under each.
	"""
	response, answer = frappe.qb.DocType("CX Survey Response"), frappe.qb.DocType("CX Survey Answer")
	bad = _bad(response)
	base = (
		frappe.qb.from_(response)
		.where(response.survey == scope.survey)
		.where(response.event_day[scope.start : scope.end])
		.where(response.kind != MACHINE)
	)
	named = scope.narrow(
		base.join(answer)
		.on((answer.parent == response.name) & (answer.parenttype == "CX Survey Response"))
		.where(answer.question_type == "Driver")
		.select(answer.value, bad, Count("*"))
		.groupby(answer.value, bad),
		response,
	).run()
	totals = scope.narrow(base.select(bad, Count("*")).groupby(bad), response).run()
	if not named:
		named = scope.narrow(
			base.select(response.driver, bad, Count("*"))
			.where(response.driver != "")
			.groupby(response.driver, bad),
			response,
		).run()
	low, every = Counter(), Counter()
	for driver, is_bad, count in named:
		every[driver] += count
		if is_bad:
			low[driver] += count
	count_by = {int(is_bad): count for is_bad, count in totals}
	return low, every, count_by.get(1, 0), sum(count_by.values())


@dataclass
class Again:
	"""Low answers whose person was asked again: with finished work and without. settled: asked outright."""

	helped_good: int = 0
	helped_all: int = 0
	unaided_good: int = 0
	unaided_all: int = 0
	settled_yes: int = 0
	settled_asked: int = 0


def asked_again(scope: Scope) -> Again:
	"""What became of low answers: the same person's next question, whether work was finished before it, and the yes."""
	response = frappe.qb.DocType("CX Survey Response")
	low = scope.narrow(
		frappe.qb.from_(response)
		.select(response.name, response.respondent_key, response.answered_at, response.main_type)
		.where(response.survey == scope.survey)
		.where(response.event_day[scope.start : scope.end])
		.where(response.kind != MACHINE)
		.where((response.low == 1) | (response.not_solved == 1))
		.where(response.respondent_key != "")
		.orderby(response.answered_at, order=frappe.qb.desc)
		.limit(MOST_FOLLOWED),
		response,
	).run(as_dict=True)
	found = Again()
	if not low:
		return found
	voices = _voices_of([row.name for row in low])
	following = _later_questions(scope.survey, {row.respondent_key for row in low}, low[-1].answered_at)
	for row in low:
		voice = voices.get(row.name)
		if voice and voice.told_at and voice.needs_source_yes:
			found.settled_asked += 1
			found.settled_yes += int(voice.state == "Settled" and voice.settled_by == "The person")
		until = row.answered_at + timedelta(days=AGAIN_WITHIN_DAYS)
		after = next(
			(q for q in following.get(row.respondent_key, ()) if row.answered_at < q.queued_at <= until), None
		)
		if after is None:
			continue
		helped = bool(voice and voice.told_at and get_datetime(voice.told_at) < after.queued_at)
		good = after.score is not None and not after.low and not after.not_solved
		good = good and after.score >= measures.good_from(after.main_type or row.main_type)
		if helped:
			found.helped_all += 1
			found.helped_good += int(good)
		else:
			found.unaided_all += 1
			found.unaided_good += int(good)
	return found


def _voices_of(responses: list[str]) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		"CX Voice",
		filters={"response": ["in", responses]},
		fields=["response", "state", "told_at", "settled_by", "needs_source_yes"],
		order_by="creation asc",
	)
	return {row.response: row for row in rows}


def _later_questions(survey: str, keys: Iterable[str], since: datetime) -> dict[str, list[frappe._dict]]:
	"""The questions that these people were asked since then, oldest first, each with its answer."""
	row, response = frappe.qb.DocType("CX Survey Invitation"), frappe.qb.DocType("CX Survey Response")
	asked_rows = (
		frappe.qb.from_(row)
		.left_join(response)
		.on((response.invitation == row.name) & (response.kind != MACHINE))
		.select(
			row.respondent_key,
			row.queued_at,
			response.score,
			response.low,
			response.not_solved,
			response.main_type,
		)
		.where(row.respondent_key.isin(list(keys)))
		.where(row.queued_at > since)
		.where(row.survey == survey)
		.where(row.is_test == 0)
		.where(row.status.isin(ledger.ASKED))
		.orderby(row.queued_at)
	).run(as_dict=True)
	found: dict[str, list] = {}
	for entry in asked_rows:
		found.setdefault(entry.respondent_key, []).append(entry)
	return found


KNOWN_FIELDS = ("priority", "team", "agreement_status", "ticket_type")


def asked_by(scope: Scope, field: str, good_from: int) -> dict[str, tuple[int, int, int]]:
	"""Value of one known field of the ledger -> (asked, answered, of those good), by the day of the event."""
	row, response = frappe.qb.DocType("CX Survey Invitation"), frappe.qb.DocType("CX Survey Response")
	good = Case().when(response.score >= good_from, 1)
	rows = scope.narrow(
		frappe.qb.from_(row)
		.left_join(response)
		.on((response.invitation == row.name) & (response.kind != MACHINE))
		.select(row[field], Count("*"), Count(response.name), Count(good))
		.where(row.survey == scope.survey)
		.where(row.event_at >= scope.start)
		.where(row.event_at < scope.end + timedelta(days=1))
		.where(row.is_test == 0)
		.where(row.status.isin((ledger.QUEUED, ledger.SENT, ledger.ANSWERED, ledger.EXPIRED)))
		.groupby(row[field]),
		row,
	).run()
	return {key or "": (int(count), int(given), int(good)) for key, count, given, good in rows}


def early_and_late(scope: Scope, good_from: int) -> tuple[list[bool], list[bool], str] | None:
	"""Good or not, of early and of late answers; late = after the reminder, else the slower half. None under 20."""
	row, response = frappe.qb.DocType("CX Survey Invitation"), frappe.qb.DocType("CX Survey Response")
	rows = scope.narrow(
		frappe.qb.from_(response)
		.join(row)
		.on(row.name == response.invitation)
		.select(row.queued_at, response.answered_at, row.wave, response.score)
		.where(response.survey == scope.survey)
		.where(response.event_day[scope.start : scope.end])
		.where(response.kind != MACHINE)
		.where(response.main_type != "")
		.where(row.queued_at.isnotnull())
		.orderby(response.answered_at, order=frappe.qb.desc)
		.limit(MOST_COMPARED),
		response,
	).run()
	if len(rows) < 20:
		return None
	reminded = [good >= good_from for _asked, _at, wave, good in rows if wave]
	if len(reminded) >= 10:
		return [good >= good_from for _asked, _at, wave, good in rows if not wave], reminded, "reminder"
	ordered = sorted(rows, key=lambda entry: entry[1] - entry[0])
	half = len(ordered) // 2
	return (
		[entry[3] >= good_from for entry in ordered[:half]],
		[entry[3] >= good_from for entry in ordered[half:]],
		"half",
	)


def first_and_last_day(scope: Scope) -> tuple[date, date] | None:
	"""The first and the last day that the survey has counts of in these units, whatever the period and the team.

	None where it has none. When others answered is not for who reads one unit.
	"""
	table = frappe.qb.DocType("CX Score Rollup")
	query = frappe.qb.from_(table).select(Min(table.day), Max(table.day)).where(table.survey == scope.survey)
	row = replace(scope, team="").narrow(query, table).run()
	return tuple(row[0]) if row and row[0][0] else None


def teams(scope: Scope) -> list[str]:
	"""The teams that answers of this scope came from."""
	table = frappe.qb.DocType("CX Score Rollup")
	rows = scope.narrow(
		frappe.qb.from_(table)
		.select(table.team)
		.distinct()
		.where(table.survey == scope.survey)
		.where(table.measure == "Answer")
		.where(table.day[scope.start : scope.end]),
		table,
	).run()
	return sorted(row[0] for row in rows if row[0])
