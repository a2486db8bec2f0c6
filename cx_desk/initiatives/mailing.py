"""Mails of an initiative to people of the business: plain words, a link to their page, answered by a person."""

import frappe
from frappe import _
from frappe.utils import cstr

from cx_desk.host import error_log
from cx_desk.host import mail as host_mail
from cx_desk.host.addresses import site_url
from cx_desk.initiatives import people
from cx_desk.units import message_back
from cx_desk.units.language import languages_of, speaking

TEMPLATE = "cx_initiative"


def send(
	initiative,
	recipient: str,
	subject: str,
	text: str,
	*,
	reference: tuple[str, str] | None = None,
	button: str = "",
	in_reply_to: str = "",
	must: bool = True,
) -> host_mail.Queued | None:
	"""Queue one mail to somebody who stands on the initiative; None where the address wants no mail.

	reference: the record that an answer by mail reaches, else the initiative itself. must: frappe's ValidationError where
	no outgoing account works; otherwise that is logged, and what the mail tells of goes on.
	"""
	with language_of(recipient, initiative.unit):
		# A supplier or an auditor has no page: they answer the mail.
		link = (
			people.link_for(initiative.name, recipient)
			if people.stands_on(initiative.name, recipient)
			else ""
		)
		# The queue's layout wants texts without slots to be one text per mail: few mails, no need to share.
		mail = host_mail.Mail(
			recipient=recipient,
			subject=subject,
			html=render(initiative, text, link, button, "html"),
			text=render(initiative, text, link, button, "txt"),
			reference_doctype=reference[0] if reference else people.INITIATIVE,
			reference_name=reference[1] if reference else initiative.name,
			account=frappe.get_cached_doc("CX Settings").email_account or None,
			in_reply_to=in_reply_to,
		)
	try:
		queued = host_mail.queue_bulk([mail])[0]
	except frappe.OutgoingEmailError:
		if not must:
			error_log.log(
				"CX Desk: no outgoing mail account",
				reference_doctype=people.INITIATIVE,
				reference_name=initiative.name,
			)
			return None
		frappe.throw(
			_("The mail to {0} was not sent, because no outgoing mail account works. See cx-doctor.").format(
				frappe.bold(recipient)
			),
			title=_("Not sent"),
		)
	return queued


def render(initiative, text: str, link: str, button: str, form: str) -> str:
	"""A mail as HTML ("html") or plain text ("txt"), in the language that is set; without a link it has no button."""
	brand = message_back.brand()
	context = {
		"brand": brand,
		"logo": site_url(brand.logo) if brand.logo else "",
		"title": initiative.title,
		"message": cstr(text).strip(),
		"paragraphs": [part for part in cstr(text).strip().split("\n") if part.strip()],
		"link": link,
		"button": button or _("Where it stands"),
		"lead": frappe.utils.get_fullname(initiative.lead) if initiative.lead else "",
		"sample_data": brand.sample_data,
	}
	return frappe.get_template(f"templates/emails/{TEMPLATE}.{form}").render(context)


def language_of(email: str, unit: str | None):
	"""Texts in the person's language for the length of a block."""
	return speaking(languages_of([email], unit)[email])
