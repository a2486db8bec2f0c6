"""The HD Form Script that puts the CX button on a ticket."""

import hashlib
from pathlib import Path

import frappe

from cx_desk.host.names import FORM_SCRIPT, TICKET

NAME = "CX Desk"
SOURCE = Path(__file__).with_name("form_script.js")
MARK = "// made by CX Desk, "


def shipped() -> str:
	"""The script with a first line that carries the hash of what follows."""
	body = SOURCE.read_text()
	return f"{MARK}{_hash(body)}\n{body}"


def sync() -> None:
	"""Make the script, or bring it up to date unless an admin changed it. `enabled` stays as it is.

	The first line tells whether the text is still as shipped. A script that was deleted comes back at the
	next migrate; to be rid of it, disable it.
	"""
	present = frappe.db.get_value(FORM_SCRIPT, NAME, "script")
	if present is None:
		frappe.get_doc(
			{
				"doctype": FORM_SCRIPT,
				"name": NAME,
				"__newname": NAME,
				"dt": TICKET,
				"apply_to": "Form",
				"enabled": 1,
				"is_standard": 0,  # with 1 the host throws when it is switched off
				"apply_to_customer_portal": 0,
				"apply_on_new_page": 0,
				"script": shipped(),
			}
		).insert(ignore_permissions=True)  # allowed: install
	elif present != shipped() and is_as_shipped(present):
		frappe.db.set_value(FORM_SCRIPT, NAME, "script", shipped())


def is_as_shipped(script: str) -> bool:
	"""Whether the text under the first line is what some version of the app wrote there."""
	first, _, body = script.partition("\n")
	return first == f"{MARK}{_hash(body)}"


def remove() -> None:
	"""Take the button away again."""
	frappe.db.delete(FORM_SCRIPT, {"name": NAME})


def _hash(body: str) -> str:
	return hashlib.sha256(body.strip().encode()).hexdigest()[:16]
