"""Names and states of the ledger."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import ledger


def test_the_same_event_is_the_same_row():
	assert ledger.row_name("HD Ticket", "0001", 1, "T") == ledger.row_name("HD Ticket", "0001", 1, "T", 0)


@given(
	st.lists(st.tuples(st.text(), st.text(), st.integers(0, 9), st.text(), st.integers(0, 9)), unique=True)
)
def test_different_events_are_different_rows(events):
	assert len({ledger.row_name(*event) for event in events}) == len(events)


def test_every_status_has_its_moves_and_final_ones_have_none():
	assert set(ledger.MOVES) == set(ledger.STATUSES)
	assert all(set(moves) <= set(ledger.STATUSES) for moves in ledger.MOVES.values())
	for final in (ledger.SUPPRESSED, ledger.WITHDRAWN, ledger.EXPIRED):
		assert not ledger.MOVES[final]
	assert ledger.may_move(ledger.PENDING, ledger.QUEUED)
	assert not ledger.may_move(ledger.SUPPRESSED, ledger.QUEUED)
	with pytest.raises(ValueError, match="unknown"):
		ledger.may_move("Lost", ledger.SENT)


def test_addresses_are_compared_without_case_and_kept_only_as_hash():
	assert ledger.address_key(" Ann@Bank.example ") == ledger.address_key("ann@bank.example")
	assert ledger.address_key("") == ledger.address_key(None) == ""
	assert "ann" not in ledger.address_key("ann@bank.example")


def test_due_after_the_delay():
	at = datetime(2026, 3, 11, 12)
	assert ledger.due_at(at, 4) == at + timedelta(hours=4)
	for delay in (-1, float("nan"), float("inf")):
		with pytest.raises(ValueError, match="delay"):
			ledger.due_at(at, delay)


@pytest.mark.parametrize(
	("status", "known"),
	[("Fulfilled", "Fulfilled"), ("Failed", "Failed"), ("Paused", ""), ("", ""), (None, "")],
)
def test_paused_at_closure_is_unknown(status, known):
	assert ledger.known_agreement(status) == known


def test_a_key_tells_two_records_of_one_number_apart_and_old_names_stay():
	first = ledger.row_name("HD Ticket", "0001", 1, "T", 0, "a-key")
	assert first != ledger.row_name("HD Ticket", "0001", 1, "T", 0, "another-key")
	for key in ("", None):
		assert ledger.row_name("HD Ticket", "0001", 1, "T", 0, key) == ledger.row_name(
			"HD Ticket", "0001", 1, "T"
		)


def test_a_row_without_a_key_is_taken_at_its_name():
	assert ledger.is_same_record("a", "a")
	assert not ledger.is_same_record("a", "b")
	for row, record in ((None, "a"), ("a", None), ("", "")):
		assert ledger.is_same_record(row, record)
