"""Defaults of the whole desk: who answers, when people are asked, how figures are shown."""

from frappe.model.document import Document


class CXSettings(Document):
	pass
