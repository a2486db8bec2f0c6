"""What somebody answered."""

from frappe.model.document import Document


class CXSurveyResponse(Document):
	pass
