"""Mails that arrive: the host drops every header once it made a Communication, so machines are told apart before that.

An automatic answer to a record of ours is stored as what it is, the host's "Automated Message": it stays in the
record, and nobody takes it for words of a person. Mails to tickets and to other apps are left as the host has them.
The host has no hook between the raw mail and the Communication; its own way from the one to the other,
`InboundMail.as_dict`, is therefore wrapped once in every process that is about to fetch mail.
"""

import frappe

from cx_desk.core.automatic_mail import why_automatic

AUTOMATED = "Automated Message"
MODULE = "CX Desk"
_FETCHES = "email_account"


def before_job(method: str | None = None) -> None:
	"""Hook: a worker is about to run a job; most do not fetch mail."""
	if method and _FETCHES in method:
		listen()


def before_request() -> None:
	"""Hook: a request comes in; the button on an Email Account fetches mail in the request."""
	request = getattr(frappe.local, "request", None)
	if request and _FETCHES in request.path:
		listen()


def listen() -> None:
	"""Wrap the host's reading of a mail, once per process."""
	from frappe.email.receive import InboundMail

	plain = InboundMail.as_dict
	if getattr(plain, "cx_listens", False):
		return

	def as_dict(self) -> dict:
		found = plain(self)
		claim(self)
		return mark(self, found)

	as_dict.cx_listens = True
	InboundMail.as_dict = as_dict


def mark(mail, values: dict) -> dict:
	"""The values of the Communication to be, marked where a machine answered a record of ours."""
	if why_automatic(mail.mail.items()) and _is_ours(mail.reference_document()):
		values["communication_type"] = AUTOMATED
	return values


def claim(mail) -> None:
	"""Give a mail to the record that one of our areas says it is about, before the host makes a ticket of it.

	Hook `cx_incoming_mail`: functions that take the raw mail (email.message.Message) and give doctype and name of a
	record, or None. A delivery report names no mail that it answers, so the host could not find its record.
	"""
	for path in frappe.get_hooks("cx_incoming_mail"):
		if found := frappe.get_attr(path)(mail.mail):
			mail._reference_document = frappe.get_doc(*found)
			return


def _is_ours(record) -> bool:
	return bool(record) and frappe.get_meta(record.doctype).module == MODULE
