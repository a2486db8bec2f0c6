"""Defaults of the whole desk: who answers, when people are asked, how figures are shown."""

from frappe.model.document import Document

from cx_desk.units import settings


class CXSettings(Document):
	def validate(self):
		settings.check(self)
