"""A reason that answers, voices and visits share; its key words find the same theme in comments."""

from frappe.model.document import Document

from cx_desk.surveys import themes


class CXDriver(Document):
	def validate(self):
		themes.check_driver(self)
