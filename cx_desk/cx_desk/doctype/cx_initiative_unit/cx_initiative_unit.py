"""One row of an initiative: a part of the business that it affects, and how."""

from frappe.model.document import Document


class CXInitiativeUnit(Document):
	pass
