"""Speak a reader's language for the length of a block: mails and notifications are written while others are signed in."""

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date, datetime

import frappe


@contextmanager
def speaking(language: str | None):
	"""Texts in this language inside the block, the site's where none is known."""
	before = frappe.local.lang
	frappe.local.lang = language or frappe.db.get_single_value("System Settings", "language") or "en"
	try:
		yield
	finally:
		frappe.local.lang = before


def speaking_to(user: str):
	"""Texts in the language of a user inside the block."""
	return speaking(frappe.db.get_value("User", user, "language") if user else None)


def languages_of(emails: Iterable[str], unit: str | None) -> dict[str, str]:
	"""The language of each person: their user's, else their unit's, else the site's. Three queries at most."""
	emails = list(emails)
	own = dict(frappe.get_all("User", {"name": ("in", emails or [""])}, ["name", "language"], as_list=True))
	of_unit = frappe.db.get_value("CX Business Unit", unit, "language") if unit else None
	else_all = of_unit or frappe.db.get_single_value("System Settings", "language") or "en"
	return {email: own.get(email) or else_all for email in emails}


def long_day(day: date | datetime) -> str:
	"""A day with its weekday, as a letter would write it: "Friday, 27 November 2026", "Freitag, 27. November 2026"."""
	from babel.dates import format_date

	return format_date(day, "full", locale=_locale())


def short_day(day: date | datetime) -> str:
	"""A day of these weeks in short: "Fri, 27 Nov", "Fr., 27. Nov."."""
	from babel.dates import format_skeleton

	return format_skeleton("MMMEd", day, locale=_locale())


def day_and_time(moment: datetime) -> str:
	"""A time of these weeks: "Fri, 27 Nov, 10:00"."""
	return f"{short_day(moment)}, {moment:%H:%M}"


def _locale():
	from babel import Locale

	# Without a region English means the American order.
	language = "en-GB" if frappe.local.lang == "en" else frappe.local.lang
	return Locale.parse(language, sep="-")
