"""A rule by which an answer or a missed target makes a voice or a ticket."""

from frappe.model.document import Document

from cx_desk.surveys import acting_rules


class CXActingRule(Document):
	def validate(self):
		acting_rules.check(self)
