"""Deleting what the demo made with all that hangs on it, ours and the host's; without documents, for there is much."""

from collections.abc import Iterable

import frappe

BATCH = 500
VOICE = "CX Voice"
# Records of the host that hang on a document by (doctype, name): the columns that say so.
HANGING = (
	("Communication", "reference_doctype", "reference_name"),
	("Comment", "reference_doctype", "reference_name"),
	("ToDo", "reference_type", "reference_name"),
	("Version", "ref_doctype", "docname"),
	("Notification Log", "document_type", "document_name"),
	("Email Queue", "reference_doctype", "reference_name"),
	("View Log", "reference_doctype", "reference_name"),
	("DocShare", "share_doctype", "share_name"),
	("File", "attached_to_doctype", "attached_to_name"),
)
CHILDREN_OF_HANGING = {"Communication": "Communication Link", "Email Queue": "Email Queue Recipient"}


def drop(doctype: str, names: Iterable[str]) -> int:
	"""Delete rows with their child rows and what hangs on them; how many."""
	found = [str(name) for name in names if name]
	children = [field.options for field in frappe.get_meta(doctype).get_table_fields()]
	for start in range(0, len(found), BATCH):
		part = found[start : start + BATCH]
		drop_hanging(doctype, part)
		for child in children:
			frappe.db.delete(child, {"parenttype": doctype, "parent": ("in", part)})
		frappe.db.delete(doctype, {"name": ("in", part)})
	return len(found)


def drop_hanging(doctype: str, names: list[str]) -> None:
	"""Delete what hangs on these documents, and leave them."""
	for hanging, doctype_field, name_field in HANGING:
		filters = {doctype_field: doctype, name_field: ("in", names or [""])}
		rows = frappe.get_all(hanging, filters=filters, pluck="name")
		if rows and (child := CHILDREN_OF_HANGING.get(hanging)):
			frappe.db.delete(child, {"parent": ("in", rows)})
		if rows:
			frappe.db.delete(hanging, {"name": ("in", rows)})


def drop_responses(names: Iterable[str]) -> int:
	"""Delete answers with the voices that they made; how many answers."""
	found = [name for name in names if name]
	drop(VOICE, frappe.get_all(VOICE, {"response": ("in", found or [""])}, pluck="name"))
	return drop("CX Survey Response", found)


def drop_survey(survey: str) -> int:
	"""Delete a survey of the demo with its answers, ledger rows and counts; how many answers."""
	count = drop_responses(frappe.get_all("CX Survey Response", {"survey": survey}, pluck="name"))
	for doctype in ("CX Anonymous Response", "CX Survey Invitation"):
		drop(doctype, frappe.get_all(doctype, {"survey": survey}, pluck="name"))
	for doctype in ("CX Score Rollup", "CX Unit Snapshot"):
		frappe.db.delete(doctype, {"survey": survey})
	versions = frappe.get_all("CX Survey Version", {"survey": survey}, pluck="name")
	frappe.db.delete("CX Anonymous Code", {"survey_version": ("in", versions or [""])})
	drop("CX Survey Version", versions)
	drop_document("CX Survey", survey)
	return count


def drop_document(doctype: str, name: str) -> None:
	"""Delete through the document, so that the host tidies up behind it; nothing where it is gone."""
	if frappe.db.exists(doctype, name):
		frappe.delete_doc(
			doctype,
			name,
			force=True,
			ignore_permissions=True,  # allowed: the demo takes away what it made
			delete_permanently=True,
		)
	drop_hanging(doctype, [name])
