"""Speak a reader's language for the length of a block: mails and notifications are written while others are signed in."""

from contextlib import contextmanager

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
