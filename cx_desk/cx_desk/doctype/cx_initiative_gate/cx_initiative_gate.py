"""One row of an initiative: the desk's advice at a gate and whether it was accepted."""

from frappe.model.document import Document


class CXInitiativeGate(Document):
	pass
