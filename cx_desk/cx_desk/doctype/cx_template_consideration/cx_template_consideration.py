"""One row of an initiative template: an area that a team has to judge."""

from frappe.model.document import Document


class CXTemplateConsideration(Document):
	pass
