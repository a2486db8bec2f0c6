"""The decision about a due row: every reason, their order, windows, cooldown, draws."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import survey_policy as policy
from cx_desk.core.critical_hours import critical_times

UTC = timezone.utc
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
SETTINGS = policy.Settings(shared_addresses=("noreply@*", "printer-*@bank.example"))
FACTS = policy.Facts(now=NOON, due_at=NOON - timedelta(minutes=1), zone=UTC, address="ann@bank.example")


def decide(settings=SETTINGS, **facts):
	return policy.decide(replace(FACTS, **facts), settings)


def test_nothing_stands_in_the_way():
	assert decide() == policy.Decision(policy.ASK)


@pytest.mark.parametrize(
	("facts", "action", "reason"),
	[
		({"exists": False}, policy.WITHDRAW, policy.GONE),
		({"still_resolved": False}, policy.WITHDRAW, policy.REOPENED),
		({"merged": True}, policy.SUPPRESS, policy.MERGED),
		({"spam": True}, policy.SUPPRESS, policy.SPAM),
		({"switched_on": False}, policy.SUPPRESS, policy.SWITCHED_OFF),
		({"address": ""}, policy.SUPPRESS, policy.NO_ADDRESS),
		({"address": "noreply@bank.example"}, policy.SUPPRESS, policy.SHARED_ADDRESS),
		({"address": "Printer-7@Bank.example"}, policy.SUPPRESS, policy.SHARED_ADDRESS),
		({"known": False}, policy.SUPPRESS, policy.UNKNOWN_PERSON),
		({"staff": True}, policy.SUPPRESS, policy.STAFF),
		({"rated": True}, policy.SUPPRESS, policy.RATED),
		({"host_asks": True}, policy.SUPPRESS, policy.HOST_ASKS),
		({"opted_out": True}, policy.SUPPRESS, policy.OPTED_OUT),
		({"hold": "exam week"}, policy.SUPPRESS, policy.HOLD),
		({"drawn": False}, policy.SUPPRESS, policy.NOT_DRAWN),
		({"asked_at": NOON - timedelta(days=29, hours=23)}, policy.SUPPRESS, policy.COOLDOWN),
		({"asked_in_year": 6}, policy.SUPPRESS, policy.BUDGET),
		({"own_department": True}, policy.SUPPRESS, policy.OWN_DEPARTMENT),
		({"language_offered": False}, policy.SUPPRESS, policy.NO_LANGUAGE),
		({"enough": True}, policy.SUPPRESS, policy.ENOUGH),
		({"unit_budget": 3, "unit_asked": 3}, policy.SUPPRESS, policy.UNIT_BUDGET),
		({"due_at": NOON - timedelta(days=4)}, policy.SUPPRESS, policy.TOO_LATE),
	],
)
def test_each_reason(facts, action, reason):
	decision = decide(**facts)
	assert (decision.action, decision.reason) == (action, reason)
	assert reason in policy.REASONS


def test_a_hold_says_why():
	assert decide(hold="exam week").detail == "exam week"


def test_the_cooldown_ends_after_its_days_and_can_be_switched_off():
	assert decide(asked_at=NOON - timedelta(days=30)).action == policy.ASK
	off = replace(SETTINGS, cooldown_days=0, yearly_budget=0)
	assert decide(off, asked_at=NOON - timedelta(hours=1), asked_in_year=99).action == policy.ASK


def test_a_settled_complaint_frees_one_question_only():
	asked = NOON - timedelta(days=5)
	assert decide(asked_at=asked, settled_at=NOON - timedelta(days=1)).action == policy.ASK
	# Asked again since it was settled: the exemption is used.
	assert decide(asked_at=asked, settled_at=NOON - timedelta(days=6)).reason == policy.COOLDOWN


def test_by_hand_needs_no_draw_but_keeps_every_limit():
	assert decide(by_hand=True, drawn=False).action == policy.ASK
	assert decide(by_hand=True, opted_out=True).reason == policy.OPTED_OUT
	assert decide(by_hand=True, asked_at=NOON - timedelta(days=1)).reason == policy.COOLDOWN


def test_a_test_asks_whoever_tests():
	assert decide(test=True, staff=True, asked_in_year=50, hold="x").action == policy.ASK
	assert decide(test=True, address="").reason == policy.NO_ADDRESS


def test_at_night_the_question_waits_for_the_morning_of_the_unit():
	singapore = ZoneInfo("Asia/Singapore")
	decision = decide(now=NOON, due_at=NOON, zone=singapore)
	assert decision.action == policy.WAIT
	assert decision.until == datetime(2026, 3, 12, 9, tzinfo=singapore)


def test_waiting_does_not_use_up_the_days_until_it_is_dropped():
	due = datetime(2026, 3, 11, 20, tzinfo=UTC)
	# First possible moment: the 12th at 09:00; dropped after three days of that.
	assert decide(now=datetime(2026, 3, 15, 9, tzinfo=UTC), due_at=due).action == policy.ASK
	assert decide(now=datetime(2026, 3, 15, 9, 1, tzinfo=UTC), due_at=due).reason == policy.TOO_LATE


def test_naive_moments_are_refused():
	for ask in (decide, remind):
		with pytest.raises(ValueError, match="time zone"):
			ask(now=datetime(2026, 3, 11, 12))


def remind(settings=SETTINGS, **facts):
	return policy.decide_reminder(replace(FACTS, **facts), settings)


def test_a_reminder_needs_room_in_both_budgets_but_no_cooldown():
	assert remind(asked_at=NOON - timedelta(days=3), asked_in_year=5).action == policy.ASK
	assert remind(asked_in_year=6).reason == policy.BUDGET
	assert remind(unit_budget=2, unit_asked=2).reason == policy.UNIT_BUDGET


@pytest.mark.parametrize(
	("facts", "reason"),
	[
		({"exists": False}, policy.GONE),
		({"still_resolved": False}, policy.REOPENED),
		({"address": ""}, policy.NO_ADDRESS),
		({"staff": True}, policy.STAFF),
		({"opted_out": True}, policy.OPTED_OUT),
		({"hold": "exam week"}, policy.HOLD),
		({"enough": True}, policy.ENOUGH),
	],
)
def test_nobody_is_reminded_who_would_not_be_asked(facts, reason):
	assert remind(**facts).reason == reason


def test_the_units_own_limit_goes_before_that_of_all():
	limited = replace(SETTINGS, unit_budget=2)
	assert decide(limited, unit_asked=2).reason == policy.UNIT_BUDGET
	assert decide(limited, unit_asked=2, unit_budget=3).action == policy.ASK
	assert decide(limited, unit_asked=1, unit_budget=1).reason == policy.UNIT_BUDGET


def test_a_quota_does_not_stop_who_is_asked_outright():
	assert decide(enough=True, by_hand=True).action == policy.ASK
	assert policy.quota_reached(10, 10)
	assert not policy.quota_reached(9, 10)
	assert not policy.quota_reached(10**6, 0)


def test_in_critical_hours_the_question_waits_for_their_end():
	critical = tuple(critical_times("Mon-Fri 11:00-14:00, last working day of the month")[0])
	decision = decide(critical=critical)
	assert (decision.action, decision.until) == (policy.WAIT, NOON.replace(hour=14))
	# Until after the sending hours: then the next morning.
	late = tuple(critical_times("Wed 11:00-18:00")[0])
	assert decide(critical=late).until == datetime(2026, 3, 12, 9, tzinfo=UTC)
	# The whole last working day, a Tuesday.
	end = datetime(2026, 3, 31, 10, tzinfo=UTC)
	assert decide(now=end, due_at=end, critical=critical).until == datetime(2026, 4, 1, 9, tzinfo=UTC)


def test_critical_hours_do_not_use_up_the_days_until_it_is_dropped():
	critical = tuple(critical_times("Mon-Fri 00:00-24:00")[0])
	due = datetime(2026, 3, 9, 10, tzinfo=UTC)
	assert decide(now=due, due_at=due, critical=critical).until == datetime(2026, 3, 14, 9, tzinfo=UTC)


def test_a_unit_that_is_always_critical_is_never_asked():
	always = tuple(critical_times("Mon-Sun 00:00-24:00")[0])
	assert decide(critical=always).reason == policy.TOO_LATE
	forever = replace(SETTINGS, drop_after_days=0)
	assert decide(forever, critical=always).reason == policy.TOO_LATE


@pytest.mark.parametrize(
	("wanted", "offered"), [("de", True), ("de-AT", True), ("fr", False), ("", True), (None, True)]
)
def test_a_region_gives_way_to_its_language(wanted, offered):
	assert policy.is_offered(wanted, ["en", "de"]) is offered


@given(
	st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
	st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Pacific/Apia"]),
	st.times(),
	st.times(),
)
def test_the_next_opening_is_open_and_never_in_the_past(moment, zone, opens, closes):
	moment, zone = moment.replace(tzinfo=UTC), ZoneInfo(zone)
	opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
	found = policy.next_opening(moment, zone, opens, closes)
	assert moment <= found <= moment + timedelta(days=2)
	clock = found.astimezone(zone).time()
	skipped = found.astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset()
	if opens != closes and not skipped:
		assert opens <= clock < closes if opens < closes else clock >= opens or clock < closes


@given(st.integers(0, 10**9), st.floats(0, 100))
def test_a_draw_is_the_same_each_time_and_grows_with_the_share(number, percent):
	name = str(number)
	assert policy.is_drawn(name, percent) == policy.is_drawn(name, percent)
	assert policy.is_drawn(name, 100)
	assert not policy.is_drawn(name, 0)
	if policy.is_drawn(name, percent):
		assert policy.is_drawn(name, min(100, percent + 1))


def test_a_draw_keeps_its_share():
	drawn = sum(policy.is_drawn(f"row {number}", 30) for number in range(10_000))
	assert 2800 < drawn < 3200


def test_holds_cover_first_and_last_day_and_their_units():
	hold = policy.Hold(date(2026, 3, 10), date(2026, 3, 12), "major incident", frozenset({"Cards"}))
	for day, unit, expected in (
		(9, "Cards", ""),
		(10, "Cards", "major incident"),
		(12, "Cards", "major incident"),
		(13, "Cards", ""),
		(11, "Loans", ""),
		(11, None, ""),
	):
		assert policy.hold_in_force([hold], date(2026, 3, day), unit) == expected
	everywhere = replace(hold, units=frozenset())
	assert policy.hold_in_force([everywhere], date(2026, 3, 11), None) == "major incident"


def test_only_a_star_is_wild_in_an_address():
	assert not policy.is_shared("axb@bank.example", ["a?b@bank.example"])
	assert not policy.is_shared("a@bank.example", ["[ab]@bank.example", "", "   "])
	assert policy.is_shared("a@x.example", ["*@x.example"])


@pytest.mark.parametrize(
	("wanted", "offered", "picked"),
	[
		(["de"], ["en", "de"], "de"),
		(["de-AT"], ["en", "de"], "de"),
		([None, "fr", "de"], ["en", "de"], "de"),
		(["fr"], ["en", "de"], "en"),
		([], ["de"], "de"),
	],
)
def test_languages(wanted, offered, picked):
	assert policy.pick_language(wanted, offered) == picked


def test_equal_times_mean_round_the_clock():
	always = replace(SETTINGS, send_from=time(0), send_until=time(0))
	assert decide(always, now=datetime(2026, 3, 11, 3, tzinfo=UTC)).action == policy.ASK
