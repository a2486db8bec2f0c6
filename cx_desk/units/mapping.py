"""The mapping table: one query per ticket, and what keeps it right when the host's records change."""

from hashlib import sha256

import frappe
from frappe import _

from cx_desk.core import mapping

# Cached, so that a ticket that matches nothing costs no query more than one that does.
FALLBACK_CACHE = "cx_desk_unit_fallback"


# Written out, since this runs in every new ticket's save: building it anew took five times as long as MariaDB
# needs to answer it (2.1 ms and 0.4 ms with 10,000 rows).
_ROWS = (
	"select m.kind, m.value, m.unit from `tabCX Unit Mapping` m"
	" inner join `tabCX Business Unit` u on u.name = m.unit and u.disabled = 0"
)
_DEPARTMENT = f"{_ROWS} inner join `tabContact` c on c.department = m.value where m.kind = %s and c.name = %s"
_OTHER_ADDRESSES = (
	f"{_ROWS} inner join `tabContact Email` e on e.email_id = m.value"
	" where m.kind = %s and e.parent = %s and e.parenttype = 'Contact'"
)
_EMPLOYEE = (
	f"{_ROWS} inner join `tabEmployee` e on e.department = m.value"
	" where m.kind = %s and e.user_id = %s and e.status = 'Active'"
)


def find_match(
	*, address: str | None, contact: str | None, customer: str | None, team: str | None
) -> mapping.Match | None:
	"""The best mapping row for a person, customer and team; None when nothing matches. One query.

	A contact stands for its other addresses and its department too; with ERPNext an employee's department
	counts as well. Mappings to disabled units do not count.
	"""
	wanted: dict[str, list[str]] = {}
	for kind, value in mapping.candidates(address=address, contact=contact, customer=customer, team=team):
		wanted.setdefault(kind, []).append(value)
	if not wanted:
		return None
	parts = [f"{_ROWS} where " + " or ".join(["(m.kind = %s and m.value in %s)"] * len(wanted))]
	values: list = [part for kind, found in wanted.items() for part in (kind, tuple(found))]
	if contact:
		parts += [_DEPARTMENT, _OTHER_ADDRESSES]
		values += [mapping.DEPARTMENT, contact, mapping.PERSON, contact]
	person = mapping.clean_address(address)
	if person and "erpnext" in frappe.get_installed_apps():
		parts.append(_EMPLOYEE)
		values += [mapping.DEPARTMENT, person]
	return mapping.choose(frappe.db.sql(" union all ".join(parts), values))  # allowed: in every ticket's save


def fallback() -> mapping.Match:
	"""Where a ticket goes that no mapping knows: the only unit there is, else "Unassigned". Cached."""
	if frappe.flags.cx_units_change:
		# What this transaction sees of its own units may be rolled back, and is not for others to go by.
		return mapping.Match(*_read_fallback())
	found = frappe.cache.get_value(FALLBACK_CACHE, _read_fallback)
	return mapping.Match(*found)


def _read_fallback() -> tuple[str, str]:
	units = frappe.get_all(
		"CX Business Unit", filters={"is_group": 0, "disabled": 0}, fields=["name", "is_unassigned"], limit=3
	)
	own = [unit.name for unit in units if not unit.is_unassigned]
	if len(own) == 1:
		return own[0], mapping.ONLY_UNIT
	return frappe.db.get_value("CX Business Unit", {"is_unassigned": 1}, "name") or "", mapping.UNASSIGNED


def forget_fallback() -> None:
	"""Called when a unit is made, changed, renamed or deleted; once more when that is committed or rolled back."""
	frappe.cache.delete_value(FALLBACK_CACHE)
	if not frappe.flags.cx_units_change:
		frappe.flags.cx_units_change = True
		frappe.db.after_commit.add(_units_stand)
		frappe.db.after_rollback.add(_units_stand)


def _units_stand() -> None:
	frappe.flags.cx_units_change = False
	frappe.cache.delete_value(FALLBACK_CACHE)


def unassigned_unit() -> str | None:
	"""The unit that catches what nothing else does."""
	return frappe.db.get_value("CX Business Unit", {"is_unassigned": 1}, "name")


def rename_value(kind: str, old: str, new: str, merge: bool = False) -> None:
	"""Follow a renamed contact, customer or team. When merged, a row that the target already has wins."""
	old, new = mapping.clean_text(old), mapping.clean_text(new)
	for name in frappe.get_all("CX Unit Mapping", {"kind": kind, "value": old}, pluck="name"):
		if frappe.db.exists("CX Unit Mapping", {"kind": kind, "value": new, "name": ("!=", name)}):
			frappe.delete_doc(
				"CX Unit Mapping", name, ignore_permissions=True
			)  # allowed: follows the host's rename
			continue
		row = frappe.get_doc("CX Unit Mapping", name)
		row.value = new
		row.save(ignore_permissions=True)  # allowed: follows the host's rename


def remove_value(kind: str, value: str) -> None:
	"""Drop the mapping of a contact, customer or team that is deleted."""
	for name in frappe.get_all(
		"CX Unit Mapping", {"kind": kind, "value": mapping.clean_text(value)}, pluck="name"
	):
		frappe.delete_doc(
			"CX Unit Mapping", name, ignore_permissions=True
		)  # allowed: follows the host's deletion


def check_mapping(row) -> None:
	"""Bring a mapping's value into its stored form, and refuse what another row says already."""
	try:
		row.value = mapping.normalise(row.kind, row.value)
	except ValueError as error:
		frappe.throw(_(str(error)), title=_("This cannot be mapped"))
	unit = frappe.db.get_value("CX Business Unit", row.unit, ["name", "is_unassigned"]) if row.unit else None
	if unit and unit[1]:
		frappe.throw(
			_("{0} is where tickets go that no mapping knows. Map to a real unit, or leave this out.").format(
				row.unit
			)
		)
	taken = frappe.db.get_value(
		"CX Unit Mapping", {"kind": row.kind, "value": row.value, "name": ("!=", row.name or "")}, "unit"
	)
	if taken:
		frappe.throw(
			_("{0} {1} is mapped to {2} already. Change that mapping instead of adding a second one.").format(
				_(row.kind), frappe.bold(row.value), frappe.bold(taken)
			),
			exc=frappe.UniqueValidationError,
			title=_("Mapped already"),
		)


def mapping_name(kind: str, value: str) -> str:
	"""A readable name of a mapping: 'Person: ann@bank.example'; a hash where that would be too long."""
	name = f"{kind}: {value}"
	return name if len(name) <= mapping.VALUE_LENGTH else f"{kind}: {sha256(value.encode()).hexdigest()[:40]}"
