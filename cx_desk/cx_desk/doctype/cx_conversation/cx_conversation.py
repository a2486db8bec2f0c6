"""A conversation with the business: planned and held, or logged afterwards in three fields."""

import frappe
from frappe.model.document import Document

from cx_desk.relationship import conversations, wants


class CXConversation(Document):
	def before_insert(self):
		conversations.prepare(self)

	def validate(self):
		conversations.keep(self)

	def on_update(self):
		conversations.follow_up(self)

	def on_trash(self):
		conversations.forbid_deletion(self)

	def onload(self):
		# Wants that came since it was planned can be asked about at once; saving keeps them.
		wants.fill_review(self)
		# In the reader's language, whoever saved it.
		self.level_gap = conversations.gap_of(self)
		self.set_onload("moves", conversations.next_moves(self))
		self.set_onload("voices", conversations.voices_of(self.name))


def on_doctype_update():
	frappe.db.add_index("CX Conversation", ["unit", "state", "starts_on"])
