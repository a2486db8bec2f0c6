"""Something a business unit wants, in its own words, beside our figure."""

from frappe.model.document import Document


class CXUnitWant(Document):
	pass
