"""A ticket that belongs to an initiative, and by what it was tagged."""

import frappe
from frappe.model.document import Document

from cx_desk.initiatives import tagging


class CXInitiativeTicket(Document):
	def on_trash(self):
		tagging.forbid_deletion(self)


def on_doctype_update():
	frappe.db.add_unique("CX Initiative Ticket", ["initiative", "ticket"])
