"""The door for the business: a request that somebody begins, and the link by which they come back to it."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from cx_desk.core import initiative as machine
from cx_desk.core.mapping import clean_address
from cx_desk.initiatives import facts, mailing, people
from cx_desk.units import tickets

UNNAMED = facts.UNNAMED


def begin(user: str) -> str:
	"""A new draft for a signed-in person; an empty one that is there already is used."""
	address = clean_address(frappe.db.get_value("User", user, "email") or user)
	for name in people.initiatives_of(user):
		row = frappe.db.get_value(
			people.INITIATIVE, name, ["stage", "title", "requester_email"], as_dict=True
		)
		if row.stage == machine.DRAFT and row.title == UNNAMED and row.requester_email == address:
			return name
	doc = frappe.new_doc(people.INITIATIVE)
	doc.update(
		{
			"title": UNNAMED,
			"requester_name": frappe.utils.get_fullname(user),
			"requester_email": address,
			"unit": unit_of(address),
		}
	)
	# allowed: a person of the business begins a request of their own and has no permission on the doctype
	doc.insert(ignore_permissions=True)
	return doc.name


def unit_of(address: str) -> str:
	"""The business unit of somebody of the business."""
	from cx_desk.host.people import contact_of

	person = frappe._dict(contact=contact_of(address), raised_by=address, customer=None, agent_group=None)
	unit, _rule = tickets.unit_for(person)
	return unit


def send_link(initiative: str, email: str) -> None:
	"""Mail somebody who stands on the initiative the link to their page."""
	doc = frappe.get_doc(people.INITIATIVE, initiative)
	row = next((row for row in doc.people if row.email == clean_address(email)), None)
	if not row:
		frappe.throw(_("{0} does not stand on it. Add them to the people first.").format(email))
	with mailing.language_of(row.email, doc.unit):
		hello, button = _("Hello {0},").format(row.person_name), _("Open the page")
		if doc.stage == machine.DRAFT:
			subject = (
				_("Tell us what you want: {0}").format("" if doc.title == UNNAMED else doc.title).rstrip(": ")
			)
			text = _(
				"behind this link you can tell us what you want, in a few lines. What you write is kept until you hand it in."
			)
		else:
			subject = _("Your page: {0}").format(doc.title)
			text = _("behind this link you see where it stands, what is next and what is asked of you.")
	if not mailing.send(doc, row.email, subject, f"{hello}\n\n{text}", button=button):
		frappe.throw(_("{0} wants no mail from this site. Give them the link yourself.").format(email))
	frappe.db.set_value(people.PERSON, row.name, "link_sent_at", now_datetime())
