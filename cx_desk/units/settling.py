"""What a person does with the link of a message back: say that it is settled, or that it is not and why."""

import hashlib
import hmac
from dataclasses import dataclass

import frappe
from frappe import _

from cx_desk.core import machine as machines
from cx_desk.core import voice as machine
from cx_desk.units import message_back, voices

YES, NO = "yes", "no"
# One sentence or a few; more is cut, nothing is refused.
LONGEST_WORD = 2000
# The page recalls what was said; nobody needs all of a long letter back.
LONGEST_QUOTE = 600


@dataclass(frozen=True)
class Page:
	"""What the page shows: view is unknown, busy, ask, settled, again or working."""

	view: str
	said: str = ""
	told: str = ""
	preselected: str = ""
	ticket: str = ""
	unit: str = ""


def look(token: str | None, wish: str | None = None) -> Page:
	"""What a link shows. Changes nothing."""
	name = message_back.find(token)
	if not name:
		return Page("unknown")
	doc = frappe.get_doc("CX Voice", name)
	return _page(doc, wish)


def answer(token: str | None, word: str | None, sentence: str | None) -> Page:
	"""Take the person's yes or no. Twice the same changes nothing; words are kept whatever the state."""
	name = message_back.find(token)
	if not name:
		return Page("unknown")
	sentence = voices.shorten(sentence)[:LONGEST_WORD]
	doc = frappe.get_doc("CX Voice", name, for_update=True)
	if word == YES and doc.state == machine.TOLD:
		voices.move(name, machine.SETTLED, by=machine.PERSON, key="yes", note=sentence or None)
	elif word == NO and doc.state in (machine.TOLD, machine.SETTLED) and _may_contest(doc):
		voices.move(name, machine.CONTESTED, by=machine.PERSON, key="no", note=sentence or None)
	elif word in (YES, NO) and sentence and not _said_already(doc, sentence):
		_more_words(doc, sentence)
	elif word not in (YES, NO):
		return _page(doc, None)
	return _page(frappe.get_doc("CX Voice", name), word)


def _may_contest(doc) -> bool:
	return doc.state == machine.TOLD or doc.settled_by == machine.BY_DESK


def _said_already(doc, sentence: str) -> bool:
	return any((step.note or "").strip() == sentence for step in doc.steps)


def _more_words(doc, sentence: str) -> None:
	"""More words while the desk is at it belong to the trail; after the person's own yes they are a new voice."""
	if doc.state in machine.OUR_TURN:
		voices.note_on(doc, sentence, by=machine.PERSON)
		return
	if doc.confidential:
		# The new voice says that there are words; the words stay in the trail of the one they belong to.
		voices.note_on(doc, sentence, by=machine.PERSON)
	voices.hear(
		machine.REPLY,
		sentence,
		unit=doc.unit,
		ticket=doc.ticket,
		contact=doc.contact,
		source_email=doc.source_email,
		source_name=doc.source_name,
		responsible=doc.responsible,
		confidential=bool(doc.confidential),
		origin=f"word:{doc.name}:{message_back.hash_of(sentence)[:16]}",
	)


def _page(doc, wish: str | None) -> Page:
	if doc.state == machine.TOLD:
		view = "ask"
	elif doc.state == machine.SETTLED:
		view = "settled" if doc.settled_by == machine.BY_PERSON else "ask"
	elif doc.state == machine.CONTESTED:
		view = "again"
	else:
		view = "working"
	said = _short(doc.statement) if not doc.confidential else _("Your answer to our confidential survey.")
	return Page(
		view,
		said,
		doc.message_back or "",
		wish if wish in (YES, NO) else "",
		doc.ticket or "",
		doc.unit or "",
	)


def _short(text: str) -> str:
	return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rstrip() + "…"


def stamp(token: str, now: float) -> str:
	"""When the form was shown, signed with the link itself: a program that never saw the page has none."""
	moment = str(int(now * 10))
	return f"{moment}.{_signature(token, moment)}"


def is_machine(token: str, given: str | None, trap: str | None, agent: str, now: float) -> bool:
	"""Whether a post shows no person: no page before it, faster than one reads, or the hidden field filled in.

	A person who is doubted sees the page once more and presses again; nothing is lost.
	"""
	moment, _dot, signature = (given or "").partition(".")
	seconds = None
	if moment.isdecimal() and hmac.compare_digest(signature, _signature(token, moment)):
		seconds = now - int(moment) / 10
	evidence = machines.Evidence(seconds=seconds, trap_filled=bool(trap), agent=agent)
	return machines.judge(evidence)[0] != machines.PERSON


def _signature(token: str, moment: str) -> str:
	return hmac.new(token.encode(), moment.encode(), hashlib.sha256).hexdigest()[:32]
