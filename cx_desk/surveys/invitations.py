"""Invitations as mails: tokens, languages, texts, and the ledger's values for what was queued."""

import secrets
from contextlib import contextmanager
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import format_date, now_datetime

from cx_desk.core import ledger, survey_policy, survey_texts
from cx_desk.core.languages import direction
from cx_desk.host import mail, names, tickets
from cx_desk.host.addresses import site_url
from cx_desk.surveys import anonymous, people, privacy, question_view, versions
from cx_desk.units import liaison_card


@contextmanager
def speaking(language: str):
	"""Texts within are in that language."""
	before = frappe.local.lang
	frappe.local.lang = language
	try:
		yield
	finally:
		frappe.local.lang = before


def new_token() -> tuple[str, str]:
	"""A link's token, and the hash of it that may be kept."""
	token = secrets.token_urlsafe(24)
	return token, ledger.token_hash(token)


def answer_url(token: str) -> str:
	return site_url(f"/cx/a/{token}")


def unsubscribe_url(token: str) -> str:
	return site_url(f"/cx/u/{token}")


def send(
	rows: list[frappe._dict], now, wave: int = 0, known: dict[str, frappe._dict] | None = None
) -> dict[str, dict]:
	"""Queue one mail per ledger row; the ledger's new values by row name, without those the host refused.

	known: facts of the people by address, where the caller has them. wave: 0 for the invitation, 1 for the reminder, which has a token of its own and opens the same answer.
	"""
	if not rows:
		return {}
	if known is None:
		known = people.facts_by_address({row.recipient for row in rows}, now)
	units, cards = _unit_languages(), liaison_card.cards_of({row.unit for row in rows})
	subjects = {name: fact.subject for name, fact in tickets.facts(_ticket_names(rows)).items()}
	writer, mails, prepared = Writer(wave), [], []
	rows = [(row, row.survey_version or writer.version_of(row.survey)) for row in rows]
	secret = {version for version in {version for _row, version in rows} if anonymous.is_anonymous(version)}
	codes = anonymous.codes_for([(row, version) for row, version in rows if version in secret], wave)
	for row, version in rows:
		if version in secret and not row.is_test and row.name not in codes:
			continue
		person = known.get(row.recipient) or frappe._dict()
		language = row.language or survey_policy.pick_language(
			(person.language, units.get(row.unit), frappe.db.get_default("lang")),
			survey_texts.languages(versions.load(version)),
		)
		token, hashed = new_token()
		mails.append(
			writer.mail(
				row,
				version,
				language,
				token,
				subjects.get(row.event_name, ""),
				cards.get(row.unit),
				codes.get(row.name, ""),
			)
		)
		prepared.append((row, version, language, hashed, person.contact))
	usual_days = frappe.get_cached_doc("CX Settings").expiry_days or 14
	sent = {}
	for (row, version, language, hashed, contact), queued in zip(
		prepared, mail.queue_bulk(mails), strict=True
	):
		if queued is None:
			continue
		sent[row.name] = {
			"status": ledger.QUEUED,
			"survey_version": version,
			"language": language,
			"email_queue": queued.name,
			"message_id": queued.message_id,
			"wave": wave,
			"reminder_token_hash" if wave else "token_hash": hashed,
		}
		if wave:
			# Budgets count reminders too.
			sent[row.name]["reminded_at"] = now
		else:
			sent[row.name] |= {
				"decided_at": now,
				"queued_at": now,
				"expires_at": anonymous.expires_at(row, version)
				if row.name in codes
				else now + timedelta(days=versions.load(version).get("expiry_days") or usual_days),
				"contact": row.contact or contact,
				"reason": None,
			}
		if row.name in codes:
			sealed = not wave and versions.load(version).get("reminder")
			sent[row.name]["sealed_code"] = anonymous.seal(codes[row.name]) if sealed else None
	return sent


def _ticket_names(rows) -> list[str]:
	return [row.event_name for row in rows if row.event_doctype == names.TICKET]


def _unit_languages() -> dict[str, str]:
	return dict(
		frappe.get_all(
			"CX Business Unit", filters={"language": ["is", "set"]}, fields=["name", "language"], as_list=True
		)
	)


class Writer:
	"""Renders each text once per version, language and kind; what differs from mail to mail are slots."""

	def __init__(self, wave: int = 0):
		self.wave = wave
		self.settings = frappe.get_cached_doc("CX Settings")
		self.versions: dict[str, str] = {}
		self.texts: dict[tuple, tuple[str, str, str]] = {}

	def version_of(self, survey: str) -> str:
		if survey not in self.versions:
			self.versions[survey] = versions.current(survey)
		return self.versions[survey]

	def mail(
		self,
		row,
		version: str,
		language: str,
		token: str,
		ticket_subject: str,
		card: frappe._dict | None,
		code: str = "",
	) -> mail.Mail:
		about = row.event_doctype == names.TICKET and bool(ticket_subject)
		face = _face(card)
		key = (version, language, about, bool(row.is_test), face)
		if key not in self.texts:
			self.texts[key] = self.render(versions.load(version), language, about, bool(row.is_test), face)
		subject, html, text = self.texts[key]
		return mail.Mail(
			recipient=row.recipient,
			subject=subject,
			html=html,
			text=text,
			reference_doctype="CX Survey Invitation",
			reference_name=row.name,
			values={
				"token": token,
				"code": anonymous.link(code, language),
				"closes": format_date(anonymous.expires_at(row, version)) if code else "",
				"ticket": ticket_subject,
				"number": str(row.event_name or ""),
				**_card_values(card),
			},
			unsubscribe_url=unsubscribe_url(token),
			account=self.settings.email_account or None,
		)

	def render(
		self, version: dict, language: str, about_ticket: bool, test: bool, face: str = ""
	) -> tuple[str, str, str]:
		"""Subject, HTML and plain text of one version in one language, with slots. face: what `_face` says."""
		context = mail_context(version, language, self.settings, about_ticket, self.wave, test)
		context["card"] = _card_slots(face)
		with speaking(language):
			html = frappe.render_template("cx_desk/templates/emails/cx_invitation.html", context)
			text = frappe.render_template("cx_desk/templates/emails/cx_invitation.txt", context)
			subject = survey_texts.translated(version, version["subject"], language).replace(
				"{ticket}", mail.slot("ticket") if about_ticket else ""
			)
			if self.wave:
				subject = _("Reminder: {0}").format(subject)
			if test:
				subject = _("[Test] {0}").format(subject)
		return subject, html, text


# A mail has the card of its unit's liaison in slots, so that mails to many units share one build.
NO_CARD, INITIALS, PICTURE = "", "initials", "picture"


def _face(card: frappe._dict | None) -> str:
	if not card:
		return NO_CARD
	return PICTURE if card.image else INITIALS


def _card_slots(face: str) -> dict | None:
	if face == NO_CARD:
		return None
	return {
		"name": mail.slot("liaison"),
		"initials": mail.slot("initials"),
		"email": mail.slot("liaisonmail"),
		"phone": "",
		"reach": mail.slot("reach"),
		"image": site_url("/") + mail.slot("picture") if face == PICTURE else "",
	}


def _card_values(card: frappe._dict | None) -> dict[str, str]:
	if not card:
		return {}
	return {
		"liaison": card.name,
		"initials": card.initials,
		"liaisonmail": card.email,
		"reach": f", {card.phone}" if card.phone else "",
		"picture": card.image.removeprefix(site_url("/")),
	}


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


READ_BY_LIAISON = N_("Read by the liaison of your business unit and the management of the service desk.")


def reader_note(version: dict, settings) -> str:
	"""Who reads the answer, to be translated: what CX Settings says is about a request, other surveys go to the liaison."""
	if not settings.reader_note:
		return ""
	return settings.reader_note if version.get("kind") == "Ticket" else READ_BY_LIAISON


def mail_context(
	version: dict, language: str, settings, about_ticket: bool, wave: int = 0, test: bool = False
) -> dict:
	"""What both forms of the mail show."""
	secret = anonymous.is_anonymous(version) and not test
	question = versions.main_question(version)
	context = {
		"brand": settings.brand_name or "Service Desk",
		"color": settings.brand_color or "#1f5f8b",
		"logo": site_url(settings.brand_logo) if settings.brand_logo else "",
		"sample": settings.sample_data or "",
		# Nobody reads an anonymous answer as this person's.
		"reader_note": "" if secret else reader_note(version, settings),
		"intro": survey_texts.translated(version, version["intro"], language),
		"url": site_url(f"/cx/n/{mail.slot('code')}") if secret else answer_url(mail.slot("token")),
		"unsubscribe": unsubscribe_url(mail.slot("token")),
		"ticket": mail.slot("ticket") if about_ticket else "",
		"number": mail.slot("number"),
		"confidential": version.get("privacy") == privacy.CONFIDENTIAL,
		"anonymous": anonymous.is_anonymous(version),
		"closes": mail.slot("closes") if secret else "",
		"question": "",
		"choices": [],
		"reminder": bool(wave),
		"days": version.get("expiry_days") or settings.expiry_days or 14,
		"language": language,
		"direction": direction(language),
	}
	if question:
		with speaking(language):
			context["question"] = survey_texts.translated(version, question["question"], language)
			# A link for each rating would write the rating beside the code into the web server's log.
			context["choices"] = [] if secret else question_view.scale_choices(version, question, language)
	return context


def invite_by_hand(
	survey: str, event: dict, *, test: bool = False, asked_by: str | None = None, slot: int = 0
) -> str:
	"""A ledger row for a question asked by hand; the deciding job does the rest. The row's name.

	event: the fields of the event as `ledger.event_fields` gives them, recipient among them.
	"""
	from cx_desk.surveys import ledger as writer

	unique = f"{ledger.BY_HAND} {secrets.token_hex(8)}"
	now = now_datetime()
	name = ledger.row_name(
		event["event_doctype"], event["event_name"], event.get("occurrence", 0), unique, slot
	)
	writer.insert(
		[
			{
				**event,
				"name": name,
				"survey": survey,
				"trigger": ledger.BY_HAND,
				"slot": slot,
				"is_test": int(test),
				"asked_by": asked_by or frappe.session.user,
				"event_at": now,
				"due_at": now,
			}
		]
	)
	return name
