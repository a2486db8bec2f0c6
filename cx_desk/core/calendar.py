"""Business hours on a service calendar, in the calendar's own time zone.

Hours are measured in real time: on the night the clocks go back, a calendar that is open round the clock has 25
hours. A wall-clock time that occurs twice means its first occurrence; one that the clocks skip means the moment
of the change. Periods of one day must not overlap; a shift past midnight is two periods, one on each day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

UTC = timezone.utc
_DAY = timedelta(days=1)
# A calendar whose every working day of a decade is a holiday is a mistake, not a long wait.
_LONGEST_SEARCH = 3660

Period = tuple["time | timedelta", "time | timedelta"]


@dataclass(frozen=True)
class ServiceCalendar:
	"""When a desk works.

	hours: weekday (0 = Monday to 6 = Sunday) to its periods (start, end) in wall-clock time, as `time` or as
	`timedelta` since midnight; an end of 00:00 or 24 h is midnight at the end of the day.
	holidays: dates on which it does not work. zone: a tzinfo, or the name of an IANA zone.
	ValueError on overlapping or empty periods, on a weekday outside 0 to 6, on an unknown zone.
	"""

	hours: Mapping[int, Iterable[Period]]
	zone: tzinfo | str
	holidays: Iterable[date] = ()
	_periods: dict[int, tuple[tuple[timedelta, timedelta], ...]] = field(
		init=False, repr=False, compare=False
	)

	def __post_init__(self) -> None:
		if isinstance(self.zone, str):
			try:
				object.__setattr__(self, "zone", ZoneInfo(self.zone))
			except (KeyError, ValueError, OSError) as error:
				raise ValueError(f"unknown time zone {self.zone!r}") from error
		if not isinstance(self.zone, tzinfo):
			raise ValueError("a service calendar needs a time zone")
		periods = {}
		for weekday, day_periods in self.hours.items():
			if weekday not in range(7):
				raise ValueError(f"a weekday is a number from 0 (Monday) to 6 (Sunday); got {weekday!r}")
			cleaned = sorted(
				(_since_midnight(start), _since_midnight(end) or _DAY) for start, end in day_periods
			)
			for start, end in cleaned:
				if end <= start:
					raise ValueError("a working period must end after it starts; split a shift at midnight")
			for (_, end), (start, _) in pairwise(cleaned):
				if start < end:
					raise ValueError("working periods of one day must not overlap")
			if cleaned:
				periods[weekday] = tuple(cleaned)
		object.__setattr__(self, "_periods", periods)
		object.__setattr__(
			self, "hours", {day: tuple(day_periods) for day, day_periods in sorted(periods.items())}
		)
		# A datetime is a date too, and would never equal one.
		object.__setattr__(
			self,
			"holidays",
			frozenset(day.date() if isinstance(day, datetime) else day for day in self.holidays),
		)

	def is_working_day(self, day: date) -> bool:
		"""Whether the desk works at all on this date."""
		return day.weekday() in self._periods and day not in self.holidays

	def periods_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
		"""The working periods that start on this date, as moments in UTC."""
		if not self.is_working_day(day):
			return
		for start, end in self._periods[day.weekday()]:
			opens, closes = self._moment(day, start), self._moment(day, end)
			if closes > opens:
				yield opens, closes

	def _moment(self, day: date, since_midnight: timedelta) -> datetime:
		wall = datetime.combine(day, time()) + since_midnight
		first = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
		if first.astimezone(self.zone).replace(tzinfo=None) == wall:
			return first
		# Skipped by the clocks: look for the moment of the change between the two readings of the wall time.
		low, high = sorted((first, wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)))
		before = low.astimezone(self.zone).utcoffset()
		while high - low > timedelta(seconds=1):
			middle = low + (high - low) / 2
			if middle.astimezone(self.zone).utcoffset() == before:
				low = middle
			else:
				high = middle
		return high.replace(microsecond=0)

	def is_open(self, moment: datetime) -> bool:
		"""Whether the aware moment lies in a working period (its end excluded)."""
		moment = _aware(moment)
		return any(opens <= moment < closes for opens, closes in self.periods_on(self._local_date(moment)))

	def _local_date(self, moment: datetime) -> date:
		return moment.astimezone(self.zone).date()


def _since_midnight(value: time | timedelta) -> timedelta:
	if isinstance(value, time):
		if value.tzinfo is not None:
			raise ValueError("working hours are wall-clock times without a zone of their own")
		value = timedelta(
			hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
		)
	if not isinstance(value, timedelta) or not timedelta(0) <= value <= _DAY:
		raise ValueError(f"working hours lie between 00:00 and 24:00; got {value!r}")
	return value


def _aware(moment: datetime) -> datetime:
	if not isinstance(moment, datetime) or moment.utcoffset() is None:
		raise ValueError("a moment needs its time zone")
	return moment.astimezone(UTC)


def business_hours(start: datetime, end: datetime, calendar: ServiceCalendar) -> float:
	"""Working hours between two aware moments, 0 or more. ValueError on naive moments or end before start."""
	start, end = _aware(start), _aware(end)
	if end < start:
		raise ValueError("the end lies before the start")
	day, last = calendar._local_date(start), calendar._local_date(end)
	worked = timedelta(0)
	while day <= last:
		for opens, closes in calendar.periods_on(day):
			opens, closes = max(opens, start), min(closes, end)
			if closes > opens:
				worked += closes - opens
		day += _DAY
	return worked / timedelta(hours=1)


def add_business_hours(start: datetime, hours: float, calendar: ServiceCalendar) -> datetime:
	"""The earliest moment by which that many working hours have passed, in the calendar's time zone.

	8 h from 09:00 on a day of 09:00 to 17:00 end at 17:00 that day, not at 09:00 the next; 0 h is start itself.
	ValueError on negative hours, a naive start, or a calendar that never works.
	"""
	start = _aware(start)
	if not 0 <= hours < float("inf"):
		raise ValueError(f"hours must be 0 or more; got {hours!r}")
	left = timedelta(hours=hours)
	if not left:
		return start.astimezone(calendar.zone)
	if not calendar._periods:
		raise ValueError("the service calendar has no working hours")
	day = calendar._local_date(start)
	idle = 0
	while idle < _LONGEST_SEARCH:
		idle += 1
		for opens, closes in calendar.periods_on(day):
			opens = max(opens, start)
			if closes <= opens:
				continue
			idle = 0
			if opens + left <= closes:
				return (opens + left).astimezone(calendar.zone)
			left -= closes - opens
		day += _DAY
	raise ValueError("the service calendar has no working day in the next ten years")


def add_working_days(start: datetime, days: int, calendar: ServiceCalendar) -> datetime:
	"""The end of work on the days-th working day after the day of start, in the calendar's time zone.

	"Within one business day": asked on Friday at 16:00, due on Monday when the desk closes.
	"""
	if isinstance(days, bool) or not isinstance(days, int) or days < 0:
		raise ValueError(f"days must be a whole number, 0 or more; got {days!r}")
	if not calendar._periods:
		raise ValueError("the service calendar has no working hours")
	moment = _aware(start)
	day = calendar._local_date(moment)
	idle = 0
	counted = 0
	while idle < _LONGEST_SEARCH:
		closing = [closes for _, closes in calendar.periods_on(day) if closes > moment]
		if counted >= days and closing:
			return closing[-1].astimezone(calendar.zone)
		day += _DAY
		idle += 1
		if calendar.is_working_day(day):
			counted += 1
			idle = 0
	raise ValueError("the service calendar has no working day in the next ten years")
