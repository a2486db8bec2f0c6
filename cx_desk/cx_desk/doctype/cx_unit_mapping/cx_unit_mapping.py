"""Which business unit a person, department, customer, mail domain or team belongs to."""

from frappe.model.document import Document


class CXUnitMapping(Document):
	pass
