"""Rules of a trigger as an admin writes it: what is refused, what is warned of; each message says what to do."""

import json

import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt, now_datetime

from cx_desk.core import survey_events as events
from cx_desk.host import feedback, names
from cx_desk.surveys import triggers

# Only a ticket has these.
_OF_TICKETS = (names.TICKET_TYPE, names.PRIORITY)


def check_trigger(doc) -> None:
	"""Refuse a trigger that asks nobody, or the wrong survey; note since when it is on."""
	kind = _check_event(doc)
	_check_survey(doc, kind)
	_check_respondent(doc, kind)
	_check_audience(doc, kind)
	_check_conditions(doc, kind)
	_check_share(doc)
	before = doc.get_doc_before_save()
	if not doc.enabled:
		doc.enabled_since = None
	elif not (before and before.enabled and before.survey == doc.survey) or not doc.enabled_since:
		doc.enabled_since = now_datetime()
	if doc.enabled:
		_warn_of_nobody(doc)


def _check_event(doc) -> str:
	"""The kind of survey that fits; fields that the event does not use are emptied."""
	if doc.event == events.STAGE_REACHED and not doc.reached_stage:
		frappe.throw(_("Choose the stage of the initiative that people are asked at."), title=_("When?"))
	if doc.event == events.DATE_REACHED and not doc.watched_date:
		frappe.throw(_("Choose the date that people are asked at."), title=_("When?"))
	if doc.event == events.ON_SCHEDULE and not 1 <= cint(doc.every_months) <= 60:
		frappe.throw(
			_("Ask each person every 1 to 60 months: enter 6 for twice a year, 12 for once."),
			title=_("When?"),
		)
	if abs(cint(doc.days_after)) > 730:
		frappe.throw(_("A date can be asked about at most 730 days before or after it."), title=_("When?"))
	if doc.event != events.STAGE_REACHED:
		doc.reached_stage = None
	if doc.event != events.DATE_REACHED:
		doc.watched_date, doc.days_after = None, 0
	if doc.event in (events.DATE_REACHED, events.ON_SCHEDULE):
		doc.delay_hours = 0
	return events.kind_of(doc.event, doc.watched_date)


def _check_survey(doc, kind: str) -> None:
	has = frappe.get_cached_value("CX Survey", doc.survey, "kind")
	if has != kind:
		frappe.throw(
			_(
				"{0} asks about: {1}. 'When' needs a survey that asks about: {2}. Choose another survey, or another event."
			).format(frappe.bold(escape_html(doc.survey)), _(has), frappe.bold(_(kind))),
			title=_("The survey does not fit"),
		)


def _check_respondent(doc, kind: str) -> None:
	offered = events.RESPONDENTS_OF[kind]
	if not doc.respondent:
		doc.respondent = offered[0]
	if doc.respondent not in offered:
		frappe.throw(
			_("'{0}' cannot be asked about this event. Choose one of: {1}.").format(
				_(doc.respondent), ", ".join(_(one) for one in offered)
			),
			title=_("Who answers?"),
		)


def _check_audience(doc, kind: str) -> None:
	if not doc.audience:
		frappe.throw(
			_("Choose the audience: everyone, or only where the rows below match."),
			title=_("Whom to ask?"),
		)
	if doc.audience == triggers.EVERYONE:
		doc.filters = []
		return
	if not doc.filters:
		frappe.throw(
			_(
				"Add at least one row: a unit, team, type, priority or role. Without a row nobody would ever be asked."
			),
			title=_("Whom to ask?"),
		)
	for row in doc.filters:
		if row.kind == triggers.ROLE:
			row.value = None
			_check_role(doc, row)
			continue
		row.role = None
		if not row.value:
			frappe.throw(_("Row {0}: choose which {1}.").format(row.idx, _(row.kind)))
		if (row.kind in _OF_TICKETS and kind != events.TICKET) or (
			row.kind == names.TEAM and kind not in (events.TICKET, events.VOICE)
		):
			frappe.throw(
				_(
					"Row {0}: only a ticket has a {1}. Delete the row, or narrow down by business unit."
				).format(row.idx, _(row.kind)),
				title=_("Whom to ask?"),
			)


def _check_role(doc, row) -> None:
	if not row.role:
		frappe.throw(_("Row {0}: choose which role.").format(row.idx), title=_("Whom to ask?"))
	if doc.respondent not in events.WITH_ROLES:
		frappe.throw(
			_(
				"Row {0}: roles are those of the people named on a business unit. Choose 'People that matter' as who answers, or delete the row."
			).format(row.idx),
			title=_("Whom to ask?"),
		)


def _check_conditions(doc, kind: str) -> None:
	try:
		rows = triggers.read_conditions(doc.conditions)
	except ValueError:
		frappe.throw(_("The conditions cannot be read. Remove them below 'And only if', and add them again."))
	doctype = triggers.DOCTYPES.get(kind)
	if rows and not doctype:
		frappe.throw(_("A schedule has no record to look at, so no conditions. Remove them."))
	meta = frappe.get_meta(doctype) if rows else None
	for row in rows:
		of, field, operator, value = row
		known = meta.get_field(field) or field in frappe.model.default_fields
		if of != doctype or not known:
			frappe.throw(
				_(
					"The condition on '{0}' does not belong to a {1}. Remove it, and add one of its own fields."
				).format(escape_html(field), _(doctype)),
				title=_("And only if"),
			)
		if operator not in triggers.OPERATORS:
			frappe.throw(
				_(
					"The condition on '{0}' cannot be checked when the event happens. Use 'Equals', 'In', 'Like', 'Is', or two rows with 'more' and 'less' in place of '{1}'."
				).format(_(meta.get_label(field)), _(operator.title())),
				title=_("And only if"),
			)
		if operator in ("in", "not in") and isinstance(value, str):
			row[3] = [part.strip() for part in value.split(",") if part.strip()]
	doc.conditions = json.dumps(rows) if rows else None


def _check_share(doc) -> None:
	# A default of the form comes as text.
	if not 0 < flt(doc.sample_percent) <= 100:
		frappe.throw(
			_(
				"The share asked must lie above 0 and at most at 100 percent. To ask nobody, switch the trigger off."
			)
		)
	if cint(doc.quota) and not 1 <= cint(doc.quota_days) <= 365:
		frappe.throw(_("Count the answers of the last 1 to 365 days: enter 90 for a quarter."))


def _warn_of_nobody(doc) -> None:
	if not frappe.get_cached_value("CX Survey", doc.survey, "enabled"):
		frappe.msgprint(
			_("The survey {0} is switched off, so nobody is asked yet. Switch it on as well.").format(
				frappe.bold(escape_html(doc.survey))
			),
			indicator="orange",
		)
	if doc.event == events.TICKET_RESOLVED and feedback.host_asks({}):
		frappe.msgprint(
			_(
				"Helpdesk sends its own feedback mail. People who get that one are not asked by CX Desk. Switch it off in "
				"Helpdesk's settings if this survey is to replace it."
			),
			indicator="orange",
		)
