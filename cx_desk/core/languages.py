"""What is known of a language by its code."""

from __future__ import annotations

# Written from right to left: ISO 639 codes, with the old code of Hebrew and Yiddish (iw, ji).
RIGHT_TO_LEFT = frozenset(
	("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "ps", "sd", "ug", "ur", "yi")
)


def direction(language: str | None) -> str:
	"""The value of HTML's `dir` for a language code such as 'de', 'pt-BR' or 'ar_EG': 'ltr' or 'rtl'."""
	return "rtl" if (language or "").replace("_", "-").split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
