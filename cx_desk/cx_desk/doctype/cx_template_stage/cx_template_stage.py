"""One row of an initiative template: a stage, what it is called, and the gate before it."""

from frappe.model.document import Document


class CXTemplateStage(Document):
	pass
