"""News of an initiative: planned, approved, sent once, with proof per person."""

import frappe
from frappe.model.document import Document

from cx_desk.initiatives import hearing, news


class CXAnnouncement(Document):
	def validate(self):
		news.keep(self)

	def on_communication_update(self, communication):
		hearing.hear_words(frappe.get_doc("CX Initiative", self.initiative), communication)

	def onload(self):
		self.set_onload("recipients", len(news.recipients_of(self)) if self.state != news.SENT else 0)
		self.set_onload("notice", news.notice_text(self))
		self.set_onload("may_write", frappe.has_permission(self.doctype, "write", self))


def on_doctype_update():
	frappe.db.add_index("CX Announcement", ["initiative", "state"])
