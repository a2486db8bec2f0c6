"""One row of a trigger: a condition on the event."""

from frappe.model.document import Document


class CXTriggerFilter(Document):
	pass
