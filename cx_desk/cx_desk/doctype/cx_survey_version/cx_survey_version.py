"""The wording of a survey, frozen at the moment it was first sent."""

from frappe.model.document import Document


class CXSurveyVersion(Document):
	pass
