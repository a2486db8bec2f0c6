"""Who of the desk answers for a business unit, in which role, from when to when."""

import frappe
from frappe.model.document import Document

from cx_desk.units.assignments import after_change, check_assignment


class CXLiaisonAssignment(Document):
	def validate(self):
		check_assignment(self)

	def on_update(self):
		before = self.get_doc_before_save()
		after_change({self.user, before.user if before else self.user}, self)

	def after_delete(self):
		after_change({self.user})


def on_doctype_update():
	frappe.db.add_index("CX Liaison Assignment", ["user", "from_date"])
	frappe.db.add_index("CX Liaison Assignment", ["unit", "role"])
