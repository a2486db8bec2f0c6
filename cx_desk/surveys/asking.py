"""Asking by hand: about one ticket, or as a test to oneself. Decided at once by the same rules as all others."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.host import names, tickets
from cx_desk.surveys import decide, invitations, people, versions
from cx_desk.surveys import ledger as writer
from cx_desk.units.language import day_and_time


def ask_about_ticket(ticket: str, survey: str | None = None) -> survey_policy.Decision:
	"""Ask the requester of a resolved ticket now; the row is in the ledger whatever the decision."""
	survey = survey or default_survey()
	facts = tickets.facts([ticket]).get(ticket)
	if not facts:
		frappe.throw(_("This ticket is gone."))
	if facts.status_category != names.RESOLVED:
		frappe.throw(_("Resolve the ticket first: people are asked about how it went, not while it goes."))
	if frappe.get_cached_value("CX Survey", survey, "kind") != "Ticket":
		frappe.throw(
			_("{0} does not ask about tickets.").format(frappe.bold(frappe.utils.escape_html(survey)))
		)
	waiting = frappe.db.exists(
		"CX Survey Invitation",
		{
			"event_doctype": names.TICKET,
			"event_name": ticket,
			"occurrence": facts.cx_resolution_no or 0,
			"status": ["in", [ledger.PENDING, ledger.QUEUED, ledger.SENT, ledger.ANSWERED]],
			"is_test": 0,
		},
	)
	if waiting:
		frappe.throw(_("The person is being asked about this ticket already, or has answered."))
	name = invitations.invite_by_hand(survey, writer.event_fields(facts, now_datetime()))
	return decide_now(name)


def default_survey() -> str:
	"""The survey to ask about a ticket by hand: the one of a trigger that is on, else any ticket survey that is on."""
	active = frappe.get_all(
		"CX Survey", filters={"enabled": 1, "kind": "Ticket"}, pluck="name", order_by="creation asc"
	)
	if not active:
		frappe.throw(
			_("No survey about tickets is switched on. A CX Manager switches one on under CX Survey.")
		)
	triggered = frappe.get_all(
		"CX Survey Trigger", filters={"enabled": 1, "survey": ["in", active]}, pluck="survey", limit=1
	)
	return triggered[0] if triggered else active[0]


def ask_person(
	survey: str, unit: str, contact: str, questions: list[dict] = (), translations: dict | None = None
) -> survey_policy.Decision:
	"""Ask one person of a unit a relationship survey now, by hand, with further questions made for them.

	The row is in the ledger whatever the decision. A person with an open question of this survey is not asked again.
	"""
	doc = frappe.get_cached_doc("CX Survey", survey)
	if not doc.enabled:
		frappe.throw(
			_("The survey {0} is switched off. A CX Manager switches it on under CX Survey.").format(
				frappe.bold(frappe.utils.escape_html(survey))
			),
			title=_("Not asked"),
		)
	address = ledger.normal_address(frappe.db.get_value("Contact", contact, "email_id"))
	if not address:
		frappe.throw(
			_("{0} has no mail address. Enter one in the contact, or ask in the meeting.").format(
				frappe.bold(frappe.utils.escape_html(contact))
			),
			title=_("Not asked"),
		)
	open_row = frappe.db.get_value(
		"CX Survey Invitation",
		{
			"survey": survey,
			"respondent_key": ledger.address_key(address),
			"is_test": 0,
			"status": ["in", [ledger.PENDING, ledger.QUEUED, ledger.SENT]],
		},
		"event_at",
	)
	if open_row:
		frappe.throw(
			_("They were asked on {0} and have not answered yet. A reminder goes out by itself.").format(
				frappe.utils.format_date(open_row)
			),
			title=_("Not asked"),
		)
	now = now_datetime()
	name = invitations.invite_by_hand(
		survey,
		{
			"event_doctype": "CX Survey",
			"event_name": survey,
			"occurrence": int(f"{now:%Y%m%d}"),
			"recipient": address,
			"respondent_key": ledger.address_key(address),
			"contact": contact,
			"unit": unit,
		},
	)
	if questions:
		version = versions.with_questions(survey, questions, translations or {})
		frappe.db.set_value("CX Survey Invitation", name, "survey_version", version)
	return decide_now(name)


def send_test(survey: str, user: str) -> str:
	"""Send a test invitation to a member of the desk; the address. Nothing of it is counted.

	ValidationError where no mail can go there: then nothing is written either.
	"""
	address = frappe.db.get_value("User", user, "email")
	if not address or not frappe.utils.validate_email_address(address):
		frappe.throw(_("Your user has no mail address. Enter one in your profile, then try again."))
	name = invitations.invite_by_hand(
		survey,
		{
			"event_doctype": "CX Survey",
			"event_name": survey,
			"occurrence": 0,
			"recipient": ledger.normal_address(address),
			"respondent_key": ledger.address_key(address),
		},
		test=True,
	)
	language = frappe.db.get_value("User", user, "language")
	if language in frappe.get_all("CX Survey Translation", filters={"parent": survey}, pluck="language"):
		frappe.db.set_value("CX Survey Invitation", name, "language", language)
	decision = decide_now(name)
	if decision.action != survey_policy.ASK:
		# Only the host refuses a test: it sends nothing to who has asked it for no mail at all.
		frappe.throw(
			_(
				"Nothing was sent: {0} is on the site's list of addresses that want no mail (Email Unsubscribe). Remove "
				"it there, or enter another address in your profile."
			).format(frappe.bold(frappe.utils.escape_html(address))),
			title=_("Not sent"),
		)
	return address


def decide_now(name: str) -> survey_policy.Decision:
	"""Decide one row in the caller's transaction, without waiting for the scheduler."""
	now = now_datetime()
	row = frappe.db.get_value(
		"CX Survey Invitation", name, list(decide.ROW_FIELDS), as_dict=True, for_update=True
	)
	if row.recipient:
		people.preference(row.recipient)
	return decide.decide_rows([row], now)[name]


def explain(decision: survey_policy.Decision) -> str:
	"""The decision in words for the person who asked."""
	if decision.action == survey_policy.ASK:
		return _("The survey is on its way.")
	if decision.action == survey_policy.WAIT:
		return _("It is outside the hours for asking: the survey goes out at {0}.").format(
			day_and_time(decide.site_time(decision.until))
		)
	reasons = {
		survey_policy.COOLDOWN: _("Not asked: this person was asked recently."),
		survey_policy.BUDGET: _("Not asked: this person was asked as often as the yearly limit allows."),
		survey_policy.OPTED_OUT: _("Not asked: this person wants no surveys."),
		survey_policy.UNDELIVERABLE: _(
			"Not asked: mails to this address come back. Correct the address, or empty the mark on the contact preference."
		),
		survey_policy.STAFF: _("Not asked: this is a member of the desk."),
		survey_policy.SHARED_ADDRESS: _("Not asked: no single person reads this address."),
		survey_policy.NO_ADDRESS: _("Not asked: the ticket has no mail address."),
		survey_policy.UNKNOWN_PERSON: _(
			"Not asked: nobody is known under this address. Add a contact first."
		),
		survey_policy.RATED: _("Not asked: the person has rated this ticket on the portal."),
		survey_policy.HOST_ASKS: _("Not asked: Helpdesk's own feedback mail is switched on."),
		survey_policy.HOLD: _("Not asked: a hold is in force ({0}).").format(decision.detail),
	}
	return reasons.get(decision.reason) or _("Not asked: {0}.").format(_(decision.reason))
