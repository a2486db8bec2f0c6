"""Whether text can be read on a colour (WCAG 2.2, relative luminance and contrast ratio)."""

from __future__ import annotations

import re

# WCAG 2.2, success criterion 1.4.3: text of normal size.
READABLE = 4.5


def luminance(color: str) -> float:
	"""Relative luminance of #rrggbb or #rgb, 0 (black) to 1 (white). ValueError on anything else."""
	text = color.strip().lstrip("#")
	if re.fullmatch(r"[0-9a-fA-F]{3}", text):
		text = "".join(digit * 2 for digit in text)
	if not re.fullmatch(r"[0-9a-fA-F]{6}", text):
		raise ValueError(f"a colour is written #rrggbb; got {color!r}")
	parts = [int(text[place : place + 2], 16) / 255 for place in (0, 2, 4)]
	red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
	"""Contrast ratio of two colours, 1 (the same) to 21 (black on white)."""
	low, high = sorted((luminance(one), luminance(other)))
	return (high + 0.05) / (low + 0.05)
