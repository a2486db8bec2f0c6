"""Numbers and texts as people read them, the same in HTML and on a terminal."""

from __future__ import annotations

import html
import unicodedata

SHARE, NET, MEAN = "share", "net", "mean"

# A cell that begins like this is run as a formula by spreadsheets; a leading apostrophe makes it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_LETTERS = 120


def show(value: float | None, unit: str) -> str:
	"""A figure for reading: a share as per cent, a net score with its sign, a mean with two decimals."""
	if value is None:
		return "–"
	if unit == SHARE:
		percent = 100 * value
		return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"
	if unit == NET:
		rounded = round(value)
		return f"{rounded:+d}".replace("-", "\N{MINUS SIGN}") if rounded else "0"
	if unit == MEAN:
		return f"{value:.2f}"
	return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def show_change(value: float, unit: str) -> str:
	"""A difference for reading, with its sign: shares in points."""
	if unit == SHARE:
		return f"{100 * value:+.1f} points".replace("-", "\N{MINUS SIGN}")
	if unit == MEAN:
		return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
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
