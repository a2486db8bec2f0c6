"""One row of an initiative: the weekly look at early life support."""

from frappe.model.document import Document


class CXEarlyLifeCheck(Document):
	pass
