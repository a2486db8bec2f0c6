"""All open questions of one person on one page: reached by any of their links, or signed in to the portal.

A link proves its person, whichever of their questions it was made for; the others are opened by the name of their
ledger row together with the person's key, so that no link of anybody else is ever made or guessed.
"""

from dataclasses import dataclass

import frappe
from frappe.utils import format_date, now_datetime

from cx_desk.core import ledger, survey_texts
from cx_desk.host import names, tickets
from cx_desk.host.statements import bound, prepared
from cx_desk.surveys import answering, decide, privacy, versions

# So many are shown, the oldest first; the next ones move up as they are answered.
MOST = 8
MAIL, PORTAL = "Mail", "Portal"
# The view of the page that shows them all.
LIST = "list"


@dataclass(frozen=True)
class Person:
	"""Who asks for their questions. key: core.ledger.address_key. base: the page's address for this person."""

	key: str
	channel: str
	base: str


def by_link(token: str) -> Person | None:
	"""The person of a link that is still open; None for any other, whatever is wrong with it."""
	row = answering._find(token)
	if row is None or row.is_test or not row.respondent_key:
		return None
	if row.status not in ledger.OPEN or not row.expires_at or row.expires_at < now_datetime():
		return None
	return Person(row.respondent_key, MAIL, f"/cx/m/{token}")


def by_answer(page: answering.Page, token: str) -> Person | None:
	"""The person whose answer a link has just taken, and of whom more is asked; the link is not looked up again."""
	asked = page.view == answering.THANKS and page.person and page.more
	return Person(page.person, MAIL, f"/cx/m/{token}") if asked else None


def by_session(user: str) -> Person | None:
	"""The signed-in person; None for a guest or a user without a mail address."""
	if user == "Guest":
		return None
	address = frappe.db.get_value("User", user, "email")
	return Person(ledger.address_key(address), PORTAL, "/cx/mine") if address else None


def open_questions(person: Person, without: str = "") -> list[dict]:
	"""What this person is asked and has not answered, the oldest first: name, title, about, asked, closes, url.

	Anonymous surveys are not among them: nobody knows who has answered those.
	"""
	rows = [row for row in _rows(person.key) if row.name != without]
	facts = tickets.facts([row.event_name for row in rows if row.event_doctype == names.TICKET])
	shown = []
	for row in rows:
		if len(shown) == MOST:
			break
		version = versions.load(row.survey_version)
		about = facts.get(row.event_name) if row.event_doctype == names.TICKET else None
		if version.get("privacy") == privacy.ANONYMOUS or not _holds(row, about):
			continue
		shown.append(
			{
				"name": row.name,
				"title": _title(version),
				"about": about.subject if about else "",
				"number": row.event_name if about else "",
				"asked": format_date(row.queued_at),
				"closes": format_date(row.expires_at),
				"url": f"{person.base}?q={row.name}",
			}
		)
	return shown


def _holds(row: frappe._dict, ticket) -> bool:
	"""Whether a ticket still stands as it was asked about; the page looks again when the question is opened."""
	if row.event_doctype != names.TICKET:
		return True
	return (
		bool(ticket)
		and decide.is_still_resolved(ticket, row.occurrence, row.event_key)
		and not ticket.is_merged
	)


_ROW_FIELDS = (
	"name",
	"survey_version",
	"event_doctype",
	"event_name",
	"event_key",
	"occurrence",
	"queued_at",
	"expires_at",
)


def _rows(key: str) -> list[frappe._dict]:
	return _read_open(key=key, now=now_datetime()) if key else []


@prepared
def _read_open():
	row = frappe.qb.DocType(answering.INVITATION)
	return (
		frappe.qb.from_(row)
		.select(*(row[field] for field in _ROW_FIELDS))
		.where(answering.asks(row, bound("key")))
		.orderby(row.queued_at)
		.orderby(row.name)
		.limit(MOST + 4)
	)


def _title(version: dict) -> str:
	"""The subject of the mail without the place for the ticket, in the reader's language."""
	text = survey_texts.translated(version, version.get("subject", ""), frappe.local.lang or "en")
	return " ".join(text.replace("{ticket}", " ").split()).rstrip(" :-–—,")


def question_about(person: Person, ticket: str) -> str:
	"""The name of this person's open question about a ticket; empty where there is none."""
	found = [row for row in open_questions(person) if row["number"] == ticket]
	return found[0]["name"] if found else ""


def claim(person: Person, name: str) -> answering.Claim:
	"""What opens one of this person's questions by its name."""
	return answering.Claim(name, person.key)
