"""What the scorecard's page asks: thin doors with types and a permission check, each to one use case."""

import frappe
from frappe import _

from cx_desk.core.periods import WINDOW
from cx_desk.core.render import survey_card
from cx_desk.surveys import scorecard, targets, themes


@frappe.whitelist(methods=["GET"])
def choices(survey: str = "") -> dict:
	"""What can be chosen on the page: surveys, units of the reader's scope, periods. Needs to read surveys."""
	frappe.has_permission("CX Survey", "read", throw=True)
	return scorecard.choices(frappe.session.user, survey)


@frappe.whitelist(methods=["GET"])
def card(survey: str, unit: str = "", team: str = "", period: str = WINDOW) -> dict:
	"""The scorecard as the page shows it, as far as the reader may see. Needs to read the survey and see the unit."""
	frappe.has_permission("CX Survey", "read", survey, throw=True)
	found = scorecard.build(survey, frappe.session.user, unit=unit, team=team, period=period)
	return {
		"html": survey_card.survey_card(found, _, frappe.local.lang or "en"),
		"title": found["title"],
		"unit": found["unit"],
		"team": found["team"],
		"period": found["period"]["key"],
		"audience": found["audience"],
		"teams": [row["name"] for row in found["teams"]],
		"quarters": found.get("quarters"),
		"as_of": found["as_of"],
	}


@frappe.whitelist(methods=["GET"])
def paper(survey: str, unit: str = "", team: str = "", period: str = WINDOW) -> str:
	"""The scorecard as a page of its own for printing. Needs to read the survey and see the unit."""
	frappe.has_permission("CX Survey", "read", survey, throw=True)
	found = scorecard.build(survey, frappe.session.user, unit=unit, team=team, period=period)
	language = frappe.local.lang or "en"
	return survey_card.document(found, survey_card.survey_card(found, _, language), language)


@frappe.whitelist(methods=["GET"])
def comments(survey: str, theme: str, unit: str = "", team: str = "", period: str = WINDOW) -> list[dict]:
	"""The comments behind a theme ("-": behind none), those the reader may read. Needs to read answers."""
	frappe.has_permission("CX Survey", "read", survey, throw=True)
	frappe.has_permission("CX Survey Response", "read", throw=True)
	scope = scorecard.scope_of(survey, frappe.session.user, unit=unit, team=team, period=period)
	return themes.comments(scope, theme) if scope else []


@frappe.whitelist(methods=["GET"])
def targets_of(unit: str) -> list[dict]:
	"""The experience targets of a unit and all below it, those the reader may see."""
	frappe.has_permission("CX Business Unit", "read", unit, throw=True)
	frappe.has_permission("CX Experience Target", "read", throw=True)
	return targets.rows_for(unit=unit)


@frappe.whitelist(methods=["GET"])
def target_card(target: str) -> dict:
	"""A target's figure as its form shows it. Needs to read the target."""
	frappe.has_permission("CX Experience Target", "read", target, throw=True)
	return targets.card_of(target)


@frappe.whitelist(methods=["GET"])
def target_questions(survey: str) -> list[dict]:
	"""The questions of a survey that have a score. Needs to read the survey."""
	frappe.has_permission("CX Survey", "read", survey, throw=True)
	return targets.questions_of(survey)


@frappe.whitelist(methods=["POST"])
def look_at_target(target: str) -> str:
	"""Take the target's figure now; its state. Needs to write the target."""
	frappe.has_permission("CX Experience Target", "write", target, throw=True)
	return targets.look(target)
