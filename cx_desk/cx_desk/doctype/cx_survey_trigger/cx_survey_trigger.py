"""When a survey is asked, and of whom."""

from frappe.model.document import Document

from cx_desk.surveys import trigger_check, triggers


class CXSurveyTrigger(Document):
	def validate(self):
		trigger_check.check_trigger(self)

	def on_update(self):
		triggers.forget()

	def after_delete(self):
		triggers.forget()
