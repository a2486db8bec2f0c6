"""One row of an initiative: an acceptance criterion and its verdict."""

from frappe.model.document import Document


class CXInitiativeCriterion(Document):
	pass
