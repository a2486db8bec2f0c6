"""Liaisons of units: one at a time, handed over as a whole, with their own view and role."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import format_date, get_link_to_form, getdate

from cx_desk.core.units import DEPUTY, LIAISON, SPECIALIST, Assignment, clash
from cx_desk.host.views import set_own_view
from cx_desk.units.cover import units_of
from cx_desk.units.scope import LIAISON_ROLE


def check_assignment(doc) -> None:
	"""Refuse an end before the start, and a second liaison or deputy of one unit on the same day."""
	doc.from_date = getdate(doc.from_date) if doc.from_date else None
	doc.to_date = getdate(doc.to_date) if doc.to_date else None
	if doc.role != SPECIALIST:
		doc.subject = None
	if not (doc.unit and doc.user and doc.from_date):
		return
	if doc.to_date and doc.to_date < doc.from_date:
		frappe.throw(
			_(
				"The last day, {0}, lies before the first, {1}. Correct one of them, or leave the last day empty."
			).format(format_date(doc.to_date), format_date(doc.from_date))
		)
	_check_user(doc)
	new = Assignment(doc.unit, doc.user, doc.role, doc.from_date, doc.to_date, doc.name)
	other = clash(new, _others(doc))
	if other:
		frappe.throw(_clash_message(new, other), title=_("Two at the same time"))


def _check_user(doc) -> None:
	before = doc.get_doc_before_save()
	if before and before.user == doc.user:
		return
	user = frappe.db.get_value("User", doc.user, ["enabled", "user_type"], as_dict=True)
	if user and (not user.enabled or user.user_type != "System User"):
		frappe.throw(
			_("{0} cannot sign in to the desk. Choose somebody with an enabled desk account.").format(
				doc.user
			)
		)


def _others(doc) -> list[Assignment]:
	rows = frappe.get_all(
		"CX Liaison Assignment",
		filters={"unit": doc.unit, "role": doc.role, "name": ("!=", doc.name or "")},
		fields=["unit", "user", "role", "from_date", "to_date", "name"],
	)
	return [Assignment(row.unit, row.user, row.role, row.from_date, row.to_date, row.name) for row in rows]


def period(assignment: Assignment) -> str:
	"""'01-01-2026 to 30-06-2026', or 'from 01-01-2026 on', in the user's date format."""
	if assignment.to_date is None:
		return _("from {0} on").format(format_date(assignment.from_date))
	return _("{0} to {1}").format(format_date(assignment.from_date), format_date(assignment.to_date))


def _clash_message(new: Assignment, other: Assignment) -> str:
	who = frappe.db.get_value("User", other.user, "full_name") or other.user
	return _(
		"{0} is {1} of {2} {3} ({4}); this one runs {5}. A unit has one {1} at a time: end the other first, or change the dates."
	).format(
		frappe.bold(frappe.utils.escape_html(who)),
		_(other.role),
		frappe.bold(frappe.utils.escape_html(other.unit)),
		period(other),
		get_link_to_form("CX Liaison Assignment", other.name),
		period(new),
	)


def after_change(users: set[str], doc=None) -> None:
	"""Bring the role and the private ticket view of everybody concerned up to date."""
	if doc is not None and doc.role in (LIAISON, DEPUTY):
		_give_role(doc.user)
	for user in users:
		refresh_own_view(user)


def _give_role(user: str) -> None:
	"""Who is made a liaison may open what a liaison needs; a manager need not ask an admin for it."""
	if user == "Administrator" or LIAISON_ROLE in frappe.get_roles(user):
		return
	holder = frappe.get_doc("User", user)
	holder.flags.ignore_permissions = True  # allowed: only this one role, by somebody who may assign liaisons
	holder.add_roles(LIAISON_ROLE)


def refresh_own_view(user: str) -> None:
	"""Make, change or remove somebody's private view "My units" in Helpdesk's ticket list."""
	set_own_view(user, units_of(user))


def refresh_all_views() -> None:
	"""Nightly and after the tree changed: assignments begin and end by date alone."""
	for user in frappe.get_all("CX Liaison Assignment", pluck="user", distinct=True):
		refresh_own_view(user)


def hand_over(leaver: str, successor: str, first_day: date) -> dict[str, list[str]]:
	"""Give everything somebody answers for to a successor from `first_day` on, in one transaction.

	Open assignments end the day before (or move as a whole where they start later), and the successor gets
	the same role and unit to the same end. Returns {"handed_over": units, "skipped": messages}; a unit where
	the successor holds that role already is skipped and only the leaver's assignment ends. Any clash with a
	third person refuses the whole.
	"""
	first_day = getdate(first_day)
	if leaver == successor:
		frappe.throw(_("Choose somebody else as successor."))
	open_rows = [
		frappe.get_doc("CX Liaison Assignment", name)
		for name in frappe.get_all(
			"CX Liaison Assignment", {"user": leaver}, pluck="name", order_by="from_date"
		)
	]
	open_rows = [row for row in open_rows if row.to_date is None or getdate(row.to_date) >= first_day]
	if not open_rows:
		frappe.throw(
			_("{0} answers for no unit on or after {1}.").format(
				frappe.utils.escape_html(leaver), format_date(first_day)
			)
		)
	done, skipped = [], []
	for row in open_rows:
		has_already = _holds_already(row, successor, first_day)
		if getdate(row.from_date) >= first_day:
			if has_already:
				row.delete()
			else:
				row.user = successor
				row.save()
		else:
			last = row.to_date
			row.to_date = first_day - timedelta(days=1)
			row.save()
			if not has_already:
				frappe.get_doc(
					{
						"doctype": "CX Liaison Assignment",
						"unit": row.unit,
						"user": successor,
						"role": row.role,
						"subject": row.subject,
						"from_date": first_day,
						"to_date": last,
					}
				).insert()
		if has_already:
			skipped.append(_("{0}: {1} is {2} already").format(row.unit, successor, _(row.role)))
		else:
			done.append(row.unit)
	return {"handed_over": done, "skipped": skipped}


def _holds_already(row, successor: str, first_day: date) -> bool:
	"""Whether the successor holds the same role and unit on every day that is to be handed over."""
	start = max(first_day, getdate(row.from_date))
	end = getdate(row.to_date) if row.to_date else None
	for held in frappe.get_all(
		"CX Liaison Assignment",
		{"user": successor, "unit": row.unit, "role": row.role},
		["from_date", "to_date"],
	):
		covers_end = held.to_date is None or (end is not None and held.to_date >= end)
		if held.from_date <= start and covers_end:
			return True
	return False
