"""What the demo made, remembered on the site itself, so that it can be taken away again."""

from collections.abc import Iterable

import frappe

# Rows of Frappe's own key-value table, under a parent that no user and no default has.
PARENT = "__cx_desk_demo"


def remember(doctype: str, names: Iterable[str]) -> None:
	"""Note records that the demo made. Rows are written at once, with no document in between."""
	fields = [
		"name",
		"creation",
		"modified",
		"owner",
		"modified_by",
		"parent",
		"parenttype",
		"defkey",
		"defvalue",
	]
	now = frappe.utils.now_datetime()
	rows = [
		(
			frappe.generate_hash(length=20),
			*(now, now, "Administrator", "Administrator"),
			*(PARENT, "CX Demo", doctype, str(name)),
		)
		for name in names
	]
	if rows:
		frappe.db.bulk_insert("DefaultValue", fields, rows)


def remembered(doctype: str) -> list[str]:
	"""Names of the records of a doctype that the demo made, oldest first."""
	rows = frappe.get_all(
		"DefaultValue",
		filters={"parent": PARENT, "defkey": doctype},
		pluck="defvalue",
		order_by="creation asc, name asc",
	)
	return list(dict.fromkeys(rows))


def is_there() -> bool:
	return bool(frappe.db.exists("DefaultValue", {"parent": PARENT}))


def forget(doctype: str | None = None) -> None:
	frappe.db.delete("DefaultValue", {"parent": PARENT, **({"defkey": doctype} if doctype else {})})


def note(key: str, value: str) -> None:
	"""A single fact about the demo, such as by how far its times were moved."""
	forget(f"note:{key}")
	remember(f"note:{key}", [value])


def noted(key: str) -> str | None:
	found = remembered(f"note:{key}")
	return found[0] if found else None
