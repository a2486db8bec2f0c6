"""Codes that open an anonymous form, as hashes and in no order; a code that was used is deleted."""

from frappe.model.document import Document


class CXAnonymousCode(Document):
	pass
