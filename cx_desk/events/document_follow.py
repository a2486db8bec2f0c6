"""Document Follow: the host mails what changed to whoever follows a record, and never asks again who may read it."""

import frappe


def after_insert(doc, method: str | None = None) -> None:
	"""Keep no subscription to a record of ours: rights here end with an assignment, the host's mails would not.

	Also called where the host follows by itself, after a comment or a like: that must not fail.
	"""
	if str(doc.ref_doctype or "").startswith("CX "):
		frappe.db.delete("Document Follow", {"name": doc.name})
