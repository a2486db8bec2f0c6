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


def tickets_resolved(since, until, page: int = 2000):
	"""Tickets resolved at least once whose last change lies between, in pages, as the dry run reads them."""
	after = ""
	while True:
		rows = frappe.get_all(
			TICKET,
			filters=[
				["status_category", "=", "Resolved"],
				["is_merged", "=", 0],
				["modified", ">=", since],
				["name", ">", after],
			],
			fields=[
				"name",
				"raised_by",
				"contact",
				"agent_group",
				"ticket_type",
				"priority",
				"customer",
				"feedback_rating",
				"via_customer_portal",
				"resolution_date",
				"modified",
				"cx_business_unit",
				"cx_resolution_no",
			],
			order_by="name asc",
			limit=page,
		)
		if not rows:
			return
		yield [row for row in rows if since <= (row.resolution_date or row.modified) <= until]
		after = rows[-1].name
