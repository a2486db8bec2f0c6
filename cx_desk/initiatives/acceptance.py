"""Acceptance: the gate first, the score second; evidence, and waivers with a date, a risk and somebody who signs."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import add_days, cint, cstr, format_date, get_fullname, getdate, nowdate

from cx_desk.core import readiness as core

NOT_ASSESSED = "Not assessed"
MANAGER_ROLE = "CX Manager"


@dataclass(frozen=True)
class Judged:
	"""blocking: mandatory, neither met nor waived. expired: waivers that have run out. waived: those that run. long: those
	that outlast early life support, were it to begin as planned.
	"""

	blocking: tuple[str, ...]
	expired: tuple[str, ...]
	waived: tuple[str, ...]
	long: tuple[str, ...]


def judged(doc) -> Judged:
	"""The criteria of an initiative today."""
	today = getdate(nowdate())
	expired = tuple(
		row.criterion
		for row in doc.criteria or []
		if row.verdict == core.WAIVED and (not row.waived_until or getdate(row.waived_until) < today)
	)
	found = result_of(doc)
	end = support_end(doc) or (add_days(today, cint(doc.support_days)) if cint(doc.support_days) else None)
	long = tuple(
		row.criterion
		for row in doc.criteria or []
		if end
		and row.verdict == core.WAIVED
		and row.waived_until
		and getdate(row.waived_until) > getdate(end)
	)
	return Judged(found.blocking, expired, tuple(name for name in found.waived if name not in expired), long)


def result_of(doc) -> core.Readiness:
	"""Gate and score by core/readiness.py."""
	return core.readiness(
		(
			row.criterion,
			row.importance,
			core.NOT_MET if row.verdict in (NOT_ASSESSED, "", None) else row.verdict,
		)
		for row in doc.criteria or []
	)


def summary(doc) -> dict:
	"""What the form and the print show of readiness."""
	found, state = result_of(doc), judged(doc)
	ready = not (found.blocking or state.expired)
	return {
		"ready": ready,
		"score": None if found.score is None else round(found.score * 100, 1),
		"reached": found.reached,
		"possible": found.possible,
		"n": found.n,
		"blocking": list(found.blocking),
		"expired": list(state.expired),
		"waived": [
			{
				"criterion": row.criterion,
				"until": format_date(row.waived_until) if row.waived_until else "",
				"by": get_fullname(row.waived_by) if row.waived_by else "",
				"risk": row.waiver_risk,
			}
			for row in doc.criteria or []
			if row.verdict == core.WAIVED
		],
	}


def keep_criteria(doc, before) -> None:
	"""Hold verdicts to their evidence: nothing is met without it, nothing is waived for ever or by the lead."""
	old = {row.name: row for row in (before.criteria if before else [])}
	names = [cstr(row.criterion).strip().lower() for row in doc.criteria or []]
	for row in doc.criteria or []:
		if names.count(cstr(row.criterion).strip().lower()) > 1:
			frappe.throw(_("The criterion “{0}” stands twice. Take one row out.").format(row.criterion))
		was = old.get(row.name)
		row.verdict = row.verdict or NOT_ASSESSED
		changed = (was.verdict if was else NOT_ASSESSED) != row.verdict
		if row.verdict in (core.MET, core.NOT_APPLICABLE, core.PARTLY) and not cstr(row.evidence).strip():
			frappe.throw(
				_("“{0}” is {1}: give a link or a sentence as evidence or reason.").format(
					row.criterion, _(row.verdict)
				),
				title=_("Evidence is missing"),
			)
		if row.verdict == core.WAIVED:
			_keep_waiver(doc, row, was, changed)
		else:
			row.waived_until = row.waived_by = row.waiver_risk = None
		if changed and row.verdict != NOT_ASSESSED:
			row.assessed_on, row.assessed_by = nowdate(), get_fullname(frappe.session.user)
		elif was and not changed:
			row.assessed_on, row.assessed_by = was.assessed_on, was.assessed_by
	if before and not doc.flags.cx_move and doc.stage != "Draft":
		gone = [
			r
			for r in before.criteria
			if r.importance == core.MANDATORY and r.name not in {x.name for x in doc.criteria}
		]
		softer = [
			r
			for r in doc.criteria
			if r.name in old and old[r.name].importance == core.MANDATORY and r.importance != core.MANDATORY
		]
		if (gone or softer) and doc.template == before.template:
			frappe.throw(
				_(
					"“{0}” is mandatory in the template. It is not taken out: say that it does not apply and why, or have it waived."
				).format((gone or softer)[0].criterion),
				title=_("A mandatory criterion stays"),
			)


def _keep_waiver(doc, row, was, changed: bool) -> None:
	if was and not changed and _terms(was) == _terms(row):
		row.waived_by = was.waived_by
		return
	me = frappe.session.user
	if me == doc.lead or (me != "Administrator" and MANAGER_ROLE not in frappe.get_roles(me)):
		frappe.throw(
			_("“{0}”: a CX Manager waives a criterion, and not the lead of the initiative.").format(
				row.criterion
			),
			title=_("Who waives"),
		)
	if not row.waived_until:
		frappe.throw(
			_("“{0}”: a waiver needs its end. Until when may it stay open?").format(row.criterion),
			title=_("A waiver without end"),
		)
	if not cstr(row.waiver_risk).strip():
		frappe.throw(
			_("“{0}”: a waiver names the risk that is taken.").format(row.criterion),
			title=_("A waiver without a risk"),
		)
	until, today = getdate(row.waived_until), getdate(nowdate())
	if until < today:
		frappe.throw(_("“{0}”: the waiver ends in the past. Choose a later day.").format(row.criterion))
	end = support_end(doc)
	if end and until > end:
		frappe.throw(
			_("“{0}”: a waiver ends with early life support at the latest, on {1}.").format(
				row.criterion, format_date(end)
			),
			title=_("A waiver too long"),
		)
	row.waived_by = me


def _terms(row) -> tuple[str, str]:
	"""Until when, and at which risk, a criterion is waived."""
	return (str(getdate(row.waived_until)) if row.waived_until else "", cstr(row.waiver_risk).strip())


def support_end(doc):
	"""The day on which early life support ends, as far as it is known: agreed, else planned from go-live."""
	if doc.support_until:
		return getdate(doc.support_until)
	if doc.golive_date and cint(doc.support_days):
		return add_days(getdate(doc.golive_date), cint(doc.support_days))
	return None


def reset(doc) -> None:
	"""After a roll-back everything is assessed anew; what was found stays as evidence."""
	for row in doc.criteria or []:
		if row.verdict != core.NOT_APPLICABLE:
			row.verdict = NOT_ASSESSED
			row.waived_until = row.waived_by = row.waiver_risk = None


def cx_readiness(doc) -> dict:
	"""For the print format Readiness Sheet: gate, score and waivers."""
	return {
		**summary(doc),
		"lead": get_fullname(doc.lead) if doc.lead else "",
		"golive": format_date(doc.golive_date) if doc.golive_date else "",
		"today": format_date(nowdate()),
	}
