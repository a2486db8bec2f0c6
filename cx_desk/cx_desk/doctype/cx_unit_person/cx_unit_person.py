"""One row of a business unit: somebody who matters to the relationship."""

from frappe.model.document import Document


class CXUnitPerson(Document):
	pass
