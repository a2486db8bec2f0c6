"""Words that people of the business typed, kept so that every screen of the host shows them as text.

The host's forms, lists and prints put long texts into a page as they are, as HTML. What looks like a tag is therefore
kept with look-alike brackets: it reads the same, and no browser runs it.
"""

import re

# What a browser takes for the beginning of a tag; it needs no closing bracket where other text follows.
_TAG = re.compile(r"<[a-zA-Z/!?]")
_BRACKETS = str.maketrans("<>", "‹›")


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


def as_text(words: str) -> str:
	"""The words with every angle bracket made a look-alike where one could begin a tag; "3 < 5" stays as it is."""
	return words.translate(_BRACKETS) if _TAG.search(words) else words
