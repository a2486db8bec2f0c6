"""Did a go-live change anything in the tickets of the affected units? By the same code as visits (core/effect.py).

The weeks before end when it was asked for: units that ask hurt, and a window that held the reason would fall by itself.
The weeks after begin a fortnight after go-live. Units of a similar level that it does not affect carry the season.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import format_date, getdate, nowdate

from cx_desk.core import effect as core
from cx_desk.core.render.text import decimal
from cx_desk.initiatives import news

LONGEST_WEEKS = 12
FEWEST_WEEKS = 3
SETTLING_DAYS = 14
MOST_COMPARED = 10
# Units with a third to three times as many tickets are of a similar level.
SIMILAR = 3


def windows(doc, today: date) -> tuple[date, date, int]:
	"""First days of the weeks before and after, and how many whole weeks each has; 0 before there are any."""
	after = getdate(doc.live_at) + timedelta(days=SETTLING_DAYS)
	weeks = max(0, min(LONGEST_WEEKS, (today - after).days // 7))
	before = getdate(doc.submitted_at or doc.creation) - timedelta(weeks=weeks)
	return before, after, weeks


def sentence(doc, today: date | None = None) -> str:
	"""What can be said of the tickets, in a paragraph; empty before go-live."""
	if not doc.live_at:
		return ""
	today = getdate(today or nowdate())
	before, after, weeks = windows(doc, today)
	if weeks < FEWEST_WEEKS:
		return _("Whether tickets changed can be said from {0}.").format(
			format_date(after + timedelta(weeks=FEWEST_WEEKS))
		)
	own = set(news.with_below([row.unit for row in doc.units]))
	counts = _weekly(before, after, weeks)
	mine = _sum([counts[unit] for unit in own if unit in counts], weeks)
	if not sum(mine[0]) + sum(mine[1]):
		return _("There were no tickets in either window, so nothing can be told.")
	others = _similar(counts, own, sum(mine[0]))
	compared = _sum([counts[unit] for unit in others], weeks) if others else None
	if compared and not sum(compared[0]) + sum(compared[1]):
		compared = None
	pairs = [(sum(counts[unit][0]), sum(counts[unit][1])) for unit in others] if compared else []
	found = core.effect(*mine, *(compared or (None, None)), comparison_units=pairs)
	return _text(found, mine, compared, weeks)


def _weekly(before: date, after: date, weeks: int) -> dict[str, tuple[list[int], list[int]]]:
	"""Unit -> tickets by week before and after. Two queries."""
	from cx_desk.host import ticket_counts

	counts: dict[str, tuple[list[int], list[int]]] = {}
	for number, start in enumerate((before, after)):
		for (unit, day), count in ticket_counts.by_day(
			start, start + timedelta(weeks=weeks, days=-1)
		).items():
			if unit not in counts:
				counts[unit] = ([0] * weeks, [0] * weeks)
			counts[unit][number][(getdate(day) - start).days // 7] += count
	return counts


def _sum(parts, weeks: int) -> tuple[list[int], list[int]]:
	return tuple([sum(part[side][week] for part in parts) for week in range(weeks)] for side in (0, 1))


def _similar(counts, own: set[str], level: int) -> list[str]:
	nowhere = set(frappe.get_all("CX Business Unit", {"is_unassigned": 1}, pluck="name"))
	fit = [
		unit
		for unit, (before, _after) in counts.items()
		if unit not in own | nowhere and level / SIMILAR <= sum(before) <= level * SIMILAR and sum(before)
	]
	return sorted(fit, key=lambda unit: (abs(sum(counts[unit][0]) - level), unit))[:MOST_COMPARED]


def _text(found: core.Effect, mine, compared, weeks: int) -> str:
	parts = [
		f"{_(found.verdict)}.",
		_("{0} tickets in the {1} weeks before it was asked for, {2} in the {1} weeks after go-live.").format(
			sum(mine[0]), weeks, sum(mine[1])
		),
	]
	if compared:
		parts.append(
			_("Units of a similar level went from {0} to {1}.").format(sum(compared[0]), sum(compared[1]))
		)
	else:
		parts.append(
			_("No unit of a similar level could be compared: season and other causes are not taken out.")
		)
	ratio = found.ratio
	parts.append(
		_("Times {0}, with 95 % confidence between {1} and {2}.").format(
			*(decimal(x, 2, frappe.local.lang) for x in (ratio.value, ratio.low, ratio.high))
		)
	)
	if found.detectable is None:
		parts.append(_("So few tickets could not have shown any fall."))
	else:
		parts.append(
			_("A fall of {0} % or more would have been seen.").format(round(100 * (1 - found.detectable)))
		)
	return " ".join(parts)
