"""Something that somebody of the business said or showed, and its way to settled."""

import frappe
from frappe.model.document import Document

from cx_desk.units import replies, voice_news, voices


class CXVoice(Document):
	def before_insert(self):
		voices.prepare(self)

	def validate(self):
		voices.keep(self)

	def on_update(self):
		voice_news.follow_up(self)

	def on_trash(self):
		voices.forbid_deletion_by_owner(self)

	def onload(self):
		self.set_onload("may_write", frappe.has_permission(self.doctype, "write", self))
		self.set_onload("moves", voices.next_moves(self))
		self.set_onload("overdue", voices.is_overdue(self))
		self.set_onload("sample_data", frappe.get_cached_doc("CX Settings").sample_data)
		self.set_onload("message_back", voices.proposed_message_back(self))

	def get_invalid_links(self, is_submittable=False):
		"""A ticket, contact or answer that was deleted meanwhile must not stop the voice on its way."""
		invalid, cancelled = super().get_invalid_links(is_submittable)
		before = self.get_doc_before_save()
		if not before:
			return invalid, cancelled
		gone = [link for link in invalid if str(before.get(link[0]) or "") == str(link[1])]
		for fieldname, value, _message in gone:
			self.set(fieldname, value)
		return [link for link in invalid if link not in gone], cancelled

	def on_communication_update(self, communication):
		replies.hear_reply(self, communication)


def on_doctype_update():
	frappe.db.add_index("CX Voice", ["state", "due_at"])
