"""What the host itself keeps of a person: versions, deleted documents, mails, comments, tasks, notices, files, logs."""

import json
from collections.abc import Callable, Iterable, Mapping

import frappe
from frappe.utils import parse_addr

from cx_desk.host import names

# Host records in which a text may name anybody: the columns to look through.
TEXTS: dict[str, tuple[str, ...]] = {
	"Version": ("data",),
	"Deleted Document": ("data", "deleted_name"),
	"Communication": (
		*("subject", "content", "text_content", "sender", "sender_full_name", "recipients"),
		*("cc", "bcc", "user_tags", "message_id"),
	),
	"Comment": ("content", "subject", "comment_email", "comment_by"),
	"ToDo": ("description",),
	"Notification Log": ("subject", "email_content", "email_header"),
	"File": ("file_name",),
	"Access Log": ("export_from", "file_type", "filters", "method", "page", "columns", "report_name"),
	"Activity Log": ("subject", "content", "full_name"),
	"Error Log": ("error", "method"),
	"Event": ("subject", "description"),
	"Webhook Request Log": ("data", "headers", "response", "error"),
	"Integration Request": ("data", "output", "error"),
	"Scheduled Job Log": ("details",),
	"Prepared Report": ("filters", "error_message"),
}
# Rows that name the person and are worth nothing without it.
_DROPPED = ("Error Log", "Webhook Request Log", "Integration Request")


def redact_texts(marks: Iterable[str], redact: Callable[[str], str]) -> int:
	"""Rewrite every host record that holds one of these texts; how many. redact: a text to the one that may stay."""
	marks, count = [mark for mark in marks if mark], 0
	if not marks:
		return 0
	for doctype, wanted in TEXTS.items():
		if not frappe.db.table_exists(doctype):
			continue
		columns = [column for column in wanted if frappe.db.has_column(doctype, column)]
		for row in rows_naming(doctype, columns, marks):
			count += 1
			if doctype in _DROPPED:
				if _names_one(row, columns, marks):
					frappe.db.delete(doctype, {"name": row.name})
				continue
			values = {column: redact(row[column]) for column in columns if row[column]}
			frappe.db.set_value(doctype, row.name, values, update_modified=False)
	for table, column in (("__global_search", "content"),):
		for mark in marks:
			frappe.db.delete(table, {column: ["like", f"%{_escaped(mark)}%"]})
	return count


def rows_naming(doctype: str, columns: list[str], marks: Iterable[str]) -> list[frappe._dict]:
	"""Rows of a doctype with one of these texts in one of these columns, whatever its case, and some that look alike.

	The host writes backslashes of a filter twice, so that no letter can be taken for itself: the `_` of an address
	stands for any letter here. What becomes of a row is decided by its exact text.
	"""
	likes = [[doctype, column, "like", f"%{mark}%"] for column in columns for mark in marks]
	if not likes:
		return []
	return frappe.get_all(doctype, or_filters=likes, fields=["name", *columns], order_by=None)


def _names_one(row, columns: Iterable[str], marks: Iterable[str]) -> bool:
	texts = [str(row[column] or "").lower() for column in columns]
	return any(mark.lower() in text for mark in marks for text in texts)


def _escaped(mark: str) -> str:
	return mark.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def forget_deleted_copies(
	doctypes: Iterable[str], marks: Iterable[str], is_theirs: Callable[[str, dict], bool]
) -> int:
	"""Take away the copies that the host keeps of deleted records, where `is_theirs` (doctype, record) says so; how many."""
	column, name = "data", "Deleted Document"
	# A text stands in the copy as it is or with its letters written as JSON writes them.
	texts = {spelling for mark in marks if mark for spelling in (mark, json.dumps(mark)[1:-1])}
	likes = [[name, column, "like", f"%{text}%"] for text in sorted(texts)]
	if not likes:
		return 0
	rows = frappe.get_all(
		name,
		filters={"deleted_doctype": ["in", list(doctypes)]},
		or_filters=likes,
		fields=["name", "deleted_doctype", column],
		order_by=None,
	)
	gone = [row.name for row in rows if _is_of(row, column, is_theirs)]
	for chunk in _chunks(gone):
		frappe.db.delete(name, {"name": ["in", chunk]})
	return len(gone)


def _is_of(row, column: str, is_theirs: Callable[[str, dict], bool]) -> bool:
	try:
		record = json.loads(row[column] or "{}")
	except ValueError:
		return False
	return isinstance(record, dict) and is_theirs(row.deleted_doctype, record)


def forget_records(records: Mapping[str, Iterable[str]], erased: str) -> None:
	"""Take away what the host keeps about these records of ours: their history, tasks, notices, mails and files."""
	for doctype, found in records.items():
		for chunk in _chunks(list(found)):
			of = {"reference_doctype": doctype, "reference_name": ["in", chunk]}
			frappe.db.delete("Version", {"ref_doctype": doctype, "docname": ["in", chunk]})
			frappe.db.delete("Deleted Document", {"deleted_doctype": doctype, "deleted_name": ["in", chunk]})
			_delete_mails(of)
			_empty_communications(of, erased)
			frappe.db.set_value(
				"ToDo",
				{"reference_type": doctype, "reference_name": ["in", chunk]},
				"description",
				erased,
				update_modified=False,
			)
			frappe.db.set_value(
				"Notification Log",
				{"document_type": doctype, "document_name": ["in", chunk]},
				{"subject": erased, "email_content": None},
				update_modified=False,
			)
			_delete_files(doctype, chunk)


def forget_address(address: str, stand_in: str, erased: str) -> None:
	"""Take away mails from and to an address, and the sender of tickets. stand_in: what stands for the address."""
	for row in frappe.get_all(
		"Communication", filters={"sender": ["like", f"%{address}%"]}, fields=["name", "sender"]
	):
		# The look-up takes look-alikes, too: `_` stands for any letter.
		if parse_addr(row.sender)[1].lower() == address.lower():
			_empty_communications({"name": row.name}, erased)
	queued = frappe.get_all("Email Queue Recipient", filters={"recipient": address}, pluck="parent")
	for chunk in _chunks(queued):
		_delete_mails({"name": ["in", chunk]})
	frappe.db.set_value(names.TICKET, {"raised_by": address}, "raised_by", stand_in, update_modified=False)


def tickets_naming(marks: Iterable[str], redact: Callable[[str], str]) -> int:
	"""Take a person's name and address out of the words of tickets; how many. The words themselves stay the desk's."""
	columns = ["subject", "description", "via_customer_portal", "resolution_details"]
	columns = [column for column in columns if frappe.db.has_column(names.TICKET, column)]
	texts = [column for column in columns if column != "via_customer_portal"]
	rows = rows_naming(names.TICKET, texts, marks)
	for row in rows:
		values = {column: redact(row[column]) for column in texts if row[column]}
		frappe.db.set_value(names.TICKET, row.name, values, update_modified=False)
	return len(rows)


def mails_naming(marks: Iterable[str], page: int = 500) -> int:
	"""Empty sent mails in the queue that name the person: they are encoded, so each is read; how many."""
	from email import message_from_string

	wanted, count, after = [mark.lower() for mark in marks if mark], 0, ""
	while wanted:
		rows = frappe.get_all(
			"Email Queue",
			filters={"name": [">", after], "status": ["not in", ["Not Sent", "Sending"]]},
			fields=["name", "message"],
			order_by="name asc",
			limit=page,
		)
		if not rows:
			break
		after = rows[-1].name
		for row in rows:
			text = _decoded(message_from_string(row.message or "")).lower()
			if any(mark in text for mark in wanted):
				frappe.db.set_value("Email Queue", row.name, "message", "", update_modified=False)
				count += 1
	return count


def _decoded(message) -> str:
	parts = [str(value) for value in message.values()]
	for part in message.walk():
		if part.get_content_maintype() == "text":
			content = part.get_payload(decode=True) or b""
			parts.append(content.decode(part.get_content_charset() or "utf-8", "replace"))
	return "\n".join(parts)


def _delete_mails(filters: dict) -> None:
	found = frappe.get_all("Email Queue", filters=filters, pluck="name")
	for chunk in _chunks(found):
		frappe.db.delete("Email Queue Recipient", {"parent": ["in", chunk]})
		frappe.db.delete("Email Queue", {"name": ["in", chunk]})


def _empty_communications(filters: dict, erased: str) -> None:
	found = frappe.get_all("Communication", filters=filters, pluck="name")
	if not found:
		return
	values = dict.fromkeys(
		("subject", "content", "text_content", "sender_full_name", "recipients"), erased
	) | {"sender": None, "cc": None, "bcc": None, "phone_no": None}
	values = {field: value for field, value in values.items() if frappe.db.has_column("Communication", field)}
	frappe.db.set_value("Communication", {"name": ["in", found]}, values, update_modified=False)
	_delete_files("Communication", found)


def _delete_files(doctype: str, attached_to: list[str]) -> None:
	for name in frappe.get_all(
		"File",
		filters={"attached_to_doctype": doctype, "attached_to_name": ["in", attached_to]},
		pluck="name",
	):
		# allowed: an admin erases a person; the file goes from the disk as well
		frappe.delete_doc("File", name, ignore_permissions=True, force=True, delete_permanently=True)


def erase_contact(contact: str, new_name: str, erased_person: str) -> None:
	"""Empty a Contact and give it a name that says nothing; every link of the host and of ours follows."""
	empty_contact(contact, erased_person)
	frappe.rename_doc("Contact", contact, new_name, force=True, show_alert=False)


def empty_contact(contact: str, erased_person: str) -> None:
	"""Take everything out of a Contact that says who it was."""
	doc = frappe.get_doc("Contact", contact)
	values = {
		field.fieldname: None
		for field in doc.meta.fields
		if field.fieldtype in ("Data", "Small Text", "Text", "Attach Image", "Phone", "Select", "Link")
		and field.fieldname not in ("status", "cx_business_unit")
	}
	values |= {"first_name": erased_person, "full_name": erased_person, "status": doc.status}
	frappe.db.set_value("Contact", contact, values, update_modified=False)
	for table in doc.meta.get_table_fields():
		frappe.db.delete(table.options, {"parent": contact, "parenttype": "Contact"})
	_delete_files("Contact", [contact])
	for doctype, of in (("Version", "ref_doctype"), ("Deleted Document", "deleted_doctype")):
		field = "docname" if doctype == "Version" else "deleted_name"
		frappe.db.delete(doctype, {of: "Contact", field: contact})


def take_addresses_off(addresses: Iterable[str]) -> None:
	"""Take these addresses off every Contact that still has them."""
	wanted = list(addresses) or [""]
	frappe.db.delete("Contact Email", {"email_id": ["in", wanted], "parenttype": "Contact"})
	frappe.db.set_value("Contact", {"email_id": ["in", wanted]}, "email_id", None, update_modified=False)


def contacts_of(addresses: Iterable[str]) -> list[frappe._dict]:
	"""Contacts with one of these addresses: name, full_name."""
	rows = frappe.get_all(
		"Contact Email",
		filters={"email_id": ["in", list(addresses) or [""]], "parenttype": "Contact"},
		pluck="parent",
	)
	rows += frappe.get_all("Contact", filters={"email_id": ["in", list(addresses) or [""]]}, pluck="name")
	return frappe.get_all("Contact", filters={"name": ["in", rows or [""]]}, fields=["name", "full_name"])


def addresses_of(contact: str) -> list[str]:
	"""All mail addresses of a Contact, in lower case."""
	found = frappe.get_all(
		"Contact Email", filters={"parent": contact, "parenttype": "Contact"}, pluck="email_id"
	)
	found.append(frappe.db.get_value("Contact", contact, "email_id"))
	return list(dict.fromkeys(address.strip().lower() for address in found if address))


def user_of(addresses: Iterable[str]) -> str | None:
	"""The user account with one of these addresses."""
	return frappe.db.get_value("User", {"email": ["in", list(addresses) or [""]]}, "name")


def _chunks(values: list, size: int = 500):
	for start in range(0, len(values), size):
		yield values[start : start + size]
