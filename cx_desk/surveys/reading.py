"""Scores as other programs read them: one flat record each, with everything needed to believe the number.

A number never goes out alone: value, interval and method, people, answers and asked, the window it looks back on, and
whether it rests on few people or is suppressed for this reader.
"""

import frappe
from frappe import _

from cx_desk.core import measures, survey_content
from cx_desk.surveys import scorecard, targets, versions
from cx_desk.units import closed_periods, scores
from cx_desk.units import scope as reach

CONFIDENCE = 0.95


def surveys(user: str) -> list[dict]:
	"""The surveys with the questions that have a score, in the order of their names."""
	return [
		{
			"survey": doc.name,
			"kind": doc.kind,
			"enabled": bool(doc.enabled),
			"privacy": doc.privacy,
			"questions": _questions(doc),
		}
		for doc in (
			frappe.get_cached_doc("CX Survey", name)
			for name in frappe.get_all("CX Survey", order_by="survey_name asc", pluck="name")
		)
	]


def _questions(doc) -> list[dict]:
	return [
		{"question": row["key"], "text": row["question"], "kind": survey_content.counted_type(row)}
		for row in versions.content_of(doc)["questions"]
		if survey_content.scale_of(row)
	]


def scores_of(user: str, unit: str, survey: str = "") -> list[dict]:
	"""The scores of a unit with all below it, by survey and question. PermissionError out of the reader's scope."""
	unit = _unit(user, unit)
	rows = scores.shown_to(user, unit)
	return [score(row) for row in rows if not survey or row.survey == survey]


def scores_of_units(user: str, survey: str) -> list[dict]:
	"""The scores by one survey of every unit of the reader's scope, as of the night, in the order of the tree."""
	if not frappe.db.exists("CX Survey", survey):
		frappe.throw(_("There is no survey of that name."), frappe.DoesNotExistError)
	return [score(row) for row in scores.scorecard_for(user, survey)]


def _unit(user: str, unit: str) -> str:
	# Without one, whoever sees a part of the business gets the first of it.
	name = unit or scorecard.unit_for(user) or closed_periods.root()
	if not frappe.db.exists("CX Business Unit", name):
		frappe.throw(_("There is no business unit of this name."), frappe.DoesNotExistError)
	if not reach.sees_unit(user, name):
		frappe.throw(
			_("{0} is not one of your units.").format(frappe.bold(frappe.utils.escape_html(name))),
			frappe.PermissionError,
		)
	return name


def score(row: frappe._dict) -> dict:
	"""One row of `units.scores` as a flat record."""
	suppressed = bool(row.get("hidden"))
	lowest, highest = measures.ends_of(row.type)
	quarter = row.get("quarter") or ""
	return {
		"survey": row.survey,
		"question": row.question,
		"text": row.text,
		"kind": row.type,
		"main": bool(row.main),
		"unit": row.unit,
		"measure": measures.unit_of(row.type),
		"lowest": float(lowest),
		"highest": float(highest),
		"value": None if suppressed else row.value,
		"low": None if suppressed else row.low,
		"high": None if suppressed else row.high,
		"confidence": CONFIDENCE,
		"method": "" if suppressed else row.method,
		"n": None if suppressed else int(row.n),
		"answers": None if suppressed else int(row.answers),
		"asked": None if suppressed else int(row.asked),
		"answered": None if suppressed else int(row.answered),
		"response_rate": None if suppressed else row.response_rate,
		"effective_n": None if suppressed else float(row.effective),
		"band": row.band or "",
		"few": bool(row.few),
		"suppressed": suppressed,
		"window_days": None if quarter or suppressed else int(row.window),
		"quarter": quarter,
		"still_coming_days": int(row.still_coming),
		"as_of": str(row.as_of),
	}


def targets_of(user: str, survey: str = "", unit: str = "") -> list[dict]:
	"""Experience targets with figure and state, those that the signed-in reader may see."""
	if unit:
		_unit(user, unit)
	found = []
	for row in targets.listed(survey=survey, unit=unit):
		known = bool(row.method)
		found.append(
			{
				"target": row.name,
				"name": row.target_name,
				"survey": row.survey,
				"metric": row.metric,
				"question": row.question or "",
				"unit": row.unit or "",
				"team": row.team or "",
				"period": row.period,
				"measure": targets.unit_of(row),
				"better": "low" if row.metric in targets.LOW_IS_GOOD else "high",
				"reach": float(row.target),
				"baseline": float(row.baseline or 0) or None,
				"value": float(row.value) if known else None,
				"low": float(row.low) if known else None,
				"high": float(row.high) if known else None,
				"n": int(row.n or 0),
				"method": row.method or "",
				"state": row.state,
				"state_since": str(row.state_since or ""),
				"looked_at": str(row.looked_at or ""),
				"review_date": str(row.review_date or ""),
			}
		)
	return found


def invitation(name: str) -> dict:
	"""What became of one row of the ledger."""
	row = frappe.db.get_value(
		"CX Survey Invitation",
		name,
		["name", "survey", "status", "reason", "due_at", "queued_at", "sent_at", "answered_at", "expires_at"],
		as_dict=True,
	)
	if not row:
		frappe.throw(_("There is no row of this name in the ledger."), frappe.DoesNotExistError)
	times = ("due_at", "queued_at", "sent_at", "answered_at", "expires_at")
	return {key: str(value or "") if key in times else value or "" for key, value in row.items()}
