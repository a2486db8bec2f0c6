"""One line of the table that says which unit a person, department, customer, domain or team belongs to."""

import frappe
from frappe.model.document import Document

from cx_desk.units.mapping import check_mapping, mapping_name


class CXUnitMapping(Document):
	def before_validate(self):
		check_mapping(self)

	def autoname(self):
		check_mapping(self)
		self.name = mapping_name(self.kind, self.value)


def on_doctype_update():
	frappe.db.add_unique("CX Unit Mapping", ["kind", "value"], constraint_name="cx_kind_value")
