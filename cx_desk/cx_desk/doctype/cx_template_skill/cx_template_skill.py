"""One row of an initiative template: what somebody of the desk has to know by go-live."""

from frappe.model.document import Document


class CXTemplateSkill(Document):
	pass
