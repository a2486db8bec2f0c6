"""A record that shows a part of a story."""

from frappe.model.document import Document


class CXStoryEvidence(Document):
	pass
