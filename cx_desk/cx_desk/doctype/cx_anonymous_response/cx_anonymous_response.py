"""What was answered anonymously. No person, ticket, invitation, time or order; see surveys/anonymous.py."""

from frappe.model.document import Document


class CXAnonymousResponse(Document):
	pass
