"""The nightly part of the relationship: lights each night for the running week, signals once a week, wants' figures."""

import frappe
from frappe.utils import getdate, nowdate

from cx_desk.relationship import lights, signals, wants

LAST_LOOK = "cx_desk_last_weekly_look"


def run() -> None:
	"""What one night does. Each part stands by itself, so that one that fails does not take the others along."""
	lights.write_week()
	frappe.db.commit()  # allowed: the lights stand whatever comes next
	if look_is_due():
		signals.look()
		frappe.db.set_global(LAST_LOOK, str(lights.week_of(getdate(nowdate()))))
		frappe.cache.delete_value(signals.EXPECTATION_CACHE)
		frappe.db.commit()  # allowed: the look stands whatever comes next
	wants.refresh()


def look_is_due() -> bool:
	"""Whether this week was not looked at yet: signals are judged once a week, however often the job runs."""
	return frappe.db.get_global(LAST_LOOK) != str(lights.week_of(getdate(nowdate())))
