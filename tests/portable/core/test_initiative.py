"""Nothing reaches users with a mandatory criterion unmet: the machine of core/initiative.py, every shipped template."""

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import initiative as m
from cx_desk.core.initiative_templates import SHIPPED, SMALL_CHANGE

EVERYBODY = frozenset(m.ACTORS)
GIVEN = ("message", "reason", "review_date", "overrule_reason")
texts = st.lists(st.text("abc {}", min_size=1, max_size=8), max_size=2).map(tuple)
facts = st.builds(
	m.Facts,
	actors=st.frozensets(st.sampled_from(m.ACTORS)),
	stages=st.sampled_from([template.stages for template in SHIPPED]),
	held_stage=st.none() | st.sampled_from(m.STAGES),
	has_title=st.booleans(),
	has_outcome=st.booleans(),
	has_sponsor=st.booleans(),
	has_requester=st.booleans(),
	has_units=st.booleans(),
	has_lead=st.booleans(),
	has_representative=st.booleans(),
	criteria=st.integers(0, 24),
	blocking=texts,
	expired=texts,
	open_waivers=texts,
	considerations=texts,
	questions=texts,
	advice=st.none() | st.sampled_from(m.ADVICE),
	needs_benefit=st.booleans(),
	benefits_owned=st.booleans(),
	support_agreed=st.booleans(),
	unsent=texts,
	sponsor_yes=st.booleans(),
	exit_why=texts,
)


def good(template, **changed):
	"""Facts under which everything is in order."""
	return replace(
		m.Facts(actors=EVERYBODY, stages=template.stages, advice=m.GO, sponsor_yes=True), **changed
	)


@pytest.mark.parametrize("template", SHIPPED, ids=lambda t: t.name)
def test_shipped_templates_are_sound(template):
	assert not m.plan_problems(template.stages)
	assert template.criteria
	assert any(one.importance == "Mandatory" for one in template.criteria)
	names = [one.name for one in template.criteria]
	assert len(names) == len(set(names))


@pytest.mark.parametrize("template", SHIPPED, ids=lambda t: t.name)
def test_extra_support_has_an_end_that_is_agreed(template):
	supported = any(one.key == m.EARLY_LIFE for one in template.stages)
	assert supported == bool(template.support_days and template.support_target and template.exits)
	assert len(template.exits) == len(set(template.exits))


def test_small_change_has_three_gates_and_six_criteria():
	assert sum(bool(one.gate) for one in SMALL_CHANGE.stages) == 3
	assert len(SMALL_CHANGE.criteria) == 6
	assert [template for template in SHIPPED if template.is_default] == [SMALL_CHANGE]


@pytest.mark.parametrize("template", SHIPPED, ids=lambda t: t.name)
def test_model_check(template):
	"""Every state that can be reached by any moves under any facts: users are reached with nothing mandatory open.

	A state is the stage, where it was held, and whether users use it. In every state every combination of what
	matters is tried by every person.
	"""
	start = (m.DRAFT, None)
	seen, todo, live_entries = {start}, [start], 0
	choices = list(
		product(
			((), ("Access works",)),  # blocking
			((), ("Backup",)),  # expired
			((), ("First day",)),  # unsent
			(True, False),  # sponsor's yes
			(None, m.GO, m.STOP),  # advice
			((), ("rate",)),  # exit
			(0, 6),  # criteria
		)
	)
	while todo:
		stage, held = todo.pop()
		for blocking, expired, unsent, yes, advice, exit_why, criteria in choices:
			some = good(
				template,
				held_stage=held,
				blocking=blocking,
				expired=expired,
				unsent=unsent,
				sponsor_yes=yes,
				advice=advice,
				exit_why=exit_why,
				criteria=criteria,
			)
			for move in m.moves(stage, some):
				if not move.allowed:
					continue
				if move.to in m.REACHES_USERS and stage not in m.REACHES_USERS:
					live_entries += 1
					assert not blocking, (stage, move)
					assert not expired
					assert not unsent
					assert yes
					assert criteria
				if stage == m.EARLY_LIFE and move.to in (m.HANDED_OVER, m.BENEFITS, m.CLOSED):
					assert not exit_why or move.key == m.EXCEPTION
				new_held = (
					stage
					if move.key in (m.HOLD_IT, m.DEFER, m.DECLINE)
					else None
					if move.key == m.RESUME
					else held
				)
				state = (move.to, new_held)
				if state not in seen:
					seen.add(state)
					todo.append(state)
	assert live_entries
	reached = {stage for stage, _held in seen}
	assert {one.key for one in template.stages} <= reached


@pytest.mark.parametrize("template", SHIPPED, ids=lambda t: t.name)
def test_no_dead_end(template):
	"""With everything in order, every stage of the plan has a way on until it is over."""
	for one in template.stages:
		forward = [move for move in m.moves(one.key, good(template)) if move.allowed]
		assert forward or one.key == m.CLOSED


@given(st.sampled_from(m.STAGES), facts)
def test_allowed_means_no_reason_and_reasons_are_sentences(stage, some):
	for move in m.moves(stage, some):
		assert move.allowed == (not move.reasons)
		assert move.to in m.STAGES
		for reason in move.reasons:
			if reason.text != "{why}":
				assert str(reason)[-1] in ".?"


@given(st.sampled_from(m.STAGES), facts, st.sampled_from(m.STAGES))
def test_check_agrees_with_moves(stage, some, to):
	allowed = [move for move in m.moves(stage, some) if move.to == to and move.allowed]
	if allowed:
		assert m.check(stage, to, some, GIVEN) in allowed
	else:
		with pytest.raises(m.Blocked) as blocked:
			m.check(stage, to, some, GIVEN)
		assert blocked.value.move.reasons


@given(facts)
def test_who_is_nothing_to_it_moves_nothing(some):
	for stage in m.STAGES:
		assert not any(move.allowed for move in m.moves(stage, replace(some, actors=frozenset())))


def test_every_reason_is_said_at_once():
	some = good(
		SMALL_CHANGE, blocking=("Access works",), unsent=("What changes",), sponsor_yes=False, advice=None
	)
	move = m.find_move(m.IN_DELIVERY, m.EARLY_LIFE, some)
	said = " ".join(map(str, move.reasons))
	assert "Access works" in said
	assert "What changes" in said
	assert "sponsor" in said
	assert "May users have it?" in said


def test_advice_against_asks_for_a_reason():
	some = good(SMALL_CHANGE, advice=m.STOP)
	with pytest.raises(m.Blocked, match="overruled"):
		m.check(m.TRIAGE, m.IN_DELIVERY, some)
	assert m.check(m.TRIAGE, m.IN_DELIVERY, some, ("overrule_reason",)).allowed


def test_hand_over_by_exception_is_a_managers():
	early = good(SMALL_CHANGE, exit_why=("Too many.",))
	keys = {move.key: move.allowed for move in m.moves(m.EARLY_LIFE, early)}
	assert keys[m.HAND_OVER] is False
	assert keys[m.EXCEPTION] is True
	lead = replace(early, actors=frozenset({m.LEAD}))
	assert not any(move.allowed for move in m.moves(m.EARLY_LIFE, lead) if move.key == m.EXCEPTION)


def test_declined_by_a_person_needs_a_message():
	with pytest.raises(m.Blocked):
		m.check(m.TRIAGE, m.DECLINED, good(SMALL_CHANGE), ("reason", "review_date"))
	assert (
		m.check(m.TRIAGE, m.DECLINED, good(SMALL_CHANGE), ("reason", "review_date", "message")).key
		== m.DECLINE
	)


@pytest.mark.parametrize(
	("keys", "part"),
	[
		((m.DRAFT, m.SUBMITTED, m.TRIAGE), "missing"),
		((m.DRAFT, m.SUBMITTED, m.TRIAGE, m.TRIAGE, m.CLOSED), "twice"),
		((m.DRAFT, m.SUBMITTED, m.TRIAGE, m.EARLY_LIFE, m.IN_DELIVERY, m.CLOSED), "order"),
		((m.DRAFT, m.SUBMITTED, m.TRIAGE, "Party", m.CLOSED), "no stage"),
	],
)
def test_bad_plans_are_told(keys, part):
	problems = m.plan_problems([m.Stage(key) for key in keys])
	assert any(part in str(problem) for problem in problems)


def test_whose_turn():
	assert m.whose_turn(m.ASSESSING, 1) == m.YOURS
	assert m.whose_turn(m.ASSESSING, 0) == m.OURS
	assert m.whose_turn(m.TRANSITION, 0, True) == m.YOURS
	assert m.whose_turn(m.CLOSED, 3) == m.NOBODY


def test_the_clocks_stand_still_while_it_rests_or_is_over():
	days = [datetime(2026, 3, day) for day in range(1, 9)]
	way = ("Triage", "On hold", "Triage", "Assessing", "Declined", "Triage", "Withdrawn")
	assert m.rests(zip(days, way, strict=False)) == [
		(days[1], days[2]),
		(days[4], days[5]),
		(days[6], None),
	]
	# A hold that ends in a withdrawal is one rest.
	assert m.rests([(days[0], "On hold"), (days[1], "Withdrawn")]) == [(days[0], None)]
	assert m.rests([(days[0], "Triage")]) == []
