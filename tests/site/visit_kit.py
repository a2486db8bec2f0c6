"""Makes what the tests about visits need, on top of what the tests about voices make."""

from datetime import timedelta

import voice_kit as kit

import frappe
from frappe.utils import add_days, get_datetime, now_datetime

UNIT, OTHER = "Visittest Warehouse", "Visittest Finance"
HOST = "hanna@voicetest.example"


def people() -> frappe._dict:
	"""A manager, the unit's liaison, two agents who go, one who does not; a team; two units; a host."""
	# The host allows sixty new users an hour.
	frappe.local.conf.throttle_user_limit = 10_000
	made = frappe._dict(
		manager=kit.user("visitmanager", "CX Manager", "Agent"),
		liaison=kit.user("visitliaison", "CX Liaison", "Agent"),
		agent=kit.user("visitagent", "Agent"),
		second=kit.user("visitsecond", "Agent"),
		stranger=kit.user("visitstranger", "Agent"),
	)
	for user in made.values():
		# The host sends such a mail at once when it is tested, and commits with it.
		frappe.db.set_value("Notification Settings", user, "enable_email_notifications", 0)
	kit.unit(UNIT)
	kit.unit(OTHER)
	kit.liaison(UNIT, made.liaison)
	made.host = kit.contact("Hanna Host", HOST)
	kit.settings(desk_manager=made.manager, visit_away_limit=2, visit_correction_days=5)
	driver("Waiting")
	return made


def no_visits() -> None:
	"""Forget the visits of the tests before: nobody is in two places."""
	frappe.db.delete("CX Visit", {"unit": ("in", (UNIT, OTHER))})


def driver(name: str) -> str:
	if not frappe.db.exists("CX Driver", name):
		frappe.get_doc({"doctype": "CX Driver", "driver_name": name}).insert(ignore_permissions=True)
	return name


def workday(days: int = 7, hour: int = 10):
	"""A Wednesday at least so many days ahead (or back), at an hour."""
	step = 1 if days >= 0 else -1
	day = get_datetime(add_days(now_datetime(), days))
	while day.weekday() != 2:
		day += timedelta(days=step)
	return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def visit(*users: str, starts=None, hours: float = 2, **values):
	"""A saved visit; in the future it is planned, in the past it was held."""
	starts = starts or workday()
	doc = frappe.get_doc(
		{
			"doctype": "CX Visit",
			"unit": UNIT,
			"type": "Shadowing",
			"host_contact": frappe.db.get_value("Contact", {"email_id": HOST}),
			"starts_on": starts,
			"ends_on": starts + timedelta(hours=hours),
			"people": [{"side": "Desk", "user": user} for user in users],
			**values,
		}
	)
	return doc.insert(ignore_permissions=True)


def held(*users: str, **values):
	return visit(*users, starts=workday(-7), **values)
