"""Anonymous surveys: answers that nothing in the database leads back to a person, ticket, invitation, time or order.

What keeps them apart, each tried by tests/site/security/test_anonymous_linking.py:

- The mail carries a one-time code. Only its hash is kept, in a list without person, invitation, order or time whose
  rows stand in the order of their hashes; it is deleted when it is spent. In clear it stands in the queued mail until
  that is sent, and sealed with the key of the site's configuration file until the reminder is. The ledger knows who was asked, not who
  answered, and all invitations of a month close together.
- An answer is named by a uuid4 of chance, owned by Administrator, and dated to the first day of the month of
  asking. It names no unit in which fewer than ten people were asked (core.anonymity), no language and no channel.
- A code says its unit only to who has it in clear, so that the list of codes does not name the unit either.
- Answers enter the counts at least five at a time, words are shown at least eight at a time, in one transaction each.
- An answer cannot be changed, for nobody knows whose it is. A machine's post is refused and kept nowhere.
"""

import hashlib
import secrets
import uuid
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import frappe
from frappe.utils import add_months, cint, getdate, now_datetime
from frappe.utils.password import decrypt, encrypt

from cx_desk.core import anonymity, answers, ledger, suppression, survey_content
from cx_desk.core import voice as voice_states
from cx_desk.surveys import rollups, versions
from cx_desk.surveys.privacy import ANONYMOUS
from cx_desk.units import voices

RESPONSE, CODE = "CX Anonymous Response", "CX Anonymous Code"

LEDGER = "CX Survey Invitation"
# What stands in the host's queue in place of a mail that was sent.
FORGOTTEN = "This mail carried a one-time code. It was sent, and what it said is not kept."
# Whom a mail reached: those whose number an answer hides in.
_REACHED = (ledger.QUEUED, ledger.SENT, ledger.ANSWERED, ledger.EXPIRED)


def is_anonymous(version: dict | str | None) -> bool:
	"""Whether a survey version (its content or its name) is asked anonymously."""
	content = version if isinstance(version, dict) else versions.load(version)
	return content.get("privacy") == ANONYMOUS


def period_of(event_at: datetime | date) -> date:
	"""The month of an invitation: the only time that an anonymous answer is kept under."""
	return getdate(event_at).replace(day=1)


def closes_on(period: date, version: dict) -> date:
	"""The last day on which codes of this month are taken: the same for all who were asked in it."""
	days = cint(version.get("expiry_days")) or frappe.get_cached_doc("CX Settings").expiry_days or 14
	return period.replace(day=monthrange(period.year, period.month)[1]) + timedelta(days=days)


def expires_at(row, version: str) -> datetime:
	"""When the invitation of a ledger row closes."""
	closes = closes_on(period_of(row.event_at), versions.load(version))
	return datetime.combine(closes, datetime.max.time()).replace(microsecond=0)


def link(code: str, language: str) -> str:
	"""The part of the address behind /cx/n/."""
	return f"{language}.{code}" if language else code


# Codes.


def codes_for(rows: Iterable[tuple[frappe._dict, str]], wave: int = 0) -> dict[str, str]:
	"""A one-time code for each ledger row of an anonymous version, by the row's name, in clear for the mail alone.

	Tests get none, they record nothing. A row of somebody who was asked by this survey in the same month already gets none. A reminder repeats the code of
	the invitation, which was sealed for it: all are reminded, whoever has answered.
	"""
	rows = [(row, version) for row, version in rows if not row.is_test]
	if wave:
		return _sealed_codes([row.name for row, _version in rows])
	taken = _asked_this_month([row for row, _version in rows])
	codes, kept = {}, []
	for row, version in rows:
		mine = (row.survey, period_of(row.event_at), row.respondent_key)
		if mine in taken:
			continue
		taken.add(mine)
		codes[row.name] = code = secrets.token_urlsafe(24)
		period = period_of(row.event_at)
		kept.append(
			(
				ledger.token_hash(code),
				version,
				period,
				closes_on(period, versions.load(version)),
				mark_of(code, row.unit),
			)
		)
	if kept:
		# In the order of the hashes: the order of the people is not written down, not even in the table's pages.
		frappe.db.bulk_insert(
			CODE,
			[
				"name",
				"survey_version",
				"period",
				"closes_on",
				"unit_mark",
				"creation",
				"modified",
				"owner",
				"modified_by",
			],
			[(*row, row[2], row[2], "Administrator", "Administrator") for row in sorted(kept)],
		)
	return codes


def _asked_this_month(rows: list[frappe._dict]) -> set[tuple]:
	found = set()
	for row in frappe.get_all(
		LEDGER,
		filters={
			"respondent_key": ["in", list({row.respondent_key for row in rows}) or [""]],
			"survey": ["in", list({row.survey for row in rows}) or [""]],
			"name": ["not in", [row.name for row in rows] or [""]],
			"queued_at": ["is", "set"],
			"is_test": 0,
		},
		fields=["survey", "event_at", "respondent_key"],
	):
		found.add((row.survey, period_of(row.event_at), row.respondent_key))
	return found


def seal(code: str) -> str:
	"""A code as it is kept for the one reminder: read only with the key in the site's configuration file."""
	return encrypt(code)


def _sealed_codes(names: list[str]) -> dict[str, str]:
	rows = frappe.get_all(
		LEDGER,
		filters={"name": ["in", names or [""]], "sealed_code": ["is", "set"]},
		fields=["name", "sealed_code"],
	)
	return {row.name: decrypt(row.sealed_code) for row in rows}


def forget_codes(limit: int = 500) -> int:
	"""Empty mails that were sent and that carry a code, and codes sealed for a reminder that is over; how many mails.

	Who reads the database then finds no code in clear, and so not even who has answered.
	"""
	row, queue = frappe.qb.DocType(LEDGER), frappe.qb.DocType("Email Queue")
	versions = _anonymous_versions()
	if not versions:
		return 0
	over = row.expires_at < now_datetime()
	names = (
		frappe.qb.from_(row)
		.join(queue)
		.on(queue.name == row.email_queue)
		.select(queue.name)
		.where(row.survey_version.isin(versions))
		.where(row.is_test == 0)
		.where((queue.status == "Sent") | (over & (queue.status == "Error")))
		.where(queue.message != FORGOTTEN)
		.limit(limit)
	).run(pluck=True)
	if names:
		frappe.db.set_value(
			"Email Queue", {"name": ["in", names]}, "message", FORGOTTEN, update_modified=False
		)
	frappe.qb.update(row).set(row.sealed_code, None).where(row.sealed_code.isnotnull()).where(over).run()
	return len(names)


def _anonymous_versions() -> list[str]:
	return frappe.get_all(
		"CX Survey Version", filters={"content": ["like", f'%"privacy": "{ANONYMOUS}"%']}, pluck="name"
	)


def mark_of(code: str, unit: str | None) -> str:
	"""What is kept of a code's unit: it can be told only by trying the units with the code in clear."""
	return hashlib.sha256(f"{code}|{unit or ''}".encode()).hexdigest()[:40]


def unit_of(code: str, mark: str) -> str:
	"""The unit that a code was made for, told by trying each."""
	units = ["", *frappe.get_all("CX Business Unit", pluck="name")]
	return next((unit for unit in units if mark_of(code, unit) == mark), "")


def group_of(unit: str, survey: str, period: date) -> str:
	"""The unit that an answer from `unit` is kept under: one in which enough people were asked in that month."""
	asked = _asked_by_unit(survey, period)
	# The unit of a code that nobody in the ledger has any more (deleted, moved): the whole desk.
	return anonymity.groups(asked, _parents()).get(unit) or _top()


def asked_people(survey: str, period: date) -> int:
	"""How many people the survey reached in that month."""
	return sum(_asked_by_unit(survey, period).values())


def _asked_by_unit(survey: str, period: date) -> dict[str, int]:
	rows = frappe.get_all(
		LEDGER,
		filters=[
			["survey", "=", survey],
			["event_at", ">=", period],
			["event_at", "<", add_months(period, 1)],
			["status", "in", _REACHED],
			["is_test", "=", 0],
		],
		fields=["unit", "count(distinct respondent_key) as people"],
		group_by="unit",
		order_by=None,
	)
	return {row.unit or "": row.people for row in rows}


def _parents() -> dict[str, str | None]:
	return dict(frappe.get_all("CX Business Unit", fields=["name", "parent_cx_business_unit"], as_list=True))


def _top() -> str:
	"""The unit that holds all others, empty where there are several."""
	tops = [unit for unit, parent in _parents().items() if not parent]
	return tops[0] if len(tops) == 1 else ""


# Counting, at least five at a time.


def nightly() -> Counter:
	"""Count what may be counted, show words that may be shown, delete codes that are over and words that are old."""
	done = Counter(counted=count_batches(), shown=show_words())
	frappe.db.delete(CODE, {"closes_on": ["<", getdate()]})
	done["emptied"] = empty_comments(frappe.get_cached_doc("CX Settings").comment_months)
	return done


def count_batches() -> int:
	"""Let answers into the counts, at least five people of one group and month at a time; how many."""
	waiting: dict[tuple, dict[str, list[str]]] = {}
	for row in frappe.get_all(
		RESPONSE,
		filters={"counted": 0},
		fields=["name", "survey", "survey_version", "period", "unit"],
		order_by="name asc",
	):
		place = waiting.setdefault((row.survey, row.survey_version, row.period), {})
		place.setdefault(row.unit or "", []).append(row.name)
	total, parents = 0, _parents()
	for (survey, version, period), by_unit in waiting.items():
		sizes = {unit: len(names) for unit, names in by_unit.items()}
		labels = {unit: unit for unit, size in sizes.items() if size >= suppression.FLOOR}
		if closes_on(period, versions.load(version)) < getdate():
			# Nobody else will answer: the last few of each unit stand together further up, or stay uncounted.
			few = {unit: size for unit, size in sizes.items() if unit not in labels}
			labels |= {
				unit: label
				for unit, label in anonymity.pools(few, parents, suppression.FLOOR).items()
				if label is not None
			}
		batches: dict[str, list[str]] = {}
		for unit, label in labels.items():
			batches.setdefault(label, []).extend(by_unit[unit])
		for label, names in batches.items():
			_count(survey, version, period, label, names)
			total += len(names)
	return total


def _count(survey: str, version: str, period: date, unit: str, names: list[str]) -> None:
	"""One batch: all rows are written anew in one transaction, so that not even their pages tell their order."""
	frappe.db.set_value(
		RESPONSE, {"name": ["in", names]}, {"counted": 1, "unit": unit or None}, update_modified=False
	)
	given: dict[str, list] = {name: [] for name in names}
	for answer in frappe.get_all(
		"CX Survey Answer",
		filters={"parent": ["in", names], "parenttype": RESPONSE},
		fields=["parent", "question_key", "question_type", "score", "value"],
	):
		given[answer.parent].append(answer)
	counts = Counter()
	for rows in given.values():
		counts.update(
			rollups.response_counts(
				{
					"survey": survey,
					"survey_version": version,
					"unit": unit,
					"channel": "Mail",
					"event_day": period,
					"asked_day": period,
					"answers": rows,
				}
			)
		)
	rollups.post({}, counts)


def show_words() -> int:
	"""Turn comments into voices, those of at least eight people of one group and month at a time; how many."""
	places: dict[tuple, list[frappe._dict]] = {}
	for row in frappe.get_all(
		RESPONSE,
		filters={"counted": 1, "words_shown": 0},
		fields=["name", "survey", "period", "unit", "comment", "low", "main_type", "score"],
		order_by="name asc",
	):
		places.setdefault((row.survey, row.period, row.unit), []).append(row)
	heard = 0
	for (_survey, _period, unit), rows in places.items():
		if not suppression.comments_shown(len(rows)):
			continue
		frappe.db.set_value(
			RESPONSE, {"name": ["in", [row.name for row in rows]]}, "words_shown", 1, update_modified=False
		)
		for row in rows:
			kind = row.comment and answers.voice_kind(
				bool(row.low), False, row.comment, row.main_type or "", row.score
			)
			if kind:
				voices.hear(
					kind,
					row.comment,
					unit=unit,
					source_type=voice_states.ANONYMOUS,
					# A name of chance: the voice does not say which answer it was.
					origin=f"anonymous:{uuid.uuid4()}",
				)
				heard += 1
	return heard


def empty_comments(months: int) -> int:
	"""Empty the words of answers that were asked for more than so many months ago; 0 keeps them."""
	if not months:
		return 0
	names = frappe.get_all(
		RESPONSE,
		filters={"period": ["<", add_months(getdate(), -months)], "comment": ["is", "set"]},
		pluck="name",
	)
	if names:
		frappe.db.set_value(RESPONSE, {"name": ["in", names]}, "comment", None, update_modified=False)
		frappe.db.set_value(
			"CX Survey Answer",
			{"parent": ["in", names], "parenttype": RESPONSE, "question_type": survey_content.TEXT},
			"value",
			None,
			update_modified=False,
		)
	return len(names)
