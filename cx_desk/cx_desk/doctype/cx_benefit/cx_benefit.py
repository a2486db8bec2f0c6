"""A benefit of an initiative: owned in the business, measured before and after."""

import frappe
from frappe.model.document import Document

from cx_desk.initiatives import benefits, ownership


class CXBenefit(Document):
	def validate(self):
		benefits.keep(self)

	def on_update(self):
		benefits.follow_up(self)

	def onload(self):
		self.set_onload("may_write", frappe.has_permission(self.doctype, "write", self))
		self.set_onload("moves", ownership.next_moves(self))


def on_doctype_update():
	frappe.db.add_index("CX Benefit", ["initiative", "state"])
