"""Requests to our endpoints that cannot be read are refused with a sentence, where the host would fail over them.

Checked before anything runs, whoever asks: that every required argument is there, and that every text can be written
down. A body that is no JSON fails before hooks are asked; its answer is put right afterwards.
"""

import inspect
import json
import sys
from datetime import date
from http import HTTPStatus

import frappe
from frappe import _
from frappe.model.db_query import DatabaseQuery
from frappe.utils import getdate

_API = "/api/method/cx_desk."
_PAGES = "/cx/"


class BadRequest(frappe.ValidationError):
	"""A request that nobody can answer."""

	http_status_code = int(HTTPStatus.BAD_REQUEST)


def refuse_malformed() -> None:
	"""Hook `before_request`: refuse what cannot be read, before any of it is looked at."""
	path = frappe.request.path
	if not path.startswith((_API, _PAGES)):
		return
	for name, value in frappe.local.form_dict.items():
		if not _can_be_written(name) or not _can_be_written(value):
			if path.startswith(_PAGES):
				frappe.local.form_dict[name] = ""
				continue
			# The text itself cannot stand in the answer either.
			frappe.local.form_dict = frappe._dict()
			frappe.throw(_("A text of this request holds characters that no text can hold."), BadRequest)
	if path.startswith(_API):
		_require_arguments(path.removeprefix("/api/method/").strip("/"))


def _require_arguments(name: str) -> None:
	try:
		function = frappe.get_attr(name)
		wanted = inspect.signature(function).parameters.values()
	except Exception:
		return  # not there: the host says so
	missing = [
		one.name
		for one in wanted
		if one.default is one.empty
		and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
		and one.name not in frappe.local.form_dict
	]
	if function in frappe.whitelisted and missing:
		frappe.throw(_("This request lacks: {0}.").format(", ".join(missing)), BadRequest)


def _can_be_written(value) -> bool:
	if isinstance(value, str):
		return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
	if isinstance(value, dict):
		return all(_can_be_written(one) for pair in value.items() for one in pair)
	if isinstance(value, list):
		return all(_can_be_written(one) for one in value)
	return True


# The host's ways to take many rows away: exports, at once or in the background, and the export tools.
_EXPORTS = (
	"export_query",
	"exporter.export_data",
	"data_import.download_template",
	"_export_job",
	"export_query_job",
)


_REPORT = "frappe.core.doctype.report.report"


def _callers():
	"""The frames of whoever called us, the nearest first."""
	frame = sys._getframe(1)
	while frame is not None:
		yield frame
		frame = frame.f_back


def takes_rows_away() -> bool:
	"""Whether this request or job fills a report or an export of the host: rows that are read elsewhere, not opened.

	A saved report is filled in many ways, by mail as well: it is known by who asks for the rows.
	"""
	if any(frame.f_globals.get("__name__") == _REPORT for frame in _callers()):
		return True
	if job := getattr(frappe.local, "job", None):
		return str(job.get("method", "")).endswith(_EXPORTS)
	request, form = getattr(frappe.local, "request", None), frappe.local.form_dict or {}
	if form.get("view") == "Report":
		return True
	called = f"{form.get('cmd') or ''} {request.path if request else ''}".split()
	return any(name.strip("/").endswith(_EXPORTS) for name in called)


def called() -> str:
	"""The last part of the host's function that this request calls; empty where it calls none by name."""
	path = (getattr(frappe.local, "request", None) and frappe.request.path) or ""
	named = path.partition("/method/")[2].split("/") if path.startswith("/api/") else []
	# Version 2 puts a doctype before the function; version 1 takes the first part.
	named = named[-1] if path.startswith("/api/v2/") and named else (named[0] if named else "")
	return str(named or frappe.local.form_dict.get("cmd") or "").rpartition(".")[2]


def joined_doctypes() -> set[str]:
	"""Doctypes that the list which is being made reaches through its links, as in `fields=["link.field"]`.

	The host asks for the permission on such a doctype and never for its rows' conditions, and tells a row condition
	nothing of them: they are looked up in the query that asks for the condition.
	"""
	for frame in _callers():
		query = frame.f_locals.get("self")
		if isinstance(query, DatabaseQuery):
			return {link.doctype for link in getattr(query, "link_tables", ())}
	return set()


def as_json(value: str | dict | list | None, kind: type) -> dict | list:
	"""What an argument holds that is sent as JSON text or as it is: a dict or a list; BadRequest for anything else.

	Nothing is an empty one.
	"""
	found = value
	if isinstance(value, str):
		try:
			found = json.loads(value) if value.strip() else kind()
		except (ValueError, RecursionError):
			found = value
	if found is None:
		found = kind()
	if not isinstance(found, kind):
		what = _("a list") if kind is list else _("an object")
		frappe.throw(_("Expected {0} as JSON.").format(what), BadRequest)
	return found


def as_day(value: str) -> date:
	"""The day that an argument names; BadRequest where it names none."""
	try:
		day = getdate(value)
	except (ValueError, TypeError, OverflowError, frappe.ValidationError):
		day = None
	if not day:
		frappe.throw(_("{0} is no date. Write it as 2026-12-31.").format(value[:40]), BadRequest)
	return day


def explain_unreadable(response=None, request=None) -> None:
	"""Hook `after_request`: a body that is no JSON object is the sender's mistake, not ours."""
	if response is None or request is None or response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
		return
	if not (request.path.startswith(_API) and request.is_json):
		return
	try:
		if isinstance(json.loads(request.get_data()), dict):
			return
	except (ValueError, RecursionError):
		pass
	response.status_code = int(HTTPStatus.BAD_REQUEST)
	response.set_data(json.dumps({"message": _("The message is no JSON object.")}))
	response.mimetype = "application/json"
