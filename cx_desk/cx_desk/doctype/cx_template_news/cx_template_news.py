"""One row of an initiative template: news to be told around go-live."""

from frappe.model.document import Document


class CXTemplateNews(Document):
	pass
