"""A ticket that belongs to an initiative, and by what it was tagged."""

import frappe
from frappe.model.document import Document


class CXInitiativeTicket(Document):
	pass


def on_doctype_update():
	frappe.db.add_unique("CX Initiative Ticket", ["initiative", "ticket"])
