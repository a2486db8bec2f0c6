"""A change in a unit that is worth a call; raised by the weekly look, closed by a person."""

from frappe.model.document import Document

from cx_desk.relationship import signal_words, signals


class CXSignal(Document):
	def validate(self):
		signals.keep(self)

	def onload(self):
		self.update(signal_words.show(self))
		self.set_onload("moves", signals.next_moves(self))
