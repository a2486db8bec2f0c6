"""Periods that figures are shown for. Only fixed ones, named by a short key: a free filter could single people out.

"window": so many days up to today. "90", "365": the last days. "2026-09": a month. "2026-Q3": a quarter. A quarter is
closed once the answers to its last events had time to come in; from then on its figures are not changed any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW, DAYS, MONTH, QUARTER = "window", "days", "month", "quarter"
# Asked within days, answered within two weeks, a day to edit: after four weeks nothing more comes.
SETTLE_DAYS = 28
LAST_DAYS = (30, 90, 365)


@dataclass(frozen=True)
class Period:
	"""First and last day, both included. key: how it is asked for; kind: window, days, month or quarter."""

	key: str
	kind: str
	start: date
	end: date

	@property
	def days(self) -> int:
		return (self.end - self.start).days + 1


def read(key: str, today: date, window: int = 90) -> Period:
	"""The period of a key, as of today. window: the days of "window". ValueError for anything else."""
	if key == WINDOW:
		return Period(key, WINDOW, today - timedelta(days=window - 1), today)
	if key.isascii() and key.isdecimal() and int(key) in LAST_DAYS:
		return Period(key, DAYS, today - timedelta(days=int(key) - 1), today)
	if found := re.fullmatch(r"(20\d\d)-Q([1-4])", key):
		first = date(int(found[1]), 3 * int(found[2]) - 2, 1)
		return Period(key, QUARTER, first, _month_after(first, 3) - timedelta(days=1))
	if found := re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", key):
		first = date(int(found[1]), int(found[2]), 1)
		return Period(key, MONTH, first, _month_after(first, 1) - timedelta(days=1))
	raise ValueError(f"no period: {key!r}")


def _month_after(first: date, months: int) -> date:
	year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
	return date(year, month + 1, 1)


def quarter_of(day: date) -> str:
	"""The key of the quarter that a day lies in."""
	return f"{day.year:04}-Q{(day.month + 2) // 3}"


def closes_on(quarter: str) -> date:
	"""The day from which a quarter is closed."""
	return read(quarter, date(2000, 1, 1)).end + timedelta(days=SETTLE_DAYS + 1)


def latest_closed(today: date) -> Period:
	"""The last quarter that is closed."""
	quarter = read(quarter_of(today), today)
	while closes_on(quarter.key) > today:
		quarter = read(quarter_of(quarter.start - timedelta(days=1)), today)
	return quarter


def closed_quarters(first: date, today: date) -> Iterator[Period]:
	"""The closed quarters from the one that a day lies in up to now, in order."""
	quarter, last = read(quarter_of(first), today), latest_closed(today)
	while quarter.start <= last.start:
		yield quarter
		quarter = read(quarter_of(quarter.end + timedelta(days=1)), today)


def whole_months(today: date, count: int) -> list[str]:
	"""The keys of the last whole months, oldest first; the current one is not whole."""
	first = today.replace(day=1)
	months = [_month_after(first, -back) for back in range(count, 0, -1)]
	return [f"{month.year:04}-{month.month:02}" for month in months]


def choices(today: date) -> list[Period]:
	"""What a reader can choose: the window, the last days, this and the four quarters before, the last six months."""
	quarters = [read(quarter_of(today), today)]
	for _before in range(4):
		quarters.append(read(quarter_of(quarters[-1].start - timedelta(days=1)), today))
	months = [f"{today.year:04}-{today.month:02}", *reversed(whole_months(today, 5))]
	return [
		read(WINDOW, today),
		*(read(str(days), today) for days in LAST_DAYS),
		*quarters,
		*(read(month, today) for month in months),
	]
