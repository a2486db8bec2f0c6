"""A small world of units, people and tickets for the tests of units and of permissions."""

import frappe
from frappe.utils import add_days, nowdate

SOUTH, RETAIL, TREASURY = "Kit South", "Kit Retail", "Kit Treasury"
NORTH, CLAIMS = "Kit North", "Kit Claims"


def make_unit(name, parent=None, **values):
	"""A unit below the root, or below `parent`."""
	if not frappe.db.exists("CX Business Unit", name):
		root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")}, "name")
		frappe.get_doc(
			{
				"doctype": "CX Business Unit",
				"unit_name": name,
				"parent_cx_business_unit": parent or root,
				**values,
			}
		).insert(ignore_permissions=True)
	return name


def make_tree():
	"""South with Retail and Treasury, North with Claims."""
	make_unit(SOUTH, is_group=1)
	make_unit(NORTH, is_group=1)
	make_unit(RETAIL, SOUTH, tier="Named", headcount=120)
	make_unit(TREASURY, SOUTH, tier="Pooled", headcount=14)
	make_unit(CLAIMS, NORTH, tier="Named", headcount=300)


def remove_tree():
	"""Take the tree away again, for tests that commit; it must be empty of tickets and voices."""
	for unit in (RETAIL, TREASURY, CLAIMS, SOUTH, NORTH):
		if frappe.db.exists("CX Business Unit", unit):
			frappe.delete_doc("CX Business Unit", unit)


def make_user(address, *roles, user_type="System User"):
	"""An enabled user with exactly these roles."""
	if not frappe.db.exists("User", address):
		frappe.get_doc(
			{
				"doctype": "User",
				"email": address,
				"first_name": address.split("@")[0].title(),
				"send_welcome_email": 0,
				"user_type": user_type,
				"roles": [{"role": role} for role in roles],
			}
		).insert(ignore_permissions=True)
	return address


def assign(unit, user, role="Liaison", start=-30, end=None, **values):
	"""An assignment from `start` to `end`, in days from today."""
	return frappe.get_doc(
		{
			"doctype": "CX Liaison Assignment",
			"unit": unit,
			"user": user,
			"role": role,
			"from_date": add_days(nowdate(), start),
			"to_date": None if end is None else add_days(nowdate(), end),
			**values,
		}
	).insert(ignore_permissions=True)


def map_to(kind, value, unit):
	"""A row of the mapping."""
	return frappe.get_doc({"doctype": "CX Unit Mapping", "kind": kind, "value": value, "unit": unit}).insert(
		ignore_permissions=True
	)


def make_contact(address, **values):
	"""A contact with one address; the picture that the host looks for on the internet is left out."""
	from unittest.mock import patch

	with patch("frappe.contacts.doctype.contact.contact.has_gravatar", return_value="", create=True):
		return frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": address.split("@")[0].title(),
				"email_ids": [{"email_id": address, "is_primary": 1}],
				**values,
			}
		).insert(ignore_permissions=True)


def make_ticket(address="kit@nowhere.example", **values):
	"""A ticket through the host's own insert."""
	return frappe.get_doc(
		{
			"doctype": "HD Ticket",
			"subject": "Kit ticket",
			"raised_by": address,
			"description": "Kit",
			**values,
		}
	).insert(ignore_permissions=True)


def queries_of(action):
	"""Run `action`; the SQL statements it sent, without savepoints."""
	sent = []
	original = frappe.db.sql

	def counting(query, *args, **kwargs):
		sent.append(str(query))
		return original(query, *args, **kwargs)

	frappe.db.sql = counting
	try:
		action()
	finally:
		frappe.db.sql = original
	return [
		query for query in sent if not query.lower().lstrip().startswith(("savepoint", "release savepoint"))
	]
