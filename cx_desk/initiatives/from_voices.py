"""A voice's way can be an initiative: what somebody wants becomes a request, in their words."""

import frappe
from frappe import _

from cx_desk.initiatives import facts, people

VOICE = "CX Voice"


def begin(voice: str) -> str:
	"""A draft from a voice, once; its name. A confidential voice is refused: its words stay with the answer."""
	known = frappe.db.get_value(people.INITIATIVE, {"from_voice": voice})
	if known:
		return known
	row = frappe.get_doc(VOICE, voice)
	if row.confidential:
		frappe.throw(
			_("These words were given in confidence. Ask the person whether they want to make it a request.")
		)
	if not row.unit:
		frappe.throw(_("The voice has no unit. Choose one first, so that the request has a home."))
	doc = frappe.new_doc(people.INITIATIVE)
	doc.update(
		{
			"title": facts.UNNAMED,
			"unit": row.unit,
			"outcome": row.statement,
			"requester_name": row.source_name,
			"requester_email": row.source_email,
			"from_voice": voice,
		}
	)
	return doc.insert().name
