"""One question of an initiative: to somebody, with a day, answered once."""

import frappe
from frappe.model.document import Document

from cx_desk.core import questions as core
from cx_desk.initiatives import hearing, questions, waiting


class CXOpenQuestion(Document):
	def before_insert(self):
		questions.prepare(self)

	def validate(self):
		questions.keep(self)

	def on_update(self):
		questions.follow_up(self)

	def on_communication_update(self, communication):
		hearing.hear_answer(self, communication)

	@property
	def days_business(self) -> float:
		return waiting.days_of(self).get(core.BUSINESS, 0.0)

	@property
	def days_desk(self) -> float:
		return waiting.on_us(waiting.days_of(self))

	def onload(self):
		self.set_onload("may_write", frappe.has_permission(self.doctype, "write", self))
		self.set_onload("may_judge", questions.may_judge(self))


def on_doctype_update():
	frappe.db.add_index("CX Open Question", ["initiative", "state"])
