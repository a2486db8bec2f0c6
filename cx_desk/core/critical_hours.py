"""When a unit must not be disturbed, read from what a person wrote. Pure.

`Mon-Fri 11:00-14:00, last working day of the month`, in English or German. Visits are not planned into these times and
surveys wait until they are over. A part is understood as a whole or not at all: half of it would be a wrong time that
nobody wrote.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_DAY_NAMES: tuple[tuple[str, ...], ...] = (
	("mon", "monday", "mondays", "mo", "montag", "montags"),
	("tue", "tues", "tuesday", "tuesdays", "di", "dienstag", "dienstags"),
	("wed", "wednesday", "wednesdays", "mi", "mittwoch", "mittwochs"),
	("thu", "thur", "thurs", "thursday", "thursdays", "do", "donnerstag", "donnerstags"),
	("fri", "friday", "fridays", "fr", "freitag", "freitags"),
	("sat", "saturday", "saturdays", "sa", "samstag", "samstags", "sonnabend", "sonnabends"),
	("sun", "sunday", "sundays", "so", "sonntag", "sonntags"),
)
_DAY_NUMBER = {name: number for number, names in enumerate(_DAY_NAMES) for name in names}
_EDGES = {"first": "first", "last": "last", "erster": "first", "letzter": "last"}

_DAY = rf"(?:{'|'.join(sorted(_DAY_NUMBER, key=len, reverse=True))})\b\.?"
_TO = r"\s*(?:[-–]|to|bis)\s*"
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_HOURS = re.compile(rf"{_CLOCK}{_TO}{_CLOCK}(?:\s*(?:h|uhr))?", re.IGNORECASE)
_DAYS = re.compile(rf"({_DAY})(?:{_TO}({_DAY}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(
	r"(first|last) working day of (?:the|a|each|every) month|(erster|letzter) (?:arbeits|werk)tag (?:des|im|jedes) monats?",
	re.IGNORECASE,
)


@dataclass(frozen=True)
class Critical:
	"""One critical time: on these weekdays (0 Monday), or on the first or last working day of a month.

	start, end: wall-clock times; the whole day where none were given. text: as it was written.
	"""

	text: str
	weekdays: frozenset[int] = frozenset(range(7))
	month_day: str | None = None
	start: time = time(0)
	end: time = time.max

	def touches(self, starts: datetime, ends: datetime) -> bool:
		"""Whether a time from `starts` to `ends` overlaps it on any day."""
		day = starts.date()
		while day <= ends.date():
			if self._on(day):
				low, high = datetime.combine(day, self.start), datetime.combine(day, self.end)
				if starts < high and ends > low:
					return True
			day += timedelta(days=1)
		return False

	def until(self, moment: datetime) -> datetime | None:
		"""When it is over, where the moment lies in it; None where it does not."""
		if not self._on(moment.date()) or not self.start <= moment.time() < self.end:
			return None
		if self.end == time.max:
			return datetime.combine(moment.date() + timedelta(days=1), time(0))
		return datetime.combine(moment.date(), self.end)

	def _on(self, day: date) -> bool:
		if self.month_day:
			return day == month_edge(day, self.month_day)
		return day.weekday() in self.weekdays


def month_edge(day: date, which: str) -> date:
	"""The first or the last day from Monday to Friday in the month of a day."""
	last = monthrange(day.year, day.month)[1]
	order = range(1, last + 1) if which == "first" else range(last, 0, -1)
	return next(found for n in order if (found := day.replace(day=n)).weekday() < 5)


def critical_times(text: str | None) -> tuple[list[Critical], list[str]]:
	"""The critical times of a text, and the parts of it that cannot be read; those hold nothing back.

	Parts are separated by commas, semicolons or line ends.
	"""
	found, unread = [], []
	for part in re.split(r"[,;\n]", text or ""):
		part = " ".join(part.split())
		if not part:
			continue
		one = _read(part)
		found.append(one) if one else unread.append(part)
	return found, unread


def _read(part: str) -> Critical | None:
	"""One part: days, hours, or both in either order; None where anything else stands in it."""
	days, start, end = part, time(0), time.max
	if hours := _HOURS.search(part):
		before, after = part[: hours.start()].strip(" :"), part[hours.end() :].strip()
		if before and after:
			return None
		days = before or after
		hour, minute, last_hour, last_minute = (int(number or 0) for number in hours.groups())
		try:
			start = time(hour, minute)
			end = time.max if (last_hour, last_minute) == (24, 0) else time(last_hour, last_minute)
		except ValueError:
			return None
		if end <= start:
			return None
	if not days:
		return Critical(part, start=start, end=end)
	if edge := _MONTH_DAY.fullmatch(days):
		return Critical(part, month_day=_EDGES[(edge[1] or edge[2]).lower()], start=start, end=end)
	if named := _DAYS.fullmatch(days):
		first = _number(named[1])
		span = (_number(named[2] or named[1]) - first) % 7
		return Critical(part, frozenset((first + n) % 7 for n in range(span + 1)), None, start, end)
	return None


def _number(day: str) -> int:
	return _DAY_NUMBER[day.lower().rstrip(".")]
