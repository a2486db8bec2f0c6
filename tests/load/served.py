"""The site as a bench in production serves it, for measurements over HTTP; gunicorn loads `application` from here.

Our handlers on tickets are off (the environment says so with CX_HANDLERS_OFF), where the host's own way is measured.
"""

import os

import frappe
import frappe.app

frappe.app._site = os.environ["CX_SERVED_SITE"]
application = frappe.app.application_with_statics()

if os.environ.get("CX_HANDLERS_OFF"):
	registered = frappe.get_doc_hooks

	def without_ours() -> dict:
		found = dict(registered())
		found["HD Ticket"] = {
			event: [path for path in paths if not path.startswith("cx_desk.")]
			for event, paths in found.get("HD Ticket", {}).items()
		}
		return found

	frappe.get_doc_hooks = without_ours
