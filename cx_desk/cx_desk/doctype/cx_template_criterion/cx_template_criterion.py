"""One row of an initiative template: an acceptance criterion."""

from frappe.model.document import Document


class CXTemplateCriterion(Document):
	pass
