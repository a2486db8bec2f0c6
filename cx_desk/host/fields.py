"""What CX Desk adds to the host's own doctypes: one list, used by install and uninstall."""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from cx_desk.host import names

MODULE = "CX Desk"

# HD Ticket gets these three columns and no others: portal users receive every column of their tickets.
TICKET_FIELDS = [
	{
		"fieldname": "cx_business_unit",
		"label": "Business Unit",
		"fieldtype": "Link",
		"options": "CX Business Unit",
		"insert_after": "customer",
		"description": "Part of the business this ticket comes from. Clear it to have it found automatically.",
		"depends_on": "eval:doc.name",
		"ignore_user_permissions": 1,
		"in_standard_filter": 1,
		"search_index": 1,
		"no_copy": 1,
		"module": MODULE,
	},
	{
		"fieldname": "cx_unit_rule",
		"label": "Unit Found By",
		"fieldtype": "Data",
		"insert_after": "cx_business_unit",
		"depends_on": "eval:doc.name",
		"read_only": 1,
		"no_copy": 1,
		"module": MODULE,
	},
	{
		"fieldname": "cx_resolution_no",
		"label": "Times Resolved",
		"fieldtype": "Int",
		"insert_after": "cx_unit_rule",
		"hidden": 1,
		"read_only": 1,
		"no_copy": 1,
		"print_hide": 1,
		"module": MODULE,
	},
]

CUSTOM_FIELDS = {names.TICKET: TICKET_FIELDS}

# Rows of the "Default" ticket template: the only fields that Helpdesk's ticket sidebar shows.
TEMPLATE_ROWS = ("cx_business_unit", "cx_unit_rule")


def add_fields() -> None:
	"""Make the custom fields that are missing; those that are there keep what an admin changed in them."""
	create_custom_fields(CUSTOM_FIELDS, update=False)


def remove_fields() -> None:
	"""Delete the custom fields and their columns (Frappe leaves the columns; an index goes with its column)."""
	for doctype, fields in CUSTOM_FIELDS.items():
		fieldnames = [field["fieldname"] for field in fields]
		for fieldname in fieldnames:
			for made in ("Custom Field", "Property Setter"):
				parent = "dt" if made == "Custom Field" else "doc_type"
				column = "fieldname" if made == "Custom Field" else "field_name"
				for name in frappe.get_all(made, {parent: doctype, column: fieldname}, pluck="name"):
					frappe.delete_doc(made, name, force=True, ignore_permissions=True)  # allowed: uninstall
		frappe.clear_cache(doctype=doctype)
		present = [column for column in fieldnames if column in frappe.db.get_table_columns(doctype)]
		if present:
			drops = ", ".join(f"DROP COLUMN `{column}`" for column in present)
			frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` {drops}")
		frappe.clear_cache(doctype=doctype)


def add_template_rows() -> None:
	"""Show unit and rule in the ticket's sidebar; customers do not see them.

	The rows are written beside the template, which keeps its own time stamp and version history.
	"""
	if not frappe.db.exists(names.TICKET_TEMPLATE, names.DEFAULT_TEMPLATE):
		return
	template = frappe.get_doc(names.TICKET_TEMPLATE, names.DEFAULT_TEMPLATE)
	present = {row.fieldname for row in template.fields}
	for fieldname in TEMPLATE_ROWS:
		if fieldname not in present:
			row = template.append("fields", {"fieldname": fieldname, "hide_from_customer": 1, "required": 0})
			row.db_insert()
	frappe.clear_document_cache(names.TICKET_TEMPLATE, names.DEFAULT_TEMPLATE)


def remove_template_rows() -> None:
	"""Take our rows out of every ticket template: a row without its field makes each later save throw.

	Rows are deleted one by one and the rest keep their own numbers, so that a template that we only appended
	to is as before, its time stamps included.
	"""
	frappe.db.delete(
		names.TICKET_TEMPLATE_FIELD, {"fieldname": ("in", [f["fieldname"] for f in TICKET_FIELDS])}
	)
	frappe.clear_document_cache(names.TICKET_TEMPLATE, names.DEFAULT_TEMPLATE)
