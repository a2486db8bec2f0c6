"""The report to the host: sent with a link, corrected or agreed there, amended in versions that are all kept.

Only the hash of the link's token is stored. The host sees this visit's page and nothing else; no sign-in.
"""

import hashlib
import secrets
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import (
	add_days,
	cint,
	cstr,
	escape_html,
	get_fullname,
	getdate,
	now_datetime,
)

from cx_desk.core import visit as machine
from cx_desk.core import voice as voice_machine
from cx_desk.core.words import as_text
from cx_desk.host.addresses import site_url
from cx_desk.units import message_back, replies, voices

VISIT = "CX Visit"
TEMPLATE = "cx_visit_report"
LONGEST_WORD = 4000
SHARED, AMENDED, HOST_AGREED, HOST_CORRECTED = "Shared", "Amended", "The host agreed", "The host corrected"
AGREE, CORRECT = "agree", "correct"


def share(doc, *, by_mail: bool, note: str = "") -> None:
	"""Give the report to the host and open the days in which it can be corrected; the document is not saved here."""
	now = now_datetime()
	doc.shared_at = now
	doc.shared_to = doc.host_email if by_mail else note[:140]
	if by_mail:
		doc.correct_until = add_days(getdate(now), correction_days())
	_keep_version(doc, SHARED, note)
	if by_mail:
		_send(doc, amended=False)


def amend(visit: str, reason: str, report: str | None = None, what_next: str | None = None) -> frappe._dict:
	"""A new version of a shared report; the host gets it. ValidationError without a reason or a change.

	Permission is the caller's matter. The versions before stay readable.
	"""
	doc = frappe.get_doc(VISIT, visit, for_update=True)
	if doc.state not in (machine.SHARED, machine.CLOSED):
		frappe.throw(_("The report was not shared yet: change it in the form."))
	if not cstr(reason).strip():
		frappe.throw(_("Say what you change and why: the host reads it."))
	changed = {
		name: value
		for name, value in (("report", report), ("what_next", what_next))
		if value is not None and cstr(value).strip() != cstr(doc.get(name)).strip()
	}
	if not changed and doc.host_word != machine.CORRECTED:
		frappe.throw(_("Nothing was changed in the report."))
	if not cstr(changed.get("report", doc.report)).strip():
		frappe.throw(_("A report cannot be taken back: write what is right instead."))
	doc.flags.cx_move = "amend"
	doc.update(changed)
	if doc.host_word:
		# Their word was on the version before: this one they have not seen.
		doc.host_word = machine.ANSWERED
	_keep_version(doc, AMENDED, cstr(reason).strip())
	if doc.host_email and doc.token_hash:
		if doc.state == machine.SHARED:
			doc.correct_until = add_days(getdate(), correction_days())
		_send(doc, amended=True, reason=cstr(reason).strip())
	doc.save()
	return frappe._dict(name=doc.name, version=version_of(doc))


def version_of(doc) -> int:
	"""The number of the version that the host has now."""
	return max((cint(row.number) for row in doc.versions if row.what in (SHARED, AMENDED)), default=0)


def correction_days() -> int:
	"""Days in which the host can correct a report."""
	return cint(frappe.get_cached_doc("CX Settings").get("visit_correction_days")) or machine.CORRECTION_DAYS


def _keep_version(doc, what: str, note: str, by: str | None = None) -> None:
	ours = what in (SHARED, AMENDED)
	doc.append(
		"versions",
		{
			"number": version_of(doc) + 1 if ours else version_of(doc),
			"at": now_datetime(),
			"by": by or get_fullname(frappe.session.user),
			"what": what,
			"note": note or None,
			"report": doc.report if ours else None,
			"what_next": doc.what_next if ours else None,
		},
	)


def _send(doc, *, amended: bool, reason: str = "") -> None:
	from cx_desk.host import mail as host_mail

	token = secrets.token_urlsafe(32)
	person = frappe._dict(contact=doc.host_contact, source_email=doc.host_email, unit=doc.unit)
	with message_back.language_of(person):
		title = _subject(doc, amended).format(doc.unit)
		message = host_mail.Mail(
			recipient=doc.host_email,
			subject=title,
			html=_render(doc, token, reason, "html"),
			text=_render(doc, token, reason, "txt"),
			reference_doctype=VISIT,
			reference_name=doc.name,
			account=frappe.get_cached_doc("CX Settings").email_account or None,
		)
	try:
		queued = host_mail.queue_bulk([message])[0]
	except frappe.OutgoingEmailError:
		frappe.throw(
			_(
				"The report was not sent, because no outgoing mail account works. See cx-doctor, or choose "
				"“I gave it to them myself”."
			),
			title=_("Not sent"),
		)
	if queued is None:
		frappe.throw(
			_(
				"{0} wants no mail from this site, or the address is not valid. Choose “I gave it to them myself”."
			).format(frappe.bold(escape_html(doc.host_email))),
			title=_("Not sent"),
		)
	doc.token_hash = message_back.hash_of(token)


def _subject(doc, amended: bool) -> str:
	if doc.direction == machine.THEY_TO_US:
		return _("Corrected: your visit to us") if amended else _("Your visit to us: what we heard")
	return _("Corrected: our visit to {0}") if amended else _("Our visit to {0}: what we saw and heard")


def _opening(doc) -> str:
	"""The first sentence of the mail: who thanks whom for what."""
	day = frappe.utils.format_date(doc.starts_on)
	people = ", ".join(row.person_name for row in doc.people if row.side == "Desk" and not row.stayed_away)
	if doc.direction == machine.THEY_TO_US:
		return _("thank you for coming on {0}. This is what {1} heard. Did we get it right?").format(
			day, people
		)
	return _(
		"thank you for the visit to {0} on {1}. This is what {2} saw and heard. Did we get it right?"
	).format(doc.unit, day, people)


def _render(doc, token: str, reason: str, form: str) -> str:
	brand = message_back.brand()
	link = site_url(f"/cx/h/{token}")
	context = {
		"brand": brand,
		"logo": site_url(brand.logo) if brand.logo else "",
		"sample_data": brand.sample_data,
		"host": doc.host_name,
		"opening": _("we have corrected our report: {0}").format(reason) if reason else _opening(doc),
		"aim": cstr(doc.aim).strip(),
		"report": cstr(doc.report).strip(),
		"what_next": cstr(doc.what_next).strip(),
		"until": frappe.utils.format_date(doc.correct_until) if doc.correct_until else "",
		"agree_link": f"{link}?s={AGREE}",
		"correct_link": f"{link}?s={CORRECT}",
	}
	return frappe.get_template(f"templates/emails/{TEMPLATE}.{form}").render(context)


@dataclass(frozen=True)
class Page:
	"""What the host's page shows: view is unknown, busy, ask, agreed, corrected or over."""

	view: str
	visit: object = None
	version: int = 0
	wish: str = ""


def find(token: str | None) -> str | None:
	"""The visit to which a host's link leads: the newest link is good."""
	token = cstr(token)
	if not 20 <= len(token) <= 100:
		return None
	return frappe.db.get_value(VISIT, {"token_hash": message_back.hash_of(token)})


def look(token: str | None, wish: str | None = None) -> Page:
	"""What a host's link shows. Changes nothing."""
	name = find(token)
	return _page(frappe.get_doc(VISIT, name), wish) if name else Page("unknown")


def answer(token: str | None, word: str | None, sentence: str | None, knows_us: bool = False) -> Page:
	"""Take the host's word: the report is right, or what is wrong in it. Twice the same changes nothing."""
	name = find(token)
	if not name:
		return Page("unknown")
	doc = frappe.get_doc(VISIT, name, for_update=True)
	# Read in forms and lists of the Desk, which show HTML as such.
	sentence = as_text(cstr(sentence).replace("\x00", "").strip()[:LONGEST_WORD])
	if word == AGREE and doc.host_word != machine.AGREED:
		doc.host_word = machine.AGREED
		doc.knows_us = cint(doc.knows_us or knows_us)
		_host_says(doc, HOST_AGREED, sentence)
	elif word == CORRECT and sentence and not _said_already(doc, sentence):
		if doc.state == machine.CLOSED or getdate(doc.correct_until) < getdate():
			_heard_late(doc, sentence)
		else:
			doc.host_word = machine.CORRECTED
			_host_says(doc, HOST_CORRECTED, sentence)
	elif word == CORRECT and not sentence:
		return _page(doc, CORRECT)
	return _page(frappe.get_doc(VISIT, name), word)


def _host_says(doc, what: str, sentence: str) -> None:
	_keep_version(doc, what, sentence, by=doc.host_name or doc.host_email)
	doc.flags.cx_move = "host"
	# allowed: the host has no permission on the record, only the link to its page
	doc.save(ignore_permissions=True)
	if sentence and what == HOST_AGREED:
		_heard_late(doc, sentence)


def _heard_late(doc, sentence: str) -> None:
	"""Words beside or after the correction are a voice: they get an owner and an answer."""
	voices.hear(
		voice_machine.REPLY,
		sentence,
		unit=doc.unit,
		contact=doc.host_contact,
		source_email=doc.host_email,
		source_name=doc.host_name,
		origin=f"host:{doc.name}:{hashlib.sha256(sentence.encode()).hexdigest()[:16]}",
	)


def _said_already(doc, sentence: str) -> bool:
	return any(row.what == HOST_CORRECTED and cstr(row.note).strip() == sentence for row in doc.versions)


def _page(doc, wish: str | None) -> Page:
	if doc.host_word == machine.AGREED:
		view = "agreed"
	elif doc.host_word == machine.CORRECTED:
		view = "corrected"
	elif doc.state == machine.CLOSED or (doc.correct_until and getdate(doc.correct_until) < getdate()):
		view = "over"
	else:
		view = "ask"
	return Page(view, doc, version_of(doc), wish if wish in (AGREE, CORRECT) else "")


def hear_reply(doc, communication) -> None:
	"""Take a mail that answers a report or an invitation: a voice with an owner, once per mail.

	Called on every save of the mail.
	"""
	sender, text = replies.said_by_business(communication)
	if not text:
		return
	own = sender == cstr(doc.host_email).lower()
	voices.hear(
		voice_machine.REPLY,
		text,
		unit=doc.unit,
		contact=doc.host_contact if own else None,
		source_email=sender,
		source_name=doc.host_name if own else communication.sender_full_name,
		origin=f"mail:{communication.name}",
	)
