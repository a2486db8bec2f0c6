"""Who of the desk answers for a business unit, in which role, from when to when."""

from frappe.model.document import Document


class CXLiaisonAssignment(Document):
	pass
