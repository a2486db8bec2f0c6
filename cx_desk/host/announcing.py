"""The host's Webhook and Notification for records that are written past its documents.

Invitations and answers are written in bulk, without documents, so the host's hooks never hear of them. These functions
call the very ones that a saved document calls.
"""

from collections.abc import Iterable

import frappe


def wanted(doctypes: tuple[str, ...]) -> set[str]:
	"""Those of the doctypes on which a webhook or a notification is switched on."""
	found = set(
		frappe.get_all(
			"Webhook", filters={"enabled": 1, "webhook_doctype": ["in", doctypes]}, pluck="webhook_doctype"
		)
	)
	return found | set(
		frappe.get_all(
			"Notification", filters={"enabled": 1, "document_type": ["in", doctypes]}, pluck="document_type"
		)
	)


def watched(doctypes: tuple[str, ...]) -> dict[str, list[str]]:
	"""The fields of each doctype whose change a notification of the kind 'Value Change' waits for."""
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Notification",
		filters={"enabled": 1, "document_type": ["in", doctypes], "event": "Value Change"},
		fields=["document_type", "value_changed"],
	):
		if frappe.get_meta(row.document_type).has_field(row.value_changed):
			found.setdefault(row.document_type, []).append(row.value_changed)
	return found


def tell(doc, new: bool, *, notify: bool = True, changed: Iterable[str] = ()) -> None:
	"""Run the webhooks of a document for its insertion or its change, and its notifications unless told not to.

	changed: the fields that have another value than when the document was last told of. The requests themselves are
	enqueued by the host once the transaction is committed.
	"""
	from frappe.integrations.doctype.webhook import run_webhooks

	# The host compares with the document as it was; which value that had is not known, only that it was another.
	before = {field: _another(doc, field) for field in changed}
	doc._doc_before_save = frappe._dict({**doc.as_dict(), **before})
	for method in ("after_insert", "on_update") if new else ("on_update", "on_change"):
		run_webhooks(doc, method)
		if notify:
			doc.run_notifications(method)


def _another(doc, field: str):
	"""A value that the field does not have."""
	if doc.get(field):
		return None
	kind = doc.meta.get_field(field).fieldtype
	if kind in ("Date", "Datetime"):
		return "2000-01-01"
	return 1 if kind in ("Check", "Int", "Float", "Percent", "Currency") else "?"
