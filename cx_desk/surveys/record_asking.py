"""Asking about a record from its form: whom that would reach, what came of it before, and one question to each of them.

The limits on asking hold as for every other question, and each person is decided about at once, so that whoever asks
reads what became of it.
"""

import frappe
from frappe import _
from frappe.utils import escape_html, format_date

from cx_desk.core import ledger, survey_policy
from cx_desk.core import survey_events as events
from cx_desk.host.people import is_staff
from cx_desk.surveys import asking, outright, records, triggers
from cx_desk.units import scope

INVITATION = "CX Survey Invitation"
DOCTYPES = tuple(doctype for kind, doctype in triggers.DOCTYPES.items() if kind != events.TICKET)
# So many are decided about while somebody waits; of more the deciding job takes care within the minute.
MOST_AT_ONCE = 25
MOST_SHOWN = 10
# Whoever can be named by looking into the unit is for those who look after it.
OF_THE_UNIT = (events.THAT_MATTER, events.AFFECTED, events.EVERYONE)
STILL_OUT = (ledger.PENDING, ledger.QUEUED, ledger.SENT)


def may_ask(doc, user: str | None = None) -> bool:
	"""Whether somebody may ask about a record now: it came so far, and they are of the desk and may change it."""
	user = user or frappe.session.user
	kind = triggers.KINDS.get(doc.doctype)
	if doc.is_new() or not kind or not events.can_be_asked_about(kind, _state_of(doc, kind)):
		return False
	return is_staff(user) and bool(frappe.has_permission(doc.doctype, "write", doc))


def require_asker(doc) -> None:
	"""PermissionError where somebody may not ask about a record, ValidationError where it is too early."""
	doc.check_permission("write")
	if not is_staff(frappe.session.user):
		frappe.throw(_("Only people of the desk can send a survey."), frappe.PermissionError)
	if not may_ask(doc):
		frappe.throw(
			_("People are asked how it was once it took place. Note that it did, then ask."),
			title=_("Too early"),
		)


def options(doc) -> dict:
	"""What the dialog needs: surveys that fit, the ways to people with whom they reach, and who was asked before."""
	kind = triggers.KINDS[doc.doctype]
	surveys = _surveys(kind)
	return {
		"surveys": [{"value": name, "label": _(name)} for name in surveys],
		"ways": [_way(doc, kind, who) for who in _ways(doc, kind)],
		"asked": _asked_before(doc),
		"why_not": ""
		if surveys
		else _(
			"No survey that asks about this is switched on. A CX Manager makes one under CX Survey (What it asks about: {0}), and switches it on."
		).format(_(kind)),
	}


def ask(doc, survey: str, who: str = "") -> dict:
	"""Ask everybody on one way about a record now. Whom, and what became of each: `people` as who, asked and message.

	Nobody who has the same question open, or answered it, is asked it again.
	"""
	kind = outright.kind_that_fits(doc.doctype, survey)
	ways = _ways(doc, kind)
	who = who or events.RESPONDENTS_OF[kind][0]
	if who not in ways:
		frappe.throw(
			_("{0} is not one of your units, so you cannot ask '{1}' of it.").format(
				escape_html(doc.get("unit") or ""), _(who)
			)
			if who in OF_THE_UNIT
			else _("'{0}' cannot be asked about this record.").format(escape_html(_(who))),
			frappe.PermissionError if who in OF_THE_UNIT else frappe.ValidationError,
		)
	people = outright.people_for(doc, kind, who)
	if not people:
		frappe.throw(_nobody(who), title=_("Nobody to ask"))
	# Two who ask at once wait for each other here, and the second sees what the first wrote.
	frappe.db.get_value(doc.doctype, doc.name, "name", for_update=True)
	known = _open_or_answered(doc, survey)
	fresh = [person for person in people if ledger.address_key(person.address) not in known]
	rows = outright.write_rows(doc, survey, who, fresh)
	outcome = [
		{"who": _name_of(person), "asked": False, "message": known[ledger.address_key(person.address)]}
		for person in people
		if person not in fresh
	]
	if len(rows) > MOST_AT_ONCE:
		message = _("In the ledger: asked within the minute, or the row there says why not.")
		outcome += [{"who": _("{0} people").format(len(rows)), "asked": True, "message": message}]
	else:
		for person, name in zip(fresh, rows, strict=True):
			decision = asking.decide_now(name)
			outcome.append(
				{
					"who": _name_of(person),
					"asked": decision.action != survey_policy.SUPPRESS
					and decision.action != survey_policy.WITHDRAW,
					"message": asking.explain(decision),
				}
			)
	return {"count": len(rows), "people": outcome}


def _state_of(doc, kind: str) -> str | None:
	return doc.get(records.STATE_FIELD[kind])


def _surveys(kind: str) -> list[str]:
	# None of them is anonymous: after a single event there is nobody to hide among (`privacy.check`).
	filters = {"enabled": 1, "kind": kind}
	return frappe.get_all("CX Survey", filters=filters, pluck="name", order_by="creation asc")


def _ways(doc, kind: str) -> list[str]:
	own = scope.sees_unit(frappe.session.user, doc.get("unit"))
	return [who for who in events.RESPONDENTS_OF[kind] if own or who not in OF_THE_UNIT]


def _way(doc, kind: str, who: str) -> dict:
	people = outright.people_for(doc, kind, who)
	return {
		"value": who,
		"label": _("{0} ({1})").format(_(who), len(people)),
		"people": [_name_of(person) for person in people[:MOST_SHOWN]],
		"more": max(0, len(people) - MOST_SHOWN),
		"why_not": "" if people else _nobody(who),
	}


def _nobody(who: str) -> str:
	return _(
		"Nobody with a mail address is known for '{0}' of this record. Enter an address there first."
	).format(_(who))


def _name_of(person) -> str:
	name = person.contact and frappe.db.get_value("Contact", person.contact, "full_name")
	return f"{name} ({person.address})" if name else person.address


def _open_or_answered(doc, survey: str) -> dict[str, str]:
	"""Who has this question about this record open, or answered it, by address key: and the sentence that says so."""
	table = frappe.qb.DocType(INVITATION)
	rows = (
		frappe.qb.from_(table)
		.select(table.respondent_key, table.status, table.event_at)
		.where(table.event_doctype == doc.doctype)
		.where(table.event_name == doc.name)
		.where(table.event_key == records.key_of(doc))
		.where(table.survey == survey)
		.where(table.is_test == 0)
		# What was committed after this transaction began counts too.
		.for_update()
	).run(as_dict=True)
	found = {}
	for row in rows:
		if row.status in STILL_OUT:
			found[row.respondent_key] = _(
				"Not asked again: asked on {0}, and the question is still open."
			).format(format_date(row.event_at))
		elif row.status == ledger.ANSWERED:
			found[row.respondent_key] = _("Not asked again: they answered already.")
	return found


def _asked_before(doc) -> list[dict]:
	"""The newest questions about a record, as far as the reader may see the ledger; one's own always."""
	rows = frappe.get_all(
		INVITATION,
		filters={
			"event_doctype": doc.doctype,
			"event_name": doc.name,
			"event_key": records.key_of(doc),
			"is_test": 0,
			"recipient": ["is", "set"],
		},
		fields=["name", "recipient", "contact", "survey", "status", "reason", "event_at", "asked_by"],
		order_by="event_at desc",
		limit=50,
	)
	readable = set()
	if frappe.has_permission(INVITATION, "read"):
		names = [row.name for row in rows]
		readable = set(frappe.get_list(INVITATION, filters={"name": ["in", names or [""]]}, pluck="name"))
	return [
		{
			"who": _name_of(frappe._dict(contact=row.contact, address=row.recipient or "")),
			"on": format_date(row.event_at),
			"survey": _(row.survey),
			"became": f"{_(row.status)}: {_(row.reason)}" if row.reason else _(row.status),
		}
		for row in rows
		if row.name in readable or row.asked_by == frappe.session.user
	][:MOST_SHOWN]
