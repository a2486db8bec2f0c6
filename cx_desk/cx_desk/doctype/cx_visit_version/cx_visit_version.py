"""One version of a visit's report, or what its host said to it. Never changed."""

from frappe.model.document import Document


class CXVisitVersion(Document):
	pass
