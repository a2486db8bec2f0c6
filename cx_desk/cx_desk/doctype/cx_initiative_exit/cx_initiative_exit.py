"""One row of an initiative: by what early life support may end, and who signed it."""

from frappe.model.document import Document


class CXInitiativeExit(Document):
	pass
