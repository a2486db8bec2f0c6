"""A story: before, what we did, after, and the records that show it."""

from frappe.model.document import Document

from cx_desk.immersion import stories


class CXStory(Document):
	def validate(self):
		stories.keep(self)

	def onload(self):
		stories.show(self)
