"""A visit: we to them, they to us, an exchange, or from afar."""

import frappe
from frappe.model.document import Document

from cx_desk.immersion import recurring, sharing, visits


class CXVisit(Document):
	def before_insert(self):
		visits.prepare(self)

	def validate(self):
		visits.keep(self)

	def on_update(self):
		visits.follow_up(self)

	def on_trash(self):
		visits.forbid_deletion(self)

	def onload(self):
		visits.show(self)
		recurring.show(self)

	def on_recurring(self, reference_doc, auto_repeat_doc):
		recurring.plan_next(self, reference_doc, auto_repeat_doc)

	def on_communication_update(self, communication):
		sharing.hear_reply(self, communication)


def on_doctype_update():
	frappe.db.add_index("CX Visit", ["unit", "state", "starts_on"])
