"""The texts of a survey and their languages: what is translated, what lacks, what stands in for it."""

from __future__ import annotations

from collections.abc import Mapping

from cx_desk.core.survey_content import driver_names, options


def base_language(language: str) -> str:
	"""The language without its region: 'de' of 'de-AT'."""
	return language.replace("_", "-").split("-")[0]


def translated(version: Mapping, text: str, language: str) -> str:
	"""A text of the survey in that language: of the region, else of the language, else as it is written."""
	if not text or language == version.get("language"):
		return text
	known = version.get("translations") or {}
	for candidate in (language, base_language(language)):
		if found := known.get(candidate, {}).get(text):
			return found
	return text


def languages(version: Mapping) -> list[str]:
	"""The languages in which the survey can be asked: its own first, then those it is translated into."""
	return [version.get("language") or "en", *sorted(version.get("translations") or {})]


def texts_of(version: Mapping) -> list[str]:
	"""Every text that a survey itself says, each once, in the order in which it is met."""
	texts = [version.get(name) for name in ("subject", "intro")]
	for question in version.get("questions", ()):
		texts += [question["question"], question.get("low_label"), question.get("high_label")]
		texts += options(question)
	texts += driver_names(version)
	texts.append(version.get("thanks"))
	return list(dict.fromkeys(text for text in texts if text))


def missing_translations(version: Mapping) -> dict[str, list[str]]:
	"""The texts that a language still lacks, by language; a region leans on its language."""
	known = version.get("translations") or {}
	own, texts = version.get("language") or "en", texts_of(version)
	lacking = {}
	for language in known:
		found = known.get(base_language(language), {}) | known[language]
		leans = base_language(language) == base_language(own)
		if missing := [] if leans else [text for text in texts if text not in found]:
			lacking[language] = missing
	return lacking
