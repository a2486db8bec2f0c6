"""A part of the business that the desk serves, in a tree."""

import frappe
from frappe.utils.nestedset import NestedSet

from cx_desk.immersion import visits
from cx_desk.units import critical_hours
from cx_desk.units.scope import sees_unit
from cx_desk.units.tree import after_change, check_delete, check_place, check_rename


class CXBusinessUnit(NestedSet):
	nsm_parent_field = "parent_cx_business_unit"

	def before_insert(self):
		# The name is made of it right after this.
		self.unit_name = " ".join((self.unit_name or "").split())

	def validate(self):
		check_place(self)
		critical_hours.warn(self)

	def onload(self):
		self.set_onload("may_write", frappe.has_permission(self.doctype, "write", self))
		# Everybody of the desk reads the tree; how a unit stands is for those who look after it.
		self.set_onload("in_scope", sees_unit(frappe.session.user, self.name))
		self.set_onload("critical_hours", critical_hours.read_back(self.critical_hours))

	def on_update(self):
		super().on_update()
		after_change()

	def before_rename(self, old, new, merge=False):
		check_rename(old, new, merge)
		return super().before_rename(old, new, merge)

	def after_rename(self, old, new, merge=False):
		super().after_rename(old, new, merge)
		after_change()
		visits.rename_unit(new)

	def on_trash(self, allow_root_deletion=False):
		check_delete(self)
		super().on_trash(allow_root_deletion=True)

	def after_delete(self):
		after_change()


def on_doctype_update():
	frappe.db.add_index("CX Business Unit", ["lft", "rgt"])
