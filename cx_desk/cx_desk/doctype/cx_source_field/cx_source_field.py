"""Which field of a tool outside is which question of ours."""

from frappe.model.document import Document


class CXSourceField(Document):
	pass
