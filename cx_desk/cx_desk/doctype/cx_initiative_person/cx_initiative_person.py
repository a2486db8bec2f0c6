"""One row of an initiative: somebody of the business who may see its page."""

from frappe.model.document import Document


class CXInitiativePerson(Document):
	pass
