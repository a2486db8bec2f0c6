"""A trigger in words: whom it would ask, about what, when, and how many of them."""

import frappe
from frappe import _
from frappe.utils import cint, flt

from cx_desk.core import survey_events as events
from cx_desk.core.render.text import short
from cx_desk.host import names
from cx_desk.surveys import triggers


def of_draft(given: dict) -> dict:
	"""What the form shows of a trigger that need not be complete or right.

	sentence: empty where it cannot be said yet. kind: of survey that fits, empty where the event is not chosen.
	respondents: who can answer, the usual one first. doctype: what conditions look at, empty where there is nothing.
	"""
	rows = given.get("filters")
	rows = [frappe._dict(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
	draft = frappe._dict({field: given.get(field) for field in triggers.FIELDS}, filters=rows)
	try:
		kind = events.kind_of(str(draft.event), draft.watched_date)
		offered = events.RESPONDENTS_OF[kind]
		if draft.respondent not in offered:
			draft.respondent = offered[0]
		trigger = triggers.of_document(draft)
	except ValueError:
		return {"sentence": "", "kind": "", "respondents": [], "doctype": ""}
	complete = draft.audience == triggers.EVERYONE or trigger.filters or trigger.roles
	return {
		"sentence": of(trigger) if complete else "",
		"kind": kind,
		"respondents": list(offered),
		"doctype": trigger.doctype,
	}


def of(trigger: frappe._dict) -> str:
	"""The trigger as one or two sentences in the reader's language, plain text.

	trigger: as `triggers.of_document` gives it; it need not be complete.
	"""
	text = _("{0} {1}.").format(_who(trigger), _when(trigger))
	more = [one for one in (_conditions(trigger), _share(trigger), _quota(trigger)) if one]
	return " ".join([text, *more])


def _who(trigger) -> str:
	units = _listed(trigger.filters.get(triggers.UNIT))
	roles = _listed([_(role) for role in trigger.roles])
	where = " " + _("in {0}").format(units) if units else ""
	if trigger.respondent == events.EVERYONE:
		if roles:
			return _("Everyone{0} with the role {1} is asked").format(where, roles)
		return _("Everyone{0} who raised a ticket within a year or is named on the unit is asked").format(
			where
		)
	if trigger.respondent == events.THAT_MATTER:
		people = (
			_("Every person named{0} as {1} is asked").format(where, roles)
			if roles
			else _("Every person that matters{0} is asked").format(where)
		)
		return people
	texts = {
		(events.TICKET, events.REQUESTER): _("Everyone{0} who raised a ticket{1} is asked"),
		(events.TICKET, events.CONTACT): _("The contact of every ticket{0}{1} is asked"),
		(events.VISIT, events.HOST): _("The host of every visit{0} is asked"),
		(events.VISIT, events.PARTICIPANTS): _(
			"Everyone of the business{0} who took part in a visit is asked"
		),
		(events.CONVERSATION, events.CONTACT): _("The contact of every conversation{0} is asked"),
		(events.CONVERSATION, events.PARTICIPANTS): _(
			"Everyone of the business{0} who took part in a conversation is asked"
		),
		(events.INITIATIVE, events.SPONSOR): _("The sponsor of every initiative{0} is asked"),
		(events.INITIATIVE, events.REQUESTER): _("Whoever requested an initiative{0} is asked"),
		(events.INITIATIVE, events.AFFECTED): _("Everyone whom an initiative{0} affects is asked"),
		(events.VOICE, events.SOURCE): _("Everyone{0} whom the desk told what it did is asked"),
	}
	text = texts.get((trigger.kind, trigger.respondent), _("Nobody is asked"))
	return text.format(where, _of_ticket(trigger))


def _of_ticket(trigger) -> str:
	"""' of the type Incident, with the priority High, worked on by Network': what narrows a ticket down."""
	parts = []
	if types := _listed(trigger.filters.get(names.TICKET_TYPE)):
		parts.append(_("of the type {0}").format(types))
	if priorities := _listed(trigger.filters.get(names.PRIORITY)):
		parts.append(_("with the priority {0}").format(priorities))
	if teams := _listed(trigger.filters.get(names.TEAM)):
		parts.append(_("handled by {0}").format(teams))
	return (" " + ", ".join(parts)) if parts else ""


def _when(trigger) -> str:
	if trigger.event == events.ON_SCHEDULE:
		return _("once in {0} months, everybody on a day of their own").format(
			cint(trigger.every_months) or 6
		)
	if trigger.event == events.DATE_REACHED:
		days, date = cint(trigger.days_after), _(trigger.watched_date or "")
		if days > 0:
			return _("{0} days after: {1}").format(days, date)
		return _("{0} days before: {1}").format(-days, date) if days else _("on the day: {0}").format(date)
	hours = flt(trigger.delay_hours)
	after = _("{0} hours after").format(frappe.format_value(hours, {"fieldtype": "Float", "precision": 0}))
	if hours and hours % 24 == 0:
		days = int(hours // 24)
		after = _("a day after") if days == 1 else _("{0} days after").format(days)
	what = {
		events.TICKET_RESOLVED: _("it was resolved"),
		events.VISIT_HELD: _("it was held"),
		events.VISIT_SHARED: _("its report was shared"),
		events.CONVERSATION_HELD: _("it was held"),
		events.STAGE_REACHED: _("it reached '{0}'").format(_(trigger.reached_stage or "?")),
		events.VOICE_TOLD: _("they were told"),
		events.VOICE_SETTLED: _("they called it settled"),
	}[trigger.event]
	return f"{after} {what}"


def _conditions(trigger) -> str:
	if not trigger.conditions or not trigger.doctype:
		return ""
	meta = frappe.get_meta(trigger.doctype)
	words = {
		"=": _("is {0}"),
		"!=": _("is not {0}"),
		">": _("is more than {0}"),
		"<": _("is less than {0}"),
		">=": _("is at least {0}"),
		"<=": _("is at most {0}"),
		"like": _("contains {0}"),
		"not like": _("does not contain {0}"),
		"in": _("is one of {0}"),
		"not in": _("is none of {0}"),
	}
	parts = []
	for _doctype, field, operator, value in trigger.conditions:
		label = _(meta.get_label(field))
		if operator == "is":
			said = _("is filled") if value == "set" else _("is empty")
		else:
			shown = _listed(value) if isinstance(value, list) else str(value).strip("%")
			said = words.get(operator, "{0}").format(_(shown))
		parts.append(f"{label} {said}")
	return _("Only if {0}.").format(f" {_('and')} ".join(parts))


def _share(trigger) -> str:
	share = flt(trigger.sample_percent)
	if not share or share >= 100:
		return ""
	return _("Of these, {0} % are drawn.").format(short(share, frappe.local.lang))


def _quota(trigger) -> str:
	if not cint(trigger.quota):
		return ""
	days = cint(trigger.quota_days) or 90
	if trigger.quota_per == "In each unit":
		return _("No more once {0} of a unit have answered within {1} days.").format(trigger.quota, days)
	return _("No more once {0} have answered within {1} days.").format(trigger.quota, days)


def _listed(values) -> str:
	"""'A', 'A or B', 'A, B or C'."""
	values = [str(value) for value in values or [] if value]
	if len(values) < 2:
		return values[0] if values else ""
	return _("{0} or {1}").format(", ".join(values[:-1]), values[-1])
