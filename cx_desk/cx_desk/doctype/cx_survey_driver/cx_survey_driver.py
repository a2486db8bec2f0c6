"""A reason that a survey offers, and after which answers."""

from frappe.model.document import Document


class CXSurveyDriver(Document):
	pass
