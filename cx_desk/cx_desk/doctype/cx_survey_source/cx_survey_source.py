"""A survey tool outside whose answers are counted here."""

from frappe.model.document import Document

from cx_desk.surveys import source_setup


class CXSurveySource(Document):
	def before_insert(self):
		source_setup.give_inbox(self)

	def validate(self):
		source_setup.check(self)

	def on_trash(self):
		source_setup.forget(self)
