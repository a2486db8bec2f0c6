"""One row of an initiative: what somebody of the desk has to know by go-live."""

from frappe.model.document import Document


class CXInitiativeSkill(Document):
	pass
