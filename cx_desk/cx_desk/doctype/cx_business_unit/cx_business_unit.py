"""A part of the business that the desk serves, in a tree."""

from frappe.model.document import Document


class CXBusinessUnit(Document):
	pass
