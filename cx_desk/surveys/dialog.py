"""The survey's section of the dialog on the ticket: was the person asked, and what did they answer."""

import frappe
from frappe import _
from frappe.permissions import get_role_permissions
from frappe.utils import pretty_date

from cx_desk.core import ledger
from cx_desk.core.survey_content import scale_of
from cx_desk.host.names import TICKET


def survey_section(ctx) -> dict | None:
	"""The state of the survey about this ticket and its answer, as far as the reader may see them; at most two queries.

	The ticket is one of `host.tickets.with_person`, which knows whether there is anything to look for.
	"""
	about = {"event_doctype": TICKET, "event_name": str(ctx.ticket.name)}
	if ctx.ticket.key:
		# Helpdesk gives the number of a deleted ticket again: what was said about that one is not about this.
		about["event_key"] = ["in", [str(ctx.ticket.key), ""]]
	invitation = _invitation(about, ctx.user) if ctx.ticket.asked else None
	response = _response(about, ctx.user) if ctx.ticket.answered else None
	if not invitation and not response:
		return None
	return {
		"key": "survey",
		"title": _("Survey"),
		"template": "cx_desk/templates/dialog/survey.html",
		"context": {
			"state": state_text(invitation) if invitation else "",
			"badge": _badge(invitation) if invitation else "",
			"age": pretty_date(_moment(invitation)) if invitation else "",
			"name": invitation.name if invitation else "",
			"response": response,
			"best": _best(response),
			"answered": pretty_date(response.answered_at) if response else "",
		},
	}


def _best(response) -> int | str:
	"""The highest value of the scale that a response's score stands on: '6 of 7'."""
	scale = scale_of(response.main_type or "") if response else None
	return scale[1] if scale else ""


def _reads(doctype: str, user: str) -> bool:
	"""Whether somebody's roles let them read such records at all; which of them is for the list itself to say.

	Not the host's `has_permission`: it looks for shared rows where the roles say no, in every agent's every dialog.
	"""
	return bool(get_role_permissions(doctype, user=user).get("read"))


def _invitation(about: dict, user: str) -> frappe._dict | None:
	if not _reads("CX Survey Invitation", user):
		return None
	rows = frappe.get_list(
		"CX Survey Invitation",
		filters={**about, "is_test": 0},
		fields=["name", "status", "reason", "due_at", "decided_at", "queued_at", "answered_at", "event_at"],
		# Two triggers may look at one resolution: what became of the latest decision counts.
		order_by="event_at desc, decided_at desc",
		limit=1,
		user=user,
	)
	return rows[0] if rows else None


def _response(about: dict, user: str) -> frappe._dict | None:
	if not _reads("CX Survey Response", user):
		return None
	rows = frappe.get_list(
		"CX Survey Response",
		filters={**about, "kind": ["!=", "Suspected machine"], "privacy": ["!=", "Confidential"]},
		fields=["name", "score", "main_type", "low", "not_solved", "driver", "comment", "answered_at"],
		order_by="answered_at desc",
		limit=1,
		user=user,
	)
	return rows[0] if rows else None


def state_text(row) -> str:
	"""What became of the question, in words."""
	if row.status == ledger.SUPPRESSED:
		return _("Not asked: {0}").format(_(row.reason or ""))
	if row.status == ledger.WITHDRAWN:
		return _("Taken back: {0}").format(_(row.reason or ""))
	return {
		ledger.PENDING: _("Will be decided when it is due"),
		ledger.QUEUED: _("Asked, the mail is on its way"),
		ledger.SENT: _("Asked, no answer yet"),
		ledger.FAILED: _("The mail could not be delivered"),
		ledger.ANSWERED: _("Answered"),
		ledger.EXPIRED: _("Asked, not answered in time"),
	}[row.status]


def _badge(row) -> str:
	return "done" if row.status == ledger.ANSWERED else "open" if row.status == ledger.FAILED else ""


def _moment(row):
	return row.answered_at or row.queued_at or row.decided_at or row.event_at
