"""One row of CX Settings: who answers for a team."""

from frappe.model.document import Document


class CXTeamLead(Document):
	pass
