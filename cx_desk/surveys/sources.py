"""Answers of survey tools outside: received by webhook or fetched, kept as they came, then counted, each once.

Receiving only keeps: a row named after source and answer, so that a repeated message is the same row. The scheduler's job
turns rows into responses. What cannot be taken waits with its reason until the mapping is mended; nothing is half written.
"""

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from cx_desk.core import answers, ledger, source_shapes, webhook_signatures
from cx_desk.host import error_log, limiter, names, people, tickets
from cx_desk.outbound import survey_tools, web
from cx_desk.surveys import answering, source_setup, versions
from cx_desk.surveys.decide import site_time, site_zone
from cx_desk.units import mapping

WAITING, TAKEN, NOT_TAKEN, NOT_FINISHED = "Waiting", "Taken", "Not taken", "Not finished"
LARGEST_MESSAGE = 1024 * 1024
# Refused messages of one address within an hour, after which it is told to wait.
_MOST_REFUSED = 60
_BATCH = 100
_MOST_TRIES = 5
# Seconds in which one run of the job begins something new.
_LONGEST_RUN = 100
# Minutes to wait after the first failure; doubled with each, at most six hours.
_FIRST_WAIT, _LONGEST_WAIT = 5, 360
# Contents are kept for as long as they may be needed to take them once more.
CONTENT_DAYS = 30


@dataclass(frozen=True)
class Receipt:
	"""What a sender is told: the HTTP status, and a sentence."""

	status: int
	message: str


# Receiving.


def receive(key: str, headers, body: bytes, address: str = "") -> Receipt:
	"""Keep a posted message whose signature is right. Nothing of any other message is kept.

	A right signature is listened to however many wrong ones came from there: the host takes the address that a request
	claims for itself, so that anybody could have the tool's own locked out.
	"""
	receipt = _receive(key, headers, body)
	if receipt.status in (401, 413) and limiter.count(f"cx_source_refused:{address or '-'}") > _MOST_REFUSED:
		return Receipt(429, _("Too many messages that were not accepted. Try again in an hour."))
	return receipt


def _receive(key: str, headers, body: bytes) -> Receipt:
	if len(body) > LARGEST_MESSAGE:
		return Receipt(413, _("A message may have 1 MB at most."))
	source = _source_of(key)
	if why := _signature_fault(source, headers, body):
		return Receipt(401, why)
	if not source.enabled:
		return Receipt(403, _("This source is switched off here."))
	try:
		message = json.loads(body)
		external = source_shapes.read_message(
			source.kind, message, source.external_survey or "", str(headers.get("webhook-id") or "")
		)
	except source_shapes.BadShape as error:
		return Receipt(422, _shape_fault(str(error), source))
	except (ValueError, RecursionError):
		return Receipt(400, _("The message is not JSON."))
	new = keep(source.name, [external])
	frappe.db.set_value(
		"CX Survey Source",
		source.name,
		{"last_ok": now_datetime(), "last_error": None},
		update_modified=False,
	)
	return Receipt(202, _("Kept.")) if new else Receipt(200, _("Known already."))


def _source_of(key: str) -> frappe._dict | None:
	fields = ["name", "kind", "way", "enabled", "external_survey"]
	known = isinstance(key, str) and key.isalnum() and len(key) <= 40
	return frappe.db.get_value(
		"CX Survey Source", {"inbox_key": key if known else "-", "way": "Webhook"}, fields, as_dict=True
	)


def _signature_fault(source, headers, body: bytes) -> str:
	"""Why a message is not accepted; the same sentence for an unknown address and a wrong signature."""
	key = b"no such source, and yet as much work"
	if source:
		secret = frappe.get_doc("CX Survey Source", source.name).get_password("secret", False)
		key = webhook_signatures.key_of(secret) if secret else b""
	if source and source.kind == source_shapes.TYPEFORM:
		why = webhook_signatures.check_typeform(key, headers.get("Typeform-Signature") or "", body)
	else:
		why = webhook_signatures.check_standard(
			key,
			headers.get("webhook-id") or "",
			headers.get("webhook-timestamp") or "",
			headers.get("webhook-signature") or "",
			body,
			time.time(),
		)
	if not source or not key or why in (webhook_signatures.WRONG, webhook_signatures.UNSIGNED):
		return _("The signature does not fit. Check the address and the shared secret.")
	if why:
		return _("The message is more than five minutes old or early. Check the sender's clock.")
	return ""


def _shape_fault(fault: str, source) -> str:
	if fault == source_shapes.ANOTHER_SURVEY:
		return _("This is an answer to another survey than {0}.").format(source.external_survey)
	if fault == source_shapes.NO_ID:
		return _("The answer has no id, or one longer than {0} characters.").format(source_shapes.LONGEST_ID)
	return _("This is no message of {0}.").format(source.kind)


def keep(source: str, externals: list[source_shapes.External]) -> int:
	"""Keep answers to be taken; how many were new, or finished since. Those taken already stay as they are."""
	rows = {delivery_name(source, one.id): one for one in externals}
	if not rows:
		return 0
	states = dict(
		frappe.get_all(
			"CX Source Delivery",
			filters={"name": ["in", list(rows)]},
			fields=["name", "state"],
			as_list=True,
		)
	)
	now = now_datetime()
	fresh = {name: one for name, one in rows.items() if name not in states}
	columns = [
		*("name", "creation", "modified", "owner", "modified_by", "source", "external_id"),
		*("state", "arrived_at", "answered_at", "content"),
	]
	if fresh:
		frappe.db.bulk_insert(
			"CX Source Delivery",
			columns,
			[
				(
					*(name, now, now, "Administrator", "Administrator", source, one.id),
					*(_first_state(one), now, _site_moment(one.answered_at), _as_text(one)),
				)
				for name, one in fresh.items()
			],
			ignore_duplicates=True,
		)
	finished = [name for name, one in rows.items() if states.get(name) == NOT_FINISHED and one.finished]
	for name in finished:
		frappe.db.set_value(
			"CX Source Delivery",
			name,
			{
				"state": WAITING,
				"reason": None,
				"arrived_at": now,
				"answered_at": _site_moment(rows[name].answered_at),
				"content": _as_text(rows[name]),
			},
		)
	return len(fresh) + len(finished)


def delivery_name(source: str, external_id: str) -> str:
	"""The row of one answer: however often it comes, it is the same."""
	return hashlib.sha256(f"{len(source)}:{source}|{external_id}".encode()).hexdigest()[:24]


def _first_state(external: source_shapes.External) -> str:
	return WAITING if external.finished else NOT_FINISHED


def _as_text(external: source_shapes.External) -> str:
	return json.dumps(
		{
			"language": external.language,
			"values": dict(external.values),
			"labels": dict(external.labels),
		},
		ensure_ascii=False,
	)


def _site_moment(moment: datetime | None) -> datetime | None:
	return site_time(moment) if moment else None


# Taking.


def take_waiting(limit: int = 2000) -> Counter:
	"""Turn what waits into responses, oldest first, a transaction per batch; how many of each outcome."""
	outcome: Counter = Counter()
	begun = time.monotonic()
	while sum(outcome.values()) < limit and time.monotonic() - begun < _LONGEST_RUN:
		rows = _claim()
		if not rows:
			break
		sources: dict[str, _Source | None] = {}
		for row in rows:
			if row.source not in sources:
				sources[row.source] = _load(row.source)
			outcome[_take(row, sources[row.source])] += 1
		frappe.db.commit()  # allowed: one batch is one transaction
	return outcome


def _claim() -> list[frappe._dict]:
	# A source that is off, or has no field yet that is a question, lets its answers wait.
	ready = frappe.get_all(
		"CX Source Field",
		filters={"parenttype": "CX Survey Source", "meaning": source_shapes.QUESTION},
		pluck="parent",
		distinct=True,
		order_by=None,
	)
	ready = frappe.get_all("CX Survey Source", {"enabled": 1, "name": ["in", ready or ["-"]]}, pluck="name")
	if not ready:
		return []
	row = frappe.qb.DocType("CX Source Delivery")
	return (
		frappe.qb.from_(row)
		.select(
			row.name, row.source, row.external_id, row.answered_at, row.arrived_at, row.content, row.tries
		)
		.where(row.state == WAITING)
		.where(row.source.isin(ready))
		.orderby(row.arrived_at)
		.limit(_BATCH)
		.for_update(skip_locked=True)
	).run(as_dict=True)


@dataclass(frozen=True)
class _Source:
	name: str
	survey: str
	unit: str | None
	rows: list[source_shapes.Row]
	version: str
	content: dict


def _load(name: str) -> _Source:
	doc = frappe.get_doc("CX Survey Source", name)
	version = versions.current(doc.survey)
	return _Source(doc.name, doc.survey, doc.unit, source_setup.rows_of(doc), version, versions.load(version))


def _take(row, source: _Source) -> str:
	"""Count one kept answer; its new state. An error of ours leaves it waiting, a few times."""
	frappe.db.savepoint("cx_take")
	try:
		state, reason, response = _judge(row, source)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception as error:
		frappe.db.rollback(save_point="cx_take")
		state, reason, response = _failed(row, error)
	frappe.db.set_value(
		"CX Source Delivery",
		row.name,
		{
			"state": state,
			"reason": reason or None,
			"response": response,
			"tries": (row.tries or 0) + 1,
			# The answer stands in the response; a second copy of somebody's words helps nobody.
			**({"content": None} if state == TAKEN else {}),
		},
	)
	return state


def _failed(row, error: Exception) -> tuple[str, str, None]:
	if isinstance(error, frappe.ValidationError):
		frappe.clear_messages()
		return NOT_TAKEN, frappe.utils.strip_html(str(error))[:500], None
	error_log.log(f"CX Survey Source: {row.source}"[:140])
	if (row.tries or 0) + 1 < _MOST_TRIES:
		return WAITING, _("Failed, is tried again: {0}").format(type(error).__name__), None
	return NOT_TAKEN, _("Failed {0} times; see the Error Log.").format(_MOST_TRIES), None


def _judge(row, source: _Source) -> tuple[str, str, str | None]:
	kept = json.loads(row.content or "{}")
	answered_at = row.answered_at.replace(tzinfo=site_zone()) if row.answered_at else None
	external = source_shapes.External(
		id=row.external_id,
		answered_at=answered_at,
		language=kept.get("language") or "",
		values=kept.get("values") or {},
		labels=kept.get("labels") or {},
	)
	understood = source_shapes.understand(external, source.rows, source.content)
	faults = [fault_text(*fault) for fault in understood.faults]
	about, more = about_of(understood, source.unit)
	faults += more
	filled = answers.read_form(source.content, understood.form)
	faults += form_faults(source.content, filled, faults)
	if faults:
		return NOT_TAKEN, "\n".join(faults)[:1000], None
	moment = _site_moment(understood.answered_at) or row.arrived_at
	response = answering.record_external(
		source.survey,
		source.version,
		filled,
		channel="Source",
		answered_at=moment,
		origin=f"{source.name}|{row.external_id}",
		**about,
	)
	let_rest_if_old(response, moment)
	return TAKEN, "", response


def about_of(understood: source_shapes.Understood, unit: str | None) -> tuple[dict, list[str]]:
	"""Whose answer it is, of which unit and about which ticket; and what is wrong with that."""
	faults: list[str] = []
	about: dict = {"unit": unit, "team": None, "respondent_key": "", "event_doctype": "", "event_name": ""}
	if understood.ticket:
		ticket = tickets.facts([understood.ticket]).get(understood.ticket)
		if ticket:
			about |= {
				"event_doctype": names.TICKET,
				"event_name": understood.ticket,
				"unit": ticket.cx_business_unit or unit,
				"team": ticket.agent_group,
			}
		else:
			faults.append(_("There is no ticket {0}.").format(understood.ticket[:40]))
	address = ledger.normal_address(understood.email)
	if address:
		if not frappe.utils.validate_email_address(address):
			faults.append(_("{0} is no mail address.").format(address[:80]))
		elif people.is_staff(address):
			faults.append(_("{0} is of the desk; its own people are not counted.").format(address[:80]))
		else:
			about["respondent_key"] = ledger.address_key(address)
			if not about["event_name"]:
				found = mapping.find_match(
					address=address, contact=people.contact_of(address), customer=None, team=None
				)
				about["unit"] = found.unit if found else about["unit"]
	if understood.unit:
		if frappe.db.exists("CX Business Unit", {"name": understood.unit, "disabled": 0}):
			about["unit"] = understood.unit
		else:
			faults.append(_("There is no business unit {0}.").format(understood.unit[:80]))
	about["unit"] = about["unit"] or mapping.fallback().unit
	return about, faults


def days_of_news() -> int:
	"""How many days an answer from outside is news: as long as a question stays open."""
	return frappe.get_cached_doc("CX Settings").expiry_days or 14


def is_old(moment: datetime) -> bool:
	"""Whether an answer was given so long ago that what it said is no news any more."""
	return moment < add_to_date(now_datetime(), days=-days_of_news())


def let_rest_if_old(response: str, moment: datetime) -> None:
	"""An answer of long ago counts, but nobody is sent after it."""
	if is_old(moment):
		frappe.db.set_value(
			"CX Survey Response", response, "act_state", "Nothing to do", update_modified=False
		)


def fault_text(field: str, fault: str, value: str) -> str:
	"""What could not be taken, in words."""
	text = {
		source_shapes.NOT_A_POINT: _("{0}: “{1}” is not a point of the question's scale."),
		source_shapes.NOT_A_CHOICE: _("{0}: “{1}” is not one of the question's choices."),
		source_shapes.NOT_A_NUMBER: _("{0}: “{1}” is not a whole number."),
		source_shapes.NOT_A_DATE: _("{0}: “{1}” is not a date. Write 2026-03-02 or 2026-03-02 14:30."),
	}[fault]
	return text.format(field, value)


def form_faults(version: dict, filled: answers.Filled, known: list[str]) -> list[str]:
	"""What is missing or wrong in the answer as a whole, in words; that it is empty only where nothing else is known."""
	found = []
	for key, fault in filled.errors.items():
		question = next((row["question"] for row in version["questions"] if row["key"] == key), key)
		if fault == answers.MISSING:
			found.append(_("“{0}” must be answered and is not.").format(question))
		elif fault != answers.NOTHING:
			found.append(f"“{question}”: {_(fault)}")
		elif not known:
			found.append(_("The answer is empty: nothing in it is a question here."))
	return found


def try_again(source: str) -> int:
	"""Let everything that was not taken wait once more, after its mapping was mended; how many."""
	count = frappe.db.count(
		"CX Source Delivery", {"source": source, "state": NOT_TAKEN, "content": ["is", "set"]}
	)
	frappe.db.set_value(
		"CX Source Delivery",
		{"source": source, "state": NOT_TAKEN, "content": ["is", "set"]},
		{"state": WAITING, "reason": None, "tries": 0},
	)
	return count


def empty_old_contents() -> int:
	"""Empty the contents that nobody has taken within CONTENT_DAYS; how many."""
	filters = {
		"arrived_at": ["<", add_to_date(now_datetime(), days=-CONTENT_DAYS)],
		"content": ["is", "set"],
	}
	count = frappe.db.count("CX Source Delivery", filters)
	if count:
		frappe.db.set_value("CX Source Delivery", filters, "content", None, update_modified=False)
	return count


# Fetching.


def fetch_due() -> int:
	"""Ask every source that is due; how many were asked. One that fails keeps none of the others waiting."""
	asked = 0
	for name in frappe.get_all(
		"CX Survey Source",
		filters={"enabled": 1, "way": "Fetch"},
		or_filters=[["next_at", "is", "not set"], ["next_at", "<=", now_datetime()]],
		pluck="name",
		order_by="next_at asc",
	):
		if _hold(name):
			asked += 1
			fetch(name)
	return asked


def _hold(name: str) -> bool:
	"""Take a source for a quarter of an hour, so that no second worker asks it at once."""
	now = now_datetime()
	until = frappe.db.get_value("CX Survey Source", name, "held_until", for_update=True)
	free = not until or until < now
	if free:
		frappe.db.set_value(
			"CX Survey Source", name, "held_until", now + timedelta(minutes=15), update_modified=False
		)
	frappe.db.commit()  # allowed: other workers must see it before the network is asked
	return free


def fetch(name: str) -> int:
	"""Ask one source for what is new; how many answers were new. A failure is noted, and when to try again."""
	doc = frappe.get_doc("CX Survey Source", name)
	new = 0
	try:
		with web.Client(source_setup.private_hosts()) as client:
			for page in survey_tools.pages(client, _access(doc), doc.cursor or ""):
				new += keep(doc.name, list(page.answers))
				if page.cursor:
					frappe.db.set_value(
						"CX Survey Source", name, "cursor", page.cursor, update_modified=False
					)
				frappe.db.commit()  # allowed: a page that was read is kept whatever the next one brings
	except web.Refused as error:
		_note_failure(doc, source_setup.refusal(str(error)), 0)
	except web.Failed as error:
		_note_failure(doc, _explain(error), error.retry_after)
	except Exception:
		frappe.db.rollback()
		error_log.log(f"CX Survey Source: {name}"[:140])
		_note_failure(doc, _("Failed; see the Error Log."), 0)
	else:
		_note(
			doc,
			last_ok=now_datetime(),
			last_error=None,
			failures=0,
			next_at=add_to_date(now_datetime(), minutes=doc.every_minutes or 30),
		)
	return new


def _access(doc) -> survey_tools.Access:
	return survey_tools.Access(
		doc.kind,
		doc.address or "",
		(doc.external_survey or "").strip(),
		doc.user_name or "",
		doc.get_password("api_key", False) or "",
	)


def _explain(error: web.Failed) -> str:
	if error.status in (401, 403):
		return _("The tool refuses the key ({0}). Make a new one there and fill it in here.").format(error)
	if error.status == 404:
		return _(
			"The tool knows no such survey ({0}). Check its address and the number of the survey."
		).format(error)
	if error.status == 429:
		return _("The tool asks us to wait ({0}).").format(error)
	return _("The tool did not answer as expected: {0}").format(error)


def _note_failure(doc, why: str, retry_after: float) -> None:
	failures = (doc.failures or 0) + 1
	minutes = min(_FIRST_WAIT * 2 ** min(failures - 1, 10), _LONGEST_WAIT)
	# A server that names a time is believed, within a day.
	minutes = max(minutes, min(retry_after / 60, 24 * 60))
	_note(
		doc,
		last_error=why[:500],
		failures=failures,
		next_at=add_to_date(now_datetime(), minutes=minutes),
	)


def _note(doc, **values) -> None:
	frappe.db.set_value("CX Survey Source", doc.name, {**values, "held_until": None}, update_modified=False)
	frappe.db.commit()  # allowed: what became of it stands by itself
