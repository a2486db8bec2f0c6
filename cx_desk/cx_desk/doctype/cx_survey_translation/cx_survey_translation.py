"""One row of a survey: a text in another language."""

from frappe.model.document import Document


class CXSurveyTranslation(Document):
	pass
