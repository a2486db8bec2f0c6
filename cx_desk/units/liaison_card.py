"""The liaison's card: name, picture and how to reach them, for mails and pages that the business sees."""

import base64
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import frappe
from frappe.utils import cstr, getdate, nowdate

from cx_desk.core import units as tree
from cx_desk.core.languages import direction
from cx_desk.host import templates
from cx_desk.host.addresses import site_url
from cx_desk.units import cover

TEMPLATE = "cx_desk/templates/includes/cx_liaison_card.html"
# What a page carries of a picture: twice the 44 pixels at which it is shown, about 3 kB.
_SIDE, _LARGEST_FILE = 88, 15_000_000
_FIELDS = ("name", "full_name", "email", "phone", "user_image")


def cards_of(units: Iterable[str | None]) -> dict[str, frappe._dict]:
	"""The cards of several units by unit, without those that nobody covers. Three queries, whatever their number."""
	wanted = {unit for unit in units if unit}
	if not wanted:
		return {}
	day = getdate(nowdate())
	held, parents = cover.read_assignments(day), cover.read_parents()
	covers = {unit: tree.cover_of(unit, held, parents, day) for unit in wanted if unit in parents}
	names = {user for found in covers.values() for user in (found.liaison, found.deputy) if user}
	if not names:
		return {}
	users = {
		row.name: row
		for row in frappe.get_all(
			"User", filters={"name": ["in", sorted(names)], "enabled": 1}, fields=list(_FIELDS)
		)
	}
	cards = {}
	for unit, found in covers.items():
		row = users.get(found.liaison) or users.get(found.deputy)
		if row:
			cards[unit] = _card(row)
	return cards


def card_of(unit: str | None) -> frappe._dict | None:
	"""Name, address, phone and picture of who covers a unit today: the liaison, else the deputy; None where nobody does.

	The picture is given only where everybody may fetch it from this site, since the reader is not signed in and
	nobody else shall learn who reads.
	"""
	if not unit:
		return None
	people = cover.liaison_of(unit)
	for user in (people.liaison, people.deputy):
		row = user and frappe.db.get_value("User", {"name": user, "enabled": 1}, list(_FIELDS), as_dict=True)
		if row:
			return _card(row)
	return None


def _card(row: frappe._dict) -> frappe._dict:
	name = row.full_name or row.email
	return frappe._dict(
		name=name,
		initials="".join(part[0] for part in cstr(name).split()[:2]).upper(),
		email=row.email,
		phone=row.phone or "",
		image=_public(row.user_image),
		file=cstr(row.user_image),
	)


def html_of(unit: str | None) -> str:
	"""The card as HTML for a mail; empty where nobody covers the unit."""
	card = card_of(unit)
	return templates.render(TEMPLATE, {"card": card, "direction": _direction()}) if card else ""


def page_html_of(unit: str | None) -> str:
	"""The card as HTML for a page: the picture is in it, so that no further request is made; empty where nobody covers."""
	card = card_of(unit)
	if not card:
		return ""
	shown = {**card, "image": _thumbnail(card.file)}
	return templates.render(TEMPLATE, {"card": shown, "direction": _direction()})


def _direction() -> str:
	return direction(frappe.local.lang or "en")


def text_of(unit: str | None) -> str:
	"""The card as one line of plain text; empty where nobody covers the unit."""
	card = card_of(unit)
	if not card:
		return ""
	reach = ", ".join(part for part in (card.email, card.phone) if part)
	return frappe._("Your contact at the service desk: {0} ({1})").format(card.name, reach)


def _public(image: str | None) -> str:
	image = cstr(image)
	if image.startswith(site_url("/")):
		return image
	return site_url(image) if image.startswith(("/files/", "/assets/")) else ""


def _thumbnail(image: str) -> str:
	"""A public picture of this site as a small data address, kept in the cache; empty where it cannot be had."""
	if not image.startswith("/files/"):
		return ""
	kept = frappe.cache.hget("cx_liaison_pictures", image)
	if kept is None:
		kept = _drawn(image)
		frappe.cache.hset("cx_liaison_pictures", image, kept)
	return kept


def _drawn(image: str) -> str:
	from PIL import Image, ImageOps

	folder = Path(frappe.get_site_path("public", "files")).resolve()
	path = (folder / image.removeprefix("/files/")).resolve()
	try:
		if not path.is_relative_to(folder) or path.stat().st_size > _LARGEST_FILE:
			return ""
		with Image.open(path) as picture:
			picture.draft("RGB", (_SIDE * 2, _SIDE * 2))
			small = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), (_SIDE, _SIDE))
	except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
		# No picture, or one that cannot be read: the initials stand there.
		return ""
	target = BytesIO()
	small.save(target, "JPEG", quality=80)
	return "data:image/jpeg;base64," + base64.b64encode(target.getvalue()).decode()
