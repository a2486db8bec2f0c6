"""Early life support must not end by looking often enough: decisions.md E11, simulated."""

import math
import os
import random

from cx_desk.core.early_life import may_exit, rate_check

ROUNDS = 4_000 if os.environ.get("CX_LONG") == "1" else 400
USERS, TARGET, WEEKS = 250, 2.0, 12


def _poisson(rng, mean):
	limit, product, count = math.exp(-mean), rng.random(), 0
	while product > limit:
		product *= rng.random()
		count += 1
	return count


def _passes(times_target, seed):
	"""Shares of services that pass within twelve weeks: by the rule, and by daily looks at the rate alone."""
	rng = random.Random(seed)
	by_rule = by_daily_rate = 0
	per_day = times_target * TARGET * USERS / 100 / 5
	for _ in range(ROUNDS):
		days = [_poisson(rng, per_day) for _ in range(5 * WEEKS)]
		looks = [rate_check(sum(days[end - 10 : end]), USERS, 2, TARGET) for end in range(10, len(days) + 1)]
		by_daily_rate += any(look.at_target for look in looks)
		weekly = looks[::5]
		by_rule += any(may_exit(weekly[: end + 1]) for end in range(len(weekly)))
	return by_rule / ROUNDS, by_daily_rate / ROUNDS


def test_a_low_rate_of_untagged_tickets_passes_nothing():
	good = rate_check(2, USERS, 2, TARGET)
	hardly = rate_check(2, USERS, 2, TARGET, link_rate=0.2)
	assert good.passed
	assert hardly.passed is False
	assert rate_check(2, USERS, 2, TARGET, link_rate=0.5).passed
	assert rate_check(0, 20, 2, TARGET, link_rate=0.2).passed is None
	assert not may_exit([good, hardly])
	assert may_exit([hardly, good, good])


def test_a_service_above_its_target_seldom_passes(capsys):
	rule, daily = _passes(1.5, seed=1)
	good, _ = _passes(0.4, seed=2)
	with capsys.disabled():
		print(
			f"\n  exit at 1.5 x target: {rule:.3f} by the rule, {daily:.3f} by daily looks at the rate alone"
		)
		print(f"  exit at 0.4 x target: {good:.3f} by the rule")
	assert rule <= 0.1
	assert daily > 0.5
	assert good > 0.9
