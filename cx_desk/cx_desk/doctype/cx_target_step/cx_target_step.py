"""One change of an experience target's state."""

from frappe.model.document import Document


class CXTargetStep(Document):
	pass
