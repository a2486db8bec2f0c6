"""One criterion of a desk assessment, with its evidence."""

from frappe.model.document import Document


class CXAssessmentCriterion(Document):
	pass
