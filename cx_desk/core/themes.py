"""Which themes a comment touches: by an editable list of key words, in any language. No guessing.

A key word stands for the whole word; `*` at its ends stands for the rest of it: "wait*" finds wait, waited and waiting,
"*druck*" also Farbdrucker. Several words in a row are found as they stand. Case does not matter, nor do the blanks between words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Longer lists and words are a mistake of pasting, not a theme.
MOST_WORDS, LONGEST_WORD = 200, 60


def words_of(text: str | None) -> tuple[str, ...]:
	"""The key words of a list written with commas, semicolons or new lines, each once, in their order."""
	found = (" ".join(part.split()) for part in re.split(r"[,;\n\r]+", text or ""))
	return tuple(dict.fromkeys(word.casefold() for word in found if word.strip("* ")))[:MOST_WORDS]


def problem(text: str | None) -> str:
	"""What is wrong with a list of key words, as a key; empty where nothing is."""
	parts = [" ".join(part.split()) for part in re.split(r"[,;\n\r]+", text or "") if part.strip()]
	if any(not part.strip("* ") for part in parts):
		return "only a star"
	if any("*" in part.strip("*") for part in parts):
		return "star inside"
	if any(len(part) > LONGEST_WORD for part in parts):
		return "too long"
	return "too many" if len(parts) > MOST_WORDS else ""


@lru_cache(maxsize=256)
def pattern(words: tuple[str, ...]) -> re.Pattern | None:
	"""One expression that finds any of the key words; None without any."""
	parts = []
	for word in words:
		inside = r"\s+".join(re.escape(part) for part in word.strip("*").split(" "))
		before = "" if word.startswith("*") else r"(?<!\w)"
		after = "" if word.endswith("*") else r"(?!\w)"
		parts.append(f"{before}{inside}{after}")
	return re.compile("|".join(parts)) if parts else None


def themes_of(comment: str | None, themes: Mapping[str, tuple[str, ...]]) -> list[str]:
	"""The themes that a comment touches, in the order given."""
	text = (comment or "").casefold()
	return [name for name, words in themes.items() if (found := pattern(words)) and found.search(text)]


def tone(polarities: Iterable[float]) -> str:
	"""A rough word for the mean polarity (-1 to 1) of comments: a hint, never a figure. Empty without any."""
	listed = list(polarities)
	if not listed:
		return ""
	mean = sum(listed) / len(listed)
	return "rather negative" if mean < -0.1 else "rather positive" if mean > 0.1 else "mixed"
