"""One row of an initiative: a risk, assumption, issue, dependency or decision."""

from frappe.model.document import Document


class CXInitiativeRisk(Document):
	pass
