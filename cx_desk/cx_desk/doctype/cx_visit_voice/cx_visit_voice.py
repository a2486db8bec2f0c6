"""What becomes of a voice that was heard on a visit: written by `immersion.triage` alone."""

import frappe
from frappe.model.document import Document


class CXVisitVoice(Document):
	pass


def on_doctype_update():
	frappe.db.add_index("CX Visit Voice", ["visit", "driver"])
