"""The questions of a survey as a page shows them, in the reader's language: what `templates/guest/questions.html` needs.

Used by every page that asks: the link of an invitation, a shared link, the builder's preview. What is shown only after
an earlier answer is hidden by style sheet where the browser can (no script needed), and says when it is meant where it
cannot; the server decides again when the form comes back (core.answers.read_form).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import frappe

from cx_desk.core import answers, survey_content, survey_texts

# Scales up to here are a list where each point has a word; all others a grid with a word for each end.
_LONGEST_LIST = 7
# Kinds whose answer is one pressed radio button, which a browser cannot release: they offer 'No answer'.
_RADIOS = ("scale", "grid", "stars", "faces", "choice", "lost")
_SAFE = re.compile(r"[A-Za-z0-9_]+")

# What the page itself says around a survey's own texts. The app translates it; where it does not speak a language, the
# survey's translations may. Held against the templates by a test.
PAGE_TEXTS = (
	"How did it go?",
	"Your view counts",
	"Your request",
	"required",
	"if you like",
	"It is not solved",
	"What was it about?",
	"What should we know?",
	"Send",
	"Thank you",
	"Your answer has reached us.",
	"No time",
	"{0} minutes",
	"1 hour",
	"{0} hours",
	"Other time",
	"No answer",
	"Minutes, about",
	"From {0} to {1}",
	"{0} or more",
	"Please look at the marked places. Everything you entered is still there.",
	"Please answer this question.",
	"Please choose one of the answers below.",
	"Please enter a whole number, in digits only.",
	"Please enter a number from {0} to {1}.",
	"Please choose an answer or write a sentence before you send.",
	"Your mail address",
	"if you want to hear what became of it",
	"Only to write back to you. It is not kept with your answer, and not at all where there is nothing to tell.",
	"Please enter a mail address such as name@example.org, or leave the field empty.",
)


@contextmanager
def speaking_for(version: Mapping, language: str) -> Iterator[None]:
	"""Within it, `_` and the page's templates take the survey's own translation of a text before the app's."""
	before = getattr(frappe.local, "cx_survey_texts", None)
	frappe.local.cx_survey_texts = (version, language)
	try:
		yield
	finally:
		frappe.local.cx_survey_texts = before


def _(text: str) -> str:
	"""A text of the page: as the survey translates it, else as the app does, in the language that is set."""
	found = getattr(frappe.local, "cx_survey_texts", None)
	own = survey_texts.translated(found[0], text, found[1]) if found else text
	return own if own != text else frappe._(text)


def scale_choices(version: Mapping, question: Mapping, language: str) -> list[dict]:
	"""The values of a question's scale with the word for each, in the language that is set."""
	low, high = survey_content.scale_of(question)
	words = survey_content.words_of(question)
	return [
		{"value": value, "word": word_in(version, words.get(value, ""), language)}
		for value in range(low, high + 1)
	]


def word_in(version: Mapping, word: str, language: str) -> str:
	"""A word of a scale, or a reason: as the survey translates it, else as the app does."""
	if not word:
		return ""
	own = survey_texts.translated(version, word, language)
	return own if own != word else frappe._(word)


def form_context(
	version: Mapping,
	language: str,
	values: Mapping[str, str] | None = None,
	errors: Mapping[str, str] | None = None,
	seed: str = "",
	notice: str = "",
	offers_reply: bool = False,
) -> dict:
	"""What the questions' template needs, under the one name `form`.

	values: form fields as typed. errors: of `core.answers.Filled`. seed: decides random orders; without one, choices
	stand as written. notice: a sentence over the form about the whole of it. offers_reply: with a field
	for a mail address to write back to. The language must be the one that is set.
	"""
	values, messages = values or {}, messages_of(version, values or {}, errors or {})
	shown = [
		_question(version, question, place, language, values, messages, seed)
		for place, question in enumerate(version.get("questions", ()), 1)
	]
	drivers = _drivers(version, language, values, seed)
	main = survey_content.main_question(version)
	return {
		"questions": shown,
		"drivers": drivers,
		# Reasons belong to the answer they explain; without a scale they come last.
		"drivers_after": main["key"] if drivers and main else "",
		# The box belongs to the main question; without one, to the first.
		"box_after": (main or version["questions"][0])["key"]
		if shown and version.get("ask_not_solved")
		else "",
		"not_solved": bool(values.get(survey_content.NOT_SOLVED_KEY)),
		"offers_comment": survey_content.offers_comment(version),
		"comment": values.get("comment", ""),
		"wrong_comment": messages.get("comment", ""),
		"offers_reply": offers_reply,
		"reply_to": values.get("reply_to", ""),
		"wrong_reply": messages.get("reply_to", ""),
		"longest": answers.LONGEST_COMMENT,
		"notice": notice or messages.get("", ""),
		"summary": _summary(shown, messages),
		"styles": _styles(version),
		"stars": any(row["kind"] == "stars" for row in shown),
		"faces": sorted({face for row in shown if row["kind"] == "faces" for face in row["mouths"]}),
	}


def messages_of(version: Mapping, values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, str]:
	"""What is wrong and what to do, by question key; '' holds what concerns the whole form."""
	questions = {question["key"]: question for question in version.get("questions", ())}
	found = {}
	for key, error in errors.items():
		question = questions.get(key, {})
		least, most = survey_content.number_range(question)
		if error == answers.TOO_LONG:
			field = "comment" if key == "comment" else answers.field_name(key)
			found[key] = _(
				"Your text has {0} characters; at most {1} fit. It is still below: please shorten it and send again."
			).format(len(answers.clean(values.get(field, ""))), answers.LONGEST_COMMENT)
		elif error in (answers.TOO_SMALL, answers.TOO_LARGE):
			found[key] = _("Please enter a number from {0} to {1}.").format(least, most)
		else:
			found[key] = {
				answers.MISSING: _("Please answer this question."),
				answers.UNKNOWN_VALUE: _("Please choose one of the answers below."),
				answers.NOT_A_NUMBER: _("Please enter a whole number, in digits only."),
				answers.NOT_AN_ADDRESS: _(
					"Please enter a mail address such as name@example.org, or leave the field empty."
				),
				answers.NOTHING: _("Please choose an answer or write a sentence before you send."),
			}[error]
	return found


def _summary(shown: list[dict], messages: Mapping[str, str]) -> list[dict]:
	"""The mistakes as links to their places, in the order of the page."""
	rows = [{"to": row["first"], "text": row["text"], "wrong": row["wrong"]} for row in shown if row["wrong"]]
	if messages.get("comment"):
		rows.append({"to": "comment", "text": _("What should we know?"), "wrong": messages["comment"]})
	if messages.get("reply_to"):
		rows.append({"to": "reply_to", "text": _("Your mail address"), "wrong": messages["reply_to"]})
	return rows


def _question(
	version: Mapping,
	question: Mapping,
	place: int,
	language: str,
	values: Mapping,
	messages: Mapping,
	seed: str,
) -> dict:
	key = question["key"]
	field = answers.field_name(key)
	row = {
		"place": place,
		"key": key,
		"field": field,
		"first": f"f{place}",
		"type": question["type"],
		"kind": "text",
		"text": survey_texts.translated(version, question["question"], language),
		"required": bool(question.get("required")),
		"value": values.get(field, ""),
		"wrong": messages.get(key, ""),
		"when": _when(version, question, language),
		"by_script": _by_script(version, question),
		"choices": [],
		"mouths": [],
		"nothing": None,
	}
	if survey_content.scale_of(question):
		row |= _scale(version, question, language, values)
	elif question["type"] in (survey_content.CHOICE, survey_content.MANY):
		row |= _choices(version, question, language, values, seed)
	elif question["type"] == survey_content.LOST_TIME:
		row |= _lost_time(question, values)
	elif question["type"] == survey_content.NUMBER:
		least, most = survey_content.number_range(question)
		limited = bool(question.get("maximum"))
		row |= {
			"kind": "number",
			"hint": _("From {0} to {1}").format(least, most)
			if limited
			else _("{0} or more").format(least)
			if least
			else "",
		}
	if not row["required"] and row["kind"] in _RADIOS:
		row["nothing"] = {"value": answers.NO_ANSWER, "checked": row["value"] == answers.NO_ANSWER}
	return row


def _scale(version: Mapping, question: Mapping, language: str, values: Mapping) -> dict:
	field = answers.field_name(question["key"])
	given = values.get(field, "")
	choices = [
		{**choice, "field": field, "checked": given == str(choice["value"])}
		for choice in scale_choices(version, question, language)
	]
	look = question.get("look") if question["type"] in (survey_content.CSAT, survey_content.RATING) else None
	if look in (survey_content.STARS, survey_content.FACES):
		last = len(choices) - 1
		for at, choice in enumerate(choices):
			# A mouth from -10 (down) to 10 (up), the same for the same share of any scale.
			choice["mouth"] = round(20 * at / last) - 10
		return {
			"kind": "stars" if look == survey_content.STARS else "faces",
			"few": _columns(len(choices)),
			"choices": choices,
			"mouths": [choice["mouth"] for choice in choices],
		}
	if len(choices) > _LONGEST_LIST or not all(choice["word"] for choice in choices):
		return {"kind": "grid", "few": _columns(len(choices)), "choices": choices}
	# The best first, as one reads it; a number beside each word keeps the scale in sight.
	return {"kind": "scale", "choices": choices[::-1]}


def _columns(points: int) -> int:
	"""How many points stand in one row on a phone, each at least 44 pixels wide: two even rows where one is too long."""
	return points if points <= _LONGEST_LIST else (points + 1) // 2


def _choices(version: Mapping, question: Mapping, language: str, values: Mapping, seed: str) -> dict:
	many, key = question["type"] == survey_content.MANY, question["key"]
	choices = []
	for at, option in enumerate(survey_content.options(question)):
		field = answers.field_name(key, at) if many else answers.field_name(key)
		given = values.get(field, "")
		choices.append(
			{
				"field": field,
				"value": 1 if many else at,
				"word": survey_texts.translated(version, option, language),
				"checked": bool(given) if many else given == str(at),
			}
		)
	if question.get("random_order") and seed:
		choices = survey_content.shuffled(choices, f"{seed}|{key}")
	return {"kind": "many" if many else "choice", "choices": choices}


def _lost_time(question: Mapping, values: Mapping) -> dict:
	field, free = answers.field_name(question["key"]), answers.field_name(question["key"], "free")
	given, typed = values.get(field, ""), values.get(free, "")
	if typed and not given:
		given = answers.OTHER
	choices = [
		{"field": field, "value": minutes, "word": minutes_text(minutes), "checked": given == str(minutes)}
		for minutes in survey_content.HANDY_MINUTES
	]
	choices.append(
		{"field": field, "value": answers.OTHER, "word": _("Other time"), "checked": given == answers.OTHER}
	)
	return {"kind": "lost", "choices": choices, "free": free, "typed": typed}


def minutes_text(minutes: int) -> str:
	"""So many minutes in words: 'None', '15 minutes', '1 hour', '1 h 30 min'."""
	hours, rest = divmod(minutes, 60)
	if not minutes:
		return _("No time")
	if not hours:
		return _("{0} minutes").format(minutes)
	if rest:
		return _("{0} h {1} min").format(hours, rest)
	return _("1 hour") if hours == 1 else _("{0} hours").format(hours)


def _drivers(version: Mapping, language: str, values: Mapping, seed: str) -> list[dict]:
	"""The reasons as boxes, each with the style class of the bands that show it."""
	rows = [
		{
			"field": answers.driver_field(place),
			"word": word_in(version, name, language),
			"checked": bool(values.get(answers.driver_field(place))),
			"bands": _band_class(survey_content.bands_of(version, name)),
		}
		for place, name in enumerate(survey_content.driver_names(version))
	]
	return survey_content.shuffled(rows, f"{seed}|{survey_content.DRIVERS_KEY}") if seed else rows


# What is shown when.


def _source(version: Mapping, question: Mapping) -> Mapping | None:
	rule = question.get("show_if") or {}
	return next((row for row in version.get("questions", ()) if row["key"] == rule.get("question")), None)


def _when(version: Mapping, question: Mapping, language: str) -> str:
	"""The condition in words, for browsers that cannot hide by style sheet; empty where everybody is asked."""
	rule, source = question.get("show_if"), _source(version, question)
	if not rule or not source:
		return ""
	asked = survey_texts.translated(version, source["question"], language)
	if "options" in rule:
		named = _(" or ").join(
			survey_texts.translated(version, option, language) for option in rule["options"]
		)
		return _("Only if you answered “{0}” with: {1}").format(asked, named)
	least, most = rule.get("at_least") or 0, rule.get("at_most")
	scale = survey_content.scale_of(source)
	if most is None or (scale and most >= scale[1]):
		return _("Only if you answered “{0}” with {1} or more").format(asked, least)
	if least == most:
		return _("Only if you answered “{0}” with {1}").format(asked, least)
	return _("Only if you answered “{0}” with {1} to {2}").format(asked, least, most)


def _by_script(version: Mapping, question: Mapping) -> dict | None:
	"""What the page's script compares where a style sheet cannot: a typed number; None for all others."""
	rule, source = question.get("show_if"), _source(version, question)
	if not rule or not source or source["type"] not in (survey_content.NUMBER, survey_content.LOST_TIME):
		return None
	typed = source["type"] == survey_content.LOST_TIME
	most = rule.get("at_most")
	return {
		"field": answers.field_name(source["key"]),
		"free": answers.field_name(source["key"], "free") if typed else "",
		"least": rule.get("at_least") or 0,
		"most": survey_content.LARGEST_NUMBER if most is None else most,
	}


def _styles(version: Mapping) -> str:
	"""Rules that hide what the answers so far do not call for. Only in browsers that know :has()."""
	questions = list(version.get("questions", ()))
	rules, asked_when = [], {}
	for place, question in enumerate(questions, 1):
		chain = []
		if question.get("show_if"):
			source = _source(version, question)
			test = _checked(source, question["show_if"]) if source else ""
			# A hidden question's answer shows nothing either, though its button may still be pressed.
			chain = [*asked_when.get(source["key"], ()), test] if test else []
		asked_when[question["key"]] = chain
		rules += [f"form:not(:has({test})) #q{place}{{display:none}}" for test in chain]
		if chain:
			rules.append(f"#q{place} .when{{display:none}}")
	rules += _driver_styles(version, asked_when)
	return "@supports selector(:has(a)){" + "".join(rules) + "}" if rules else ""


def _checked(source: Mapping, rule: Mapping) -> str:
	"""A selector of the pressed buttons that a condition asks for; empty where no style sheet can tell."""
	key = source["key"]
	if not _SAFE.fullmatch(key) or source["type"] in (
		survey_content.NUMBER,
		survey_content.LOST_TIME,
		survey_content.TEXT,
	):
		return ""
	if "options" in rule:
		places = [at for at, option in enumerate(survey_content.options(source)) if option in rule["options"]]
		if source["type"] == survey_content.MANY:
			names = ",".join(f'[name="{answers.field_name(key, at)}"]' for at in places)
			return f":is({names}):checked" if names else ""
		return _pressed(key, places)
	low, high = survey_content.scale_of(source) or (0, -1)
	return _pressed(key, [value for value in range(low, high + 1) if survey_content.in_range(rule, value)])


def _pressed(key: str, values: list[int]) -> str:
	if not values or not _SAFE.fullmatch(key):
		return ""
	listed = ",".join(f'[value="{value}"]' for value in values)
	return f'[name="{answers.field_name(key)}"]:is({listed}):checked'


def _band_class(bands: set[str]) -> str:
	return "" if survey_content.ANY in bands else "b" + "".join(sorted(band[0] for band in bands))


def _driver_styles(version: Mapping, asked_when: Mapping) -> list[str]:
	"""Each set of bands hides its reasons until the main question's answer lies in one of them."""
	main = survey_content.main_question(version)
	if not main or not version.get("drivers"):
		return []
	low, high = survey_content.scale_of(main)
	rules, any_band = [], False
	shown_for: set[int] = set()
	for bands in {
		frozenset(survey_content.bands_of(version, name)) for name in survey_content.driver_names(version)
	}:
		if survey_content.ANY in bands:
			any_band = True
			continue
		values = [value for value in range(low, high + 1) if survey_content.band_of(main, value) in bands]
		shown_for |= set(values)
		test = _pressed(main["key"], values)
		# A band that the scale does not have is never reached.
		rules.append(
			f"form:not(:has({test})) .{_band_class(set(bands))}{{display:none}}"
			if test
			else f".{_band_class(set(bands))}{{display:none}}"
		)
	if not any_band and (test := _pressed(main["key"], sorted(shown_for))):
		rules += [
			f"form:not(:has({one})) #reasons{{display:none}}" for one in (*asked_when[main["key"]], test)
		]
	return sorted(rules)


def words_for_translation() -> None:
	"""Never called: names the words of the scales to the collector of translations."""
	_("Very dissatisfied"), _("Dissatisfied"), _("Neither"), _("Satisfied"), _("Very satisfied")
	_("Strongly disagree"), _("Disagree"), _("Somewhat disagree"), _("Somewhat agree"), _("Agree")
	_("Strongly agree"), _("Not at all likely"), _("Extremely likely")
	_("Very bad"), _("Bad"), _("Good"), _("Very good")
