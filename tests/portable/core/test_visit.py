"""The way of a visit, and cover of the desk."""

from datetime import date, datetime, timedelta

import pytest

from cx_desk.core import visit
from cx_desk.core.visit import CANCELLED, CLOSED, HELD, PLANNED, SHARED, Blocked, Facts, check, moves

NOW = datetime(2026, 11, 23, 9, 0)  # a Monday


def facts(actor=visit.LIAISON, **given):
	return Facts(
		**{"actor": actor, "starts_on": NOW - timedelta(hours=3), "now": NOW, "report": True, **given}
	)


def why(state, to, given=(), key=None, **of):
	with pytest.raises(Blocked) as blocked:
		check(state, to, facts(**of), given, key)
	return str(blocked.value)


class TestMoves:
	def test_the_whole_way(self):
		assert check(PLANNED, HELD, facts(visit.VISITOR)).key == "hold"
		assert check(HELD, SHARED, facts()).key == "share"
		assert check(SHARED, CLOSED, facts(host_word=visit.AGREED)).key == "close"

	def test_not_before_it_began(self):
		assert "2026-11-23 10:00" in why(PLANNED, HELD, starts_on=NOW + timedelta(hours=1))

	def test_somebody_has_to_have_been_there(self):
		assert "Add who took part" in why(PLANNED, HELD, came=0)

	def test_cancelling_asks_why_and_who(self):
		assert "why" in why(PLANNED, CANCELLED)
		assert "who cancelled" in why(PLANNED, CANCELLED, ("reason",))
		assert check(PLANNED, CANCELLED, facts(), ("reason", "cancelled_by")).to == CANCELLED

	def test_a_cancelled_visit_is_planned_again_with_a_new_time(self):
		assert "new time" in why(CANCELLED, PLANNED)
		assert check(CANCELLED, PLANNED, facts(), ("starts_on",)).to == PLANNED

	def test_the_report_waits_for_triage(self):
		assert "way: 3" in why(HELD, SHARED, key="share", untriaged=3)
		assert "Write what you saw" in why(HELD, SHARED, key="share", report=False)

	def test_without_an_address_it_is_handed_over_with_a_note(self):
		assert "no mail address" in why(HELD, SHARED, key="share", has_address=False)
		assert "to whom" in why(HELD, SHARED, key="hand_over", has_address=False)
		assert check(HELD, SHARED, facts(has_address=False), ("note",)).key == "hand_over"

	def test_the_liaison_shares_and_the_visitor_only_where_there_is_none(self):
		assert "Only the liaison" in why(HELD, SHARED, key="share", actor=visit.VISITOR)
		assert check(HELD, SHARED, facts(visit.VISITOR, has_liaison=False)).key == "share"
		assert "Only who takes part" in why(PLANNED, HELD, actor=visit.STAFF)

	def test_closing_waits_for_owners_the_host_and_the_question(self):
		assert "without an enabled owner" in why(SHARED, CLOSED, unowned=1)
		assert "Amend it first" in why(SHARED, CLOSED, host_word=visit.CORRECTED)
		assert "2026-11-25" in why(SHARED, CLOSED, correct_until=date(2026, 11, 25))
		assert "was not locked" in why(SHARED, CLOSED, effect_open=True)
		assert check(SHARED, CLOSED, facts(correct_until=date(2026, 11, 22))).to == CLOSED

	def test_a_closed_visit_has_come_to_its_end(self):
		assert moves(CLOSED, facts()) == []
		assert "new visit" in why(CLOSED, PLANNED)

	def test_a_wrong_way_names_the_right_ones(self):
		assert "Held, Cancelled" in why(PLANNED, CLOSED)

	def test_every_state_is_reached_and_known(self):
		reached = {rule.to for rule in visit.MOVES}
		assert reached == set(visit.STATES)
		with pytest.raises(ValueError, match="unknown state"):
			moves("Lost", facts())
		with pytest.raises(ValueError, match="unknown actor"):
			facts("nobody")


class TestTypes:
	def test_a_host_only_where_the_type_needs_one(self):
		assert visit.needs_host("Shadowing")
		assert not visit.needs_host("Floor-walk")
		assert visit.direction_of("Briefing") == visit.THEY_TO_US
		with pytest.raises(ValueError, match="no type of visit"):
			visit.needs_host("Raid")


def on(day, start, end):
	return datetime.fromisoformat(f"{day} {start}"), datetime.fromisoformat(f"{day} {end}")


class TestCover:
	def test_half_days(self):
		day = date(2026, 11, 23)
		assert visit.half_days(*on(day, "09:00", "11:00")) == [(day, "morning")]
		assert visit.half_days(*on(day, "12:00", "14:00")) == [(day, "morning"), (day, "afternoon")]
		assert visit.half_days(*on(day, "13:00", "14:00")) == [(day, "afternoon")]

	def test_at_most_so_many_of_one_team(self):
		half = (date(2026, 11, 23), "morning")
		teams = {"North": ["a", "b", "c"], "South": ["d"]}
		away = {half: ["a", "b"]}
		assert visit.too_many_away(["c"], [half], teams, away, 2) == ("North", half, ["a", "b", "c"])
		assert visit.too_many_away(["d"], [half], teams, away, 2) is None
		assert visit.too_many_away(["c"], [(half[0], "afternoon")], teams, away, 2) is None
		assert visit.too_many_away(["c"], [half], teams, away, 0) is None

	def test_who_is_away_already_does_not_count_twice(self):
		half = (date(2026, 11, 23), "morning")
		assert visit.too_many_away(["a"], [half], {"North": ["a", "b"]}, {half: ["a", "b"]}, 2) is None
