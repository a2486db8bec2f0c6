"""Who of the desk knows which unit: derived by `immersion.knowledge`, never typed, never used to rate people."""

import frappe
from frappe.model.document import Document


class CXBusinessKnowledge(Document):
	pass


def on_doctype_update():
	frappe.db.add_unique("CX Business Knowledge", ["unit", "user"], constraint_name="cx_unit_user")
