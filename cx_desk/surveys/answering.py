"""What a link opens and what a posted answer does. Writes response, counts and ledger only; the rest comes later.

Nothing here needs a signed-in person, the cache or the mail server. A GET reads; a POST locks the invitation's row, so
that two tabs, two clicks or a machine beside the person come one after the other.
"""

import hmac
import json
import re
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

import frappe
from frappe.utils import getdate, now_datetime

from cx_desk.core import answers, ledger, machine, survey_content
from cx_desk.host import limiter, names, transactions
from cx_desk.host.statements import bound, insert, prepared
from cx_desk.surveys import decide, people, rollups, versions
from cx_desk.surveys.privacy import ANONYMOUS

FORM, THANKS, CLOSED, BUSY = "form", "thanks", "closed", "busy"
# Notices over the form or in the thanks.
CONFLICT, DOUBT, ERRORS, TEST = "conflict", "doubt", "errors", "test"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
# A machine that posts again and again fills no table.
_MOST_SUSPECTED = 20
_TRIES = 4

INVITATION, RESPONSE = "CX Survey Invitation", "CX Survey Response"
# What answering needs of the ledger row. A page's time goes by columns: no more of them than that.
ROW_FIELDS = (
	"name",
	"survey",
	"survey_version",
	"status",
	"event_doctype",
	"event_name",
	"event_key",
	"occurrence",
	"is_test",
	"contact",
	"recipient",
	"respondent_key",
	"language",
	"unit",
	"team",
	"event_at",
	"agreement_status",
	"expires_at",
	"queued_at",
)


@dataclass(frozen=True)
class Claim:
	"""An invitation that its person opens without its own link: by another of their links, or signed in."""

	name: str
	respondent_key: str


@dataclass
class Page:
	"""What the page shows. values: form fields as typed. errors: by question key. can_edit_until: for the thanks."""

	view: str
	language: str = ""
	version: dict = field(default_factory=dict)
	values: dict = field(default_factory=dict)
	errors: dict = field(default_factory=dict)
	notice: str = ""
	stamp: str = ""
	ticket: str = ""
	number: str = ""
	can_edit_until: object = None
	answered_at: object = None
	edited: bool = False
	test: bool = False
	unit: str = ""
	# The link of an anonymous survey: nothing about it leads to a person.
	anonymous: bool = False
	# How many people an anonymous survey reached together with this one.
	asked: int | None = None
	# What decides the order of choices that are shown in random order: the same at each opening of one link.
	seed: str = ""
	# The person, where one is known. about: what an open link is about. note: what they should know before they answer.
	person: str = ""
	# Whether more than this may be asked of them.
	more: bool = False
	about: str = ""
	note: str = ""
	# Reached by a link or a poster that everybody shares: no mail, no record of asking, no changing it later.
	shared: bool = False
	# Languages to choose from, as (code, name); only where the link itself does not say it.
	languages: list = field(default_factory=list)


def open_page(token: str | Claim, rating: str = "", trap: bool = False) -> Page:
	"""What a GET of the link shows. Changes nothing; the cache notes how links are opened, as evidence only."""
	row = _find(token)
	if rating and row:
		limiter.remember(f"cx_links:{row.name}", rating[:3], machine.LINK_SECONDS)
	if trap and row:
		limiter.remember(f"cx_trap:{row.name}", "1", 3600)
	response, state = _state_of(row)
	if not _is_open(row, response, state):
		return Page(CLOSED)
	about = _about(row, state)
	if response and not _may_edit(response):
		return Page(THANKS, answered_at=response.answered_at, **about)
	values = _values_of(response) if response else {}
	if rating:
		values |= _preselected(about["version"], rating)
	return Page(
		FORM,
		values=values,
		stamp=make_stamp(row, response),
		edited=bool(response),
		answered_at=response.answered_at if response else None,
		**about,
	)


def submit(
	token: str | Claim,
	form: dict[str, str],
	agent: str = "",
	signed_in: bool = False,
	channel: str = "Mail",
) -> Page:
	"""Record a posted answer; what to show then. A deadlock is tried again from the start."""
	transactions.begin_anew()
	for attempt in range(1, _TRIES + 1):
		try:
			page = _submit(token, form, agent, signed_in, channel)
			transactions.keep()
			return page
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == _TRIES:
				raise
			time.sleep(0.02 * attempt)
	raise AssertionError("unreachable")


def _submit(
	token: str | Claim, form: dict[str, str], agent: str, signed_in: bool, channel: str = "Mail"
) -> Page:
	row = _find(token, lock=True)
	response, state = _state_of(row)
	typed = {key: value for key, value in form.items() if key not in ("stamp", "csrf_token", "token")}
	if not _is_open(row, response, state) or (response and not _may_edit(response)):
		return Page(CLOSED, values=typed)
	about = _about(row, state)
	version = about["version"]
	filled = answers.read_form(version, form)
	shown_at, revision, asked_again = read_stamp(row, form.get("stamp", ""))
	if filled.errors:
		return Page(
			FORM,
			values=typed,
			errors=dict(filled.errors),
			notice=ERRORS,
			# The clock goes on from when the form was first shown.
			stamp=make_stamp(row, response, shown_at, asked_again),
			edited=bool(response),
			**about,
		)
	if row.is_test:
		return Page(THANKS, notice=TEST, **about)
	verdict, against = machine.judge(evidence(row, form, shown_at, asked_again, agent, signed_in))
	if verdict == machine.SUSPECTED:
		_keep_suspected(row, version, filled, against)
		# A person who was only quick must not leave with thanks for an answer that does not count.
		return Page(
			FORM,
			values=typed,
			notice=DOUBT,
			stamp=make_stamp(row, response, asked_again=True),
			edited=bool(response),
			**about,
		)
	if response and revision != _revision(response):
		return Page(
			FORM,
			values=typed,
			notice=CONFLICT,
			stamp=make_stamp(row, response, shown_at, asked_again),
			answered_at=response.answered_at,
			edited=True,
			**about,
		)
	now = now_datetime()
	if response:
		_edit(row, version, response, filled, now)
	else:
		_record(row, version, filled, now, "Person", channel)
		_mark_answered(name=row.name, status=ledger.ANSWERED, now=now, user=frappe.session.user)
	first = response.answered_at if response else now
	return Page(THANKS, answered_at=first, can_edit_until=first + _edit_window(), **about)


def _find(token: str | Claim, lock: bool = False) -> frappe._dict | None:
	"""The invitation of a link; both its tokens open it. The same look-ups whatever the token is."""
	if isinstance(token, Claim):
		return frappe.db.get_value(
			INVITATION,
			{"name": token.name, "respondent_key": token.respondent_key or "-"},
			list(ROW_FIELDS),
			as_dict=True,
			for_update=lock,
			order_by=None,
		)
	well_formed = bool(_TOKEN.fullmatch(token or ""))
	hashed = ledger.token_hash(token if well_formed else "")
	found = (_lock_by_token if lock else _read_by_token)(hash=hashed)
	return found[0] if found and well_formed else None


def _by_token(lock: bool) -> str:
	"""Both columns of tokens in one statement, each by its index.

	Without an order: by the time of change the database would walk through the whole ledger, and lock all of it. With
	the lock in the first read: what is read after it is what others have committed.
	"""
	row = frappe.qb.DocType(INVITATION)
	reads = []
	for column in ("token_hash", "reminder_token_hash"):
		query = frappe.qb.from_(row).select(*(row[field] for field in ROW_FIELDS))
		query = query.where(row[column] == bound("hash"))
		reads.append(f"({query.for_update() if lock else query})")
	return " UNION ALL ".join(reads)


@prepared
def _read_by_token() -> str:
	return _by_token(lock=False)


@prepared
def _lock_by_token() -> str:
	return _by_token(lock=True)


@prepared
def _mark_answered():
	row = frappe.qb.DocType(INVITATION)
	return (
		frappe.qb.update(row)
		.set(row.status, bound("status"))
		.set(row.answered_at, bound("now"))
		.set(row.modified, bound("now"))
		.set(row.modified_by, bound("user"))
		.where(row.name == bound("name"))
	)


@prepared
def _read_state():
	"""Whether there is an answer already, how the ticket stands that was asked about, and whether more is asked."""
	row, response = frappe.qb.DocType(INVITATION), frappe.qb.DocType(RESPONSE)
	ticket, other = frappe.qb.DocType(names.TICKET), frappe.qb.DocType(INVITATION).as_("other")
	another = frappe.qb.from_(other).select(other.name).where(asks(other, row.respondent_key)).limit(1)
	return (
		frappe.qb.from_(row)
		.left_join(response)
		.on((response.invitation == row.name) & (response.kind == "Person"))
		.left_join(ticket)
		.on((row.event_doctype == names.TICKET) & (ticket.name == row.event_name))
		.select(
			response.name.as_("response"),
			ticket.name,
			ticket.subject,
			ticket.status_category,
			ticket.cx_resolution_no,
			ticket.is_merged,
			ticket.key,
			another.where(other.name != row.name).as_("another"),
		)
		.where(row.name == bound("name"))
	)


def asks(row, key):
	"""The condition of a statement under which an invitation is open to the person of this key, at the moment `now`."""
	return (
		(row.respondent_key == key)
		& row.status.isin((ledger.QUEUED, ledger.SENT, ledger.FAILED))
		& (row.expires_at > bound("now"))
		& (row.is_test == 0)
	)


def _state_of(row) -> tuple[frappe._dict | None, frappe._dict]:
	"""The person's answer to an invitation, and how things stand: the ticket it asks about, if any, and `another`.

	One read in every case, so that no reason for a refusal shows in the time.
	"""
	found = _read_state(name=row.name if row else "-", now=now_datetime())
	state = found[0] if found else frappe._dict()
	return _response_of(row) if state.response else None, state


def _response_of(row) -> frappe._dict | None:
	return frappe.db.get_value(
		RESPONSE,
		{"invitation": row.name if row else "-", "kind": "Person"},
		[
			"name",
			"kind",
			"survey",
			"survey_version",
			"unit",
			"team",
			"channel",
			"event_day",
			"asked_day",
			"score",
			"not_solved",
			"comment",
			"history",
			"answered_at",
			"edited_at",
		],
		as_dict=True,
	)


def _is_open(row, response, state) -> bool:
	"""Whether the link leads to the form."""
	if row is None or row.status not in ledger.OPEN or not row.expires_at:
		return False
	if row.expires_at < now_datetime():
		return False
	# A test of an anonymous survey records nothing; everybody else answers by a one-time code.
	if not row.is_test and versions.load(row.survey_version).get("privacy") == ANONYMOUS:
		return False
	if response or row.is_test or row.event_doctype != names.TICKET:
		return True
	return (
		bool(state.name)
		and decide.is_still_resolved(state, row.occurrence, row.event_key)
		and not state.is_merged
	)


def _about(row, state) -> dict:
	has_ticket = bool(state.name) and ledger.is_same_record(row.event_key, state.key)
	return {
		"version": versions.load(row.survey_version),
		"language": row.language,
		"ticket": (state.subject or "") if has_ticket else "",
		"number": row.event_name if has_ticket else "",
		"test": bool(row.is_test),
		"unit": row.unit or "",
		"person": "" if row.is_test else row.respondent_key or "",
		"more": bool(state.another),
		"seed": row.name,
	}


def _edit_window() -> timedelta:
	return timedelta(hours=frappe.get_cached_doc("CX Settings").edit_window_hours or 0)


def _may_edit(response) -> bool:
	return now_datetime() < response.answered_at + _edit_window()


def _preselected(version: dict, rating: str) -> dict:
	question = versions.main_question(version)
	if not question or not (rating.isascii() and rating.isdecimal() and len(rating) <= 2):
		return {}
	low, high = survey_content.scale_of(question)
	return {answers.field_name(question["key"]): rating} if low <= int(rating) <= high else {}


def _values_of(response) -> dict:
	"""The form's fields as they were answered."""
	version = versions.load(response.survey_version)
	values = {"comment": response.comment or ""} if survey_content.offers_comment(version) else {}
	if response.not_solved:
		values[survey_content.NOT_SOLVED_KEY] = "1"
	return values | answers.form_values(version, _answers_of(response.name))


def _answers_of(response: str) -> list[frappe._dict]:
	return frappe.get_all(
		"CX Survey Answer",
		filters={"parent": response, "parenttype": "CX Survey Response"},
		fields=["question_key", "question", "question_type", "score", "value"],
		order_by="idx asc",
	)


# The stamp of a shown form: when it was shown, for which state of the answer, whether after a doubt, signed for
# this invitation.


def make_stamp(row, response, shown_at: float | None = None, asked_again: bool = False) -> str:
	"""The hidden field that says when this form was shown, for which answer, and whether after a doubt."""
	shown = int((shown_at or time.time()) * 1000)
	text = f"{shown}.{_revision(response)}.{int(asked_again)}"
	return f"{text}.{_sign(row, text)}"


def read_stamp(row, stamp: str) -> tuple[float | None, int, bool]:
	"""When the form was shown (seconds since 1970), its revision, and whether it was shown after a doubt.

	(None, 0, False) where the stamp is not ours.
	"""
	text, _dot, signature = (stamp or "")[:200].rpartition(".")
	if not text or not hmac.compare_digest(signature.encode(), _sign(row, text).encode()):
		return None, 0, False
	shown, revision, asked_again = text.split(".")
	return int(shown) / 1000, int(revision), asked_again == "1"


def _sign(row, text: str) -> str:
	from frappe.utils.verified_command import get_secret

	return hmac.new(get_secret().encode(), f"cx-answer|{row.name}|{text}".encode(), sha256).hexdigest()[:32]


def _revision(response) -> int:
	return 1 + len(json.loads(response.history or "[]")) if response else 0


def evidence(
	row, form, shown_at: float | None, asked_again: bool, agent: str, signed_in: bool
) -> machine.Evidence:
	"""What speaks for a person and for a machine in one post. row: what the link's stamp is signed for."""
	gestures = form.get("gestures", "")
	found = machine.Evidence(
		seconds=None if shown_at is None else time.time() - shown_at,
		gestures=int(gestures) if gestures.isascii() and gestures.isdecimal() and len(gestures) < 7 else None,
		trap_filled=bool(form.get("website")),
		agent=agent[:400],
		signed_in=signed_in,
		asked_again=asked_again,
	)
	if found.excused:
		return found
	trap_links, links_opened = limiter.sizes(f"cx_trap:{row.name}", f"cx_links:{row.name}")
	return replace(found, trap_link=trap_links > 0, links_opened=links_opened)


# Writing.


def _record(
	row, version, filled: answers.Filled, now, kind: str, channel: str, name: str = "", why=()
) -> str:
	"""Write a response with its answers and, for a person's, its counts; its name."""
	# What is told of new answers goes by when they were written here, however long ago they were given elsewhere.
	written = now_datetime()
	response = frappe._dict(
		name=name or frappe.generate_hash(length=20),
		creation=written,
		modified=written,
		owner="Administrator",
		modified_by="Administrator",
		survey=row.survey,
		survey_version=row.survey_version,
		invitation=row.name,
		kind=kind,
		privacy=version.get("privacy") or "Named",
		event_doctype=row.event_doctype,
		event_name=row.event_name,
		event_key=row.event_key,
		event_day=getdate(row.event_at),
		asked_day=getdate(row.queued_at) if row.queued_at else None,
		unit=row.unit,
		team=row.team,
		contact=row.contact,
		respondent_key=row.respondent_key,
		channel=channel,
		language=row.language,
		agreement_status=row.agreement_status,
		answered_at=now,
		machine_evidence="\n".join(why) or None,
		**outcome(version, filled, kind),
	)
	# A column of numbers takes no NULL; without a scale `main_type` is empty, which tells a nought from none.
	stored = {**response, "score": response.score or 0}
	insert(RESPONSE, list(stored), [tuple(stored.values())])
	_write_answers(response.name, version, filled, now)
	rollups.post({}, rollups.response_counts({**response, "answers": answers.rows_of(version, filled)}))
	return response.name


def outcome(version: dict, filled: answers.Filled, kind: str) -> dict:
	"""What a response says of itself: score, scale, low, words, and whether somebody has to act."""
	main, low = filled.main, answers.is_low(version, filled)
	voice = answers.voice_kind(
		low, filled.not_solved, filled.words, main.type if main else "", main.score if main else None
	)
	return {
		"score": main.score if main else None,
		"main_type": main.type if main else None,
		"driver": _driver(filled),
		"low": int(low),
		"not_solved": int(filled.not_solved),
		"comment": filled.words or None,
		"act_state": "Pending"
		if kind == "Person" or (voice and kind != "Suspected machine")
		else "Nothing to do",
	}


def _driver(filled: answers.Filled) -> str | None:
	"""The first reason that was ticked, if it still is one: the others stand among the answers."""
	return next((name for name in filled.drivers if frappe.db.exists("CX Driver", name)), None)


_ANSWER_COLUMNS = (
	"name",
	"creation",
	"modified",
	"owner",
	"modified_by",
	"parent",
	"parenttype",
	"parentfield",
	"idx",
	"question_key",
	"question",
	"question_type",
	"score",
	"value",
)


def _write_answers(response: str, version: dict, filled: answers.Filled, now) -> None:
	insert(
		"CX Survey Answer",
		_ANSWER_COLUMNS,
		[
			(
				frappe.generate_hash(length=16),
				now,
				now,
				"Administrator",
				"Administrator",
				response,
				RESPONSE,
				"answers",
				number,
				row["question_key"],
				row["question"],
				row["question_type"],
				row["score"] or 0,
				row["value"],
			)
			for number, row in enumerate(answers.rows_of(version, filled), 1)
		],
	)


def _edit(row, version: dict, response, filled: answers.Filled, now) -> None:
	"""Change an answer within its window: the earlier one stays in the history, the counts get the difference."""
	old = _answers_of(response.name)
	before = rollups.response_counts({**response, "answers": old})
	history = json.loads(response.history or "[]")
	history.append(
		{
			"until": str(now),
			"score": response.score,
			"not_solved": response.not_solved,
			"comment": response.comment,
			"answers": [
				{"question": answer.question, "score": answer.score, "value": answer.value} for answer in old
			],
		}
	)
	frappe.db.set_value(
		"CX Survey Response",
		response.name,
		{**outcome(version, filled, "Person"), "edited_at": now, "history": json.dumps(history)},
	)
	frappe.db.delete("CX Survey Answer", {"parent": response.name, "parenttype": "CX Survey Response"})
	_write_answers(response.name, version, filled, now)
	rollups.post(before, rollups.response_counts({**response, "answers": answers.rows_of(version, filled)}))


def _keep_suspected(row, version: dict, filled: answers.Filled, against: list[str]) -> None:
	"""Keep a machine's post apart: it changes neither the person's answer nor the ledger nor any count."""
	kept = frappe.db.count("CX Survey Response", {"invitation": row.name, "kind": "Suspected machine"})
	if kept < _MOST_SUSPECTED:
		_record(row, version, filled, now_datetime(), "Suspected machine", "Mail", why=against)


def record_external(
	survey: str,
	version: str,
	filled: answers.Filled,
	*,
	channel: str,
	unit: str | None = None,
	team: str | None = None,
	respondent_key: str = "",
	event_doctype: str = "",
	event_name: str = "",
	answered_at: datetime | None = None,
	origin: str = "",
	contact: str | None = None,
) -> str:
	"""Record an answer that no invitation of ours asked for: by a link, a poster, an import, a tool outside. Its name.

	version: the CX Survey Version that was shown. filled: what `core.answers.read_form` understood, without errors.
	channel: Link, Poster, Portal, Import or Source. respondent_key: `core.ledger.address_key` of the person; empty
	for somebody who cannot be told from others: the answer counts, but never as a person. answered_at: in the site's
	zone, now if left out. origin: what names this answer where it came from; the same origin is recorded once and
	gives the same name again. contact: the person, where known, so that they can be told what came of it. frappe.ValidationError on a form with errors, a version of another survey, a moment
	in the future, or an anonymous survey.
	"""
	now = now_datetime()
	answered_at = answered_at or now
	content = versions.load(version)
	if not content or frappe.db.get_value("CX Survey Version", version, "survey") != survey:
		frappe.throw(frappe._("{0} is no version of the survey {1}.").format(version, survey))
	if filled.errors:
		frappe.throw(
			frappe._("This answer is not complete: {0}.").format(", ".join(sorted(filled.errors)) or "?")
		)
	if content.get("privacy") == ANONYMOUS:
		frappe.throw(
			frappe._("{0} is anonymous: it is answered by the one-time links of its mails only.").format(
				survey
			)
		)
	if answered_at > now + timedelta(minutes=5):
		frappe.throw(frappe._("An answer cannot have been given in the future: {0}.").format(answered_at))
	name = ledger.row_name("External", survey, 0, origin) if origin else frappe.generate_hash(length=20)
	if origin and frappe.db.exists("CX Survey Response", name):
		return name
	row = frappe._dict(
		survey=survey,
		survey_version=version,
		event_doctype=event_doctype or None,
		event_name=event_name or None,
		event_key=frappe.db.get_value(names.TICKET, event_name, "key")
		if event_doctype == names.TICKET and event_name
		else None,
		event_at=answered_at,
		unit=unit,
		team=team,
		respondent_key=respondent_key,
		contact=contact,
		language=content.get("language"),
	)
	try:
		return _record(row, content, filled, answered_at, "Person", channel, name)
	except Exception as error:
		# Two deliveries of one answer at once: the other one was first, and its counts stand.
		if origin and error.args and frappe.db.is_primary_key_violation(error):
			return name
		raise


def record_rating(row, score: int, words: str, now) -> str | None:
	"""Count a rating given on the host's portal as an answer with its source; None where it cannot be one.

	Only a survey whose first question has five points can take it. One ticket's rating counts once.
	"""
	version_name = row.survey_version or versions.current(row.survey)
	version = versions.load(version_name)
	question = versions.main_question(version)
	name = ledger.row_name("Rating", row.event_name, 0, row.survey, 0, row.event_key)
	older = ledger.row_name("Rating", row.event_name, 0, row.survey)
	counted = frappe.db.exists("CX Survey Response", {"name": ["in", [name, older]]})
	if not question or question["type"] != "CSAT" or counted:
		return None
	filled = answers.Filled(
		(answers.Answer(question["key"], question["question"], question["type"], score=score),),
		answers.clean(words)[: answers.LONGEST_COMMENT],
	)
	# Nobody was asked by us, and the portal has no box 'not solved'.
	asked = frappe._dict({**row, "survey_version": version_name, "queued_at": None})
	return _record(asked, {**version, "ask_not_solved": 0}, filled, now, "Rated on portal", "Portal", name)


def reclassify(response: str, kind: str) -> None:
	"""Say of a post that it was a person's after all, or a machine's; counts and ledger follow.

	frappe.ValidationError where the person has answered already: then the machine's post stays apart.
	"""
	if kind not in ("Person", "Suspected machine"):
		frappe.throw(frappe._("An answer is either a person's or suspected to be a machine's."))
	doc = frappe.get_doc("CX Survey Response", response)
	if doc.kind == kind:
		return
	if doc.kind == "Rated on portal":
		frappe.throw(frappe._("This answer was given on the portal, by a signed-in person."))
	row = frappe.db.get_value(
		"CX Survey Invitation", doc.invitation, ["name", "status", "sent_at"], as_dict=True, for_update=True
	)
	if (
		kind == "Person"
		and doc.invitation
		and frappe.db.exists("CX Survey Response", {"invitation": doc.invitation, "kind": "Person"})
	):
		frappe.throw(
			frappe._("This person has answered already. The other answer stands; this one stays kept apart.")
		)
	before = rollups.response_counts(doc)
	doc.kind = kind
	version = versions.load(doc.survey_version)
	voice = answers.voice_kind(
		bool(doc.low), bool(doc.not_solved), doc.comment or "", doc.main_type or "", doc.score
	)
	act = "Pending" if kind == "Person" and voice and version else "Nothing to do"
	frappe.db.set_value("CX Survey Response", doc.name, {"kind": kind, "act_state": act})
	rollups.post(before, rollups.response_counts(doc))
	if row and kind == "Person":
		frappe.db.set_value(
			"CX Survey Invitation", row.name, {"status": ledger.ANSWERED, "answered_at": doc.answered_at}
		)
	elif row and row.status == ledger.ANSWERED:
		status = ledger.SENT if row.sent_at else ledger.QUEUED
		frappe.db.set_value("CX Survey Invitation", row.name, {"status": status, "answered_at": None})


def unsubscribe(token: str, back: bool = False) -> bool:
	"""Note that the person of this link wants no more surveys, or wants them again; whether the link is known.

	Works for as long as the ledger keeps the row: a mail is found again long after its survey has closed.
	"""
	row = _find(token)
	if row is None or not row.recipient:
		return False
	doc = people.preference(row.recipient)
	wanted = 0 if back else 1
	if doc.opted_out == wanted:
		return True
	now = now_datetime()
	frappe.db.set_value(
		"CX Contact Preference",
		doc.name,
		{
			"opted_out": wanted,
			"opted_out_at": now if wanted else None,
			"contact": doc.contact or row.contact,
			"proof": f"{'Opted out' if wanted else 'Opted in again'} {now:%Y-%m-%d %H:%M:%S}, link of {row.name}",
		},
	)
	return True


def is_unsubscribed(token: str) -> bool | None:
	"""Whether the person of this link wants no surveys; None for an unknown link."""
	row = _find(token)
	if row is None or not row.recipient:
		return None
	key = ledger.address_key(row.recipient)
	return bool(frappe.db.get_value("CX Contact Preference", {"address_hash": key}, "opted_out"))


def language_of(token: str) -> str | None:
	"""The language in which the person of this link was asked."""
	row = _find(token)
	return row.language if row else None
