"""Leave the host as it was: our rows, scripts, views, roles, columns and their indexes."""

import frappe

from cx_desk.host import fields, form_script, made, tickets, views
from cx_desk.setup import voice_board
from cx_desk.setup.install import ROLES


def before_uninstall() -> None:
	"""Frappe itself deletes our doctypes and whatever carries our module."""
	fields.remove_template_rows()
	form_script.remove()
	views.remove_views()
	voice_board.remove()
	tickets.drop_indexes()
	fields.remove_fields()
	remove_roles()
	made.forget()


def remove_roles() -> None:
	"""Roles go with their holders' rows."""
	for role in ROLES:
		for table in ("Has Role", "DocPerm", "Custom DocPerm"):
			frappe.db.delete(table, {"role": role})
		frappe.db.delete("Role", {"name": role})
	frappe.clear_cache()
