"""The HD Form Scripts that put our buttons on a ticket: CX for the desk, the question for the person on the portal."""

import hashlib
from pathlib import Path

import frappe

from cx_desk.host.names import FORM_SCRIPT, TICKET

NAME, PORTAL = "CX Desk", "CX Desk portal"
# Name of the script to its file and whether it runs on the portal.
SCRIPTS = {NAME: ("form_script.js", 0), PORTAL: ("portal_script.js", 1)}
MARK = "// made by CX Desk, "


def shipped(name: str = NAME) -> str:
	"""The script with a first line that carries the hash of what follows."""
	body = Path(__file__).with_name(SCRIPTS[name][0]).read_text()
	return f"{MARK}{_hash(body)}\n{body}"


def sync() -> None:
	"""Make the scripts, or bring them up to date unless an admin changed them. `enabled` stays as it is.

	The first line tells whether the text is still as shipped. A script that was deleted comes back at the
	next migrate; to be rid of it, disable it.
	"""
	for name, (_file, portal) in SCRIPTS.items():
		present = frappe.db.get_value(FORM_SCRIPT, name, "script")
		if present is None:
			frappe.get_doc(
				{
					"doctype": FORM_SCRIPT,
					"name": name,
					"__newname": name,
					"dt": TICKET,
					"apply_to": "Form",
					"enabled": 1,
					"is_standard": 0,  # with 1 the host throws when it is switched off
					"apply_to_customer_portal": portal,
					"apply_on_new_page": 0,
					"script": shipped(name),
				}
			).insert(ignore_permissions=True)  # allowed: install
		elif present != shipped(name) and is_as_shipped(present):
			frappe.db.set_value(FORM_SCRIPT, name, "script", shipped(name))


def is_as_shipped(script: str) -> bool:
	"""Whether the text under the first line is what some version of the app wrote there."""
	first, _, body = script.partition("\n")
	return first == f"{MARK}{_hash(body)}"


def remove() -> None:
	"""Take the buttons away again."""
	frappe.db.delete(FORM_SCRIPT, {"name": ["in", list(SCRIPTS)]})


def _hash(body: str) -> str:
	return hashlib.sha256(body.strip().encode()).hexdigest()[:16]
