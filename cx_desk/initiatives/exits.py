"""By what early life support may end: criteria agreed before go-live, signed when users have worked with it."""

import frappe
from frappe import _
from frappe.utils import (
	cint,
	cstr,
	get_fullname,
	getdate,
	nowdate,
)

from cx_desk.core import initiative as machine


def unsigned(doc) -> list[str]:
	"""Exit criteria that nobody has signed."""
	return [row.criterion for row in doc.get("exits") or [] if not cint(row.signed)]


def keep(doc, before) -> None:
	"""Who signs an exit criterion, and when, is noted; nobody signs before it is live."""
	old = {row.name: row for row in (before.get("exits") or [] if before else [])}
	names = [cstr(row.criterion).strip().lower() for row in doc.get("exits") or []]
	for row in doc.get("exits") or []:
		if names.count(cstr(row.criterion).strip().lower()) > 1:
			frappe.throw(_("The exit criterion “{0}” stands twice. Take one row out.").format(row.criterion))
		was = old.get(row.name)
		if not cint(row.signed):
			row.signed_by = row.signed_on = None
		elif was and cint(was.signed):
			row.signed_by, row.signed_on = was.signed_by, was.signed_on
		elif not doc.live_at:
			frappe.throw(
				_("“{0}” is signed when users have worked with it: it is not live yet.").format(
					row.criterion
				),
				title=_("Signed too early"),
			)
		else:
			row.signed_by, row.signed_on = get_fullname(frappe.session.user), getdate(nowdate())
	if before and not doc.flags.cx_move and doc.stage == machine.EARLY_LIFE:
		gone = set(old) - {row.name for row in doc.get("exits") or []}
		if gone:
			frappe.throw(
				_(
					"“{0}” was agreed before go-live. It is signed or stays open, and is not taken out."
				).format(old[min(gone)].criterion),
				title=_("An exit criterion stays"),
			)


def open_anew(doc) -> None:
	"""After rolling back or reopening, everything is signed anew."""
	for row in doc.get("exits") or []:
		row.signed, row.signed_by, row.signed_on = 0, None, None
