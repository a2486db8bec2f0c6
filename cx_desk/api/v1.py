"""The interface for other programs, version 1: read scores and targets, ask people. docs/reference/api.md describes it.

Called as /api/method/cx_desk.api.v1.NAME with the host's own token (`Authorization: token KEY:SECRET`). Everything is
answered as the person whose token it is. What docs/reference/openapi.json says of a function is held against it by tests.
"""

import frappe

from cx_desk.core.periods import WINDOW
from cx_desk.host import requests
from cx_desk.surveys import outright, reading, scorecard


@frappe.whitelist(methods=["GET"])
def surveys() -> list[dict]:
	"""The surveys, each with its questions that have a score. Needs to read surveys."""
	frappe.has_permission("CX Survey", "read", throw=True)
	return reading.surveys(frappe.session.user)


@frappe.whitelist(methods=["GET"])
def scores(unit: str = "", survey: str = "") -> list[dict]:
	"""The scores of a unit with all below it, counted up to now. Needs to read surveys and to see the unit.

	unit: without one, the whole business, or the first of a liaison's units.
	"""
	frappe.has_permission("CX Survey", "read", throw=True)
	return reading.scores_of(frappe.session.user, unit, survey)


@frappe.whitelist(methods=["GET"])
def units(survey: str) -> list[dict]:
	"""The scores by one survey of every unit of the caller's scope, as of last night. Needs to read the survey."""
	frappe.has_permission("CX Survey", "read", survey, throw=True)
	return reading.scores_of_units(frappe.session.user, survey)


@frappe.whitelist(methods=["GET"])
def card(survey: str, unit: str = "", team: str = "", period: str = WINDOW) -> dict:
	"""The whole scorecard of a survey: funnel, every question, chart, reasons, checks. Needs to read it and see the unit."""
	frappe.has_permission("CX Survey", "read", survey, throw=True)
	return scorecard.build(survey, frappe.session.user, unit=unit, team=team, period=period)


@frappe.whitelist(methods=["GET"])
def targets(survey: str = "", unit: str = "") -> list[dict]:
	"""Experience targets with figure and state. Needs to read targets; each caller gets those of their units."""
	frappe.has_permission("CX Experience Target", "read", throw=True)
	return reading.targets_of(frappe.session.user, survey, unit)


@frappe.whitelist(methods=["POST"])
def send(
	survey: str,
	recipients: list[dict] | str,
	origin: str,
	about_doctype: str = "",
	about_name: str = "",
	not_before: str = "",
) -> list[dict]:
	"""Ask people. Every limit of asking holds; each recipient gets a ledger row that says what became of it.

	Needs to write surveys. The same origin sent again gives the same rows and asks nobody twice.
	"""
	frappe.has_permission("CX Survey", "write", survey, throw=True)
	people = requests.as_json(recipients, list)
	about = (about_doctype, about_name) if about_doctype or about_name else None
	return outright.ask_by_api(survey, people, origin=origin, about=about, not_before=not_before or None)


@frappe.whitelist(methods=["GET"])
def asked(name: str) -> dict:
	"""What became of one recipient of `send`. Needs to read that row of the ledger."""
	frappe.has_permission("CX Survey Invitation", "read", name, throw=True)
	return reading.invitation(name)
