"""How often a drop or a silence cries wolf: the rates that decisions.md E7 states, simulated."""

import math
import os
import random

import pytest

from cx_desk.core.signals import (
	FALSE_DROPS_PER_UNIT_YEAR,
	chance_of_false_silence,
	expected_false_alarms,
	is_silent,
	look_for_drop,
	silence_window,
	weekly_drops,
)

YEARS = 2_000 if os.environ.get("CX_LONG") == "1" else 120


def test_a_drop_needs_all_three():
	assert look_for_drop(800, 1000, 60, 100).fired
	assert not look_for_drop(800, 1000, 71, 100).fired  # 9 points
	assert not look_for_drop(80, 100, 14, 20).fired  # z too small
	assert not look_for_drop(800, 1000, 2, 19).fired  # n too small


def test_it_is_armed_again_only_after_the_return():
	first = look_for_drop(800, 1000, 60, 100)
	assert (first.active, first.fired, first.armed) == (True, True, False)
	second = look_for_drop(800, 1000, 58, 100, armed=first.armed)
	assert (second.active, second.fired, second.armed) == (True, False, False)
	better = look_for_drop(800, 1000, 73, 100, armed=second.armed)
	assert (better.active, better.armed) == (True, False)
	back = look_for_drop(800, 1000, 79, 100, armed=better.armed)
	assert (back.active, back.armed) == (False, True)
	assert look_for_drop(800, 1000, 60, 100, armed=back.armed).fired


def _drops(weekly, share, years, seed, looks_per_week=1):
	"""False drops per unit and year of a unit whose share never changes."""
	rng = random.Random(seed)
	fired = 0
	for _ in range(years):
		weeks = []
		for _ in range((51 + 52) * looks_per_week):
			n = weekly if looks_per_week == 1 else (rng.random() < weekly / looks_per_week)
			weeks.append((sum(rng.random() < share for _ in range(n)), int(n)))
		fired += sum(
			look.fired
			for look in weekly_drops(weeks, window=13 * looks_per_week, reference=39 * looks_per_week)
		)
	return fired / years


def test_false_drops_are_as_rare_as_stated(capsys):
	rates = {}
	for weekly in (2, 3, 5, 10, 20):
		for share in (0.6, 0.8, 0.9, 0.95):
			rates[weekly, share] = _drops(weekly, share, YEARS, seed=weekly * 100 + int(share * 100))
	mean = sum(rates.values()) / len(rates)
	with capsys.disabled():
		worst = max(rates, key=rates.get)
		print(f"\n  false drops per unit and year: mean {mean:.3f}, most {rates[worst]:.3f} at {worst}")
	noise = 3 * math.sqrt(FALSE_DROPS_PER_UNIT_YEAR / YEARS / len(rates))
	assert 0 < mean <= FALSE_DROPS_PER_UNIT_YEAR + noise
	assert max(rates.values()) <= FALSE_DROPS_PER_UNIT_YEAR + 4 * math.sqrt(FALSE_DROPS_PER_UNIT_YEAR / YEARS)


def _naive_daily(share, years, seed):
	"""What daily looks with the usual z > 1.96 and no other condition would cry."""
	rng = random.Random(seed)
	fired = 0
	for _ in range(years):
		days = [rng.random() < share for _ in range(365 + 90 + 275)]
		armed = True
		for end in range(365, len(days)):
			now, reference = days[end - 90 : end], days[end - 365 : end - 90]
			p, q = sum(now) / 90, sum(reference) / 275
			pooled = (sum(now) + sum(reference)) / 365
			low = (q - p) / math.sqrt(pooled * (1 - pooled) * (1 / 90 + 1 / 275)) > 1.96
			fired += low and armed
			armed = not low
	return fired / years


def test_daily_naive_looks_would_cry_more_than_twice_a_year(capsys):
	naive = _naive_daily(0.8, YEARS // 10, seed=5)
	with capsys.disabled():
		print(f"\n  daily looks with z > 1.96 alone: {naive:.1f} false drops per unit and year")
	assert naive > 10 * FALSE_DROPS_PER_UNIT_YEAR


def test_a_real_fall_is_seen():
	rng = random.Random(11)
	seen = 0
	for _ in range(100):
		weeks = [(sum(rng.random() < 0.85 for _ in range(5)), 5) for _ in range(52)]
		weeks += [(sum(rng.random() < 0.55 for _ in range(5)), 5) for _ in range(13)]
		seen += any(look.fired for look in weekly_drops(weeks))
	assert seen > 85


def test_silence_window_grows_and_gives_up():
	assert silence_window(1) == 10
	assert silence_window(10 / 90) == 90
	assert silence_window(0.1) is None
	assert silence_window(0) is None
	assert silence_window(1, dispersion=2) == 20
	assert silence_window(0.2, dispersion=2) is None


def test_silence_needs_ten_expected_and_at_most_one():
	assert is_silent(1, 10)
	assert not is_silent(2, 10)
	assert not is_silent(0, 9.9)
	assert not is_silent(1, 15, dispersion=2)
	assert is_silent(1, 20, dispersion=2)


def test_chance_of_false_silence():
	assert chance_of_false_silence(10) == pytest.approx(math.exp(-10) * 11)
	# Negative binomial of mean 20 and variance 40: size 20, p 1/2.
	assert chance_of_false_silence(20, 2) == pytest.approx(0.5**20 * (1 + 20 * 0.5))
	assert chance_of_false_silence(10, 1.0001) == pytest.approx(math.exp(-10) * 11, rel=0.02)


def test_false_silence_simulated_stays_below_what_is_printed(capsys):
	"""One ticket a day on average, a ten-day window, looked at weekly for years."""
	rng = random.Random(9)
	years, silent = YEARS * 40, 0
	days = [0] * 10
	was = False
	for week in range(years * 52):
		fresh = []
		for _ in range(7):
			limit, product, count = math.exp(-1), rng.random(), 0
			while product > limit:
				product *= rng.random()
				count += 1
			fresh.append(count)
		days = (days + fresh)[-10:]
		now = week > 1 and is_silent(sum(days), 10)
		silent += now and not was
		was = now
	printed = expected_false_alarms(0, [(10, 1, 10)]).silence * 12
	with capsys.disabled():
		print(f"\n  false silences per unit and year: {silent / years:.4f}, printed as at most {printed:.4f}")
	assert silent / years <= printed + 3 * math.sqrt(printed / years)


def test_the_list_prints_what_to_expect():
	assert expected_false_alarms(200).drops == pytest.approx(1.0)
	assert expected_false_alarms(200).text == "about 1.0 false alarms a month are to be expected here"
	assert "months" in expected_false_alarms(50).text
	assert "20 months" in expected_false_alarms(1).text
