"""One row of an initiative's trail: who moved it, when and why."""

from frappe.model.document import Document


class CXInitiativeStep(Document):
	pass
