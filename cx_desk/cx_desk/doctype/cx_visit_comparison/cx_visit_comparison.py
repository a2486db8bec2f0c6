"""A unit with which the visited one is compared."""

from frappe.model.document import Document


class CXVisitComparison(Document):
	pass
