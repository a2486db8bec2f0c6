"""The page of an anonymous survey: what a link shows, and what a posted answer writes (see surveys.anonymous)."""

import re
import time
import uuid
from datetime import date

import frappe
from frappe.translate import get_all_languages
from frappe.utils import getdate

from cx_desk.core import answers, ledger, machine
from cx_desk.host import transactions
from cx_desk.surveys import anonymous, answering, versions
from cx_desk.surveys.anonymous import CODE, RESPONSE

# A link may carry its language in front: "de.", then the code.
_LINK = re.compile(r"(?:([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.)?([A-Za-z0-9_-]{20,64})")
_TRIES = 4


def language_of(token: str) -> str:
	"""The language that a link asks for, empty where it names none that the host knows."""
	found = _LINK.fullmatch(token or "")
	language = (found.group(1) or "") if found else ""
	return language if language in get_all_languages() else ""


def open_page(token: str) -> answering.Page:
	"""What a GET of the link shows. Writes nothing, not even to the cache."""
	row = _find(token)
	if row is None:
		return answering.Page(answering.CLOSED, anonymous=True, language=language_of(token))
	return answering.Page(answering.FORM, stamp=answering.make_stamp(row, None), **_about(row, token))


def submit(token: str, form: dict[str, str], agent: str = "", signed_in: bool = False) -> answering.Page:
	"""Record a posted answer and spend its code; what to show then. A deadlock is tried again from the start."""
	transactions.begin_anew()
	for attempt in range(1, _TRIES + 1):
		try:
			return _submit(token, form, agent, signed_in)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == _TRIES:
				raise
			time.sleep(0.02 * attempt)
	raise AssertionError("unreachable")


def _submit(token: str, form: dict[str, str], agent: str, signed_in: bool) -> answering.Page:
	row = _find(token, lock=True)
	typed = {key: value for key, value in form.items() if key not in ("stamp", "csrf_token", "token")}
	if row is None:
		return answering.Page(answering.CLOSED, anonymous=True, values=typed, language=language_of(token))
	about = _about(row, token)
	filled = answers.read_form(about["version"], form)
	shown_at, _revision, asked_again = answering.read_stamp(row, form.get("stamp", ""))
	if filled.errors:
		return answering.Page(
			answering.FORM,
			values=typed,
			errors=dict(filled.errors),
			notice=answering.ERRORS,
			stamp=answering.make_stamp(row, None, shown_at, asked_again),
			**about,
		)
	seen = answering.evidence(row, form, shown_at, asked_again, agent, signed_in)
	if machine.judge(seen)[0] == machine.SUSPECTED:
		return answering.Page(
			answering.FORM,
			values=typed,
			notice=answering.DOUBT,
			stamp=answering.make_stamp(row, None, asked_again=True),
			**about,
		)
	record(row, about["version"], filled)
	frappe.db.delete(CODE, {"name": row.name})
	return answering.Page(answering.THANKS, **about)


def _find(token: str, lock: bool = False) -> frappe._dict | None:
	"""The code behind a link, with its unit, while it is open."""
	found = _LINK.fullmatch(token or "")
	code = found.group(2) if found else ""
	row = frappe.db.get_value(
		CODE,
		{"name": ledger.token_hash(code)},
		["name", "survey_version", "period", "closes_on", "unit_mark"],
		as_dict=True,
		for_update=lock,
	)
	if not found or row is None or row.closes_on < getdate():
		return None
	row.code = code
	return row


def _about(row, token: str) -> dict:
	version = versions.load(row.survey_version)
	survey = frappe.db.get_value("CX Survey Version", row.survey_version, "survey")
	return {
		"version": version,
		"language": language_of(token) or version.get("language") or "",
		"anonymous": True,
		"asked": anonymous.asked_people(survey, row.period),
		# Decides the order of choices on the page; of the link, which is stored nowhere.
		"seed": ledger.token_hash(token),
	}


def record(row, version: dict, filled: answers.Filled) -> None:
	"""Write the answer that a code was spent for. row: code in clear, survey_version, period, unit_mark."""
	survey = frappe.db.get_value("CX Survey Version", row.survey_version, "survey")
	group = anonymous.group_of(anonymous.unit_of(row.code, row.unit_mark), survey, row.period)
	outcome = answering.outcome(version, filled, "Person")
	response = frappe._dict(
		**_common(row.period),
		survey=survey,
		survey_version=row.survey_version,
		period=row.period,
		unit=group or None,
		score=outcome["score"],
		main_type=outcome["main_type"],
		low=outcome["low"],
		comment=outcome["comment"],
	)
	frappe.db.bulk_insert(RESPONSE, list(response), [tuple(response.values())])
	rows = answers.rows_of(version, filled)
	given = [
		{
			**_common(row.period),
			"parent": response.name,
			"parenttype": RESPONSE,
			"parentfield": "answers",
			"idx": number,
			**answer,
		}
		for number, answer in enumerate(rows, 1)
	]
	if given:
		frappe.db.bulk_insert("CX Survey Answer", list(given[0]), [tuple(one.values()) for one in given])


def _common(period: date) -> dict:
	"""What every row of an anonymous answer has: a name of chance, and no time but the month."""
	return {
		"name": str(uuid.uuid4()),
		"creation": period,
		"modified": period,
		"owner": "Administrator",
		"modified_by": "Administrator",
	}
