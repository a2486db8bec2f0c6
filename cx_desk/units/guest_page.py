"""What every guest page needs around its own content: brand, language, direction, the token of a signed-in reader."""

import base64
import hashlib

import frappe

from cx_desk.core.languages import direction
from cx_desk.units import message_back


def frame(with_token: bool = True) -> dict:
	"""The context of templates/guest/frame.html, in the language that is set; a picture of a page needs no token."""
	language = frappe.local.lang or "en"
	return {
		"brand": message_back.brand(),
		"language": language,
		"direction": direction(language),
		"csrf_token": csrf_token() if with_token else "",
	}


def csrf_token() -> str:
	"""Signed-in people need it; a guest has none, and none is made."""
	return "" if frappe.session.user == "Guest" else frappe.sessions.get_csrf_token()


def policy(script: str) -> str:
	"""A Content-Security-Policy for a page with this one script in it and nothing from elsewhere."""
	digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
	return (
		"default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
		f"script-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
	)
