"""Times of the site as a unit's clock shows them, and back: a unit may lie in another time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import frappe

from cx_desk.host.service_calendar import site_zone


def zone_of(unit: str) -> ZoneInfo:
	"""The unit's time zone; the site's where none is given, or one that is not known here."""
	name = frappe.db.get_value("CX Business Unit", unit, "time_zone")
	try:
		return ZoneInfo(name) if name else site_zone()
	except (ZoneInfoNotFoundError, ValueError):
		return site_zone()


def at_unit(unit: str, moment: datetime) -> datetime:
	"""A naive time of the site as a naive time of the unit."""
	return _moved(moment, site_zone(), zone_of(unit))


def at_site(unit: str, moment: datetime) -> datetime:
	"""A naive time of the unit as a naive time of the site."""
	return _moved(moment, zone_of(unit), site_zone())


def _moved(moment: datetime, origin: ZoneInfo, to: ZoneInfo) -> datetime:
	return moment.replace(tzinfo=origin).astimezone(to).replace(tzinfo=None)
