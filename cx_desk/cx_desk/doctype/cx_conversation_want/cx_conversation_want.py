"""What was said about one want of the unit in a service review."""

from frappe.model.document import Document


class CXConversationWant(Document):
	pass
