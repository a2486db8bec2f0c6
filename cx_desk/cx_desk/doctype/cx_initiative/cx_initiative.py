"""An initiative of the business, from request to benefit."""

import frappe
from frappe.model.document import Document

from cx_desk.initiatives import form, hearing, moving


class CXInitiative(Document):
	def before_insert(self):
		moving.prepare(self)

	def validate(self):
		moving.keep(self)

	def on_update(self):
		moving.follow_up(self)

	def on_trash(self):
		moving.forbid_deletion(self)

	def after_delete(self):
		form.delete_with(self)

	def on_communication_update(self, communication):
		hearing.hear_words(self, communication)

	def onload(self):
		self.set_onload("cx", form.of(self))


def on_doctype_update():
	frappe.db.add_index("CX Initiative", ["stage", "unit"])
