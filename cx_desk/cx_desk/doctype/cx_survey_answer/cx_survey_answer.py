"""One row of a response: the answer to one question."""

from frappe.model.document import Document


class CXSurveyAnswer(Document):
	pass
