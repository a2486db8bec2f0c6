"""The liaison's card: name, picture and how to reach them, for mails and pages that the business sees."""

import frappe
from frappe.utils import cstr, get_url

from cx_desk.units import cover

TEMPLATE = "templates/includes/cx_liaison_card.html"


def card_of(unit: str | None) -> frappe._dict | None:
	"""Name, address, phone and picture of who covers a unit today: the liaison, else the deputy; None where nobody does.

	The picture is given only where everybody may fetch it, since the reader is not signed in.
	"""
	if not unit:
		return None
	people = cover.liaison_of(unit)
	for user in (people.liaison, people.deputy):
		row = user and frappe.db.get_value(
			"User", user, ["full_name", "email", "phone", "user_image", "enabled"], as_dict=True
		)
		if row and row.enabled:
			return frappe._dict(
				name=row.full_name,
				initials="".join(part[0] for part in cstr(row.full_name).split()[:2]).upper(),
				email=row.email,
				phone=row.phone or "",
				image=_public(row.user_image),
			)
	return None


def html_of(unit: str | None) -> str:
	"""The card as HTML for a mail or a page; empty where nobody covers the unit."""
	card = card_of(unit)
	return frappe.get_template(TEMPLATE).render({"card": card}) if card else ""


def text_of(unit: str | None) -> str:
	"""The card as one line of plain text; empty where nobody covers the unit."""
	card = card_of(unit)
	if not card:
		return ""
	reach = ", ".join(part for part in (card.email, card.phone) if part)
	return frappe._("Your contact at the service desk: {0} ({1})").format(card.name, reach)


def _public(image: str | None) -> str:
	image = cstr(image)
	if image.startswith(("/files/", "/assets/")):
		return get_url(image)
	return image if image.startswith("https://") else ""
