"""Who hears of a step: the person who asked by mail, the desk's own people by a notification of the host."""

import frappe
from frappe import _
from frappe.utils import format_date

from cx_desk.core import initiative as machine
from cx_desk.initiatives import mailing, people, templates
from cx_desk.units import cover

INITIATIVE = people.INITIATIVE


def tell_requester(doc, step: str, message: str | None, reason: str | None) -> None:
	"""Every move is news to the person who asked; a message of a human goes as it was written."""
	with mailing.language_of(doc.requester_email, doc.unit):
		if step == machine.SUBMIT:
			text = _(
				"Thank you, it has arrived. Somebody of us will answer you; until then you find it here."
			)
			subject = _("It has arrived: {0}").format(doc.title)
		elif message:
			subject = _("Our answer: {0}").format(doc.title)
			text = message
			if doc.review_date and doc.stage in (machine.DECLINED, machine.DEFERRED):
				text += "\n\n" + _("We will look at it again on {0}.").format(format_date(doc.review_date))
		else:
			subject = _("{0}: {1}").format(doc.title, templates.label_of(doc, doc.stage))
			text = _("It has come to: {0}.").format(templates.label_of(doc, doc.stage))
			if reason:
				text += "\n\n" + reason
	# What a person wrote must reach the other one; a mail that only tells of the stage holds nothing up.
	mailing.send(doc, doc.requester_email, subject, text, must=bool(message))


def tell_desk(doc) -> None:
	"""A request came: the unit's liaison and the desk manager know at once, without a mail."""
	near = cover.liaison_of(doc.unit) if doc.unit else frappe._dict()
	users = {doc.lead, near.get("liaison"), frappe.get_cached_doc("CX Settings").desk_manager} - {
		None,
		"",
		frappe.session.user,
	}
	for user in sorted(users):
		notify(
			doc, user, _("A request from the business: {0}. The first answer is awaited.").format(doc.title)
		)


def tell_lead(doc, subject: str) -> None:
	"""Somebody of the business did something on their page: the lead knows at once, else the desk manager."""
	notify(doc, doc.lead or frappe.get_cached_doc("CX Settings").desk_manager, subject)


def notify(doc, user: str, subject: str) -> None:
	"""A notification of the host; the initiative opens from it."""
	if not user or not frappe.db.get_value("User", user, "enabled"):
		return
	notification = frappe.new_doc("Notification Log")
	notification.update(
		{
			"for_user": user,
			"from_user": None if frappe.session.user == "Guest" else frappe.session.user,
			"type": "Alert",
			"document_type": INITIATIVE,
			"document_name": doc.name,
			"subject": frappe.utils.escape_html(subject),
		}
	)
	# allowed: the host makes its notifications the same way
	notification.insert(ignore_permissions=True)
