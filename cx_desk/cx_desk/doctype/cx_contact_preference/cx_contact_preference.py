"""How a person wants to be reached, and whether they want surveys, by a hash of the address."""

from frappe.model.document import Document


class CXContactPreference(Document):
	pass
