"""A round of the visit planner: proposals by need, lots where more units want a visit than there are slots."""

from frappe.model.document import Document

from cx_desk.immersion import planner


class CXVisitRound(Document):
	def before_insert(self):
		planner.propose(self)

	def validate(self):
		planner.keep(self)

	def onload(self):
		planner.show(self)
