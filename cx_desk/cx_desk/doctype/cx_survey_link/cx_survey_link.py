"""A link or poster that everybody may answer by: for a unit or a visit, known to nobody."""

from frappe.model.document import Document

from cx_desk.surveys import links


class CXSurveyLink(Document):
	def validate(self):
		links.prepare(self)

	def onload(self):
		self.set_onload("cx_link", links.shown(self))
