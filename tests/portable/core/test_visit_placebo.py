"""Verdicts on real locations of the incident log for visits that never took place: at most one in twenty may speak."""

from collections import Counter
from datetime import date, timedelta

import pytest

from cx_desk.core import effect
from cx_desk.demo import log

FIRST = date(2016, 2, 29)  # a Monday; the log is dense for 13 weeks
WEEKS, SIDE, FEWEST = 13, 5, 40


@pytest.fixture(scope="module")
def series() -> dict[str, list[int]]:
	"""Location -> tickets in each of the 13 weeks."""
	found: dict[str, Counter] = {}
	for incident in log.read():
		week = (incident.opened.date() - FIRST).days // 7
		if incident.location and 0 <= week < WEEKS:
			found.setdefault(incident.location, Counter())[week] += 1
	return {place: [weeks[n] for n in range(WEEKS)] for place, weeks in found.items()}


def similar(series, place: str) -> list[str]:
	"""Up to five other locations of half to twice the level, the nearest first: as the form suggests them."""
	level = sum(series[place][:SIDE])
	others = [
		(abs(sum(weeks[:SIDE]) - level), other)
		for other, weeks in series.items()
		if other != place and level / 2 <= sum(weeks[:SIDE]) <= level * 2
	]
	return [other for _distance, other in sorted(others)[:5]]


def verdicts(series):
	"""A verdict for every busy location and every placebo day that the 13 weeks allow, one week left out after it."""
	for place, weeks in series.items():
		if sum(weeks) < FEWEST:
			continue
		controls = similar(series, place)
		if len(controls) < effect.FEWEST_UNITS:
			continue
		for start in range(WEEKS - 2 * SIDE - 1 + 1):
			before, after = slice(start, start + SIDE), slice(start + SIDE + 1, start + 2 * SIDE + 1)
			other = [sum(series[name][week] for name in controls) for week in range(WEEKS)]
			if sum(weeks[before]) + sum(weeks[after]) == 0:
				continue
			units = [(sum(series[name][before]), sum(series[name][after])) for name in controls]
			found = effect.effect(
				weeks[before], weeks[after], other[before], other[after], comparison_units=units
			)
			yield place, found.verdict


def test_at_most_one_placebo_in_twenty_speaks(series):
	found = list(verdicts(series))
	speaking = [row for row in found if row[1] in (effect.AS_HOPED, effect.OPPOSITE)]
	print(
		f"{len(found)} placebo visits, {len(speaking)} speak, {Counter(verdict for _place, verdict in found)}"
	)
	assert len(found) >= 100
	assert len(speaking) / len(found) <= 0.05


def test_a_fall_by_three_quarters_does_speak(series):
	"""The silence above is not deafness: take three of four tickets away after the day, and most are seen."""
	busiest = sorted(series, key=lambda place: -sum(series[place]))[:20]
	seen = tried = 0
	for place in busiest:
		weeks, names = series[place], similar(series, place)
		if len(names) < effect.FEWEST_UNITS:
			continue
		tried += 1
		other = [sum(series[name][week] for name in names) for week in range(WEEKS)]
		units = [(sum(series[name][:5]), sum(series[name][6:11])) for name in names]
		after = [count // 4 for count in weeks[6:11]]
		found = effect.effect(weeks[:5], after, other[:5], other[6:11], comparison_units=units)
		seen += found.verdict == effect.AS_HOPED
	print(f"{seen} of {tried} seen")
	assert seen >= tried / 2


def test_the_windows_fit_the_log():
	assert FIRST + timedelta(weeks=WEEKS) <= log.DENSE_UNTIL.date()


def test_the_spread_between_places_by_hand():
	"""Four places, two doubled and two halved: log ratios of about +-0.69 with small variances."""
	pairs = [(100, 200), (100, 50), (200, 400), (200, 100)]
	spread = effect.spread_between(pairs)
	assert 0.5 < spread < 0.7
	assert effect.spread_between([(100, 100)] * 3) == 0
	with pytest.raises(ValueError, match="at least 3"):
		effect.spread_between(pairs[:2])


def test_the_interval_only_grows():
	weeks, other = [20] * 5, [60] * 5
	alone = effect.effect(weeks, [10] * 5, other, other)
	units = [(100, 140), (100, 70), (100, 90)]
	with_spread = effect.effect(weeks, [10] * 5, other, other, comparison_units=units)
	assert with_spread.ratio.low < alone.ratio.low < alone.ratio.high < with_spread.ratio.high
	assert with_spread.ratio.value == alone.ratio.value
