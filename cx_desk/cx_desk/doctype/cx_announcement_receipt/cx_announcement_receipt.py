"""One row of an announcement: whom it was sent to, and what became of it."""

from frappe.model.document import Document


class CXAnnouncementReceipt(Document):
	pass
