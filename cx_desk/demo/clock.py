"""A clock that the replay sets: Python's by freezegun, the database's by `SET timestamp`.

Frappe's moments are in the site's zone, the frozen clock counts in UTC; both are kept here. Development only:
freezegun comes with the development requirements of a bench.
"""

from contextlib import contextmanager
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import get_system_timezone


class Clock:
	def __init__(self, frozen, zone: ZoneInfo):
		self._frozen = frozen
		self._zone = zone

	def set(self, moment: datetime) -> None:
		"""Move to a moment of the site's zone."""
		aware = moment.replace(tzinfo=self._zone)
		self._frozen.move_to(aware.astimezone(timezone.utc).replace(tzinfo=None))
		frappe.db.sql("SET timestamp = %s", (aware.timestamp(),))  # allowed: SQL's NOW() follows the replay


@contextmanager
def frozen(start: datetime):
	"""Within, time stands still at `start` until it is moved. ValidationError where freezegun is not installed."""
	try:
		from freezegun import freeze_time
	except ImportError:
		frappe.throw(
			_(
				"The replay needs freezegun: run 'bench setup requirements --dev', or 'env/bin/pip install freezegun'."
			)
		)
	zone = ZoneInfo(get_system_timezone())
	utc = start.replace(tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None)
	with freeze_time(utc) as clock:
		try:
			yield Clock(clock, zone)
		finally:
			frappe.db.sql("SET timestamp = DEFAULT")  # allowed: back to the real time
