"""Counts of answers: changed in the transaction of the answer, moved with a ticket's unit, rebuilt from the rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from pypika.terms import Values

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import add_months, getdate, now_datetime

from cx_desk.core import answers, ledger, rollup

TABLE = "CX Score Rollup"
FIELDS = (
	"day",
	"measure",
	"survey",
	"survey_version",
	"question",
	"question_type",
	"unit",
	"team",
	"channel",
	"score",
)
_CHUNK = 1000


def post(before: Mapping[rollup.Key, int], after: Mapping[rollup.Key, int]) -> None:
	"""Add the difference to the counts, in the caller's transaction and in the order that every writer keeps."""
	changes = rollup.difference(before, after)
	for start in range(0, len(changes), _CHUNK):
		_upsert(changes[start : start + _CHUNK])


def _upsert(changes: list[tuple[rollup.Key, int]]) -> None:
	table = frappe.qb.DocType(TABLE)
	now = now_datetime()
	query = frappe.qb.into(table).columns(
		"name", "creation", "modified", "owner", "modified_by", *FIELDS, "count"
	)
	for key, count in changes:
		query = query.insert(
			key.name,
			now,
			now,
			"Administrator",
			"Administrator",
			*(getattr(key, field) for field in FIELDS),
			count,
		)
	query = query.on_duplicate_key_update(table["count"], table["count"] + Values(table["count"]))
	query.on_duplicate_key_update(table.modified, Values(table.modified)).run()


def response_counts(response) -> Counter:
	"""The counts of one response (a document or a row with `answers`), nothing unless a person gave it."""
	if response.get("kind") == "Suspected machine":
		return Counter()
	found = [
		(row.get("question_key"), row.get("question_type"), row.get("score"))
		for row in response.get("answers") or ()
		if row.get("question_type") in answers.SCALES or row.get("question_key") == answers.NOT_SOLVED_KEY
	]
	return rollup.response_counts(
		{
			"survey": response.get("survey"),
			"survey_version": response.get("survey_version"),
			"unit": response.get("unit"),
			"team": response.get("team"),
			"channel": response.get("channel"),
			"event_day": getdate(response.get("event_day")),
			"asked_day": getdate(response.get("asked_day")) if response.get("asked_day") else None,
			"answers": found,
		}
	)


def asked_count(invitation) -> Counter:
	"""The count of one invitation: one person asked, nothing for tests and for those whom no mail reached."""
	if invitation.get("is_test") or invitation.get("status") not in (
		ledger.QUEUED,
		ledger.SENT,
		ledger.ANSWERED,
		ledger.EXPIRED,
	):
		return Counter()
	if not invitation.get("queued_at"):
		return Counter()
	return rollup.asked_count(
		{
			"asked_day": getdate(invitation.get("queued_at")),
			"survey": invitation.get("survey"),
			"survey_version": invitation.get("survey_version"),
			"unit": invitation.get("unit"),
			"team": invitation.get("team"),
			"channel": "Mail",
		}
	)


def load_responses(names: Iterable[str]) -> list[frappe._dict]:
	"""Responses with their answers, as `response_counts` reads them. Two queries."""
	names = list(names)
	if not names:
		return []
	rows = frappe.get_all(
		"CX Survey Response",
		filters={"name": ["in", names]},
		fields=[
			"name",
			"kind",
			"survey",
			"survey_version",
			"unit",
			"team",
			"channel",
			"event_day",
			"asked_day",
			"respondent_key",
		],
	)
	given: dict[str, list] = {}
	for answer in frappe.get_all(
		"CX Survey Answer",
		filters={"parent": ["in", names], "parenttype": "CX Survey Response"},
		fields=["parent", "question_key", "question_type", "score"],
	):
		given.setdefault(answer.parent, []).append(answer)
	for row in rows:
		row.answers = given.get(row.name, [])
	return rows


def move_unit(event_doctype: str, event_name: str, unit: str) -> None:
	"""Give the ledger rows, responses and counts of one event another unit, in the caller's transaction."""
	filters = {"event_doctype": event_doctype, "event_name": str(event_name), "unit": ["!=", unit]}
	invitations = frappe.get_all(
		"CX Survey Invitation",
		filters=filters,
		fields=["name", "status", "is_test", "queued_at", "survey", "survey_version", "unit", "team"],
	)
	responses = load_responses(frappe.get_all("CX Survey Response", filters=filters, pluck="name"))
	before, after = Counter(), Counter()
	for rows, count in ((invitations, asked_count), (responses, response_counts)):
		for row in rows:
			before.update(count(row))
			after.update(count({**row, "unit": unit}))
	for doctype, rows in (("CX Survey Invitation", invitations), ("CX Survey Response", responses)):
		if rows:
			frappe.db.set_value(
				doctype, {"name": ["in", [row.name for row in rows]]}, "unit", unit, update_modified=False
			)
	post(before, after)


def rebuild() -> int:
	"""Count everything anew from ledger and responses, in one transaction; the number of rollup rows written.

	Only days whose ledger is whole are touched: older days are frozen, for their rows may be gone by retention.
	Reads in pages by name, so that memory stays flat; the counts themselves are held until the end.
	"""
	first = first_whole_day()
	table = frappe.qb.DocType(TABLE)
	counts: Counter = Counter()
	for row in _stream(
		"CX Survey Invitation",
		["status", "is_test", "queued_at", "survey", "survey_version", "unit", "team"],
		{"queued_at": ["is", "set"]},
	):
		counts.update(asked_count(row))
	for page in pages("CX Survey Response", ["name"], {"kind": ["!=", "Suspected machine"]}):
		for row in load_responses(entry.name for entry in page):
			counts.update(response_counts(row))
	counts = Counter({key: count for key, count in counts.items() if first is None or key.day >= first})
	delete = frappe.qb.from_(table).delete()
	if first is not None:
		delete = delete.where(table.day >= first)
	delete.run()
	post({}, counts)
	return len(counts)


def first_whole_day() -> date | None:
	"""The first day whose ledger rows are all still there; None where nothing is ever deleted."""
	months = frappe.get_cached_doc("CX Settings").ledger_months
	return getdate(add_months(getdate(), -months)) + timedelta(days=1) if months else None


def pages(doctype: str, fields: list[str], filters: dict, size: int = 2000):
	"""Rows in pages by name, so that memory stays flat however many there are."""
	after = ""
	while True:
		page = frappe.get_all(
			doctype,
			filters=[[key, *value] for key, value in filters.items()] + [["name", ">", after]],
			fields=sorted({"name", *fields}),
			order_by="name asc",
			limit=size,
		)
		if not page:
			return
		yield page
		after = page[-1].name


def _stream(doctype: str, fields: list[str], filters: dict):
	for page in pages(doctype, fields, filters):
		yield from page


def rebuild_job() -> None:
	"""The rebuild as a background job with its progress on the reader's screen."""
	frappe.publish_progress(5, title=frappe._("Counting answers anew"))
	rebuild()
	frappe.publish_progress(100, title=frappe._("Counting answers anew"))


def people_by_unit(days: int, today: date) -> dict[tuple[str, str], dict[str, Counter]]:
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
	).run(as_dict=True)
	result: dict[tuple[str, str], dict[str, Counter]] = {}
	for row in rows:
		place = result.setdefault((row.survey, row.question_key), {}).setdefault(row.unit or "", Counter())
		place[row.respondent_key or ""] += row.times
	return result


def take_snapshots() -> int:
	"""Nightly: distinct people, answers and effective n per unit with all below it, survey, question and period."""
	settings = frappe.get_cached_doc("CX Settings")
	parents = dict(
		frappe.get_all("CX Business Unit", fields=["name", "parent_cx_business_unit"], as_list=True)
	)
	now, rows = now_datetime(), []
	for period, days in (
		("90 days", settings.score_window_days or 90),
		("365 days", settings.score_wide_days or 365),
	):
		for (survey, question), by_unit in people_by_unit(days, getdate(now)).items():
			for unit, persons in rollup.up_the_tree(by_unit, parents).items():
				behind = rollup.people_behind(persons)
				rows.append(
					(
						frappe.generate_hash(length=16),
						now,
						now,
						"Administrator",
						"Administrator",
						unit,
						survey,
						question,
						period,
						now,
						behind.people,
						behind.answers,
						behind.effective,
					)
				)
	frappe.db.delete("CX Unit Snapshot")
	if rows:
		frappe.db.bulk_insert(
			"CX Unit Snapshot",
			[
				"name",
				"creation",
				"modified",
				"owner",
				"modified_by",
				"unit",
				"survey",
				"question",
				"period",
				"as_of",
				"people",
				"answers",
				"effective_n",
			],
			rows,
		)
	return len(rows)
