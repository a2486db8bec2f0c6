"""What screens ask of surveys: thin doors with types and a permission check, each to one use case."""

import frappe
from frappe import _

from cx_desk.core import survey_policy
from cx_desk.host import requests
from cx_desk.host.names import TICKET
from cx_desk.host.people import is_staff
from cx_desk.surveys import (
	answering,
	asking,
	delivery,
	dry_run,
	record_asking,
	rollups,
	sentence,
	unit_card,
	waves,
)


def require_manager() -> None:
	"""PermissionError for all others; the host's `only_for` is off in tests."""
	if "CX Manager" not in frappe.get_roles():
		frappe.throw(_("Only CX Managers can do this."), frappe.PermissionError)


@frappe.whitelist(methods=["POST"])
def send_now(ticket: str, survey: str | None = None) -> dict:
	"""Ask a ticket's person now, by hand. The limits hold; the answer says whether a mail went, or why not.

	Needs to read the ticket and be of the desk.
	"""
	frappe.has_permission(TICKET, "read", str(ticket), throw=True)
	if not is_staff(frappe.session.user):
		frappe.throw(_("Only people of the desk can send a survey."), frappe.PermissionError)
	decision = asking.ask_about_ticket(str(ticket), survey)
	return {"asked": decision.action == survey_policy.ASK, "message": asking.explain(decision)}


@frappe.whitelist(methods=["POST"])
def send_me_one(survey: str) -> dict:
	"""Send a test invitation to the person who asks. Nothing of it is counted. Needs to write the survey."""
	frappe.has_permission("CX Survey", "write", survey, throw=True)
	address = asking.send_test(survey, frappe.session.user)
	return {
		"message": _("A test is on its way to {0}.").format(frappe.bold(frappe.utils.escape_html(address)))
	}


@frappe.whitelist(methods=["POST"])
def ask_units(
	survey: str,
	units: list[str] | str,
	who: str = "Everyone of the unit",
	roles: list[str] | str | None = None,
) -> dict:
	"""Ask a relationship survey of these units now: everybody, or the people that matter. Needs to write the survey."""
	frappe.has_permission("CX Survey", "write", survey, throw=True)
	count = waves.ask(survey, _texts(units), who, _texts(roles))
	return {
		"count": count,
		"message": _(
			"{0} people are in the ledger; each is asked within the minute, or the row says why not."
		).format(count),
	}


@frappe.whitelist()
def count_audience(
	units: list[str] | str, who: str = "Everyone of the unit", roles: list[str] | str | None = None
) -> int:
	"""How many people a wave to these units would reach at most. Needs to create surveys."""
	frappe.has_permission("CX Survey", "create", throw=True)
	return len(waves.audience(_texts(units), who, _texts(roles)))


def _texts(value) -> list[str]:
	return [str(one) for one in requests.as_json(value, list)]


@frappe.whitelist()
def whom_to_ask(doctype: str, name: str) -> dict:
	"""The surveys that fit a visit, a conversation, an initiative or a voice, whom they would reach, and who was asked.

	Needs to be of the desk and to write the record.
	"""
	doc = _record_to_ask_about(doctype, name)
	record_asking.require_asker(doc)
	return record_asking.options(doc)


@frappe.whitelist(methods=["POST"])
def ask_about(doctype: str, name: str, survey: str, who: str = "") -> dict:
	"""Ask about a visit, a conversation, an initiative or a voice now; the answer says of each person what became of it.

	Needs to be of the desk and to write the record; for people of the unit, to have the unit in one's scope.
	"""
	doc = _record_to_ask_about(doctype, name)
	record_asking.require_asker(doc)
	return record_asking.ask(doc, survey, who)


def _record_to_ask_about(doctype: str, name: str):
	if doctype not in record_asking.DOCTYPES:
		frappe.throw(_("Surveys are not asked about records of this kind."))
	return frappe.get_doc(doctype, name)


@frappe.whitelist(methods=["POST"])
def describe_trigger(doc: dict | str) -> dict:
	"""A trigger as it stands on the screen, saved or not: in words, who can answer, what it looks at. Needs to read triggers."""
	frappe.has_permission("CX Survey Trigger", "read", throw=True)
	return sentence.of_draft(requests.as_json(doc, dict))


@frappe.whitelist()
def dry_run_of(trigger: str) -> dict:
	"""What a trigger would have done over the last 90 days. Needs to read the trigger."""
	frappe.has_permission("CX Survey Trigger", "read", trigger, throw=True)
	return dry_run.run(trigger)


@frappe.whitelist(methods=["POST"])
def take_back(invitation: str, reason: str) -> None:
	"""Take one question back with a reason: out of the queue, and its link closes. Needs to read the ledger row."""
	frappe.has_permission("CX Survey Invitation", "read", invitation, throw=True)
	delivery.withdraw_by_hand(invitation, reason)


@frappe.whitelist(methods=["POST"])
def reclassify(response: str, kind: str) -> None:
	"""Say of a post that it was a person's after all, or a machine's. For CX Managers."""
	require_manager()
	answering.reclassify(response, kind)


@frappe.whitelist()
def scores_of(unit: str) -> list[dict]:
	"""The scores of a unit with all below it, as far as the reader may see them."""
	frappe.has_permission("CX Business Unit", "read", unit, throw=True)
	return unit_card.scores_for(unit, frappe.session.user)


@frappe.whitelist(methods=["POST"])
def rebuild_counts() -> None:
	"""Count every answer anew, in the background. For CX Managers."""
	require_manager()
	frappe.enqueue(rollups.rebuild_job, queue="long", job_id="cx_rebuild_counts", deduplicate=True)


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def find_surveys(
	doctype: str,
	txt: str,
	searchfield: str,
	start: int,
	page_len: int,
	filters: dict | list | str | None = None,
) -> list:
	"""Surveys for a link field, switched on or not: the host's own search leaves out what is off, and a survey is off
	while its trigger is made. filters: kind. Needs to read surveys.
	"""
	frappe.has_permission("CX Survey", "read", throw=True)
	given = frappe.parse_json(filters) if isinstance(filters, str) else filters
	wanted = {"name": ["like", f"%{txt}%"]}
	if isinstance(given, dict) and given.get("kind"):
		wanted["kind"] = str(given["kind"])
	if isinstance(given, dict) and given.get("not_anonymous"):
		wanted["privacy"] = ["!=", "Anonymous"]
	rows = frappe.get_list(
		"CX Survey",
		filters=wanted,
		fields=["name", "kind", "enabled"],
		order_by="enabled desc, name asc",
		limit_start=start,
		limit_page_length=page_len,
	)
	return [[row.name, _(row.kind), _("Switched on") if row.enabled else _("Switched off")] for row in rows]
