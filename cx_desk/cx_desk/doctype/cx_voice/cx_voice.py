"""Something that somebody of the business said or showed, and its way to settled."""

from frappe.model.document import Document


class CXVoice(Document):
	pass
