"""What is asked."""

from frappe.model.document import Document

from cx_desk.surveys import definition


class CXSurvey(Document):
	def validate(self):
		definition.check_survey(self)

	def on_update(self):
		definition.after_change()

	def on_trash(self):
		definition.keep_asked_survey(self)

	def after_delete(self):
		definition.after_change()
