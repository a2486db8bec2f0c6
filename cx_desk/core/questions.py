"""Open questions: never ask twice, whose turn it is, and for how many days each side was waited for.

Matching is by words: two questions are alike when they share most of their rare words, whatever their order and
endings. It proposes; a person decides whether the old answer holds.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

OPEN, ANSWERED, ACCEPTED, WITHDRAWN, DUPLICATE = "Open", "Answered", "Accepted", "Withdrawn", "Duplicate"
STATES = (OPEN, ANSWERED, ACCEPTED, WITHDRAWN, DUPLICATE)
BUSINESS, DESK, IT_TEAM, SUPPLIER, AUDITOR = "Business", "Desk", "IT team", "Supplier", "Auditor"

ALIKE = 0.6

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
# Words that every question has, in the languages that texts are shipped in.
_COMMON = frozenset(
	"a an and any are as at be been by can could do does did each every for from had has have how i if in into is it its "
	"may me must my no not of on once or our per please shall should so some such tell than that the their them then "
	"there these they this to us want was we were what when where which who whom whose why will with would you your "
	"der die das ein eine einer eines einem einen und oder ist sind war wird werden wie was wer wo wann warum welche "
	"welcher welches auf aus bei für im in mit nach von vom zu zum zur sie ihr ihre wir uns es kann können soll sollen "
	"den dem des nicht noch auch bitte".split()
)
_ENDINGS = ("ing", "ed", "es", "s", "en", "er", "e", "n")


def words_of(text: str) -> tuple[str, ...]:
	"""The telling words of a question: lower case, without common words and endings."""
	return tuple(_stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON)


def _stem(word: str) -> str:
	for ending in _ENDINGS:
		if word.endswith(ending) and len(word) - len(ending) >= 4:
			return word[: -len(ending)]
	return word


@dataclass(frozen=True)
class Match:
	"""An answered question that looks like the new one. likeness: 0 to 1."""

	key: Hashable
	likeness: float


def matches(
	question: str, answered: Sequence[tuple[Hashable, str]], at_least: float = ALIKE, limit: int = 3
) -> list[Match]:
	"""Answered questions (key, text) that the new one repeats, the most alike first.

	likeness: weight of the shared words, twice, over the weight of both (Dice), where a word weighs the more the
	fewer questions hold it: ln(1 + N / n). A question without telling words matches nothing. ValueError unless
	at_least is above 0 and at most 1.
	"""
	if not 0 < at_least <= 1:
		raise ValueError("likeness is asked for above 0 and at most 1")
	own = set(words_of(question))
	if not own:
		return []
	known = [(key, set(words_of(text))) for key, text in answered]
	holding = Counter(word for _key, words in known for word in words)
	total = len(known) + 1
	weight = {word: math.log(1 + total / (holding[word] + (word in own))) for word in own | holding.keys()}
	found = []
	for key, words in known:
		both = sum(weight[word] for word in own & words)
		either = sum(weight[word] for word in own) + sum(weight[word] for word in words)
		likeness = 2 * both / either if either else 0.0
		if likeness >= at_least:
			found.append(Match(key, likeness))
	found.sort(key=lambda match: -match.likeness)
	return found[:limit]


Rest = tuple[datetime, datetime | None]


def days_between(start: datetime, end: datetime, rests: Sequence[Rest] = ()) -> float:
	"""Days from start to end without those on which it rested. rests: (from, to), apart from each other; a rest that
	lasts has None as its end. ValueError where end lies before start.
	"""
	if end < start:
		raise ValueError("a time does not end before it begins")
	seconds = (end - start).total_seconds()
	for rested, resumed in rests:
		both = min(end, resumed or end) - max(start, rested)
		seconds -= max(0.0, both.total_seconds())
	return max(0.0, seconds) / 86400


def days_by_side(
	turns: Iterable[tuple[datetime, str | None]], now: datetime, rests: Sequence[Rest] = ()
) -> dict[str, float]:
	"""Side -> days it was waited for, from (moment, whose turn it became), in order; None ends the waiting.

	rests: while the initiative rested nobody was waited for, as in `days_between`. ValueError where a turn lies before
	the one ahead of it or after now.
	"""
	found: dict[str, float] = {}
	side, since = None, None
	for moment, turn in [*turns, (now, None)]:
		if since is not None and moment < since:
			raise ValueError("turns must be in order of time, and none after now")
		if side:
			found[side] = found.get(side, 0.0) + days_between(since, moment, rests)
		side, since = turn, moment
	return found


@dataclass(frozen=True)
class Burden:
	"""What was asked of the business. repeated: of the questions, those that had been answered before, 0 to 1."""

	questions: int
	teams: int
	meetings: int
	repeated: float | None


def burden(questions: int, asked_before: int, teams: int, meetings: int) -> Burden:
	"""4 of 46 questions asked before are 8.7 %. ValueError on counts below 0 or more repeated than asked."""
	if min(questions, asked_before, teams, meetings) < 0 or asked_before > questions:
		raise ValueError("counts are 0 or more, and no more were asked before than were asked")
	return Burden(questions, teams, meetings, asked_before / questions if questions else None)
