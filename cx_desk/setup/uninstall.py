"""Leave the host as it was: our rows, scripts, views, roles, columns and their indexes."""

import frappe

from cx_desk.host import fields, form_script, made, tickets, views
from cx_desk.setup import initiative_board, voice_board
from cx_desk.setup.install import ROLES


def before_uninstall() -> None:
	"""Frappe itself deletes our doctypes and whatever carries our module."""
	fields.remove_template_rows()
	form_script.remove()
	views.remove_views()
	voice_board.remove()
	initiative_board.remove()
	tickets.drop_indexes()
	fields.remove_fields()
	remove_roles()
	remove_jobs()
	remove_references()
	made.forget()
	frappe.db.delete("DefaultValue", {"parent": "__global", "defkey": ("in", FACTS)})


def remove_roles() -> None:
	"""Roles go with their holders' rows."""
	for role in ROLES:
		for table in ("Has Role", "DocPerm", "Custom DocPerm"):
			frappe.db.delete(table, {"role": role})
		frappe.db.delete("Role", {"name": role})
	frappe.clear_cache()


def remove_jobs() -> None:
	"""Frappe drops the jobs of an app that is gone only at the next migrate."""
	jobs = frappe.get_all("Scheduled Job Type", {"method": ("like", "cx_desk.%")}, pluck="name")
	if jobs:
		frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ("in", jobs)})
		frappe.db.delete("Scheduled Job Type", {"name": ("in", jobs)})


# Rows of the host that hang on a record by its doctype: they lead nowhere once it is gone.
REFERENCES = {
	"Comment": "reference_doctype",
	"Communication": "reference_doctype",
	"Communication Link": "link_doctype",
	"Custom DocPerm": "parent",
	"Custom Field": "dt",
	"Deleted Document": "deleted_doctype",
	"DocShare": "share_doctype",
	"Document Follow": "ref_doctype",
	"Document Share Key": "reference_doctype",
	"Dynamic Link": "link_doctype",
	"Email Queue": "reference_doctype",
	"Email Unsubscribe": "reference_doctype",
	"Error Log": "reference_doctype",
	"Energy Point Log": "reference_doctype",
	"File": "attached_to_doctype",
	"Kanban Board": "reference_doctype",
	"List Filter": "reference_doctype",
	"List View Settings": "name",
	"Notification": "document_type",
	"Notification Log": "document_type",
	"Property Setter": "doc_type",
	"Tag Link": "document_type",
	"ToDo": "reference_type",
	"User Permission": "allow",
	"Version": "ref_doctype",
	"View Log": "reference_doctype",
	"Webhook": "webhook_doctype",
}
# Single facts that jobs keep in the host's table of defaults, beside what `made` keeps.
FACTS = ("cx_monday_mail", "cx_targets_week", "cx_announced")


def remove_references() -> None:
	"""Take away what hangs on our records in the host's tables: comments, shares, list entries, mails, versions.

	Names of our records are counted in series of their own, which go too.
	"""
	doctypes = frappe.get_all("DocType", {"module": fields.MODULE}, ["name", "autoname"])
	ours = [doctype.name for doctype in doctypes]
	for doctype, column in REFERENCES.items():
		if frappe.db.table_exists(doctype) and frappe.db.has_column(doctype, column):
			frappe.db.delete(doctype, {column: ("in", ours)})
	prefixes = [doctype.autoname.split(".")[0] for doctype in doctypes if ".#" in (doctype.autoname or "")]
	series = frappe.qb.DocType("Series")
	frappe.qb.from_(series).delete().where(series.name.isin([*prefixes, "no such series"])).run()
