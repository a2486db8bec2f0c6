"""Somebody who takes part in a conversation, from either side."""

from frappe.model.document import Document


class CXConversationPerson(Document):
	pass
