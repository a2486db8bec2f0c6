"""P5: scorecards from rollups against grouping the answers. P8: counting every rollup anew.

Both work on tables of their own: the site's are set aside under another name and come back at the end, also after a
run that was killed (`_come_back` runs first). CX_RESPONSES says how many responses, 1,000,000 without it.
"""

import glob
import os
import resource
import statistics
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from perf import Row, ms

import frappe
from frappe.utils import getdate

RESPONSES = int(os.environ.get("CX_RESPONSES", "1000000"))
UNITS, REGIONS, PEOPLE, DAYS, TEAMS = 500, 20, 200_000, 730, 40
SURVEY = "Ticket feedback"
DOCTYPES = (
	"CX Survey Response",
	"CX Survey Answer",
	"CX Survey Invitation",
	"CX Score Rollup",
	"CX Unit Snapshot",
	"CX Business Unit",
)
ROUNDS = 5
ASIDE = "cx_perf_aside_"
_NOW = "creation, modified, owner, modified_by"


def _aside(doctype: str) -> str:
	return ASIDE + frappe.scrub(doctype)


def _come_back() -> None:
	"""The site's own tables back in their place, if an earlier run left them aside."""
	for doctype in DOCTYPES:
		if frappe.db.sql("SHOW TABLES LIKE %s", _aside(doctype)):
			frappe.db.sql_ddl(f"DROP TABLE IF EXISTS `tab{doctype}`")
			frappe.db.sql_ddl(f"RENAME TABLE `{_aside(doctype)}` TO `tab{doctype}`")
	frappe.clear_cache()


@contextmanager
def _filled(responses: int, invitations: bool = True):
	"""Empty tables in the place of the site's, with so many responses over 500 units and two years."""
	from cx_desk.surveys.shipped import make_shipped_surveys

	make_shipped_surveys()
	frappe.db.commit()
	_come_back()
	try:
		for doctype in DOCTYPES:
			frappe.db.sql_ddl(f"RENAME TABLE `tab{doctype}` TO `{_aside(doctype)}`")
			frappe.db.sql_ddl(f"CREATE TABLE `tab{doctype}` LIKE `{_aside(doctype)}`")
		frappe.clear_cache()
		_make_units()
		_make_answers(responses, invitations)
		for doctype in DOCTYPES:
			frappe.db.sql(f"ANALYZE TABLE `tab{doctype}`")
		frappe.db.commit()
		yield
	finally:
		frappe.db.rollback()
		_come_back()


def _make_units() -> None:
	"""All Units, 20 regions below it, 479 units below them."""
	names = ["All Units", *(f"Region {number:02d}" for number in range(REGIONS))]
	below: dict[str, list[str]] = {name: [] for name in names[1:]}
	for number in range(UNITS - len(names)):
		below[names[1 + number % REGIONS]].append(f"Unit {number:03d}")
	rows, place = [], 1
	for region, units in below.items():
		left = place + 1
		rows.extend((unit, region, left + 2 * i + 1, left + 2 * i + 2, 0) for i, unit in enumerate(units))
		place = left + 2 * len(units) + 1
		rows.append((region, names[0], left, place, 1))
	rows.append((names[0], None, 1, place + 1, 1))
	frappe.db.bulk_insert(
		"CX Business Unit",
		["name", "unit_name", "parent_cx_business_unit", "lft", "rgt", "is_group"],
		[(name, name, *rest) for name, *rest in rows],
	)
	frappe.db.commit()


def _make_answers(responses: int, invitations: bool) -> None:
	"""Time goes with the number, as it does in life; people stay with their unit, teams are three to a unit."""
	first = getdate() - timedelta(days=DAYS - 1)
	for start in range(1, responses + 1, 50_000):
		end = min(responses, start + 49_999)
		values = {"first": first, "survey": SURVEY, "share": DAYS / responses}
		# `p` is the person; everything else follows from the two numbers.
		source = f"""FROM (SELECT seq n, CRC32(CONCAT('p', seq)) MOD {PEOPLE} p, CRC32(CONCAT('s', seq)) MOD 100 luck,
			%(first)s + INTERVAL FLOOR((seq - 1) * %(share)s) DAY day FROM seq_{start}_to_{end}) x"""
		unit = (
			f"CASE WHEN p MOD {UNITS} = 0 THEN 'All Units' "
			f"WHEN p MOD {UNITS} <= {REGIONS} THEN CONCAT('Region ', LPAD(p MOD {UNITS} - 1, 2, '0')) "
			f"ELSE CONCAT('Unit ', LPAD(p MOD {UNITS} - {REGIONS + 1}, 3, '0')) END"
		)
		team = f"CONCAT('Team ', (p + n MOD 3) MOD {TEAMS})"
		score = "CASE WHEN luck < 6 THEN 1 WHEN luck < 12 THEN 2 WHEN luck < 25 THEN 3 WHEN luck < 55 THEN 4 ELSE 5 END"
		name = "CONCAT(LPAD(HEX(n), 6, '0'), LEFT(MD5(n), 4))"
		invitation = "LEFT(SHA1(n), 40)"
		version = f"CONCAT('{SURVEY}-v', 1 + n DIV {max(1, responses // 3 + 1)})"
		asked = "LEAST(day + INTERVAL (n MOD 3 = 0) DAY, CURDATE())"
		who = "SHA1(p)"
		frappe.db.sql(
			f"""INSERT INTO `tabCX Survey Response` (name, {_NOW}, survey, survey_version, invitation, kind, privacy,
				score, main_type, event_doctype, event_name, event_day, asked_day, unit, team, respondent_key,
				channel, language, answered_at, act_state)
			SELECT {name}, day, day, 'Administrator', 'Administrator', %(survey)s, {version}, {invitation}, 'Person',
				'Named', {score}, 'CSAT', 'HD Ticket', n, day, {asked}, {unit}, {team}, {who},
				IF(luck MOD 10 < 9, 'Mail', 'Portal'), 'en', day, 'Done' {source}""",
			values,
		)
		frappe.db.sql(
			f"""INSERT INTO `tabCX Survey Answer` (name, {_NOW}, parent, parenttype, parentfield, idx, question_key,
				question, question_type, score)
			SELECT CONCAT({name}, 'a'), day, day, 'Administrator', 'Administrator', {name}, 'CX Survey Response',
				'answers', 1, 'main', 'How satisfied are you?', 'CSAT', {score} {source}""",
			values,
		)
		if invitations:
			frappe.db.sql(
				f"""INSERT INTO `tabCX Survey Invitation` (name, {_NOW}, survey, survey_version, `trigger`, status,
					event_doctype, event_name, recipient, respondent_key, language, unit, team, event_at, due_at,
					queued_at, token_hash)
				SELECT {invitation}, day, day, 'Administrator', 'Administrator', %(survey)s, {version}, 'After',
					'Answered', 'HD Ticket', n, CONCAT('p', p, '@perf.example'), {who}, 'en', {unit}, {team}, day,
					day, {asked} + INTERVAL 9 HOUR, SHA1(CONCAT('t', n)) {source}""",
				values,
			)
		frappe.db.commit()


def _in_turn(sides: dict, rounds: int = ROUNDS, clock=time.perf_counter) -> dict[str, float]:
	"""Median seconds of each side, in turn, after one warm call of each."""
	times: dict[str, list[float]] = {name: [] for name in sides}
	for side in sides.values():
		side()
	for _ in range(rounds):
		for name, side in sides.items():
			begun = clock()
			side()
			times[name].append(clock() - begun)
	return {name: statistics.median(values) for name, values in times.items()}


def _group_rows(days: int, units: tuple[str, ...] = ()) -> list:
	"""What a scorecard needs, from the rows: answers by unit and value, people, asked. No roll-up, no intervals."""
	today = getdate()
	values = {
		"since": today - timedelta(days=days),
		"today": today,
		"survey": SURVEY,
		"units": units or ("",),
	}
	only = "AND r.unit IN %(units)s" if units else ""
	source = f"""FROM `tabCX Survey Response` r JOIN `tabCX Survey Answer` a
		ON a.parent = r.name AND a.parenttype = 'CX Survey Response'
		WHERE r.survey = %(survey)s AND r.event_day > %(since)s AND r.event_day <= %(today)s
		AND r.kind <> 'Suspected machine' AND a.question_type = 'CSAT' {only}"""
	return [
		frappe.db.sql(f"SELECT r.unit, a.score, COUNT(*) {source} GROUP BY r.unit, a.score", values),
		frappe.db.sql(
			f"""SELECT unit, COUNT(*), SUM(times), SUM(times * times) FROM (
			SELECT r.unit, r.respondent_key, COUNT(*) times {source} GROUP BY r.unit, r.respondent_key) p
			GROUP BY unit""",
			values,
		),
		frappe.db.sql(
			f"""SELECT r.unit, COUNT(*) FROM `tabCX Survey Invitation` r WHERE r.survey = %(survey)s
			AND r.queued_at > %(since)s AND r.status IN ('Queued', 'Sent', 'Answered', 'Expired') AND r.is_test = 0
			{only} GROUP BY r.unit""",
			values,
		),
	]


def scorecards() -> list[Row]:
	"""P5. All units and one, the same window on both sides; and whether a tenth of the answers is any faster."""
	from cx_desk.surveys import rollups
	from cx_desk.units import scores

	took = {}
	for responses in (RESPONSES // 10, RESPONSES):
		with _filled(responses), _nothing_frozen():
			rollups.rebuild(lambda _done, _days: frappe.db.commit())
			rollups.take_snapshots()
			frappe.db.commit()
			days = scores.scorecard(SURVEY)[0].window
			region = tuple(scores.below("Region 01"))
			took[responses] = _in_turn(
				{
					"card": lambda: scores.scorecard(SURVEY),
					"rows": lambda days=days: _group_rows(days),
					"every row": lambda: _group_rows(DAYS),
					"unit": lambda: scores.unit_score("Unit 007"),
					"unit rows": lambda days=days: _group_rows(days, ("Unit 007",)),
					"region": lambda: scores.unit_score("Region 01"),
					"region rows": lambda days=days, region=region: _group_rows(days, region),
					"whole": lambda: scores.unit_score("All Units"),
				}
			)
			# By itself: after a scan of every answer, which the other sides are, both the database and the processor
			# have to find the night's thousand rows again, and the more answers there are the longer that takes.
			took[responses] |= _in_turn({"card alone": lambda: scores.scorecard(SURVEY)}, 15)
			work = {
				"card work": lambda: scores.scorecard(SURVEY),
				"unit work": lambda: scores.unit_score("Unit 007"),
			}
			took[responses] |= _in_turn(work, 15, _worked)
	small, large = took[RESPONSES // 10], took[RESPONSES]
	ratio = large["rows"] / large["card"]
	# Minutes lie between the two: what the machine did besides must not count, only the work.
	key = "card work" if small["card work"] else "card alone"
	growth = large[key] / small[key]
	return [
		Row(
			"P5",
			f"scorecard of {UNITS} units over {RESPONSES:,} responses in two years (last {days} days)",
			ms(large["card"]),
			f"{ms(large['rows'])} (grouping the rows of the same days; of all days {ms(large['every row'])})",
			f"{ratio:.0f} x",
			"at least 50 x",
			ratio >= 50,
		),
		Row(
			"P5",
			"the same with ten times the responses",
			_both(large, "card"),
			f"{_both(small, 'card')} ({RESPONSES // 10:,} responses)",
			f"{growth:.2f} x",
			"does not grow with responses",
			growth <= 1.2,
		),
		Row(
			"P5",
			"score of one unit",
			f"{ms(large['unit'])}, {ms(large['unit work'])} of the processor",
			f"{ms(large['unit rows'])} (its rows)",
			f"{large['unit rows'] / large['unit']:.1f} x",
			"at most 20 ms",
			(large["unit work"] or large["unit"]) <= 0.020,
		),
		Row(
			"P5",
			"score of a unit with 24 below it",
			ms(large["region"]),
			f"{ms(large['region rows'])} (their rows)",
			f"{large['region rows'] / large['region']:.1f} x",
			"",
			None,
		),
		Row(
			"P5",
			"score of the whole business, as its unit's form shows it",
			ms(large["whole"]),
			f"{ms(small['whole'])} ({RESPONSES // 10:,} responses); {ms(large['rows'])} (the rows of all)",
			f"{large['rows'] / large['whole']:.0f} x",
			"at most 20 ms",
			large["whole"] <= 0.020,
		),
	]


@contextmanager
def _nothing_frozen():
	"""The setting that freezes old days would leave half of the two years out; changed in this process only."""
	frappe.get_cached_doc("CX Settings").ledger_months = 0
	try:
		yield
	finally:
		frappe.clear_document_cache("CX Settings", "CX Settings")


def _both(took: dict[str, float], side: str) -> str:
	return f"{ms(took[f'{side} alone'])}, {ms(took[f'{side} work'])} of the processor"


def _worked() -> float:
	"""Processor seconds of this process and of the database's thread for it, where both run on one machine.

	On a machine with other work the clock says more about that work than about ours.
	"""
	thread = frappe.db.sql("SELECT tid FROM information_schema.processlist WHERE id = CONNECTION_ID()")[0][0]
	for path in glob.glob(f"/proc/[0-9]*/task/{thread}/schedstat"):
		return time.process_time() + int(Path(path).read_text().split()[0]) / 1e9
	return 0.0


def rebuilding() -> list[Row]:
	"""P8. From nothing, and over counts that are right: rounds over a tenth, then once over all, with memory."""
	from cx_desk.surveys import rollups

	rates: dict[tuple, list[float]] = {}
	worked: dict[tuple, list[float]] = {}
	memory = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]
	for responses, rounds in ((RESPONSES // 10, ROUNDS), (RESPONSES, 1)):
		with _filled(responses), _nothing_frozen():
			for _round in range(rounds):
				frappe.db.sql_ddl("TRUNCATE TABLE `tabCX Score Rollup`")
				for what in ("from nothing", "where all are right"):
					begun, busy = time.perf_counter(), _worked()
					rollups.rebuild(lambda _done, _days: frappe.db.commit())
					spent, busy = time.perf_counter() - begun, _worked() - busy
					rates.setdefault((responses, what), []).append(responses / spent)
					worked.setdefault((responses, what), []).append(responses / busy if busy else 0)
		memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
	growth = (memory[2] - memory[1]) / 1024
	return [
		Row(
			"P8",
			f"every rollup from {responses:,} responses and as many people asked, {what}",
			f"{statistics.median(found):,.0f} responses/s "
			f"({statistics.median(worked[responses, what]):,.0f} per second of processor time), "
			f"{memory[-1] / 1024:.0f} MiB",
			f"{growth:+.0f} MiB from {RESPONSES // 10:,} to {RESPONSES:,} responses",
			f"{len(found)} round(s)",
			"at least 100,000 responses/s, memory flat",
			statistics.median(found) >= 100_000 and growth < 50,
		)
		for (responses, what), found in rates.items()
	]


MEASURES = {"P5": scorecards, "P8": rebuilding}
