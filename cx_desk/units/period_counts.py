"""What every unit was asked and answered over a period, with all below it: for scorecards and the night's snapshot."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import frappe
from frappe.query_builder.functions import Count, Min, Sum

from cx_desk.core import rollup, survey_content

SCORED = tuple(survey_content.SCALES)


def parents() -> dict[str, str | None]:
	"""Unit -> the unit above it."""
	return dict(frappe.get_all("CX Business Unit", fields=["name", "parent_cx_business_unit"], as_list=True))


def first_day(survey: str) -> date | None:
	"""The first day that a survey has counts of."""
	table = frappe.qb.DocType("CX Score Rollup")
	return frappe.qb.from_(table).select(Min(table.day)).where(table.survey == survey).run()[0][0]


def people_by_unit(
	start: date, end: date, survey: str | None = None, team: str = "", question: str = ""
) -> dict[tuple[str, str], dict[str, Counter]]:
	"""(survey, question) -> unit -> answers by person, of the events of these days, first and last included."""
	response, answer = frappe.qb.DocType("CX Survey Response"), frappe.qb.DocType("CX Survey Answer")
	rows = (
		frappe.qb.from_(response)
		.join(answer)
		.on((answer.parent == response.name) & (answer.parenttype == "CX Survey Response"))
		.select(
			response.survey,
			answer.question_key,
			response.unit,
			response.respondent_key,
			Count("*").as_("times"),
		)
		.where(response.event_day[start:end])
		.where(response.kind != "Suspected machine")
		.where(answer.question_type.isin(SCORED))
		.groupby(response.survey, answer.question_key, response.unit, response.respondent_key)
	)
	if survey:
		rows = rows.where(response.survey == survey)
	if team:
		rows = rows.where(response.team == team)
	if question:
		rows = rows.where(answer.question_key == question)
	result: dict[tuple[str, str], dict[str, Counter]] = {}
	for survey, key, unit, person, times in rows.run():
		place = result.setdefault((survey, key), {}).setdefault(unit or "", Counter())
		place[person or ""] += times
	if not team:
		add_anonymous(result, start, end, survey, question)
	return result


def add_anonymous(result: dict, start: date, end: date, survey: str | None, question: str) -> None:
	"""Add the people behind anonymous answers: nobody can tell them apart, and nobody answers twice in a month.

	So there are at least as many as answered in the fullest month of a group; who answered in another month counts
	as one of them again.
	"""
	response, answer = frappe.qb.DocType("CX Anonymous Response"), frappe.qb.DocType("CX Survey Answer")
	rows = (
		frappe.qb.from_(response)
		.join(answer)
		.on((answer.parent == response.name) & (answer.parenttype == "CX Anonymous Response"))
		.select(
			response.survey,
			answer.question_key,
			response.unit,
			response.period,
			Count(response.name).distinct().as_("times"),
		)
		.where(response.period[start:end])
		.where(response.counted == 1)
		.where(answer.question_type.isin(SCORED))
		.groupby(response.survey, answer.question_key, response.unit, response.period)
	)
	if survey:
		rows = rows.where(response.survey == survey)
	if question:
		rows = rows.where(answer.question_key == question)
	for survey, key, unit, _period, times in rows.run():
		place = result.setdefault((survey, key), {}).setdefault(unit or "", Counter())
		for number in range(times):
			place[f"anonymous {unit} {number}"] += 1


def period_rows(
	start: date, end: date, survey: str | None = None, team: str = "", question: str = ""
) -> Iterator[frappe._dict]:
	"""Each unit with all below it, by survey and question on a scale, over the events of these days.

	Keys: unit, survey, question, question_type, counts (answers by value), asked, answered, people, answers,
	effective_n. Counts come from the rollups, people from the answers.
	"""
	above = parents()
	given, asked = _counts_by_unit(start, end, survey, team, question)
	asked = {survey: rollup.up_the_tree(by_unit, above) for survey, by_unit in asked.items()}
	people = people_by_unit(start, end, survey, team, question)
	for (survey, key, kind), by_unit in given.items():
		persons = rollup.up_the_tree(people.pop((survey, key), {}), above)
		for unit, counts in rollup.up_the_tree(by_unit, above).items():
			counts = {score: count for score, count in counts.items() if count}
			if not counts:
				continue
			behind = rollup.people_behind(persons.get(unit, {}))
			sent = asked.get(survey, {}).get(unit, {})
			yield frappe._dict(
				unit=unit,
				survey=survey,
				question=key,
				question_type=kind,
				counts=counts,
				asked=sent.get(rollup.ASKED, 0),
				answered=sent.get(rollup.ANSWERED, 0),
				people=behind.people,
				# Anonymous answers are counted, and lead to nobody.
				answers=behind.answers or sum(counts.values()),
				effective_n=behind.effective,
			)


def _counts_by_unit(
	start: date, end: date, survey: str | None, team: str, question: str
) -> tuple[dict, dict]:
	"""(survey, question, type) -> unit -> answers by value, and survey -> unit -> asked and answered; own counts."""
	table = frappe.qb.DocType("CX Score Rollup")
	query = (
		frappe.qb.from_(table)
		.select(
			table.measure,
			table.survey,
			table.question,
			table.question_type,
			table.unit,
			table.score,
			Sum(table["count"]),
		)
		.where(table.day[start:end])
		.groupby(table.measure, table.survey, table.question, table.question_type, table.unit, table.score)
	)
	if survey:
		query = query.where(table.survey == survey)
	if team:
		query = query.where(table.team == team)
	if question:
		query = query.where(table.question.isin((question, "")))
	given: dict[tuple, dict] = {}
	asked: dict[str, dict] = {}
	for measure, survey, key, kind, unit, score, count in query.run():
		if measure != rollup.ANSWER:
			asked.setdefault(survey, {}).setdefault(unit, Counter())[measure] += int(count)
		elif kind in survey_content.SCALES:
			given.setdefault((survey, key, kind), {}).setdefault(unit, Counter())[score] += int(count)
	return given, asked
