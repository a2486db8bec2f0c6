"""One row of a voice's trail: a move, by whom, when, with which words."""

from frappe.model.document import Document


class CXVoiceStep(Document):
	pass
