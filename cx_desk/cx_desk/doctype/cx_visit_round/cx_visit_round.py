"""A round of the visit planner: proposals by need."""

from frappe.model.document import Document


class CXVisitRound(Document):
	pass
