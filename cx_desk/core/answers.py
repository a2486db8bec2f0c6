"""What a survey asks and what a posted form means: scales, the check of a form, what makes a voice.

A version is the frozen wording of a survey: {"kind", "privacy", "language", "ask_not_solved", "subject", "intro",
"thanks", "questions": [{"key", "question", "type", "required", "low_at_most", "options", "low_label",
"high_label"}], "translations": {language: {text: translated}}}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cx_desk.core.words import as_text

# Type of question to the lowest and highest value of its scale.
SCALES = {"CSAT": (1, 5), "CES": (1, 7), "NPS": (0, 10)}
# The word for each value; where there is none, the number alone.
WORDS = {
	"CSAT": {1: "Very dissatisfied", 2: "Dissatisfied", 3: "Neither", 4: "Satisfied", 5: "Very satisfied"},
	"CES": {
		1: "Strongly disagree",
		2: "Disagree",
		3: "Somewhat disagree",
		4: "Neither",
		5: "Somewhat agree",
		6: "Agree",
		7: "Strongly agree",
	},
	"NPS": {0: "Not at all likely", 10: "Extremely likely"},
}
CHOICE, TEXT = "Choice", "Text"
TYPES = (*SCALES, CHOICE, TEXT)

# The longest comment in characters; more is a document, not a comment.
LONGEST_COMMENT = 5000
# The key under which the box 'It is not solved' is counted.
NOT_SOLVED_KEY = "not_solved"
# At and above this share of its scale an answer with a comment is praise: 5 of 5.
PRAISE_VALUES = {"CSAT": 5, "CES": 7, "NPS": 9}

MISSING, UNKNOWN_VALUE, TOO_LONG, NOTHING = "missing", "unknown value", "too long", "nothing"


@dataclass(frozen=True)
class Answer:
	"""One question's answer: score on a scale, value for a choice or words."""

	key: str
	question: str
	type: str
	score: int | None = None
	value: str = ""


@dataclass(frozen=True)
class Filled:
	"""A form as it was understood. errors: key of the question (or 'comment', or '' for the form) to what is wrong."""

	answers: tuple[Answer, ...] = ()
	comment: str = ""
	not_solved: bool = False
	errors: Mapping[str, str] = field(default_factory=dict)

	@property
	def main(self) -> Answer | None:
		"""The first answer on a scale: the response's own score."""
		return next((answer for answer in self.answers if answer.score is not None), None)

	@property
	def words(self) -> str:
		"""Everything that was written: answers to questions for words, then the comment."""
		written = [answer.value for answer in self.answers if answer.type == TEXT]
		return "\n\n".join(text for text in (*written, self.comment) if text)


def offers_comment(version: Mapping) -> bool:
	"""Whether the form has the comment box of its own: not where a question already asks for words."""
	return all(question["type"] != TEXT for question in version.get("questions", ()))


def field_name(key: str) -> str:
	"""The name of a question's field in the form."""
	return f"q_{key}"


def read_form(version: Mapping, form: Mapping[str, str]) -> Filled:
	"""Check a posted form against the version it was shown for. Never raises: errors stand in the result."""
	answers, errors = [], {}
	for question in version.get("questions", ()):
		raw = _text(form.get(field_name(question["key"])))
		if not raw.strip():
			if question.get("required"):
				errors[question["key"]] = MISSING
			continue
		answer, error = _read(question, raw)
		if error:
			errors[question["key"]] = error
		else:
			answers.append(answer)
	comment = clean(_text(form.get("comment")))
	if len(comment) > LONGEST_COMMENT:
		errors["comment"] = TOO_LONG
	not_solved = bool(version.get("ask_not_solved")) and bool(_text(form.get(NOT_SOLVED_KEY)).strip())
	if not (answers or comment or not_solved or errors):
		errors[""] = NOTHING
	return Filled(tuple(answers), comment, not_solved, errors)


def _read(question: Mapping, raw: str) -> tuple[Answer | None, str]:
	kind = question["type"]
	if kind in SCALES:
		low, high = SCALES[kind]
		raw = raw.strip()
		# isdecimal alone would take digits of other scripts, and int() blanks and signs.
		if not (raw.isascii() and raw.isdecimal() and len(raw) <= 2 and low <= int(raw) <= high):
			return None, UNKNOWN_VALUE
		return Answer(question["key"], question["question"], kind, score=int(raw)), ""
	if kind == CHOICE:
		offered = options(question)
		raw = raw.strip()
		if not (raw.isascii() and raw.isdecimal() and len(raw) <= 4 and int(raw) < len(offered)):
			return None, UNKNOWN_VALUE
		return Answer(question["key"], question["question"], kind, value=offered[int(raw)]), ""
	value = clean(raw)
	if len(value) > LONGEST_COMMENT:
		return None, TOO_LONG
	return Answer(question["key"], question["question"], kind, value=value), ""


def options(question: Mapping) -> list[str]:
	"""The choices of a question, one per line of its setting."""
	return [line.strip() for line in (question.get("options") or "").splitlines() if line.strip()]


def _text(value) -> str:
	return value if isinstance(value, str) else "" if value is None else str(value)


def clean(text: str) -> str:
	"""The words as they were written, as text, without control characters and the blanks around them."""
	kept = "".join(
		char
		for char in text.replace("\r\n", "\n").replace("\r", "\n")
		if char in "\n\t"
		or (ord(char) >= 32 and not 0x7F <= ord(char) <= 0x9F and not 0xD800 <= ord(char) <= 0xDFFF)
	)
	return as_text(kept.strip())


def is_low(version: Mapping, filled: Filled) -> bool:
	"""Whether any answer lies at or below the limit of its question."""
	limits = {question["key"]: question.get("low_at_most") or 0 for question in version["questions"]}
	types = {question["key"]: question["type"] for question in version["questions"]}
	return any(
		answer.score is not None
		and _has_limit(types.get(answer.key, ""), limits.get(answer.key, 0))
		and answer.score <= limits[answer.key]
		for answer in filled.answers
	)


def _has_limit(kind: str, limit: int) -> bool:
	return kind in SCALES and limit > 0


def voice_kind(low: bool, not_solved: bool, comment: str, main_type: str, score: int | None) -> str | None:
	"""The kind of voice that an answer makes, None where nobody needs to act.

	Not solved goes before low, for it names what to do; a comment beside the best answer is praise.
	"""
	if not_solved:
		return "Not solved"
	if low:
		return "Low answer"
	if not comment:
		return None
	if score is not None and score >= PRAISE_VALUES.get(main_type, 11):
		return "Praise"
	return "Comment"


def check_questions(questions: list[Mapping]) -> list[tuple[str, str]]:
	"""What is wrong with a survey's questions: (key of the fault, text of the question)."""
	faults = []
	if not questions:
		faults.append(("no question", ""))
	for question in questions:
		text = question.get("question") or ""
		kind = question.get("type")
		if kind in SCALES:
			low, high = SCALES[kind]
			limit = question.get("low_at_most") or 0
			if limit and not low <= limit < high:
				faults.append(("threshold outside the scale", text))
		elif question.get("low_at_most"):
			faults.append(("threshold without a scale", text))
		if kind == CHOICE and len(options(question)) < 2:
			faults.append(("too few choices", text))
	return faults


def translated(version: Mapping, text: str, language: str) -> str:
	"""A text of the survey in that language, else as it is written."""
	if not text or language == version.get("language"):
		return text
	return (version.get("translations") or {}).get(language, {}).get(text) or text


def languages(version: Mapping) -> list[str]:
	"""The languages in which the survey can be asked: its own first, then those it is translated into."""
	return [version.get("language") or "en", *sorted(version.get("translations") or {})]


def missing_translations(version: Mapping) -> dict[str, list[str]]:
	"""The texts that a language still lacks, by language."""
	texts = [version.get(name) for name in ("subject", "intro", "thanks")]
	for question in version["questions"]:
		texts += [
			question["question"],
			question.get("low_label"),
			question.get("high_label"),
			*options(question),
		]
	return {
		language: lacking
		for language, known in (version.get("translations") or {}).items()
		if (lacking := [text for text in texts if text and text not in known])
	}
