"""One row of an open question's trail: whose turn it became, by whom and why."""

from frappe.model.document import Document


class CXQuestionStep(Document):
	pass
