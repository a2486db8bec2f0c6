"""The desk's own assessment of its maturity, with evidence."""

from frappe.model.document import Document

from cx_desk.relationship import assessment


class CXDeskAssessment(Document):
	def before_insert(self):
		assessment.prepare(self)

	def validate(self):
		assessment.judge(self)
