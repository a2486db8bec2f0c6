"""Defaults of the whole desk: who answers, when people are asked, how figures are shown."""

from frappe.model.document import Document

from cx_desk.surveys import triggers
from cx_desk.units import settings


class CXSettings(Document):
	def validate(self):
		settings.check(self)

	def on_update(self):
		# The triggers in the cache carry the default delay.
		triggers.forget()
