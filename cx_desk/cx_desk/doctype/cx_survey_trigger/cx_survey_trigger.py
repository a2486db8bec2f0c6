"""When a survey is asked, and of whom."""

from frappe.model.document import Document

from cx_desk.surveys import definition


class CXSurveyTrigger(Document):
	def validate(self):
		definition.check_trigger(self)

	def on_update(self):
		definition.after_change()

	def after_delete(self):
		definition.after_change()
