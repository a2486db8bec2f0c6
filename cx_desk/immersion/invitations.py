"""Calendar invitations to a planned visit; the organiser is the unit's liaison or the first visitor."""

from frappe import _
from frappe.utils import cstr

from cx_desk.core import visit as machine
from cx_desk.units import cover
from cx_desk.units.calendar_mail import CalendarMail


class VisitInvitation(CalendarMail):
	doctype = "CX Visit"
	planned, cancelled = machine.PLANNED, machine.CANCELLED

	def organizers(self):
		doc = self.doc
		return (
			cover.liaison_of(doc.unit).liaison,
			next((row.user for row in doc.people if row.user), None),
			doc.owner,
		)

	def guests(self):
		yield self.doc.host_email, self.doc.host_name
		for row in self.doc.people:
			yield row.email, row.person_name

	def subject(self) -> str:
		return _("{0}: {1} and the service desk").format(_(self.doc.type), self.doc.unit)

	def place(self) -> str:
		return cstr(self.doc.place).strip()

	def about(self) -> tuple[str, str]:
		return cstr(self.doc.aim).strip(), _("What we want to understand")

	def words(self) -> dict[str, str]:
		return {
			"not_planned": _("Only a planned visit has an invitation."),
			"nobody": _("Nobody can be invited: give the host a mail address, or add people with one."),
			"no_organizer": _(
				"Nobody of the desk on this visit has a mail address, so nobody could answer the invitation."
			),
			"opening": _("we would like to see each other on {0}."),
			"cancelled": _("our visit of {0} is cancelled."),
		}
