"""A person's own copy of what CX Desk stores of them."""

import json

import frappe
from frappe import _
from frappe.utils.verified_command import get_signed_params

from cx_desk.core import personal_data as data
from cx_desk.host import traces
from cx_desk.units import erasure

# What means nothing to the person, or would let somebody act in their name.
_LEFT_OUT = {
	"owner",
	"modified_by",
	"docstatus",
	"idx",
	"parentfield",
	"_user_tags",
	"_comments",
	"_assign",
	"_liked_by",
}


def of_addresses(addresses: list[str], contacts: list[str] | None = None) -> dict[str, list[dict]]:
	"""Every row of CX Desk that is the person's, by doctype, without hashes of links and keys."""
	contacts = contacts or [row.name for row in traces.contacts_of(addresses)]
	person = erasure.Person(tuple(addresses), tuple(contacts), (), "")
	copy = {}
	for doctype, names in sorted(erasure.rows_of(person).items()):
		hidden = {*_LEFT_OUT, *data.fields_of(doctype, data.TOKEN, data.KEY)}
		rows = frappe.get_all(doctype, filters={"name": ["in", names]}, fields=["*"], order_by="creation asc")
		copy[doctype] = [
			{name: value for name, value in row.items() if name not in hidden and value not in (None, "")}
			for row in rows
		]
	for child, parent in (("CX Survey Answer", "CX Survey Response"), ("CX Voice Step", "CX Voice")):
		if names := [row["name"] for row in copy.get(parent, ())]:
			copy[child] = frappe.get_all(
				child,
				filters={"parent": ["in", names], "parenttype": parent},
				fields=_fields(child),
				order_by="parent asc, idx asc",
			)
	return copy


def send(request) -> None:
	"""Put the copy beside the host's own file at a download request, and mail its link to the person."""
	address = frappe.db.get_value("User", request.user, "email") or request.user
	copy = of_addresses([address.strip().lower()])
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"Service-Desk-Data-{request.name}.json",
			"attached_to_doctype": request.doctype,
			"attached_to_name": request.name,
			"content": json.dumps(copy, indent=2, default=str, ensure_ascii=False),
			"is_private": 1,
		}
	).insert(ignore_permissions=True)  # allowed: the person's own data, for the person
	link = frappe.utils.get_url("/api/method/frappe.utils.file_manager.download_file")
	link = f"{link}?{get_signed_params({'file_url': file.file_url})}"
	frappe.sendmail(
		recipients=address,
		subject=_("Your data at the service desk"),
		message=_("What the service desk stores of you beside your account stands in this file:")
		+ f'<br><a href="{link}">{file.file_name}</a>',
	)


def _fields(child: str) -> list[str]:
	columns = [
		field.fieldname
		for field in frappe.get_meta(child).fields
		if field.fieldtype not in ("Section Break",)
	]
	return ["parent", *[name for name in columns if frappe.db.has_column(child, name)]]
