"""What the screens of survey tools outside ask: thin doors, each with the permission to write the source."""

import frappe
from frappe import _

from cx_desk.surveys import imports, source_setup, sources


def require_write(source: str):
	"""The source, for somebody who may change it; PermissionError for all others."""
	doc = frappe.get_doc("CX Survey Source", source)
	doc.check_permission("write")
	return doc


@frappe.whitelist()
def state(source: str) -> dict:
	"""What the form shows above itself: the webhook's address, counts by state, fields seen, the survey's questions."""
	doc = require_write(source)
	return {
		"address": frappe.utils.get_url(f"/cx/in/{doc.inbox_key}"),
		"counts": source_setup.counts(doc),
		"fields": source_setup.fields_seen(doc),
		"questions": source_setup.questions_of(doc),
	}


@frappe.whitelist(methods=["POST"])
def fetch_now(source: str) -> dict:
	"""Ask the tool now, and take what waits; how many answers were new, and the error where it failed."""
	doc = require_write(source)
	if doc.way != "Fetch":
		frappe.throw(_("This tool sends by itself; there is nothing to ask."))
	new = sources.fetch(doc.name)
	sources.take_waiting()
	error = frappe.db.get_value("CX Survey Source", doc.name, "last_error")
	return {"new": new, "error": error or ""}


@frappe.whitelist(methods=["POST"])
def try_again(source: str) -> dict:
	"""Let what was not taken wait once more, and take it."""
	doc = require_write(source)
	count = sources.try_again(doc.name)
	outcome = sources.take_waiting()
	return {"tried": count, "taken": outcome[sources.TAKEN]}


def require_import(survey: str) -> None:
	"""PermissionError for those who may not change the survey."""
	frappe.has_permission("CX Survey", "write", survey, throw=True)


@frappe.whitelist()
def import_template(survey: str) -> dict:
	"""The columns of an import for this survey, as a CSV text with one line of example."""
	require_import(survey)
	return {"csv": imports.template(survey)}


@frappe.whitelist(methods=["POST"])
def check_import(survey: str, text: str) -> dict:
	"""What an import of this CSV text would do; writes nothing."""
	require_import(survey)
	return imports.check(survey, text)


@frappe.whitelist(methods=["POST"])
def run_import(survey: str, text: str) -> dict:
	"""Import the good lines of this CSV text; each line counts once, however often it is imported."""
	require_import(survey)
	return imports.run(survey, text)


@frappe.whitelist()
def check_ratings(survey: str) -> dict:
	"""How many of Helpdesk's own ratings an import would add to this survey, and how many are counted already."""
	require_import(survey)
	return imports.check_ratings(survey)


@frappe.whitelist(methods=["POST"])
def import_ratings(survey: str) -> dict:
	"""Import Helpdesk's own ratings into this survey, in the background; each ticket's rating counts once."""
	require_import(survey)
	return imports.start_ratings(survey)
