"""The planner against "longest unvisited first" on the demo company's incident log.

Both choose from the first six weeks; need is the planner's own measure, so beside it stands one that neither reads: the
tickets that the chosen places raise in the six weeks that follow. Visit histories are made up, many of them.
"""

import hashlib
from collections import Counter
from datetime import date
from statistics import mean

import pytest

from cx_desk.core import planning
from cx_desk.demo import log

FIRST, READ, LATER, SLOTS, HISTORIES = date(2016, 2, 29), range(6), range(7, 13), 8, 40


@pytest.fixture(scope="module")
def weeks() -> dict[str, Counter]:
	"""Location -> tickets by week."""
	found: dict[str, Counter] = {}
	for incident in log.read():
		week = (incident.opened.date() - FIRST).days // 7
		if incident.location and 0 <= week < 13:
			found.setdefault(incident.location, Counter())[week] += 1
	return found


def history(place: str, number: int) -> int | None:
	"""Days since the last visit in a made-up history: never for one place in four, else up to a year."""
	digest = hashlib.sha256(f"{number}\n{place}".encode()).digest()
	return None if digest[0] < 64 else int.from_bytes(digest[1:3], "big") % 366


def compared(weeks):
	"""For each history: share of need and of later tickets covered by planner, planner with lots, and the other rule."""
	coming = {place: sum(count[week] for week in LATER) for place, count in weeks.items()}
	for number in range(HISTORIES):
		facts = [
			planning.UnitFacts(place, sum(count[week] for week in READ), history(place, number))
			for place, count in weeks.items()
		]
		facts = [row for row in facts if row.tickets]
		ranked = planning.rank(facts)
		needs = {need.unit: need.total for need in ranked}
		lots = planning.draw(ranked, SLOTS, f"seed {number}")
		chosen = {
			"planner": [need.unit for need in ranked][:SLOTS],
			"planner with lots": [lot.unit for lot in lots if lot.outcome != planning.NOT_DRAWN],
			"longest unvisited": planning.longest_unvisited(facts)[:SLOTS],
		}
		yield {
			rule: (
				planning.need_covered(units, needs),
				sum(coming[one] for one in units) / sum(coming.values()),
			)
			for rule, units in chosen.items()
		}


def test_more_need_and_more_of_the_tickets_that_come_are_covered(weeks):
	found = list(compared(weeks))
	figures = {
		rule: (mean(row[rule][0] for row in found), mean(row[rule][1] for row in found)) for rule in found[0]
	}
	for rule, (need, tickets) in figures.items():
		print(
			f"{rule}, {SLOTS} of {len(weeks)} places: {need:.1%} of the need, {tickets:.1%} of the later tickets"
		)
	planner, lots, other = figures.values()
	assert planner[0] > lots[0] > 2 * other[0]
	assert planner[1] > lots[1] > 2 * other[1]
