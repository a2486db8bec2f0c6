"""What an initiative is carried by: stages, gates, criteria, considerations and news."""

from frappe.model.document import Document

from cx_desk.initiatives import tagging, templates


class CXInitiativeTemplate(Document):
	def validate(self):
		templates.keep(self)

	def onload(self):
		self.set_onload("proposals", tagging.proposals(self.name))
