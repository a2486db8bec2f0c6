"""One answer that came from a tool outside, and what became of it."""

import frappe
from frappe.model.document import Document


class CXSourceDelivery(Document):
	pass


def on_doctype_update():
	"""The job asks for what waits, oldest first."""
	frappe.db.add_index("CX Source Delivery", ["state", "arrived_at"])
	frappe.db.add_index("CX Source Delivery", ["source", "state"])
