"""One proposal of a planner's round."""

from frappe.model.document import Document


class CXVisitProposal(Document):
	pass
