"""Distinct people and effective n by unit and period; derived nightly."""

from frappe.model.document import Document


class CXUnitSnapshot(Document):
	pass
