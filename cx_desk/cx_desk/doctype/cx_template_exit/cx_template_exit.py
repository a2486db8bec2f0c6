"""One row of a template: by what early life support may end."""

from frappe.model.document import Document


class CXTemplateExit(Document):
	pass
