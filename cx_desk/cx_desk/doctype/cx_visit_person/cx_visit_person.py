"""Somebody who takes part in a visit, from either side."""

from frappe.model.document import Document


class CXVisitPerson(Document):
	pass
