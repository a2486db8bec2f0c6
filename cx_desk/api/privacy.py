"""What screens ask about a person's data: a copy of it, and its erasure. Thin doors, each to one use case."""

import frappe
from frappe import _

from cx_desk.host import traces
from cx_desk.units import erasure, personal_copy
from cx_desk.units.scope import MANAGER_ROLE


@frappe.whitelist()
def copy_of_contact(contact: str) -> dict:
	"""Every row of CX Desk that belongs to the person of a Contact. Needs CX Manager and to read the Contact."""
	frappe.only_for(MANAGER_ROLE)
	frappe.has_permission("Contact", "read", contact, throw=True)
	return personal_copy.of_addresses(traces.addresses_of(contact), [contact])


@frappe.whitelist(methods=["POST"])
def erase_contact(contact: str, confirmed: str) -> dict:
	"""Erase the person of a Contact for good. Needs CX Manager or System Manager, and to delete the Contact.

	confirmed: the Contact's name, typed by hand. A person with a user account is erased by the host's own request:
	it is made here, and the person is asked to confirm it.
	"""
	frappe.only_for((MANAGER_ROLE, "System Manager"))
	frappe.has_permission("Contact", "delete", contact, throw=True)
	if confirmed.strip() != contact:
		frappe.throw(_("Type the name of the contact, {0}, to erase the person for good.").format(contact))
	if user := traces.user_of(traces.addresses_of(contact)):
		email = frappe.db.get_value("User", user, "email")
		request = frappe.get_doc({"doctype": "Personal Data Deletion Request", "email": email}).insert()
		return {"request": request.name, "contact": contact}
	# Every text of the database is looked through: longer than a request may take.
	frappe.enqueue(
		erasure.erase_contact_job,
		queue="long",
		timeout=4 * 3600,
		job_id=f"cx-erase-{contact}",
		deduplicate=True,
		now=bool(frappe.flags.in_test),
		contact=contact,
	)
	return {"request": None, "contact": contact}
