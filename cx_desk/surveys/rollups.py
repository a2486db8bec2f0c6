"""Counts of answers: changed in the transaction of the answer, moved with a ticket's unit, rebuilt from the rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

import frappe
from frappe.utils import add_months, getdate, now_datetime

from cx_desk.core import ledger, rollup, survey_content
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
		and row.get("question_type") != survey_content.TEXT
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


# A mail that is on its way or arrived: who gave an answer or let it expire was asked.
_REACHED = (ledger.QUEUED, ledger.SENT, ledger.ANSWERED, ledger.EXPIRED)


def asked_count(invitation) -> Counter:
	"""The count of one invitation: one person asked, nothing for tests and for those whom no mail reached."""
	if invitation.get("is_test") or invitation.get("status") not in _REACHED:
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


def rebuild(each_part: Callable[[int, int], None] | None = None) -> int:
	"""Count everything anew from ledger and responses; the number of rollup rows that stand for what was counted.

	Only days whose ledger is whole are touched: older days are frozen, for their rows may be gone by retention. The
	database counts some days after the other, so that memory stays flat. What it finds right is only read, and nobody
	waits for that; days of which a sum differs are counted into rows, and only rows that are wrong are written.

	each_part: called after each few days with the number of days done and how many there are; a job commits there, so
	that answers wait for few days at most. Without it everything happens in the caller's transaction.
	"""
	first = first_whole_day()
	days = [(day, size) for day, size in _days_to_count() if first is None or day >= first]
	total = done = 0
	for part in _parts(days, _READ_AT_ONCE):
		right, rows = _days_that_are_right([day for day, _size in part])
		total += rows
		for wrong in _runs(part, right):
			for few in _parts(wrong, _WRITTEN_AT_ONCE):
				total += _rebuild_days(few[0][0], few[-1][0])
		done += len(part)
		if each_part:
			each_part(done, len(days))
	return total


# So many rows of ledger and responses are compared, and counted into rows, at once; a day is never split.
_READ_AT_ONCE, _WRITTEN_AT_ONCE = 100_000, 30_000


def _parts(days: list[tuple[date, int]], most: int) -> Iterator[list[tuple[date, int]]]:
	"""Days with their sizes, in order, in parts of at most so much; a larger day is a part by itself."""
	part, held = [], 0
	for day, size in days:
		if part and held + size > most:
			yield part
			part, held = [], 0
		part.append((day, size))
		held += size
	if part:
		yield part


def _runs(part: list[tuple[date, int]], right: set[date]) -> Iterator[list[tuple[date, int]]]:
	"""The days that are wrong, in runs without one between them that is right."""
	run = []
	for entry in part:
		if entry[0] in right:
			if run:
				yield run
			run = []
		else:
			run.append(entry)
	if run:
		yield run


_COUNTED = "cx_counted_anew"
_CREATE_COUNTED = (
	f"/* commits nothing */ CREATE TEMPORARY TABLE {_COUNTED} ("
	"name CHAR(40) CHARACTER SET ascii PRIMARY KEY, day DATE, measure VARCHAR(140), survey VARCHAR(140), "
	"survey_version VARCHAR(140), question VARCHAR(140), question_type VARCHAR(140), unit VARCHAR(140), "
	"team VARCHAR(140), channel VARCHAR(140), score INT, `count` INT) "
	"ENGINE=Aria CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
)
_A_PERSONS = "COALESCE(r.kind, '') <> 'Suspected machine'"
_A_SCORE = "a.question_type <> 'Text' AND a.question_key <> ''"
# The same counts as `response_counts` and `asked_count` make of one row: (columns in the order of FIELDS, tables,
# the column that says the day, what else must hold).
_COUNTS = (
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
			ON a.parent = r.name AND a.parenttype = 'CX Survey Response'""",
		"r.event_day",
		f"{_A_PERSONS} AND {_A_SCORE}",
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
		"`tabCX Survey Response` r",
		"r.asked_day",
		_A_PERSONS,
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
			ON a.parent = r.name AND a.parenttype = 'CX Anonymous Response'""",
		"r.period",
		f"r.counted = 1 AND {_A_SCORE}",
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
		"`tabCX Anonymous Response` r",
		"r.period",
		"r.counted = 1",
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
		"`tabCX Survey Invitation` i",
		"i.queued_at",
		"i.is_test = 0 AND i.status IN %(asked)s",
	),
)


def _texts(columns: tuple[str, ...]) -> list[str]:
	"""The columns between day and score, as texts: a column that is empty and one that is not there are the same."""
	return [text if text.startswith("'") else f"COALESCE({text}, '')" for text in columns[1:-1]]


def _on_days(column: str) -> str:
	# Not BETWEEN: the moment of sending is on a day, whatever its hour.
	return f"{column} >= %(first)s AND {column} < %(last)s + INTERVAL 1 DAY"


def _count_statement(columns: tuple[str, ...], tables: str, day_column: str, condition: str) -> str:
	"""Counts into the temporary table, each under the name that `core.rollup.Key.name` gives it."""
	day, score, texts = columns[0], columns[-1], _texts(columns)
	parts = (f"CAST({day} AS CHAR)", *texts, score)
	key = "CONCAT_WS('|', " + ", ".join(f"CONCAT(CHAR_LENGTH({part}), ':', {part})" for part in parts) + ")"
	name = f"CONCAT(DATE_FORMAT({day}, '%%Y%%m%%d'), LEFT(SHA2({key}, 256), 32))"
	return (
		f"INSERT INTO {_COUNTED} SELECT {name}, {day}, {', '.join(texts)}, {score}, 1 FROM {tables} "
		f"WHERE {_on_days(day_column)} AND {condition} ON DUPLICATE KEY UPDATE `count` = `count` + 1"
	)


def _sum_statement(day: str, texts: list[str], score: str, count: str, tables: str, condition: str) -> str:
	"""For each day how much is counted, and two sums over what it is counted under.

	Of two keys that differ, one pair in four thousand million has the same checksum, and it would have to be the same
	pair forwards and backwards: two days of the same sums hold the same counts. Sums as floating point, which holds
	them exactly up to two million counts a day and costs half of what decimals do.
	"""
	key = f"CONCAT_WS('|', {', '.join(texts)}, {score})"
	sums = ", ".join(f"SUM({count} * 1e0 * CRC32({text}))" for text in (key, f"REVERSE({key})"))
	return f"SELECT {day} AS the_day, SUM({count}), {sums}, COUNT(*) FROM {tables} WHERE {condition} GROUP BY the_day"


def _days_that_are_right(days: list[date]) -> tuple[set[date], int]:
	"""Those of these days whose rollup rows say what the ledger and the responses say, and how many rows those are.

	Reads without a lock, as of one moment: a transaction writes an answer and its counts together.
	"""
	values = {"first": days[0], "last": days[-1], "asked": _REACHED}
	run = frappe.db.sql
	found: dict[date, list[int]] = {}
	for columns, tables, day_column, condition in _COUNTS:
		statement = _sum_statement(
			columns[0], _texts(columns), columns[-1], "1", tables, f"{_on_days(day_column)} AND {condition}"
		)
		for day, *sums, _rows in run(statement, values):  # allowed: a million rows stay in the database
			kept = found.get(day, (0, 0, 0))
			found[day] = [before + int(more) for before, more in zip(kept, sums, strict=True)]
	# A day's rows lie together, since their names begin with it.
	values |= {"from": f"{days[0]:%Y%m%d}", "to": f"{days[-1] + timedelta(days=1):%Y%m%d}"}
	statement = _sum_statement(
		"day",
		[f"COALESCE({field}, '')" for field in FIELDS[1:-1]],
		"score",
		"`count`",
		f"`tab{TABLE}`",
		f"name >= %(from)s AND name < %(to)s AND {_on_days('day')}",
	)
	wrong, rows = set(found), 0
	for day, *sums, count in run(statement, values):  # allowed: as above
		if found.get(day, [0, 0, 0]) == [int(one) for one in sums]:
			wrong.discard(day)
			rows += count
		else:
			wrong.add(day)
	return set(days) - wrong, rows


def _rebuild_days(first: date, last: date) -> int:
	"""Make the rollup rows of these days what the ledger and the responses say; how many rows there are.

	Reads the sources before it touches the rollups, as an answer does that writes both: neither waits in a circle.
	"""
	values = {"first": first, "last": last, "asked": _REACHED, "now": now_datetime()}
	run = frappe.db.sql
	# A new table each time: rows deleted from a temporary table stay in its pages, and each part would take longer. The
	# comment in front keeps Frappe from taking this for a statement that commits; with temporary tables none does.
	run(f"/* commits nothing */ DROP TEMPORARY TABLE IF EXISTS {_COUNTED}")  # allowed: no builder for it
	run(_CREATE_COUNTED)  # allowed: no builder for temporary tables
	for source in _COUNTS:
		run(_count_statement(*source), values)  # allowed: a million rows stay in the database
	run(  # allowed: multi-table delete
		f"""DELETE old FROM `tab{TABLE}` old LEFT JOIN {_COUNTED} new ON new.name = old.name
		WHERE {_on_days("old.day")} AND new.name IS NULL""",
		values,
	)
	fields = ", ".join(FIELDS)
	# As bytes: to the database "Cards" and "cards" are the same word, and two units here.
	same = " AND ".join(f"BINARY old.{field} <=> BINARY new.{field}" for field in FIELDS)
	run(  # allowed: insert from a query
		f"""INSERT INTO `tab{TABLE}` (name, creation, modified, owner, modified_by, {fields}, `count`)
		SELECT new.name, %(now)s, %(now)s, 'Administrator', 'Administrator',
			{", ".join("new." + field for field in FIELDS)}, new.`count`
		FROM {_COUNTED} new LEFT JOIN `tab{TABLE}` old ON old.name = new.name
		WHERE old.name IS NULL OR NOT (old.`count` <=> new.`count` AND {same})
		ON DUPLICATE KEY UPDATE {", ".join(f"{field} = VALUES({field})" for field in FIELDS)},
			`count` = VALUES(`count`), modified = VALUES(modified)""",
		values,
	)
	return run(f"SELECT COUNT(*) FROM {_COUNTED}")[0][0]  # allowed: temporary table


def _days_to_count() -> list[tuple[date, int]]:
	"""Every day that has a count or something to count, with about how much; in order."""
	sizes: Counter[date] = Counter()
	for _columns, tables, day_column, _condition in _COUNTS:
		table = tables.split(" JOIN ")[0]
		day = f"DATE({day_column})"
		rows = frappe.db.sql(  # allowed: no builder for it; one row a day
			f"SELECT {day}, COUNT(*) FROM {table} WHERE {day_column} IS NOT NULL GROUP BY {day}"
		)
		for found, size in rows:
			sizes[found] += size
	table = frappe.qb.DocType(TABLE)
	for (found,) in frappe.qb.from_(table).select(table.day).distinct().where(table.day.isnotnull()).run():
		sizes[found] += 0
	return sorted(sizes.items())


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

	def part_done(done: int, days: int) -> None:
		frappe.db.commit()  # allowed: each part is whole by itself, and nobody waits for all of them
		frappe.publish_progress(100 * done // days, title=title)

	rebuild(part_done)
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
