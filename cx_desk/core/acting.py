"""Which rules an answer meets: by a reason, a word in any language, a score. Facts in, matches out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

REASON, WORD, SCORE, MISSED_TARGET = "Reason", "Word", "Score", "Missed target"
CAUSES = (REASON, WORD, SCORE, MISSED_TARGET)
VOICE, TICKET = "Voice", "Ticket"

# A word longer than this is no word; a list longer than this is no list that somebody reads.
LONGEST_WORD, MOST_WORDS = 100, 500
# Scripts that put no space between words: there a word is found wherever it stands.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Rule:
	"""One rule as it is judged.

	survey: only answers to it, empty for all. units: only of these, None for all. driver, words: for the cause.
	at_least, at_most: points of the first question on a scale, both ends in it, None where open; they narrow down
	every cause. position: the lowest goes first.
	"""

	name: str
	cause: str
	makes: str = VOICE
	survey: str = ""
	units: frozenset[str] | None = None
	driver: str = ""
	words: tuple[str, ...] = ()
	at_least: int | None = None
	at_most: int | None = None
	position: int = 0


@dataclass(frozen=True)
class Answered:
	"""What an answer says. score: of the first question on a scale, None without. words: everything written."""

	survey: str
	unit: str = ""
	score: int | None = None
	drivers: frozenset[str] = frozenset()
	words: str = ""


def matching(rules: Iterable[Rule], answered: Answered) -> list[Rule]:
	"""The rules that an answer meets, in their order: by position, then by name."""
	return sorted(
		(rule for rule in rules if matches(rule, answered)), key=lambda rule: (rule.position, rule.name)
	)


def matches(rule: Rule, answered: Answered) -> bool:
	"""Whether an answer meets a rule. A rule about targets is met by no answer."""
	if rule.survey and rule.survey != answered.survey:
		return False
	if rule.units is not None and answered.unit not in rule.units:
		return False
	narrowed = rule.at_least is not None or rule.at_most is not None
	if narrowed and not _in_band(rule, answered.score):
		return False
	if rule.cause == REASON:
		return bool(rule.driver) and rule.driver in answered.drivers
	if rule.cause == WORD:
		return bool(found_words(rule.words, answered.words))
	return rule.cause == SCORE and narrowed


def _in_band(rule: Rule, score: int | None) -> bool:
	if score is None:
		return False
	above = rule.at_least is None or score >= rule.at_least
	return above and (rule.at_most is None or score <= rule.at_most)


def read_words(text: str) -> tuple[str, ...]:
	"""The words of a setting, one per line, without blanks around them and without doubles.

	ValueError, with the word in it, on a bare star, a star within a word, a word or a list that is too long.
	"""
	words = []
	for line in (text or "").splitlines():
		word = " ".join(line.split())
		if not word:
			continue
		if not any(char.isalnum() for char in word):
			raise ValueError(word)
		# A star within would make a search of any cost.
		if len(word) > LONGEST_WORD or "*" in word[1:-1]:
			raise ValueError(word[:LONGEST_WORD])
		words.append(word)
	if len(words) > MOST_WORDS:
		raise ValueError(str(len(words)))
	return tuple(dict.fromkeys(words))


def found_words(words: Sequence[str], text: str) -> list[str]:
	"""Those of the words that stand in a text: whole, whatever their case; a star stands for any ending or beginning.

	Letters are compared as Unicode compares them without case (ß as ss, full width as plain). In scripts without
	spaces a word is found wherever it stands.
	"""
	if not text:
		return []
	plain = _plain(text)
	return [word for word in words if _pattern(word).search(plain)]


def _plain(text: str) -> str:
	folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
	return " ".join(folded.split())


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern:
	plain = _plain(word)
	body = re.escape(plain.removeprefix("*").removesuffix("*"))
	if _UNSPACED.search(word):
		return re.compile(body)
	before = r"(?<!\w)\w*" if plain.startswith("*") else r"(?<!\w)"
	after = r"\w*(?!\w)" if plain.endswith("*") else r"(?!\w)"
	return re.compile(before + body + after)
