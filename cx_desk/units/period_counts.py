"""What every unit was asked and answered over a period, with all below it: for scorecards and the night's snapshot."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, Sum

from cx_desk.core import answers, rollup


def people_by_unit(
	days: int, today: date, survey: str | None = None
) -> dict[tuple[str, str], dict[str, Counter]]:
	"""(survey, question) -> unit -> answers by person, of the events of so many days up to today."""
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
		.where(response.event_day > today - timedelta(days=days))
		.where(response.event_day <= today)
		.where(response.kind != "Suspected machine")
		.where(answer.question_type.isin(tuple(answers.SCALES)))
		.groupby(response.survey, answer.question_key, response.unit, response.respondent_key)
	)
	if survey:
		rows = rows.where(response.survey == survey)
	rows = rows.run(as_dict=True)
	result: dict[tuple[str, str], dict[str, Counter]] = {}
	for row in rows:
		place = result.setdefault((row.survey, row.question_key), {}).setdefault(row.unit or "", Counter())
		place[row.respondent_key or ""] += row.times
	return result


def period_rows(days: int, today: date, survey: str | None = None) -> Iterator[frappe._dict]:
	"""Each unit with all below it, by survey and question on a scale, over so many days up to today.

	Keys: unit, survey, question, question_type, counts (answers by value), asked, answered, people, answers,
	effective_n. Counts come from the rollups, people from the answers.
	"""
	parents = dict(
		frappe.get_all("CX Business Unit", fields=["name", "parent_cx_business_unit"], as_list=True)
	)
	given, asked = _counts_by_unit(days, today, survey)
	asked = {survey: rollup.up_the_tree(by_unit, parents) for survey, by_unit in asked.items()}
	people = people_by_unit(days, today, survey)
	for (survey, question, kind), by_unit in given.items():
		persons = rollup.up_the_tree(people.get((survey, question), {}), parents)
		for unit, counts in rollup.up_the_tree(by_unit, parents).items():
			counts = {score: count for score, count in counts.items() if count}
			if not counts:
				continue
			behind = rollup.people_behind(persons.get(unit, {}))
			sent = asked.get(survey, {}).get(unit, {})
			yield frappe._dict(
				unit=unit,
				survey=survey,
				question=question,
				question_type=kind,
				counts=counts,
				asked=sent.get(rollup.ASKED, 0),
				answered=sent.get(rollup.ANSWERED, 0),
				people=behind.people,
				answers=behind.answers,
				effective_n=behind.effective,
			)


def _counts_by_unit(days: int, today: date, survey: str | None) -> tuple[dict, dict]:
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
		.where(table.day > today - timedelta(days=days))
		.where(table.day <= today)
		.groupby(table.measure, table.survey, table.question, table.question_type, table.unit, table.score)
	)
	if survey:
		query = query.where(table.survey == survey)
	given: dict[tuple, dict] = {}
	asked: dict[str, dict] = {}
	for measure, survey, question, kind, unit, score, count in query.run():
		if measure != rollup.ANSWER:
			asked.setdefault(survey, {}).setdefault(unit, Counter())[measure] += int(count)
		elif kind in answers.SCALES:
			given.setdefault((survey, question, kind), {}).setdefault(unit, Counter())[score] += int(count)
	return given, asked
