"""People are believed without a script; machines are told by what they do."""

from dataclasses import replace

import pytest

from cx_desk.core import machine

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
PERSON = machine.Evidence(seconds=12, gestures=9, agent=PHONE)


def verdict(**evidence):
	return machine.judge(replace(PERSON, **evidence))[0]


def test_a_person_with_and_without_a_script():
	assert verdict() == machine.PERSON
	assert verdict(gestures=None) == machine.PERSON


@pytest.mark.parametrize(
	"evidence",
	[
		{"trap_filled": True},
		{"trap_link": True, "gestures": None},
		{"links_opened": 5, "gestures": None},
		{"seconds": 0.2},
		{"seconds": None},
		{"gestures": 0},
		{"agent": ""},
		{"agent": "python-requests/2.31"},
		{"agent": "Mozilla/5.0 (compatible; SomeBot/1.0)"},
	],
)
def test_a_machine(evidence):
	found, against = machine.judge(replace(PERSON, **evidence))
	assert found == machine.SUSPECTED
	assert against


def test_a_scanner_before_the_person_does_not_silence_the_person():
	# The scanner opened all links seconds ago and took the hidden one; then the person comes and moves.
	assert verdict(links_opened=5, trap_link=True, gestures=3) == machine.PERSON


def test_who_signed_in_is_a_person():
	assert verdict(signed_in=True, seconds=0.1, agent="curl/8") == machine.PERSON


def test_what_a_scanner_did_before_does_not_silence_who_reads_and_sends_again():
	plain = machine.Evidence(seconds=6, gestures=None, agent=PHONE, trap_link=True, links_opened=5)
	assert machine.judge(plain)[0] == machine.SUSPECTED
	assert machine.judge(replace(plain, asked_again=True)) == (machine.PERSON, [])


@pytest.mark.parametrize(
	"evidence",
	[{"seconds": 0.2}, {"seconds": None}, {"trap_filled": True}, {"gestures": 0}, {"agent": "curl/8"}],
)
def test_a_machine_that_sends_again_stays_one(evidence):
	assert verdict(**evidence, asked_again=True) == machine.SUSPECTED
