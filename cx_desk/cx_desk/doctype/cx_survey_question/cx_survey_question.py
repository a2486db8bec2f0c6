"""One row of a survey: a question."""

from frappe.model.document import Document


class CXSurveyQuestion(Document):
	pass
