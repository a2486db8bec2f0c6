"""Importing answers of before: a CSV file for a survey, and the ratings that Helpdesk itself collected."""

import csv
import io
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from cx_desk.core import answer_import, answers, ledger, source_shapes, survey_content
from cx_desk.core.scores import stars
from cx_desk.host import feedback, names, people
from cx_desk.surveys import answering, sources, versions
from cx_desk.surveys.decide import site_zone

# More problems than these are counted, not listed.
SHOWN = 100
_BATCH = 200
_PROGRESS = "cx_ratings_import"

NEW, KNOWN, DOUBLE, BAD = "new", "known", "double", "bad"


def template(survey: str) -> str:
	"""The heading of an import for this survey, and a line of example, as CSV."""
	out = io.StringIO()
	csv.writer(out).writerows(answer_import.template(versions.current_content(survey), f"{getdate()} 10:00"))
	return out.getvalue()


def check(survey: str, text: str) -> dict:
	"""What an import would do: counts, columns, lines with a problem. Writes nothing."""
	table, plan = _plan(survey, text)
	return _describe(table, plan)


def run(survey: str, text: str) -> dict:
	"""Import the good lines; the same line again is the same answer. The counts of what was done."""
	table, plan = _plan(survey, text)
	version = versions.current(survey)
	for number, entry in enumerate(plan):
		if entry["status"] != NEW:
			continue
		response = answering.record_external(
			survey,
			version,
			entry["filled"],
			channel="Import",
			answered_at=entry["moment"],
			origin=_origin(entry["id"]),
			**entry["about"],
		)
		sources.let_rest_if_old(response, entry["moment"])
		if number % _BATCH == _BATCH - 1:
			frappe.db.commit()  # allowed: a long import keeps what it has; a line counts once anyway
	return _describe(table, plan)


def _origin(identity: str) -> str:
	return f"Import|{identity}"


def _plan(survey: str, text: str) -> tuple[answer_import.Table, list[dict]]:
	content = versions.current_content(survey)
	if content["privacy"] == "Anonymous":
		frappe.throw(
			_("{0} is anonymous: it is answered by the one-time links of its own mails only.").format(survey)
		)
	try:
		table = answer_import.read(text or "", content)
	except answer_import.BadTable as error:
		frappe.throw(_table_fault(error), title=_("Import"))
	known = _known(survey, [line.id for line in table.lines])
	plan, seen = [], set()
	for line in table.lines:
		entry = {"number": line.number, "id": line.id, "faults": []}
		if line.id in seen:
			entry["status"] = DOUBLE
		elif line.id in known:
			entry["status"] = KNOWN
		else:
			entry |= _judge(line, table.rows, content)
		seen.add(line.id)
		plan.append(entry)
	return table, plan


def _known(survey: str, identities: list[str]) -> set[str]:
	rows = {ledger.row_name("External", survey, 0, _origin(one)): one for one in identities}
	found = frappe.get_all("CX Survey Response", filters={"name": ["in", list(rows)]}, pluck="name")
	return {rows[name] for name in found}


def _judge(line: answer_import.Line, rows, content: dict) -> dict:
	values = dict(line.values)
	when = next(row.field for row in rows if row.meaning == source_shapes.ANSWERED_AT)
	values[when] = _with_zone(values[when])
	external = source_shapes.External(line.id, values=values)
	understood = source_shapes.understand(external, rows, content)
	faults = [sources.fault_text(*fault) for fault in understood.faults]
	about, more = sources.about_of(understood, None)
	faults += more
	filled = answers.read_form(content, understood.form)
	faults += sources.form_faults(content, filled, faults)
	moment = understood.answered_at and understood.answered_at.astimezone(site_zone()).replace(tzinfo=None)
	if not moment and not understood.faults:
		faults.append(_("The day of the answer is missing. Write it as 2026-03-02 or 2026-03-02 14:30."))
	elif moment and moment > now_datetime():
		faults.append(_("An answer cannot have been given in the future: {0}.").format(moment))
	return {
		"status": BAD if faults else NEW,
		"faults": faults,
		"filled": filled,
		"version": content,
		"about": about,
		"moment": moment,
	}


def _with_zone(text: str) -> str:
	"""A moment without a zone is one of the site's, not of Greenwich."""
	try:
		moment = datetime.fromisoformat(text)
	except ValueError:
		return text
	return moment.isoformat() if moment.tzinfo else moment.replace(tzinfo=site_zone()).isoformat()


def _table_fault(error: answer_import.BadTable) -> str:
	return {
		answer_import.EMPTY: _(
			"The file holds no answers: its first line names the columns, each further one is an answer."
		),
		answer_import.TOO_MANY: _("The file has {0} answers. Import at most {1} at once: split it.").format(
			error.detail, answer_import.MOST_LINES
		),
		answer_import.TOO_LARGE: _("The file is larger than 5 MB. Split it."),
		answer_import.NO_DATE: _(
			"The column 'answered at' is missing. Every answer belongs to a day; write it as 2026-03-02 or 2026-03-02 14:30."
		),
		answer_import.NO_QUESTION: _(
			"No column is a question of this survey. Name the columns by the questions' words, as the template does."
		),
		answer_import.UNREADABLE: _(
			"This is no CSV file: {0}. Save the table as CSV and choose it again."
		).format(error.detail),
		answer_import.DOUBLE_HEADING: _("Two columns are called {0}. Rename one of them.").format(
			error.detail
		),
	}[str(error)]


def _describe(table: answer_import.Table, plan: list[dict]) -> dict:
	bad = [entry for entry in plan if entry["status"] == BAD]
	return {
		"lines": len(plan),
		**_what_follows(plan),
		"counts": {
			status: sum(entry["status"] == status for entry in plan) for status in (NEW, KNOWN, DOUBLE, BAD)
		},
		"columns": [{"column": row.field, "is": row.meaning} for row in table.rows],
		"ignored": list(table.ignored),
		"problems": [{"line": entry["number"], "faults": entry["faults"]} for entry in bad[:SHOWN]],
		"problems_not_shown": max(0, len(bad) - SHOWN),
	}


def _what_follows(plan: list[dict]) -> dict:
	"""voices: new answers that somebody will have to look into; resting: those that would, were they not so old; days:
	how old that is.
	"""
	asking = [
		entry
		for entry in plan
		if entry["status"] == NEW and answers.asks_for_somebody(entry["version"], entry["filled"])
	]
	old = sum(sources.is_old(entry["moment"]) for entry in asking)
	return {"voices": len(asking) - old, "resting": old, "days": sources.days_of_news()}


# Helpdesk's own ratings.


def check_ratings(survey: str) -> dict:
	"""How many rated tickets there are, and how many of them this survey counts already."""
	_require_five_points(survey)
	return {
		"days": sources.days_of_news(),
		"rated": feedback.count_ratings(),
		"counted": frappe.db.count("CX Survey Response", {"survey": survey, "kind": "Rated on portal"}),
		"running": bool(frappe.cache.get_value(_PROGRESS)),
	}


def start_ratings(survey: str) -> dict:
	"""Begin the import in the background."""
	_require_five_points(survey)
	frappe.enqueue(
		"cx_desk.surveys.imports.import_ratings",
		queue="long",
		job_id=f"cx_import_ratings_{survey}",
		deduplicate=True,
		survey=survey,
		user=frappe.session.user,
		enqueue_after_commit=True,
	)
	return {"message": _("The import runs in the background; you get a notification when it is done.")}


def _require_five_points(survey: str) -> None:
	content = versions.current_content(survey)
	main = survey_content.main_question(content)
	if not main or main["type"] != survey_content.CSAT or content["kind"] != "Ticket":
		frappe.throw(
			_(
				"Helpdesk's ratings have five stars. Choose a survey about tickets whose first question is a CSAT of five points."
			),
			title=_("Import"),
		)


def import_ratings(survey: str, user: str | None = None) -> int:
	"""Count every rating on a ticket as an answer with its source; how many were new.

	The desk's own people and tickets whose person answered a survey of ours are left out.
	"""
	frappe.cache.set_value(_PROGRESS, 1, expires_in_sec=3600)
	count = 0
	try:
		for batch in feedback.ratings_in_batches(_BATCH):
			count += _import_batch(survey, batch)
			frappe.db.commit()  # allowed: a long import keeps each batch
	finally:
		frappe.cache.delete_value(_PROGRESS)
	if user:
		_tell(user, _("{0} of Helpdesk's ratings now count in {1}.").format(count, survey), survey)
	return count


def _import_batch(survey: str, batch: list[frappe._dict]) -> int:
	tickets = [str(row.name) for row in batch]
	answered = set(
		frappe.get_all(
			"CX Survey Response",
			filters={"event_doctype": names.TICKET, "event_name": ["in", tickets], "kind": "Person"},
			pluck="event_name",
		)
	)
	staff = people.staff_addresses({row.raised_by for row in batch if row.raised_by})
	count = 0
	for row in batch:
		address = ledger.normal_address(row.raised_by)
		if str(row.name) in answered or address in staff:
			continue
		about = frappe._dict(
			survey=survey,
			event_doctype=names.TICKET,
			event_name=str(row.name),
			event_at=row.resolution_date or row.modified,
			unit=row.cx_business_unit,
			team=row.agent_group,
			contact=row.contact,
			recipient=address,
			respondent_key=ledger.address_key(address),
			agreement_status=ledger.known_agreement(row.agreement_status),
		)
		response = answering.record_rating(about, stars(row.rating), row.words, about.event_at)
		if response:
			sources.let_rest_if_old(response, about.event_at)
			count += 1
	return count


def _tell(user: str, text: str, survey: str) -> None:
	note = frappe.new_doc("Notification Log")
	note.update(
		{
			"for_user": user,
			"type": "Alert",
			"subject": frappe.utils.escape_html(text),
			"document_type": "CX Survey",
			"document_name": survey,
		}
	)
	note.insert(ignore_permissions=True)  # allowed: a note to the person who began the import
