"""Counts by day that every chart reads; derived, rebuilt by a job."""

from frappe.model.document import Document


class CXScoreRollup(Document):
	pass
