"""An experience target (XLA): what was agreed about a figure, and whether it is shown to be met."""

import frappe
from frappe.model.document import Document

from cx_desk.surveys import targets


class CXExperienceTarget(Document):
	def validate(self):
		targets.check(self)

	def after_insert(self):
		targets.look(self.name)


def on_doctype_update():
	frappe.db.add_index("CX Experience Target", ["survey", "unit"], "cx_scope")
