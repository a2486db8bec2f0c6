"""An area that a reviewing team has to judge for an initiative."""

import frappe
from frappe.model.document import Document

from cx_desk.initiatives import considerations


class CXConsideration(Document):
	def validate(self):
		considerations.keep(self)

	def onload(self):
		self.set_onload("may_write", frappe.has_permission(self.doctype, "write", self))


def on_doctype_update():
	frappe.db.add_index("CX Consideration", ["initiative", "verdict"])
