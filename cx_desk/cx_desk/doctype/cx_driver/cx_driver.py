"""A reason that answers, voices and visits share."""

from frappe.model.document import Document


class CXDriver(Document):
	pass
