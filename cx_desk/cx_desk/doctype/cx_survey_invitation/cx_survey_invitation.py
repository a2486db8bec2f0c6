"""The ledger: one row for every event that could have been asked about, with what became of it."""

from frappe.model.document import Document


class CXSurveyInvitation(Document):
	pass
