"""Rules of the unit tree: one root, one catcher of unmatched tickets, nothing lost by deleting or merging."""

from zoneinfo import available_timezones

import frappe
from frappe import _
from frappe.utils import escape_html

from cx_desk.units.assignments import refresh_all_views
from cx_desk.units.mapping import forget_fallback

# Doctypes whose rows belong to a unit. Frappe does not look at them when a unit is deleted, since they are
# exempt from its link check (they must not hold back the deletion of a ticket or contact).
HELD_BY = (
	"CX Unit Mapping",
	"CX Liaison Assignment",
	"CX Voice",
	"CX Survey Response",
	"CX Survey Invitation",
	"CX Conversation",
	"CX Signal",
)


def check_place(unit) -> None:
	"""Before a unit is saved: it stands below the root, its parent is a group, the special units stay special."""
	if unit.flags.by_install:
		return
	if unit.time_zone and unit.time_zone not in available_timezones():
		frappe.throw(
			_("{0} is no time zone. Choose one from the list, for example Europe/Berlin.").format(
				unit.time_zone
			)
		)
	before = unit.get_doc_before_save()
	root = root_unit()
	if unit.is_unassigned and not (before and before.is_unassigned):
		unit.is_unassigned = 0
	if before and before.is_unassigned:
		unit.is_unassigned = 1
		_keep_catcher(unit)
	if root and unit.name == root:
		unit.is_group = 1
		if unit.parent_cx_business_unit:
			frappe.throw(_("{0} is the top of the tree and stands below nothing.").format(unit.name))
		if unit.disabled:
			frappe.throw(_("{0} is the top of the tree and cannot be disabled.").format(unit.name))
		return
	if not unit.parent_cx_business_unit:
		unit.parent_cx_business_unit = root
	if unit.parent_cx_business_unit == unit.name:
		frappe.throw(_("A unit cannot stand below itself. Choose another parent."))
	place = frappe.db.get_value(
		"CX Business Unit",
		unit.parent_cx_business_unit,
		["is_group", "is_unassigned", "lft", "rgt"],
		as_dict=True,
	)
	if not place:
		# The host says that there is no such parent.
		return
	if before and before.lft < place.lft and place.rgt < before.rgt:
		frappe.throw(
			_(
				"{0} stands below {1}, so it cannot hold it: the tree would run in a circle. Choose another parent, or move {0} elsewhere first."
			).format(
				frappe.bold(escape_html(unit.parent_cx_business_unit)), frappe.bold(escape_html(unit.name))
			),
			title=_("A circle in the tree"),
		)
	if place.is_unassigned:
		frappe.throw(
			_("{0} takes tickets without a unit and has no units below it.").format(
				unit.parent_cx_business_unit
			)
		)
	if not place.is_group:
		frappe.db.set_value("CX Business Unit", unit.parent_cx_business_unit, "is_group", 1)
	if (
		not unit.is_group
		and before
		and frappe.db.exists("CX Business Unit", {"parent_cx_business_unit": unit.name})
	):
		unit.is_group = 1


def _keep_catcher(unit) -> None:
	if unit.disabled:
		frappe.throw(
			_("{0} takes tickets that no mapping knows, so it cannot be disabled.").format(unit.name)
		)
	if unit.is_group:
		frappe.throw(
			_("{0} takes tickets that no mapping knows, so it has no units below it.").format(unit.name)
		)


def check_rename(old: str, new: str, merge: bool) -> None:
	"""The root and the catcher may be renamed but not merged into another unit."""
	if not merge:
		return
	if old == root_unit():
		frappe.throw(_("{0} is the top of the tree and cannot be merged into another unit.").format(old))
	if frappe.db.get_value("CX Business Unit", old, "is_unassigned"):
		frappe.throw(
			_(
				"{0} takes tickets that no mapping knows and cannot be merged. Map its tickets instead."
			).format(old)
		)


def check_delete(unit) -> None:
	"""Refuse to delete the special units and those that something belongs to, and say what to do instead."""
	if frappe.flags.in_uninstall:
		return
	if unit.is_unassigned:
		frappe.throw(_("{0} takes tickets that no mapping knows and cannot be deleted.").format(unit.name))
	if unit.name == root_unit():
		frappe.throw(_("{0} is the top of the tree and cannot be deleted.").format(unit.name))
	held = [
		_("{0}: {1}").format(_(doctype), count)
		for doctype in HELD_BY
		if (count := frappe.db.count(doctype, {"unit": unit.name}))
	]
	if held:
		frappe.throw(
			_(
				"{0} still has {1}. Merge it into another unit (Menu, Rename), or disable it to keep its history."
			).format(unit.name, ", ".join(held))
		)


def after_change() -> None:
	"""What depends on the tree as a whole."""
	forget_fallback()
	if not (frappe.flags.in_install or frappe.flags.in_uninstall or frappe.flags.in_migrate):
		refresh_all_views()


def root_unit() -> str | None:
	"""The top of the tree."""
	return frappe.db.get_value(
		"CX Business Unit", {"parent_cx_business_unit": ("is", "not set")}, "name", order_by="creation asc"
	)
