"""When a survey is asked, and of whom."""

from frappe.model.document import Document


class CXSurveyTrigger(Document):
	pass
