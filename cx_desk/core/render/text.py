"""Numbers and texts as people read them, the same in HTML and on a terminal."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SHARE, NET, MEAN = "share", "net", "mean"

# A cell that begins like this is run as a formula by spreadsheets; a leading apostrophe makes it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_LETTERS = 120

# Languages that write a comma before the decimals, and their regions that do not (Unicode CLDR).
_COMMA = """
	af az be bg bs ca cs da de el es et eu fi fo fr gl hr hu hy id is it ka kk lt lv mk nb nl nn no pl
	pt ro ru sk sl sq sr sv tr uk uz vi
"""
_POINT_REGIONS = """
	de-ch de-li es-419 es-do es-gt es-hn es-mx es-ni es-pa es-pe es-pr es-sv es-us it-ch
"""
_mark: ContextVar[str] = ContextVar("decimal_mark", default=".")


def decimal_mark(language: str) -> str:
	"""What stands before the decimals in a language: ',' in German, '.' in English; '.' where it is not known."""
	name = (language or "").replace("_", "-").lower()
	return "," if name.partition("-")[0] in _COMMA.split() and name not in _POINT_REGIONS.split() else "."


@contextmanager
def numbers_in(language: str) -> Iterator[None]:
	"""Within it, figures are written as readers of that language write them."""
	before = _mark.set(decimal_mark(language))
	try:
		yield
	finally:
		_mark.reset(before)


def decimal(value: float, places: int, language: str | None = None) -> str:
	"""A number with so many decimals; in the language, or as `numbers_in` says."""
	mark = _mark.get() if language is None else decimal_mark(language)
	return f"{value:.{places}f}".replace(".", mark)


def short(value: float, language: str | None = None) -> str:
	"""A number with no more decimals than it has: '70', '72,5' in German."""
	mark = _mark.get() if language is None else decimal_mark(language)
	return f"{value:g}".replace(".", mark)


def show(value: float | None, unit: str) -> str:
	"""A figure for reading: a share as per cent, a net score with its sign, a mean with two decimals."""
	if value is None:
		return "–"
	if unit == SHARE:
		percent = 100 * value
		return f"{percent:.0f} %" if percent in (0, 100) else f"{decimal(percent, 1)} %"
	if unit == NET:
		rounded = round(value)
		return f"{rounded:+d}".replace("-", "\N{MINUS SIGN}") if rounded else "0"
	if unit == MEAN:
		return decimal(value, 2)
	return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def show_change(value: float, unit: str) -> str:
	"""A difference for reading, with its sign: shares in points."""
	sign = "\N{MINUS SIGN}" if value < 0 else "+"
	if unit == SHARE:
		return f"{sign}{decimal(abs(100 * value), 1)} points"
	if unit == MEAN:
		return f"{sign}{decimal(abs(value), 2)}"
	return f"{value:+.0f} points".replace("-", "\N{MINUS SIGN}")


def clean(text: object, most: int = _MOST_LETTERS) -> str:
	"""A text from a file made fit to show: control and direction marks out, white space evened, shortened."""
	letters = "".join(
		" " if letter.isspace() else letter
		for letter in str(text)[: 20 * most]
		if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
	)
	evened = " ".join(letters.split())
	return evened if len(evened) <= most else evened[: most - 1].rstrip() + "…"


def escape(text: object, most: int = _MOST_LETTERS) -> str:
	"""A text from a file for HTML, inside elements and quoted attributes."""
	return html.escape(clean(text, most), quote=True)


def neutral_cell(value: object) -> str:
	"""A CSV cell that no spreadsheet runs as a formula; numbers stay numbers."""
	text = "" if value is None else str(value)
	if not text.lstrip(" ").startswith(_FORMULA_STARTS):
		return text
	try:
		float(text)
	except ValueError:
		return "'" + text
	return text
