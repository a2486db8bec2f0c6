"""Calendar invitations to a planned conversation; the organiser is the unit's liaison, else who planned it."""

import frappe
from frappe import _
from frappe.utils import cstr

from cx_desk.core import conversation as machine
from cx_desk.units import cover
from cx_desk.units.calendar_mail import CalendarMail


class ConversationInvitation(CalendarMail):
	doctype = "CX Conversation"
	planned, cancelled = machine.PLANNED, machine.CANCELLED

	def organizers(self):
		return cover.liaison_of(self.doc.unit).liaison, self.doc.owner, frappe.session.user

	def guests(self):
		doc = self.doc
		if doc.contact:
			yield frappe.db.get_value("Contact", doc.contact, "email_id"), doc.who
		for row in doc.people or []:
			yield row.email, row.person_name

	def subject(self) -> str:
		doc = self.doc
		return _("{0} with {1}").format(_(doc.type), doc.unit) if doc.type else cstr(doc.unit)

	def place(self) -> str:
		return cstr(self.doc.location).strip()

	def about(self) -> tuple[str, str]:
		return cstr(self.doc.agenda).strip(), _("Agenda")

	def words(self) -> dict[str, str]:
		return {
			"not_planned": _("Only a planned conversation has an invitation."),
			"nobody": _(
				"Nobody can be invited: choose a contact with a mail address, or add people with one below."
			),
			"no_organizer": _(
				"The unit's liaison has no mail address, so nobody could answer the invitation."
			),
			"opening": _("you are invited to a conversation on {0}."),
			"cancelled": _("our conversation of {0} is cancelled."),
		}
