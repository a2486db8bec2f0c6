"""One row of a benefit: what was measured, when and where it comes from."""

from frappe.model.document import Document


class CXBenefitReading(Document):
	pass
