"""Signals: what is planted is found, and how often they cry wolf; docs/concepts/signals.md states these figures."""

import math
import os
import random
from datetime import date, timedelta

import pytest

from cx_desk.core import signal_rules as rules
from scripts import plant

SEEDS = 50
YEARS = 3_000 if os.environ.get("CX_LONG") == "1" else 150
TODAY = date(2026, 11, 23)


def ago(days):
	return TODAY - timedelta(days=days)


@pytest.fixture(scope="module")
def planted():
	result = plant.Result()
	for seed in range(SEEDS):
		plant.run(seed, 10, result)
	return result


def test_recall_over_50_seeds(planted, capsys):
	with capsys.disabled():
		shares = {kind: f"{planted.found[kind]}/{planted.planted[kind]}" for kind in plant.PLANTS}
		print(f"\n  recall within 13 weeks {planted.recall:.0%}: {shares}")
	assert sum(planted.planted.values()) == 5 * SEEDS
	assert planted.recall >= 0.85
	assert all(planted.found[kind] / planted.planted[kind] >= 0.7 for kind in plant.PLANTS)


def test_false_alarms_per_100_unit_months(planted, capsys):
	with capsys.disabled():
		print(
			f"\n  {sum(planted.false.values())} false alarms in {planted.months:.0f} unit-months: "
			f"{planted.false_per_100_unit_months:.2f} per 100; {planted.false}"
		)
	assert planted.months > 2000
	assert planted.false_per_100_unit_months <= 1.2


def test_the_printed_rate_is_not_too_low(planted):
	"""What the list prints for these units covers what was seen, within chance."""
	units = planted.months
	silences = [rules.SilenceWindow(14, 20, 1.2)]
	one = rules.false_alarms(
		# As `plant.history` draws them, in the middle.
		score_units=1,
		complaints=[0.7],
		praise=[0.7],
		p1=[0.5],
		silences=silences,
	)
	seen = sum(planted.false.values())
	assert seen <= one.total * units + 3 * math.sqrt(one.total * units)


def _rate(look, series, years, rate, seed):
	rng = random.Random(seed)
	fired = 0
	for _ in range(years):
		weeks = [series(rng, rate) for _ in range(30 + 52)]
		was = False
		for end in range(31, len(weeks) + 1):
			now = look(weeks[:end], was).stands
			fired += now and not was
			was = now
	return fired / years


SHAPES = (plant.poisson, plant.clumped, lambda rng, mean: plant.clumped(rng, mean, 1.5))


@pytest.mark.parametrize(
	("look", "stated"),
	[
		(rules.complaint_cluster, rules.FALSE_CLUSTERS_BY_WEEKLY_EVENTS),
		(rules.p1_rise, rules.FALSE_P1_BY_WEEKLY_EVENTS),
	],
	ids=["clusters", "P1"],
)
def test_false_clusters_are_as_rare_as_stated(look, stated, capsys):
	"""By a unit's own events a week, over histories that scatter as chance does and in clumps."""
	seen = {}
	for rate in (0.1, 0.4, 1.5, 6):
		rates = [_rate(look, shape, YEARS, rate, seed) for seed, shape in enumerate(SHAPES)]
		seen[rate] = sum(rates) / len(rates)
	with capsys.disabled():
		print(f"\n  false {look.__name__} per unit and year by events a week: {seen}")
	for rate, found in seen.items():
		limit = rules.false_a_year(stated, rate)
		# Alarms of one history come together, so that their number scatters more than chance alone.
		assert found <= limit + 3 * math.sqrt(2 * limit / YEARS / len(SHAPES)), rate


def test_the_rate_grows_with_a_units_own_events():
	table = rules.FALSE_P1_BY_WEEKLY_EVENTS
	assert rules.false_a_year(table, 0) == 0
	assert rules.false_a_year(table, 0.15) == pytest.approx(0.0085)
	assert rules.false_a_year(table, 500) == table[-1][1]
	with pytest.raises(ValueError, match="0 or more"):
		rules.false_a_year(table, -1)
	quiet = rules.false_alarms(score_units=0, complaints=[0.1], praise=[], p1=[0.1], silences=[])
	busy = rules.false_alarms(score_units=0, complaints=[3], praise=[], p1=[5], silences=[])
	assert busy.total > 10 * quiet.total
	assert rules.events_a_week([1] * 10, 4) is None
	assert rules.events_a_week([2] * 26 + [9] * 4, 4) == 2


def test_a_cluster_speaks_in_one_sentence_and_does_not_repeat_itself():
	quiet = [1, 0, 0, 1] * 7
	assert not rules.complaint_cluster([*quiet, 1, 1]).stands
	loud = rules.complaint_cluster([*quiet, 4, 5])
	assert loud.stands
	assert loud.sentence == "9 complaints in the last 2 weeks; 1.0 would be usual."
	assert "once in a million" in loud.sure or "once in" in loud.sure
	assert rules.complaint_cluster([*quiet, 2, 2], was=True).stands, "it stands until it looks ordinary"
	assert not rules.complaint_cluster([*quiet, 0, 1], was=True).stands


def test_short_histories_are_not_judged():
	assert not rules.complaint_cluster([0] * 8 + [9, 9]).judged
	assert not rules.score_drop([(5, 5)] * 51).judged
	assert not rules.silence([5] * 100).judged
	assert not rules.silence([0] * 400).judged, "a unit that never had ten tickets gets no silence signal"


def test_three_events_are_no_cluster():
	assert not rules.complaint_cluster([0] * 26 + [0, 3]).stands
	assert rules.complaint_cluster([0] * 26 + [0, 4]).stands


def test_silence_is_said_in_one_sentence():
	found = rules.silence([2] * 272 + [0] * 14)
	assert found.stands
	assert "where about 28 were to be expected" in found.sentence
	assert not rules.silence([2] * 272 + [1] * 14).stands
	assert not rules.silence([2] * 280 + [2] * 7, was=True).stands


def test_a_score_drop_says_both_sides():
	weeks = [(9, 10)] * 39 + [(6, 10)] * 13
	found = rules.score_drop(weeks)
	assert found.stands
	assert found.sentence == (
		"60 % satisfied in the last 13 weeks (130 answers); it was 90 % in the 39 weeks before (390)."
	)


def test_sponsor_left():
	assert not rules.sponsor_left([]).stands
	found = rules.sponsor_left([rules.Gone("Sam Sponsor", rules.MAPPED_ELSEWHERE, "Claims")])
	assert found.stands
	assert found.sentence.startswith("The sponsor Sam Sponsor is gone: the mapping names Claims now.")
	assert found.chance is None
	assert found.sure == "A fact, not an estimate."


def test_contacts_unresponsive():
	missed = [(ago(5), "Missed"), (ago(30), "Cancelled by them"), (ago(60), "Missed")]
	assert rules.contacts_unresponsive(missed, TODAY).stands
	assert not rules.contacts_unresponsive(missed[:2], TODAY).stands
	assert not rules.contacts_unresponsive([(ago(1), "Held"), *missed], TODAY).stands
	ours = [(ago(2), "Cancelled by us"), *missed]
	assert rules.contacts_unresponsive(ours, TODAY).stands, "what we cancelled is not theirs"
	old = [(ago(170 + day), "Missed") for day in (0, 30, 60)]
	assert not rules.contacts_unresponsive(old, TODAY).stands


def test_review_missed():
	assert rules.review_missed([ago(7)], None, None, TODAY).stands
	assert not rules.review_missed([ago(6)], None, None, TODAY).stands
	assert not rules.review_missed([ago(7)], None, ago(-10), TODAY).stands
	assert rules.review_missed([], ago(396), None, TODAY).stands
	assert not rules.review_missed([], ago(395), None, TODAY).stands
	assert not rules.review_missed([], None, None, TODAY).stands


def test_sureness():
	assert rules.sureness(0.0005)[1] == {"looks": "2,000"}
	assert "million" in rules.sureness(1e-9)[0]


def test_the_command(capsys):
	assert plant.main([]) == 2
	assert plant.main(["7", "10"]) == 0
	out = capsys.readouterr().out
	assert "recall" in out
	assert "per 100 unit-months" in out
