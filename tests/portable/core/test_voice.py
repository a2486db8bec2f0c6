"""No path loses a voice: the machine of core/voice.py, and the figure told and settled."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import voice as v

facts = st.builds(
	v.Facts,
	actor=st.sampled_from((*v.DESK, v.PERSON)),
	known_source=st.booleans(),
	has_address=st.booleans(),
	needs_source_yes=st.booleans(),
	settled_by=st.sampled_from((None, v.BY_PERSON, v.BY_DESK)),
	days_since_told=st.none() | st.integers(0, 400),
	owner_name=st.sampled_from(("", "Ada {Lovelace}")),
)
states = st.sampled_from(v.STATES)


@given(states, facts)
def test_a_blocked_move_says_why_and_an_allowed_one_does_not(state, some_facts):
	for move in v.moves(state, some_facts):
		assert move.allowed == (not move.why_not)
		assert move.to in v.STATES
		if not move.allowed:
			assert move.reason.endswith(".")
			assert "{days}" not in move.reason


@given(states, facts, states)
def test_check_agrees_with_moves(state, some_facts, to):
	allowed = [move for move in v.moves(state, some_facts) if move.to == to and move.allowed]
	everything = ("outcome", "decline_reason", "message_back", "note")
	if allowed:
		assert v.check(state, to, some_facts, everything) in allowed
	else:
		with pytest.raises(v.Blocked) as error:
			v.check(state, to, some_facts, everything)
		assert str(error.value)


@given(states, facts)
def test_every_need_is_asked_for(state, some_facts):
	for move in v.moves(state, some_facts):
		if move.allowed and move.needs:
			with pytest.raises(v.Blocked) as error:
				v.check(state, move.to, some_facts, (), move.key)
			assert str(error.value).endswith(".")


@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(v.STATES))
def test_every_voice_can_reach_settled_from_every_state(known, address, needs_yes, start):
	"""Whoever said it and however: the owner, with patience, brings every voice to Settled."""
	reached, open_states = {start}, [start]
	while open_states:
		state = open_states.pop()
		some_facts = v.Facts(
			actor=v.OWNER,
			known_source=known,
			has_address=address,
			needs_source_yes=needs_yes and known,
			days_since_told=v.SILENT_DAYS,
			settled_by=v.BY_DESK,
		)
		for move in v.moves(state, some_facts):
			if move.allowed and move.to not in reached:
				reached.add(move.to)
				open_states.append(move.to)
	assert v.SETTLED in reached


@given(st.booleans(), st.booleans(), st.booleans(), st.lists(st.integers(0, 7), max_size=60))
def test_no_path_loses_a_voice(known, address, needs_yes, choices):
	"""Whatever is clicked: it never stands still before Settled, is never settled untold where somebody can be told."""
	state, told, settled_by = v.HEARD, False, None
	for choice in choices:
		some_facts = v.Facts(
			actor=v.OWNER,
			known_source=known,
			has_address=address,
			needs_source_yes=needs_yes and known,
			settled_by=settled_by,
			days_since_told=3 if told else None,
		)
		ways = [move for move in v.moves(state, some_facts) if move.allowed]
		if not ways:
			assert state == v.SETTLED
			assert settled_by == v.BY_PERSON
			break
		move = ways[choice % len(ways)]
		state = move.to
		told = told or state == v.TOLD
		settled_by = v.settles_by(move.key) if state == v.SETTLED else None
		if state == v.SETTLED and known:
			assert told
			if needs_yes:
				assert settled_by == v.BY_PERSON


def test_nobody_skips_the_owner():
	for to in (v.DONE, v.DECLINED, v.TOLD, v.SETTLED):
		with pytest.raises(v.Blocked):
			v.check(
				v.HEARD, to, v.Facts(actor=v.OWNER), ("outcome", "decline_reason", "message_back", "note")
			)


def test_staff_may_take_it_on_but_not_finish_anothers():
	assert v.check(v.HEARD, v.OWNED, v.Facts(actor=v.STAFF)).allowed
	(done, decline) = v.moves(v.OWNED, v.Facts(actor=v.STAFF, owner_name="Ada"))
	assert not done.allowed
	assert not decline.allowed
	assert "Ada" in done.reason


def test_a_declined_voice_is_told_and_may_be_contested():
	assert v.check(v.OWNED, v.DECLINED, v.Facts(actor=v.OWNER), ("decline_reason",)).allowed
	assert v.check(v.DECLINED, v.TOLD, v.Facts(actor=v.OWNER), ("message_back",)).key == "tell"
	assert v.check(v.TOLD, v.CONTESTED, v.Facts(actor=v.PERSON)).key == "no"
	assert v.check(v.CONTESTED, v.OWNED, v.Facts(actor=v.OWNER)).key == "take"
	with pytest.raises(v.Blocked, match=r"Tell them first|cannot become"):
		v.check(v.DECLINED, v.SETTLED, v.Facts(actor=v.OWNER))


def test_silence_closes_only_after_its_time_and_can_still_be_contested():
	waiting = v.Facts(actor=v.OWNER, needs_source_yes=True, days_since_told=v.SILENT_DAYS - 1)
	with pytest.raises(v.Blocked, match="Their own yes is needed"):
		v.check(v.TOLD, v.SETTLED, waiting, (), "close")
	silent = v.Facts(actor=v.OWNER, needs_source_yes=True, days_since_told=v.SILENT_DAYS)
	assert v.check(v.TOLD, v.SETTLED, silent, (), "close").key == "close"
	assert v.check(v.SETTLED, v.CONTESTED, v.Facts(actor=v.PERSON, settled_by=v.BY_DESK)).key == "no"
	with pytest.raises(v.Blocked, match="new voice"):
		v.check(v.SETTLED, v.CONTESTED, v.Facts(actor=v.PERSON, settled_by=v.BY_PERSON))


def test_nobody_to_tell_is_no_dead_end():
	seen = v.Facts(actor=v.OWNER, known_source=False, has_address=False)
	tell, told, close = v.moves(v.DONE, seen)
	assert not tell.allowed
	assert not told.allowed
	assert "nobody to tell" in tell.reason
	assert close.allowed


def test_without_an_address_one_can_still_tell_in_person():
	tell, told = v.moves(v.DONE, v.Facts(actor=v.OWNER, has_address=False))
	assert not tell.allowed
	assert told.allowed


def test_what_is_given_chooses_between_two_ways():
	owner = v.Facts(actor=v.OWNER)
	assert v.check(v.DONE, v.TOLD, owner, ("note",)).key == "told"
	assert v.check(v.DONE, v.TOLD, owner, ("message_back",)).key == "tell"
	assert v.check(v.TOLD, v.SETTLED, owner, ("note",)).key == "yes"
	assert v.check(v.TOLD, v.SETTLED, owner, ()).key == "close"
	waiting = v.Facts(actor=v.OWNER, needs_source_yes=True, days_since_told=1)
	with pytest.raises(v.Blocked, match="Note how"):
		v.check(v.TOLD, v.SETTLED, waiting, ())


def test_the_person_cannot_do_the_desks_steps():
	for state in v.STATES:
		for move in v.moves(state, v.Facts(actor=v.PERSON)):
			assert move.allowed == (move.key in ("yes", "no"))


def test_unknown_words_are_refused():
	with pytest.raises(ValueError, match="unknown state"):
		v.moves("Closed", v.Facts())
	with pytest.raises(ValueError, match="unknown actor"):
		v.Facts(actor="somebody")


def test_who_must_say_yes():
	assert v.needs_source_yes(v.LOW_ANSWER, v.KNOWN)
	assert v.needs_source_yes(v.NOT_SOLVED, v.KNOWN)
	assert v.needs_source_yes(v.SAID, v.KNOWN, from_visit=True)
	assert not v.needs_source_yes(v.SAID, v.KNOWN)
	assert not v.needs_source_yes(v.LOW_ANSWER, v.ANONYMOUS)


def test_overdue_only_while_it_is_our_turn():
	now = datetime(2026, 3, 2, 12)
	for state in v.STATES:
		assert v.is_overdue(state, now - timedelta(hours=1), now) == (state in v.OUR_TURN)
	assert not v.is_overdue(v.HEARD, None, now)
	assert not v.is_overdue(v.HEARD, now, now)


START, END = datetime(2026, 3, 2), datetime(2026, 3, 9)


def _voice(state, needs=False, by=None, source=v.KNOWN, due=START + timedelta(days=1)):
	return v.VoiceCount(due, state, source, by, needs)


def test_told_and_settled_by_hand():
	voices = [
		_voice(v.SETTLED, True, v.BY_PERSON),  # above
		_voice(v.SETTLED, True, v.BY_DESK),  # silence is not consent
		_voice(v.TOLD, True),  # waits for their yes
		_voice(v.TOLD),  # told suffices
		_voice(v.SETTLED, False, v.BY_DESK),  # above
		_voice(v.CONTESTED),
		_voice(v.HEARD),
		_voice(v.DECLINED),
		_voice(v.SETTLED, source=v.SEEN_SOURCE),
		_voice(v.HEARD, source=v.ANONYMOUS),
		_voice(v.SETTLED, False, v.BY_PERSON, due=END),  # next period
		_voice(v.SETTLED, False, v.BY_PERSON, due=START - timedelta(seconds=1)),
	]
	figure = v.told_and_settled(voices, START, END)
	assert (figure.settled, figure.n, figure.waiting, figure.ours) == (3, 8, 1, 4)
	assert figure.value == pytest.approx(3 / 8)
	assert (figure.seen, figure.anonymous) == (1, 1)
	assert "no interval" in figure.method


def test_what_is_not_due_yet_does_not_count_yet():
	voices = [_voice(v.HEARD, due=END - timedelta(hours=1))]
	assert v.told_and_settled(voices, START, END, now=START + timedelta(days=2)).n == 0
	assert v.told_and_settled(voices, START, END, now=END).n == 1


def test_no_voices_is_no_figure_and_a_period_must_not_end_before_it_starts():
	assert v.told_and_settled([], START, END).value is None
	with pytest.raises(ValueError, match="ends before"):
		v.told_and_settled([], END, START)


counts = st.builds(
	v.VoiceCount,
	first_due_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 1)),
	state=states,
	source_type=st.sampled_from(v.SOURCES),
	settled_by=st.sampled_from((None, v.BY_PERSON, v.BY_DESK)),
	needs_source_yes=st.booleans(),
)


@given(st.lists(counts, max_size=40))
def test_the_weeks_add_up_to_the_period(voices):
	series = v.weekly(voices, date(2026, 4, 1), 14)
	assert len(series) == 14
	assert all(monday.weekday() == 0 for monday, _ in series)
	start = datetime.combine(series[0][0], datetime.min.time())
	whole = v.told_and_settled(voices, start, start + timedelta(weeks=14))
	for name in ("settled", "n", "waiting", "ours", "seen", "anonymous"):
		assert sum(getattr(figure, name) for _, figure in series) == getattr(whole, name)
	assert whole.settled + whole.waiting + whole.ours == whole.n
	assert whole.value is None or 0 <= whole.value <= 1


@given(st.lists(counts, min_size=1, max_size=20), st.integers(0, 19))
def test_settling_one_more_never_lowers_the_figure(voices, index):
	index %= len(voices)
	better = list(voices)
	old = better[index]
	better[index] = v.VoiceCount(
		old.first_due_at, v.SETTLED, old.source_type, v.BY_PERSON, old.needs_source_yes
	)
	start, end = datetime(2026, 1, 1), datetime(2026, 5, 1)
	before, after = v.told_and_settled(voices, start, end), v.told_and_settled(better, start, end)
	assert after.n == before.n
	assert (after.value or 0) >= (before.value or 0)
