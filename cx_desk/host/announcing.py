"""The host's Webhook and Notification for records that are written past its documents.

Invitations and answers are written in bulk, without documents, so the host's hooks never hear of them. These functions
call the very ones that a saved document calls.
"""

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


def tell(doc, new: bool, *, notify: bool = True) -> None:
	"""Run the webhooks of a document for its insertion or its change, and its notifications unless told not to.

	The requests themselves are enqueued by the host once the transaction is committed.
	"""
	from frappe.integrations.doctype.webhook import run_webhooks

	for method in ("after_insert", "on_update") if new else ("on_update", "on_change"):
		run_webhooks(doc, method)
		if notify:
			doc.run_notifications(method)
