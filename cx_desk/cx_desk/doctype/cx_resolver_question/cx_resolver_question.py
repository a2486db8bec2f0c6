"""A question to a resolver or development team, whose dated answer goes back to everybody who reported it."""

from frappe.model.document import Document

from cx_desk.immersion import questions


class CXResolverQuestion(Document):
	def validate(self):
		questions.keep(self)

	def onload(self):
		questions.show(self)

	def on_trash(self):
		questions.forbid_deletion(self)
