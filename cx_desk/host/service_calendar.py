"""The hours a desk works for a ticket, from Helpdesk's service level agreements."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone, get_time, getdate

from cx_desk.core.calendar import ServiceCalendar
from cx_desk.host.names import HOLIDAY_LIST, SLA, TICKET

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OFFICE_HOURS = {day: [(time(9), time(17))] for day in range(5)}


def service_calendar(ticket: str | None = None) -> ServiceCalendar:
	"""Working hours and holidays of the ticket's SLA, else of the default SLA, else Monday to Friday, 9 to 17.

	The host keeps working hours in the site's time zone; so does the calendar. Hours that make no calendar
	(overlapping or empty) count as not given.
	"""
	zone = site_zone()
	for name in _agreements(ticket):
		try:
			agreement = frappe.get_cached_doc(SLA, name)
			hours = _hours(agreement)
			if hours:
				return ServiceCalendar(hours, zone, _holidays(agreement.holiday_list))
		except (frappe.DoesNotExistError, ValueError):
			continue
	return ServiceCalendar(_OFFICE_HOURS, zone)


def site_zone() -> ZoneInfo:
	"""The time zone in which the site keeps its times."""
	return ZoneInfo(get_system_timezone())


def _agreements(ticket: str | None) -> list[str]:
	own = frappe.db.get_value(TICKET, str(ticket), "sla") if ticket else None
	default = frappe.db.get_value(SLA, {"default_sla": 1, "enabled": 1}, "name", order_by="creation desc")
	return [name for name in (own, default) if name]


def _hours(agreement) -> dict[int, list[tuple]]:
	hours: dict[int, list[tuple]] = {}
	for row in agreement.support_and_resolution:
		if row.workday in _DAYS and row.start_time is not None and row.end_time is not None:
			hours.setdefault(_DAYS.index(row.workday), []).append(
				(_clock(row.start_time), _clock(row.end_time))
			)
	return hours


def _clock(value) -> time | timedelta:
	# MariaDB gives a timedelta, a cached document sometimes text; 23:59:59 is how the host writes midnight.
	value = value if isinstance(value, timedelta) else get_time(value)
	as_time = value if isinstance(value, time) else None
	seconds = (
		value.total_seconds()
		if as_time is None
		else as_time.hour * 3600 + as_time.minute * 60 + as_time.second
	)
	return timedelta(days=1) if seconds >= 86399 else timedelta(seconds=seconds)


def _holidays(holiday_list: str | None) -> list:
	if not holiday_list or not frappe.db.exists(HOLIDAY_LIST, holiday_list):
		return []
	return [getdate(row.holiday_date) for row in frappe.get_cached_doc(HOLIDAY_LIST, holiday_list).holidays]
