"""Counts of answers: changed in the transaction of the answer, moved with a ticket's unit, rebuilt from the rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

import frappe
from frappe.utils import add_months, getdate, now_datetime

from cx_desk.core import answers, ledger, rollup
from cx_desk.host.statements import insert
from cx_desk.units import closed_periods, period_counts

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


_ADD = "ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`), modified = VALUES(modified)"


def _upsert(changes: list[tuple[rollup.Key, int]]) -> None:
	now = now_datetime()
	insert(
		TABLE,
		("name", "creation", "modified", "owner", "modified_by", *FIELDS, "count"),
		[
			(
				key.name,
				now,
				now,
				"Administrator",
				"Administrator",
				*(getattr(key, field) for field in FIELDS),
				count,
			)
			for key, count in changes
		],
		_ADD,
	)


def response_counts(response) -> Counter:
	"""The counts of one response (a document or a row with `answers`), nothing unless a person gave it."""
	if response.get("kind") == "Suspected machine":
		return Counter()
	found = [
		(row.get("question_key"), row.get("question_type"), row.get("score"))
		for row in response.get("answers") or ()
		# Words have no score; read from the database, where a number's column takes no NULL, they would have a nought.
		if row.get("score") is not None
		and row.get("question_type") != answers.TEXT
		and row.get("question_key")
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


def move_unit(event_doctype: str, event_name: str, unit: str, key: str | None = None) -> None:
	"""Give the ledger rows, responses and counts of one event another unit, in the caller's transaction.

	key: what tells the record from an earlier one of the same name, whose rows stay where they are.
	"""
	filters = {"event_doctype": event_doctype, "event_name": str(event_name), "unit": ["!=", unit]}
	if key:
		filters["event_key"] = ["in", [str(key), ""]]
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


def rebuild(each_day: Callable[[int, int], None] | None = None) -> int:
	"""Count everything anew from ledger and responses; the number of rollup rows that stand for what was counted.

	Only days whose ledger is whole are touched: older days are frozen, for their rows may be gone by retention. The
	database counts one day after the other, so that memory stays flat, and writes only rows that are wrong.

	each_day: called after each day with its number and how many there are; a job commits there, so that answers
	wait for one day at most. Without it everything happens in the caller's transaction.
	"""
	first = first_whole_day()
	days = [day for day in _days_to_count() if first is None or day >= first]
	total = 0
	for number, day in enumerate(days, 1):
		total += _rebuild_day(day)
		if each_day:
			each_day(number, len(days))
	return total


_COUNTED = "cx_counted_anew"
_CREATE_COUNTED = (
	f"/* commits nothing */ CREATE TEMPORARY TABLE {_COUNTED} ("
	"name VARCHAR(140) PRIMARY KEY, day DATE, measure VARCHAR(140), survey VARCHAR(140), "
	"survey_version VARCHAR(140), question VARCHAR(140), question_type VARCHAR(140), unit VARCHAR(140), "
	"team VARCHAR(140), channel VARCHAR(140), score INT, `count` INT) "
	"CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
)
# The same counts as `response_counts` and `asked_count` make of one row: (columns in the order of FIELDS, source).
_COUNTS_OF_A_DAY = (
	(
		(
			"r.event_day",
			"'Answer'",
			"r.survey",
			"r.survey_version",
			"a.question_key",
			"a.question_type",
			"r.unit",
			"r.team",
			"r.channel",
			"a.score",
		),
		"""`tabCX Survey Response` r JOIN `tabCX Survey Answer` a
			ON a.parent = r.name AND a.parenttype = 'CX Survey Response'
		WHERE r.event_day = %(day)s AND COALESCE(r.kind, '') <> 'Suspected machine' AND a.question_type <> 'Text'
			AND a.question_key <> ''""",
	),
	(
		(
			"r.asked_day",
			"'Answered'",
			"r.survey",
			"r.survey_version",
			"''",
			"''",
			"r.unit",
			"r.team",
			"r.channel",
			"-1",
		),
		"""`tabCX Survey Response` r
		WHERE r.asked_day = %(day)s AND COALESCE(r.kind, '') <> 'Suspected machine'""",
	),
	# Anonymous answers, by their month, once they were let into the counts (see surveys.anonymous).
	(
		(
			"r.period",
			"'Answer'",
			"r.survey",
			"r.survey_version",
			"a.question_key",
			"a.question_type",
			"r.unit",
			"''",
			"'Mail'",
			"a.score",
		),
		"""`tabCX Anonymous Response` r JOIN `tabCX Survey Answer` a
			ON a.parent = r.name AND a.parenttype = 'CX Anonymous Response'
		WHERE r.period = %(day)s AND r.counted = 1 AND a.question_type <> 'Text' AND a.question_key <> ''""",
	),
	(
		(
			"r.period",
			"'Answered'",
			"r.survey",
			"r.survey_version",
			"''",
			"''",
			"r.unit",
			"''",
			"'Mail'",
			"-1",
		),
		"""`tabCX Anonymous Response` r
		WHERE r.period = %(day)s AND r.counted = 1""",
	),
	(
		(
			"DATE(i.queued_at)",
			"'Asked'",
			"i.survey",
			"i.survey_version",
			"''",
			"''",
			"i.unit",
			"i.team",
			"'Mail'",
			"-1",
		),
		"""`tabCX Survey Invitation` i
		WHERE i.queued_at >= %(day)s AND i.queued_at < %(day)s + INTERVAL 1 DAY
			AND i.is_test = 0 AND i.status IN %(asked)s""",
	),
)


def _count_statement(columns: tuple[str, ...], source: str) -> str:
	"""Counts into the temporary table, each under the name that `core.rollup.Key.name` gives it."""
	day, *texts, score = columns
	texts = [text if text.startswith("'") else f"COALESCE({text}, '')" for text in texts]
	parts = (f"CAST({day} AS CHAR)", *texts, score)
	name = "CONCAT_WS('|', " + ", ".join(f"CONCAT(CHAR_LENGTH({part}), ':', {part})" for part in parts) + ")"
	return (
		f"INSERT INTO {_COUNTED} SELECT LEFT(SHA2({name}, 256), 40), {day}, {', '.join(texts)}, {score}, 1 "
		f"FROM {source} ON DUPLICATE KEY UPDATE `count` = `count` + 1"
	)


def _rebuild_day(day: date) -> int:
	"""Make the rollup rows of one day what the ledger and the responses say; how many rows there are.

	Reads the sources before it touches the rollups, as an answer does that writes both: neither waits in a circle.
	"""
	values = {
		"day": day,
		"asked": (ledger.QUEUED, ledger.SENT, ledger.ANSWERED, ledger.EXPIRED),
		"now": now_datetime(),
	}
	run = frappe.db.sql
	# A new table each day: rows deleted from a temporary table stay in its pages, and each day would take longer. The
	# comment in front keeps Frappe from taking this for a statement that commits; with temporary tables none does.
	run(f"/* commits nothing */ DROP TEMPORARY TABLE IF EXISTS {_COUNTED}")  # allowed: no builder for it
	run(_CREATE_COUNTED)  # allowed: no builder for temporary tables
	for columns, source in _COUNTS_OF_A_DAY:
		run(_count_statement(columns, source), values)  # allowed: a million rows stay in the database
	run(  # allowed: multi-table delete
		f"""DELETE old FROM `tab{TABLE}` old LEFT JOIN {_COUNTED} new ON new.name = old.name
		WHERE old.day = %(day)s AND new.name IS NULL""",
		values,
	)
	fields = ", ".join(FIELDS)
	run(  # allowed: insert from a query
		f"""INSERT INTO `tab{TABLE}` (name, creation, modified, owner, modified_by, {fields}, `count`)
		SELECT new.name, %(now)s, %(now)s, 'Administrator', 'Administrator',
			{", ".join("new." + field for field in FIELDS)}, new.`count`
		FROM {_COUNTED} new LEFT JOIN `tab{TABLE}` old ON old.name = new.name
		WHERE old.name IS NULL OR old.`count` <> new.`count`
		ON DUPLICATE KEY UPDATE `count` = VALUES(`count`), modified = VALUES(modified)""",
		values,
	)
	return run(f"SELECT COUNT(*) FROM {_COUNTED}")[0][0]  # allowed: temporary table


def _days_to_count() -> list[date]:
	rows = frappe.db.sql(  # allowed: no builder for a union of days
		f"""SELECT DISTINCT day FROM `tab{TABLE}` UNION SELECT DISTINCT event_day FROM `tabCX Survey Response`
		UNION SELECT DISTINCT asked_day FROM `tabCX Survey Response`
		UNION SELECT DISTINCT period FROM `tabCX Anonymous Response` WHERE counted = 1
		UNION SELECT DISTINCT DATE(queued_at) FROM `tabCX Survey Invitation`"""
	)
	return sorted(row[0] for row in rows if row[0])


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


def rebuild_job() -> None:
	"""The rebuild as a background job with its progress on the reader's screen."""
	title = frappe._("Counting answers anew")

	def day_done(number: int, days: int) -> None:
		frappe.db.commit()  # allowed: each day is whole by itself, and nobody waits for all of them
		if number % 30 == 0:
			frappe.publish_progress(100 * number // days, title=title)

	rebuild(day_done)
	frappe.publish_progress(100, title=title)


def take_snapshots() -> int:
	"""Nightly: what `period_rows` finds for both windows, for scorecards and for distinct people."""
	settings = frappe.get_cached_doc("CX Settings")
	now, rows = now_datetime(), []
	for period, days in (
		("90 days", settings.score_window_days or 90),
		("365 days", settings.score_wide_days or 365),
	):
		for row in period_counts.period_rows(getdate(now) - timedelta(days=days - 1), getdate(now)):
			rows.append(
				(
					frappe.generate_hash(length=16),
					now,
					now,
					"Administrator",
					"Administrator",
					now,
					period,
					frappe.as_json(row.counts, indent=None),
					*(row[field] for field in _SNAPSHOT_FIELDS),
				)
			)
	# Closed quarters stay as they were counted.
	frappe.db.delete("CX Unit Snapshot", {"period": ["!=", closed_periods.QUARTER]})
	if rows:
		frappe.db.bulk_insert(
			"CX Unit Snapshot",
			[
				"name",
				"creation",
				"modified",
				"owner",
				"modified_by",
				"as_of",
				"period",
				"counts",
				*_SNAPSHOT_FIELDS,
			],
			rows,
		)
	closed_periods.close_quarters(getdate(now))
	return len(rows)


_SNAPSHOT_FIELDS = (
	"unit",
	"survey",
	"question",
	"question_type",
	"asked",
	"answered",
	"people",
	"answers",
	"effective_n",
)
