"""One row of a benefit's trail: what was said or decided about it, by whom and why."""

from frappe.model.document import Document


class CXBenefitStep(Document):
	pass
