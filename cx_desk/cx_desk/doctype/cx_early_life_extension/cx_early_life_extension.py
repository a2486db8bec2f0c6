"""One row of an initiative: early life support that was made longer, and why."""

from frappe.model.document import Document


class CXEarlyLifeExtension(Document):
	pass
