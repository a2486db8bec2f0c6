"""One row of CX Settings: a period in which nobody is asked."""

from frappe.model.document import Document


class CXHold(Document):
	pass
