"""Who answers for a voice, and until when: never nobody, never somebody who is gone."""

from datetime import datetime

import frappe
from frappe.utils import now_datetime

from cx_desk.core import voice as machine
from cx_desk.core.calendar import add_business_hours

VOICE = "CX Voice"
MANAGER_ROLE = "CX Manager"


def due_time(ticket: str | None = None, start: datetime | None = None) -> datetime:
	"""When a voice heard at `start` (now) must be answered, in the site's zone: business hours of CX Settings."""
	from cx_desk.host.service_calendar import service_calendar, site_zone

	hours = frappe.get_cached_doc("CX Settings").first_contact_hours
	hours = 8.0 if hours is None else float(hours)
	zone = site_zone()
	start = (start or now_datetime()).replace(tzinfo=zone)
	due = add_business_hours(start, hours, service_calendar(ticket))
	return due.astimezone(zone).replace(tzinfo=None, microsecond=0)


def choose_owner(doc) -> str:
	"""Who answers for a voice; never nobody, never a disabled user.

	The one who was named, else for praise the agent of the ticket, else the lead of the ticket's team, else the desk
	manager, else the next enabled CX Manager. Confidential voices go to the unit's liaison first, because a
	team lead may not read them.
	"""
	settings = frappe.get_cached_doc("CX Settings")
	candidates = [doc.responsible]
	if doc.confidential:
		candidates.append(liaison_of(doc.unit))
	else:
		if doc.kind == machine.PRAISE:
			candidates += _agents(doc.ticket)
		candidates += [row.user for row in settings.team_leads or [] if row.team == doc.team and doc.team]
	candidates.append(settings.desk_manager)
	for user in candidates:
		if is_enabled(user):
			return user
	for user in _managers():
		return user
	return "Administrator"


def is_enabled(user: str | None) -> bool:
	"""Whether a user is there, enabled and somebody who works in the Desk."""
	if not user or user == "Guest":
		return False
	row = frappe.db.get_value("User", user, ["enabled", "user_type"], as_dict=True)
	return bool(row and row.enabled and (row.user_type == "System User" or user == "Administrator"))


def _agents(ticket: str | None) -> list[str]:
	from cx_desk.host.tickets import facts

	row = facts([ticket]).get(str(ticket)) if ticket else None
	return frappe.parse_json(row._assign or "[]") if row else []


def _managers() -> list[str]:
	users = frappe.get_all(
		"Has Role",
		filters={"role": MANAGER_ROLE, "parenttype": "User", "parent": ["!=", "Administrator"]},
		pluck="parent",
		order_by="parent",
	)
	return [user for user in users if is_enabled(user)]


def cover_of(unit: str | None) -> frappe._dict:
	if not unit:
		return frappe._dict()
	from cx_desk.units import cover

	return cover.liaison_of(unit) or frappe._dict()


def liaison_of(unit: str | None) -> str | None:
	return cover_of(unit).get("liaison")


def adopt_orphans(limit: int = 500) -> int:
	"""Give every open voice whose owner was disabled or deleted a new one; how many were adopted."""
	owners = frappe.get_all(
		VOICE,
		filters={"state": ["in", (*machine.OUR_TURN, machine.TOLD)]},
		pluck="responsible",
		distinct=True,
	)
	gone = [owner for owner in owners if not is_enabled(owner)]
	if not gone:
		return 0
	names = frappe.get_all(
		VOICE,
		filters={"state": ["in", (*machine.OUR_TURN, machine.TOLD)]},
		or_filters=[
			["responsible", "in", [owner for owner in gone if owner] or [""]],
			["responsible", "is", "not set"],
		],
		pluck="name",
		limit=limit,
	)
	for name in names:
		doc = frappe.get_doc(VOICE, name, for_update=True)
		doc.responsible = None
		doc.responsible = choose_owner(doc)
		# allowed: a job of the scheduler, no user asked for it
		doc.save(ignore_permissions=True)
	return len(names)
