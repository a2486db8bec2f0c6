"""Who raised tickets, for asking a whole unit."""

import frappe

from cx_desk.host.names import TICKET


def requesters_of(units: list[str], since) -> list[frappe._dict]:
	"""raised_by, contact and unit of everybody who raised a ticket of these units since then, each address once."""
	if not units:
		return []
	return frappe.get_all(
		TICKET,
		filters={"cx_business_unit": ["in", units], "creation": [">=", since]},
		fields=["raised_by", "contact", "cx_business_unit"],
		group_by="raised_by",
		order_by="creation desc",
	)
