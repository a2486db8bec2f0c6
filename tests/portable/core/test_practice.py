"""Worked numbers of domain.md 5 and measurement.md 5 for the smaller modules."""

from datetime import date, timedelta

import pytest

from cx_desk.core import cadence, early_life, intake, lost_time, nonresponse, pareto, recovery, watermelon
from cx_desk.core.readiness import readiness


def test_readiness_blocks_at_any_score():
	criteria = [("mandatory", "Mandatory", "Met")] * 8 + [("data protection", "Mandatory", "Partly")]
	criteria += [("important", "Important", "Met")] * 6
	criteria += [("training", "Important", "Partly"), ("article", "Important", "Not met")]
	criteria += [("other", "Other", "Met")] * 2 + [("other", "Other", "Not met")] * 2
	result = readiness(criteria)
	assert (result.reached, result.possible) == (40.5, 47)
	assert result.score == pytest.approx(0.862, abs=5e-4)
	assert result.state == "Blocked"
	assert result.blocking == ("data protection",)


def test_a_waiver_opens_the_gate_and_is_listed():
	result = readiness(
		[("a", "Mandatory", "Waived"), ("b", "Other", "Met"), ("c", "Other", "Not applicable")]
	)
	assert (result.state, result.waived, result.score, result.n) == ("Ready", ("a",), 0.25, 2)
	assert readiness([]).score is None
	with pytest.raises(ValueError, match="importance"):
		readiness([("a", "High", "Met")])
	with pytest.raises(ValueError, match="state"):
		readiness([("a", "Other", "Done")])


def test_cadence_and_freshness():
	today = date(2026, 11, 23)
	late = cadence.standing("Named", today - timedelta(days=35), today, known_since=date(2026, 1, 1))
	assert (late.state, late.lateness) == (cadence.DUE, 0.25)
	assert cadence.freshness(80, 90) == pytest.approx(56.6, abs=0.05)
	assert cadence.freshness(80, 90, floor=20) == pytest.approx(62.4, abs=0.05)
	assert cadence.level_points(4) == 80


def test_coverage():
	result = cadence.coverage(
		{"a": [70, 64, 31], "b": [82], "c": [20], "d": [66, 61]}, {"a": 420, "b": 150, "c": 90, "d": 240}
	)
	assert (result.any_cover, result.resilient) == (0.75, 0.5)
	assert result.any_by_volume == pytest.approx(0.9)
	assert result.resilient_by_volume == pytest.approx(0.733, abs=5e-4)
	assert (result.single, result.uncovered) == (("b",), ("c",))


def test_early_life_rates_and_exit():
	rates = [early_life.rate_check(n, 250, 1, 2.0).rate for n in (31, 18, 9, 6, 4)]
	assert rates == pytest.approx([12.4, 7.2, 3.6, 2.4, 1.6])
	check = early_life.rate_check(10, 250, 2, 2.0)
	assert check.at_target
	assert check.upper == pytest.approx(3.4, abs=0.01)
	assert not check.within_limit
	assert not check.passed
	good = early_life.rate_check(2, 250, 2, 2.0)
	assert good.passed
	assert not early_life.may_exit([check, good])
	assert early_life.may_exit([check, good, good])
	assert early_life.rate_check(1, 50, 2, 2.0).passed is None


def test_burn_down_gives_a_date_only_beyond_noise():
	result = early_life.burn_down(14, 9, 14, 5)
	assert result.net_per_day == 1
	assert result.z == pytest.approx(1.04, abs=5e-3)
	assert result.days_left is None
	assert early_life.burn_down(14, 2, 16, 5).days_left == pytest.approx(5)


def test_intake():
	result = intake.waiting([1, 2, 2, 3, 3, 4, 5, 6, 8, 9, 16, 30])
	assert (result.median, result.p90, result.within) == (4.5, 16, 0.75)
	assert intake.shares_of_turn({"IT": 21, "business": 6, "supplier": 3})["IT"] == pytest.approx(0.7)


def test_benefits():
	assert intake.attainment(18, 12, 14) == pytest.approx(2 / 3)
	assert intake.attainment(18, 12, 20) < 0
	portfolio = intake.portfolio([(120, 90), (40, 52), (-10, -15)])
	assert portfolio.net == pytest.approx(127 / 150)
	assert portfolio.capped == pytest.approx(130 / 160)
	assert intake.outcome_score(["Achieved", "Partly", "Canceled"]) == 0.75


def test_watermelon_matrix():
	rows = [(True, False)] * 80 + [(True, True)] * 20 + [(False, False)] * 10 + [(False, True)] * 10
	table = watermelon.watermelon([*rows, (None, True)])
	assert (table.n, table.unknown) == (120, 1)
	assert table.rate.value == 0.2
	assert table.rate_missed.value == 0.5
	assert table.contrast.clear
	assert table.share_of_bad_under_green.value == pytest.approx(20 / 30)
	assert watermelon.watermelon([]).rate is None
	assert [
		watermelon.agreement_met(text) for text in ("Fulfilled", "Failed", "Paused", "", None, "true")
	] == [
		True,
		False,
		None,
		None,
		None,
		True,
	]
	with pytest.raises(ValueError, match="negative"):
		watermelon.watermelon_from_counts(1, -1, 0, 0)


def test_a_negative_share_of_answers_is_not_one_of_contacts():
	from cx_desk.core.intervals import wilson

	assert wilson(50, 420).value == pytest.approx(0.119, abs=5e-4)
	assert wilson(50, 20_000).value == pytest.approx(0.0025)


def test_recovery_stands_beside_the_rebound():
	result = recovery.recovery(
		30, 50, 20, 50, settled_yes=25, settled_asked=40, pairs=[(1, 4), (2, 5), (2, 2)]
	)
	assert result.helped.value == 0.6
	assert result.unaided.value == 0.4
	assert result.beyond_rebound.value == pytest.approx(0.2)
	assert result.settled.value == 0.625
	assert result.paired.value == 2
	assert recovery.recovery(45, 50, 20, 50).shown
	assert not recovery.recovery(30, 50).shown
	with pytest.raises(ValueError, match="no low answer"):
		recovery.recovery(0, 0)


def test_early_and_late_answers():
	assert nonresponse.early_and_late(80, 100, 50, 100).clear
	assert not nonresponse.early_and_late(80, 100, 75, 100).clear


def test_answered_against_asked():
	like = nonresponse.asked_and_answered({"P1": 100, "P2": 900}, {"P1": 20, "P2": 180})
	assert (like.flagged, like.largest) == (False, None)
	unlike = nonresponse.asked_and_answered({"P1": 100, "P2": 900}, {"P1": 60, "P2": 140})
	assert unlike.flagged
	assert unlike.shares["P1"] == (0.1, 0.3)
	with pytest.raises(ValueError, match="more answers"):
		nonresponse.asked_and_answered({"P1": 10}, {"P1": 11})


def test_a_score_weighted_to_the_asked():
	result = nonresponse.weighted_share({"P1": 100, "P2": 900}, {"P1": (20, 100), "P2": (90, 100)})
	assert result.value == pytest.approx(0.1 * 0.2 + 0.9 * 0.9)
	assert result.effective == pytest.approx(200**2 * 25 / (100 * 1 + 100 * 81))
	assert result.low < result.value < result.high
	plain = nonresponse.weighted_share({"a": 50, "b": 50}, {"a": (10, 20), "b": (15, 20)})
	assert plain.value == pytest.approx(25 / 40)
	assert plain.effective == pytest.approx(40)


def test_lost_time_is_a_range():
	result = lost_time.lost_time([1, 2, 3], 10, rate=50)
	assert (result.answered, result.at_least, result.likely) == (6, 6, 20)
	assert result.at_most > result.likely
	assert result.cost_at_least == 300
	assert lost_time.concentration([10, 1, 1, 1, 1, 1]) == pytest.approx(0.5)
	assert lost_time.concentration([80, *[20 / 19] * 19]) == 0.05
	with pytest.raises(ValueError, match="more answers"):
		lost_time.lost_time([1, 2], 1)


def test_pareto_of_drivers():
	drivers = pareto.pareto({"slow": 50, "unclear": 30, "rude": 15, "other": 5, "none": 0})
	assert [driver.key for driver in drivers if driver.vital] == ["slow", "unclear"]
	assert [driver.running for driver in drivers] == pytest.approx([0.5, 0.8, 0.95, 1.0])
	assert pareto.lift(30, 50, 60, 200) == pytest.approx(2)
	assert pareto.seen_in({"slow": 1}, {"keys": 2}) == {"keys": (False, True), "slow": (True, False)}
	with pytest.raises(ValueError, match="no reason"):
		pareto.pareto({"slow": 0})
