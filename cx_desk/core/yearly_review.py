"""The yearly review of the relationship: what the business is asked beforehand, and what both sides say. Pure.

Each side places the relationship on the ladder of five steps (BRMM, after itsmprofessor.net 2017/06), with what shows
it and what it would do for the next step; the gap between the two is the result, never their mean. Of each want two
questions are asked: how important it is to them, and how we do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cx_desk.core.conversation import LEVELS, level_gap

# The shipped survey, and the fixed names of its questions; an admin may change their words.
SURVEY = "Yearly review"
LEVEL, EVIDENCE, NEXT_STEP = "relationship_level", "relationship_evidence", "relationship_next"
IMPORTANT, HOW_WE_DO = "want_important_", "want_how_we_do_"


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


# The ladder in the words of the business, lowest first.
LADDER = (
	N_("Ad hoc: we call when something breaks, and it depends on who answers"),
	N_("Order taker: they do what we ask for"),
	N_("Service provider: they deliver what was agreed, reliably"),
	N_("Trusted advisor: we ask them before we decide"),
	N_("Strategic partner: they shape our plans with us"),
)
# From 1 to 5.
IMPORTANCE = (N_("Hardly"), N_("A little"), N_("Somewhat"), N_("Important"), N_("Very important"))
HOW = (N_("Badly"), N_("Rather badly"), N_("So-so"), N_("Well"), N_("Very well"))
ASK_IMPORTANCE = N_("“{want}”: how important is this to you?")
ASK_HOW = N_("“{want}”: how do we do?")


@dataclass(frozen=True)
class Question:
	"""A question made from a want: text with its params for the translator, and choices from 1 upwards."""

	key: str
	text: str
	want: str
	choices: Sequence[str]


def want_questions(wants: Iterable[tuple[str, str]]) -> list[Question]:
	"""Two questions for each want, given as (name of its row, its words), in their order."""
	found = []
	for name, words in wants:
		words = " ".join(words.split())
		found += [
			Question(IMPORTANT + name, ASK_IMPORTANCE, words, IMPORTANCE),
			Question(HOW_WE_DO + name, ASK_HOW, words, HOW),
		]
	return found


def want_answers(choices: Mapping[str, int]) -> dict[str, dict[str, int]]:
	"""Want -> importance and how_we_do from 1 to 5, from the number of the choice (0 for the first) by question key."""
	found: dict[str, dict[str, int]] = {}
	for prefix, field in ((IMPORTANT, "importance"), (HOW_WE_DO, "how_we_do")):
		for key, number in choices.items():
			if key.startswith(prefix) and 0 <= number < 5:
				found.setdefault(key.removeprefix(prefix), {})[field] = number + 1
	return found


def level_of(choice: int | None) -> str | None:
	"""The step of the ladder for the number of a choice, 0 for the first; None where it is none of the five."""
	return LEVELS[choice] if choice is not None and 0 <= choice < len(LEVELS) else None


@dataclass(frozen=True)
class Side:
	"""What one side says of the relationship: a step of the ladder, on a day, with evidence and the next step.

	of_sponsor: whether the sponsor says it. source: how we know, for people.
	"""

	level: str
	on: date
	who: str = ""
	evidence: str = ""
	next_step: str = ""
	of_sponsor: bool = False
	source: str = ""

	@property
	def number(self) -> int:
		return LEVELS.index(self.level) + 1


@dataclass(frozen=True)
class BothSides:
	"""theirs, ours: None where that side has not said. gap: ours less theirs in steps, None until both have."""

	theirs: Side | None
	ours: Side | None
	gap: int | None


def both(theirs: Iterable[Side], ours: Iterable[Side]) -> BothSides:
	"""The newest word of each side, given oldest first; of the business the sponsor's goes before everybody else's."""
	# Of two words of one day the later in the list is the newer.
	said = max(reversed(list(theirs)), key=lambda side: (side.of_sponsor, side.on), default=None)
	own = max(reversed(list(ours)), key=lambda side: side.on, default=None)
	return BothSides(said, own, level_gap(own and own.level, said and said.level))
