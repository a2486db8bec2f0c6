"""Triage: the liaison gives each voice of a visit a category, an impact and a way; and what the categories show.

A voice keeps its own way to settled (units/voices.py); here it is decided where the work goes.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import add_days, cstr, get_fullname, getdate, now_datetime

from cx_desk.core import visit as machine
from cx_desk.core import voice as voice_machine
from cx_desk.host import articles
from cx_desk.host.teams import team_names
from cx_desk.immersion import visits
from cx_desk.units import reasons, voices

POINT = visits.POINT
TICKET, ARTICLE, PROMISE, TRAINING = "Ticket", "Article draft", "Promise", "Training"
PRAISE, QUESTION, NONE = "Praise passed on", "Question", "None"
WAYS = (TICKET, ARTICLE, PROMISE, TRAINING, PRAISE, QUESTION, NONE)
IMPACTS = ("None", "Annoyance", "Delay", "Stops one person", "Stops the unit", "Reaches the end customer")
# A way that only names what somebody does needs words; the others make or name a record.
NEEDS_WORDS = (ARTICLE, PROMISE, TRAINING, PRAISE, NONE)


def points_of(visit: str) -> list[dict]:
	"""The voices of a visit that the reader may see, in the order they were heard, with their triage."""
	rows = frappe.get_all(
		POINT,
		{"visit": visit},
		["name", "voice", "driver", "impact", "way", "way_reason", "ticket", "question", "article", "at"],
		order_by="at asc, creation asc",
	)
	readable = {
		voice.name: voice
		for voice in frappe.get_list(
			voices.VOICE,
			filters={"name": ("in", [row.voice for row in rows] or [""])},
			fields=[
				"name",
				"kind",
				"statement",
				"state",
				"responsible",
				"source_name",
				"source_email",
				"source_type",
			],
			limit=0,
		)
	}
	photos = dict(
		frappe.get_all(
			"File",
			{"attached_to_doctype": voices.VOICE, "attached_to_name": ("in", list(readable) or [""])},
			["attached_to_name", "file_url"],
			as_list=True,
		)
	)
	found = []
	for row in rows:
		if voice := readable.get(row.voice):
			unnamed = voice.source_type == voice_machine.SEEN_SOURCE
			row.update(
				kind=voice.kind,
				statement=voice.statement,
				state=voice.state,
				owner_name=get_fullname(voice.responsible),
				who="" if unnamed else voice.source_name or voice.source_email,
				photo=photos.get(row.voice),
				article_link=articles.address(row.article) if row.article else "",
			)
			found.append(row)
	return found


def choices() -> dict[str, list[str]]:
	"""What the triage offers: impacts, ways, and whom a question can be put to, the teams and whom one asked before."""
	asked = frappe.get_list(
		"CX Resolver Question", pluck="asked_of", distinct=True, order_by="asked_of", limit=0
	)
	return {
		"impacts": list(IMPACTS),
		"ways": list(WAYS),
		"teams": list(dict.fromkeys([*team_names(), *asked])),
	}


def decide(point: str, driver: str, impact: str, way: str, **given) -> dict:
	"""Give a voice of a visit its category, impact and way; what the way makes is made at once.

	given: reason (words for a way), ticket (a known one), question (a known CX Resolver Question) or asked_of, ask and
	due_on for a new one, responsible. ValidationError with what is missing. Permission is the caller's matter.
	"""
	doc = frappe.get_doc(POINT, point, for_update=True)
	voice = frappe.get_doc(voices.VOICE, doc.voice)
	reason = cstr(given.get("reason")).strip()
	if not driver or not frappe.db.exists("CX Driver", {"name": driver, "disabled": 0}):
		frappe.throw(_("Choose a category from the list: it is the same list that the surveys use."))
	if impact not in IMPACTS:
		frappe.throw(_("Choose the impact on their work: {0}.").format(", ".join(_(one) for one in IMPACTS)))
	if way not in WAYS:
		frappe.throw(_("Choose a way: {0}.").format(", ".join(_(one) for one in WAYS)))
	if way in NEEDS_WORDS and not reason:
		frappe.throw(_reason_wanted(way))
	doc.update({"driver": driver, "impact": impact, "way": way, "way_reason": reason or None})
	doc.triaged_at, doc.triaged_by = now_datetime(), frappe.session.user
	if way == TICKET:
		doc.ticket = _ticket_for(doc, voice, cstr(given.get("ticket")).strip())
	elif way == QUESTION:
		from cx_desk.immersion import questions

		doc.question = questions.ask_for(doc, voice, **given)
	elif way == ARTICLE:
		doc.article = _article_for(doc, voice, reason)
	elif way == PROMISE:
		_promise(doc, voice, reason)
	# allowed: the visit's own permission was asked for; the row itself has no door of its own
	doc.save(ignore_permissions=True)
	_note(voice, doc)
	return {"name": doc.name, "ticket": doc.ticket, "question": doc.question, "article": doc.article}


def _reason_wanted(way: str) -> str:
	return {
		ARTICLE: _("Say what the article should explain."),
		PROMISE: _("Say what you promise, as it can be told to them."),
		TRAINING: _("Say who should learn what."),
		PRAISE: _("Say to whom the praise was passed on."),
		NONE: _("Say why nothing will be done: the person and the host are told."),
	}[way]


def _ticket_for(doc, voice, ticket: str) -> str:
	from cx_desk.host.raising import raise_ticket
	from cx_desk.host.tickets import facts

	if ticket:
		if not facts([ticket]):
			frappe.throw(
				_("There is no ticket {0}. Leave it empty to raise one.").format(frappe.bold(ticket))
			)
		return ticket
	if doc.ticket or voice.ticket:
		return doc.ticket or voice.ticket
	address = voice.source_email or frappe.db.get_value(visits.VISIT, doc.visit, "host_email")
	address = address or frappe.db.get_value("User", doc.by, "email")
	return raise_ticket(
		voice.statement, address, _("Heard on the visit {0}, voice {1}.").format(doc.visit, voice.name)
	)


def _article_for(doc, voice, words: str) -> str | None:
	"""A draft in the knowledge base, once; the one who publishes it is seen to know the unit."""
	if doc.article:
		return doc.article
	category = frappe.db.get_value("CX Business Unit", voice.unit, "article_category") if voice.unit else None
	return articles.draft(words, voice.statement, category)


def _promise(doc, voice, words: str) -> None:
	"""A promise made to who said it; the same point promises once."""
	voices.hear(
		voice_machine.PROMISE,
		words,
		unit=voice.unit,
		contact=voice.contact,
		source_email=voice.source_email,
		source_name=voice.source_name
		or frappe.db.get_value(visits.VISIT, doc.visit, "host_name")
		or doc.unit,
		driver=doc.driver,
		origin=f"point:{doc.name}:promise",
		needs_source_yes=True,
	)


def _note(voice, doc) -> None:
	"""The voice carries the category, takes the ticket, and its trail says which way it went."""
	voice.reload()
	voice.driver = doc.driver
	if doc.ticket and not voice.ticket:
		voice.ticket = doc.ticket
	parts = [_("Way: {0}").format(_(doc.way)), _("impact: {0}").format(_(doc.impact)), cstr(doc.way_reason)]
	voices.note_on(voice, ", ".join(part for part in parts if part))
	if voice.state == voice_machine.HEARD:
		# Whoever heard it keeps it; only who declines stands for that.
		voices.move(voice.name, voice_machine.OWNED, keep_owner=doc.way != NONE)
	if doc.way == NONE and frappe.db.get_value(voices.VOICE, voice.name, "state") == voice_machine.OWNED:
		voices.move(voice.name, voice_machine.DECLINED, decline_reason=doc.way_reason)


# Seen in 6 of 14 visits.


def seen_in_visits(since, until, units: Iterable[str] | None = None) -> tuple[int, list[dict]]:
	"""How many visits were held in a period, and for each category in how many of them it was seen or heard.

	With it, how many survey answers name the category (None for whoever reads none), so that what is seen in visits and
	not in surveys stands out, and the reverse. Counts of own records: they carry n and no interval. Reads what the
	signed-in person may read.
	"""
	period = [
		["starts_on", ">=", f"{getdate(since)} 00:00:00"],
		["starts_on", "<", f"{add_days(getdate(until), 1)} 00:00:00"],
	]
	filters = [["state", "in", machine.TOOK_PLACE], *period]
	if units is not None:
		filters.append(["unit", "in", list(units) or [""]])
	held = frappe.get_list(visits.VISIT, filters=filters, pluck="name", limit=0)
	seen: dict[str, set[str]] = {}
	for row in frappe.get_all(
		POINT, {"visit": ("in", held or [""]), "driver": ("is", "set")}, ["driver", "visit"]
	):
		seen.setdefault(row.driver, set()).add(row.visit)
	answers = reasons.named_in_answers(since, until, units) if reasons.may_be_read() else None
	drivers = frappe.get_all("CX Driver", {"disabled": 0}, pluck="name", order_by="name")
	rows = []
	for driver in sorted(
		{*drivers, *seen, *(answers or ())}, key=lambda name: (-len(seen.get(name, ())), name)
	):
		visited, asked = len(seen.get(driver, ())), None if answers is None else answers[driver]
		rows.append(
			{
				"driver": driver,
				"visits": visited,
				"of": len(held),
				"surveys": asked,
				"gap": _gap(visited, asked, len(held)),
			}
		)
	return len(held), rows


def _gap(visits_with: int, answers: int | None, held: int) -> str:
	if answers is None:
		return ""
	if visits_with and not answers:
		return _("Seen in visits, not in surveys")
	if answers and not visits_with and held:
		return _("In surveys, not seen in visits")
	return ""
