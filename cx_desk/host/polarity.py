"""How an English sentence sounds, by the library that Helpdesk brings along. A hint, where it is there."""

from functools import cache


@cache
def _library():
	"""TextBlob, or None where the host does not bring it."""
	try:
		from textblob import TextBlob
	except ImportError:
		return None
	return TextBlob


def is_there() -> bool:
	"""Whether the host brings the library."""
	return _library() is not None


def polarity(text: str) -> float | None:
	"""From -1 (negative) to 1 (positive) for an English text; None where the library is missing or finds no word."""
	library = _library()
	if library is None:
		return None
	found = library(text[:1000]).sentiment
	# Nought and no subjectivity: none of its words is in the library's list.
	return None if not found.polarity and not found.subjectivity else found.polarity
