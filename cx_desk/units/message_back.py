"""The message back: one mail to the person with what became of their word, and a link to say whether it is settled.

Only the hash of a link's token is stored. The mail references the CX Voice, so that an answer by mail reaches it and
never reopens the ticket; it does not repeat what the person said, the page behind the link does.
"""

import hashlib
import secrets

import frappe
from frappe import _
from frappe.utils import cstr, escape_html

from cx_desk.core import voice as machine
from cx_desk.host.addresses import site_url
from cx_desk.units.language import speaking

VOICE = "CX Voice"
TEMPLATE = "cx_voice_told"


def hash_of(token: str) -> str:
	"""What is stored of a token."""
	return hashlib.sha256(token.encode()).hexdigest()


def find(token: str | None) -> str | None:
	"""The voice to which a link leads: the newest one and the one before are good."""
	token = cstr(token)
	if not 20 <= len(token) <= 100:
		return None
	digest = hash_of(token)
	return frappe.db.get_value(VOICE, {"token_hash": digest}) or frappe.db.get_value(
		VOICE, {"earlier_token_hash": digest}
	)


def send(doc) -> None:
	"""Queue the message back of a voice that was just told, and store the new link's hash."""
	from cx_desk.host import mail as host_mail

	token = secrets.token_urlsafe(32)
	with language_of(doc):
		message = host_mail.Mail(
			recipient=doc.source_email,
			subject=subject(doc),
			html=render(doc, token, "html"),
			text=render(doc, token, "txt"),
			reference_doctype=VOICE,
			reference_name=doc.name,
			account=frappe.get_cached_doc("CX Settings").email_account or None,
			in_reply_to=doc.message_id or "",
		)
	try:
		queued = host_mail.queue_bulk([message])[0]
	except frappe.OutgoingEmailError:
		frappe.throw(
			_(
				"The message was not sent, because no outgoing mail account works. See cx-doctor, or tell them "
				"yourself and choose “I told them myself”."
			),
			title=_("Not sent"),
		)
	if queued is None:
		frappe.throw(
			_(
				"{0} wants no mail from this site or the address is not valid. Tell them yourself and choose "
				"“I told them myself”."
			).format(frappe.bold(escape_html(doc.source_email))),
			title=_("Not sent"),
		)
	frappe.db.set_value(
		VOICE,
		doc.name,
		{
			"token_hash": hash_of(token),
			"earlier_token_hash": doc.token_hash,
			"message_id": queued.message_id,
		},
		update_modified=False,
	)
	doc.token_hash, doc.earlier_token_hash = hash_of(token), doc.token_hash
	_keep_for_threading(doc, message, queued.message_id)


def _keep_for_threading(doc, message, message_id: str) -> None:
	"""A Communication with the mail's own id: the host empties its queue after 30 days, an answer may come later.

	It holds the text of the owner, without the links.
	"""
	paragraphs = [escape_html(part) for part in cstr(doc.message_back).split("\n")]
	communication = frappe.new_doc("Communication")
	communication.update(
		{
			"communication_type": "Automated Message",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"status": "Linked",
			"subject": message.subject,
			"content": "<br>".join(paragraphs),
			"recipients": message.recipient,
			"message_id": message_id,
			"email_account": message.account,
			"reference_doctype": VOICE,
			"reference_name": doc.name,
		}
	)
	# allowed: the record of a mail that was just queued
	communication.insert(ignore_permissions=True)


def subject(doc) -> str:
	"""The subject of the message back: what it is about, never the person's words."""
	if doc.state == machine.DECLINED or doc.decline_reason:
		return _("Your word to {0}: our answer").format(brand().name)
	return _("Your word to {0}: what we did").format(brand().name)


def render(doc, token: str, form: str) -> str:
	"""The message as HTML ("html") or plain text ("txt"), in the language that is set."""
	link = site_url(f"/cx/v/{token}")
	settings = brand()
	context = {
		"brand": settings,
		"logo": site_url(settings.logo) if settings.logo else "",
		"message": cstr(doc.message_back).strip(),
		"paragraphs": [part for part in cstr(doc.message_back).strip().split("\n") if part.strip()],
		"yes_link": f"{link}?s=yes",
		"no_link": f"{link}?s=no",
		"link": link,
		"ticket": doc.ticket,
		"sample_data": settings.sample_data,
	}
	return frappe.get_template(f"templates/emails/{TEMPLATE}.{form}").render(context)


def brand() -> frappe._dict:
	"""Name, colour and logo of the desk for mails and pages, with what is not set filled in."""
	settings = frappe.get_cached_doc("CX Settings")
	return frappe._dict(
		name=settings.brand_name or _("Service Desk"),
		color=readable_color(settings.brand_color),
		logo=settings.brand_logo
		if cstr(settings.brand_logo).startswith(("/files/", "/assets/", "https://"))
		else "",
		sample_data=settings.sample_data or "",
		reader_note=settings.reader_note or "",
		privacy_note=settings.privacy_note or "",
	)


def readable_color(value: str | None) -> str:
	"""A colour as #rrggbb, the default where it is none."""
	value = cstr(value).strip().lower()
	if len(value) == 7 and value[0] == "#" and all(char in "0123456789abcdef" for char in value[1:]):
		return value
	return "#1f5f8b"


def language(doc) -> str:
	"""The person's language: their user's, else their unit's, else the site's."""
	user = frappe.db.get_value("Contact", doc.contact, "user") if doc.contact else None
	own = (
		frappe.db.get_value("User", user or doc.source_email, "language")
		if user or doc.source_email
		else None
	)
	unit = frappe.db.get_value("CX Business Unit", doc.unit, "language") if doc.unit else None
	return own or unit or frappe.db.get_single_value("System Settings", "language") or "en"


def language_of(doc):
	"""Texts in the person's language for the length of the block."""
	return speaking(language(doc))
