"""What is asked."""

from frappe.model.document import Document


class CXSurvey(Document):
	pass
