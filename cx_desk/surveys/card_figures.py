"""Figures of a survey's scorecard: a score with all that stands beside it, and each question in its own way."""

from collections import Counter
from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import flt

from cx_desk.core import intervals, measures, scores, survey_content, survey_texts
from cx_desk.surveys import card_counts, versions
from cx_desk.surveys.card_counts import Scope


def estimate_dict(result: intervals.Estimate) -> dict:
	"""A figure with what is needed to believe it."""
	return {
		"value": result.value,
		"low": result.low,
		"high": result.high,
		"n": result.n,
		"method": result.method,
		"effective": result.effective,
	}


def entry(
	name: str,
	kind: str,
	counts: Mapping[int, int],
	behind: card_counts.Behind | None,
	sent: tuple[int, int] | None = None,
) -> dict:
	"""One score: value with interval, people, answers, asked, response rate, band. n is people where they are known."""
	settings = frappe.get_cached_doc("CX Settings")
	given = sum(counts.values())
	worth = min(behind.effective, given) if behind and behind.effective else None
	result = measures.estimate(kind, counts, effective=worth)
	people = given if behind is None else behind.people
	# Answers that nobody was asked for (a poster, an import) have no response rate.
	asked, answered = sent if sent and sent[0] else (None, None)
	rate = None
	if asked and answered <= asked:
		rate = estimate_dict(scores.response_rate(answered, asked))
	unit = measures.unit_of(kind)
	low, high = measures.scale_of(kind)
	limit = flt(settings.score_target or 70) / 100
	text, places = measures.words_of(kind)
	return {
		"name": name,
		"kind": kind,
		"what": _(text).format(*places),
		"unit": unit,
		"ends": measures.ends_of(kind),
		"score": estimate_dict(result) | {"n": people, "answers": given},
		"counts": [(str(value), counts.get(value, 0)) for value in range(low, high + 1)],
		"asked": asked,
		"answered": answered,
		"response": rate,
		"band": scores.band(result, limit) if unit == "share" else "",
		"few": people < (settings.score_min_people or scores.FEW_ANSWERS),
		"still_coming": False,
	}


def question_entries(doc, scope: Scope, found: dict) -> list[dict]:
	"""An entry for each question that was answered, in the order of the survey; questions taken out since come last."""
	content = versions.content_of(doc)
	order = {question["key"]: number for number, question in enumerate(content["questions"])}
	sent = card_counts.asked(scope).get("", (0, 0))
	entries = []
	for (key, kind), by_version in sorted(
		found.items(), key=lambda item: (order.get(item[0][0], 999), item[0])
	):
		counts: Counter = Counter()
		for table in by_version.values():
			counts.update(table)
		counts = Counter({value: count for value, count in counts.items() if count > 0})
		if not counts:
			continue
		name = question_text(key, content, by_version)
		if measures.is_scored(kind):
			behind = card_counts.people(scope, key).get("")
			entries.append({"key": key, **entry(name, kind, counts, behind, sent)})
		elif kind in measures.OPTIONS or kind == measures.BOX:
			if options := _options(key, kind, by_version, scope, counts):
				entries.append({"key": key, "name": name, "kind": kind, **options})
		elif kind == measures.NUMBER:
			entries.append(
				{"key": key, "kind": kind, **_numbers(name, counts, card_counts.people(scope, key).get(""))}
			)
	return entries


def question_text(key: str, doc: dict, by_version: dict) -> str:
	"""The question in the reader's language, as it is asked now, else as it was asked last."""
	if key == "not_solved":
		return _("It is not solved")
	for content in (doc, *map(versions.load, by_version)):
		for question in content.get("questions", ()):
			if question["key"] == key:
				return survey_texts.translated(content, question["question"], frappe.local.lang or "")
	return key


def _options(key: str, kind: str, by_version: dict, scope: Scope, counts: Counter) -> dict | None:
	"""How often each option was chosen, as a share of those who answered the question."""
	if kind == measures.BOX:
		n = sum(counts.values())
		tables = Counter({_("ticked"): counts.get(1, 0)})
	else:
		tables: Counter = Counter()
		for version, table in by_version.items():
			names = _option_names(version, key)
			for place, count in table.items():
				tables[names[place] if 0 <= place < len(names) else _("taken out since")] += count
		n = sum(counts.values()) if kind == measures.CHOICE else card_counts.answered_by(scope, key)
	if not n:
		return None
	people = card_counts.people(scope, key).get("", card_counts.Behind()).people
	caption = _("{0} people, {1} answers").format(people, n)
	if kind == measures.MANY:
		caption += ". " + _("Several answers were possible, so shares add up to more than 100 %.")
	rows = [
		{"name": name, "count": count, "share": estimate_dict(intervals.wilson(min(count, n), n))}
		for name, count in tables.most_common()
	]
	return {"options": rows, "caption": caption, "n": people, "answers": n}


def _option_names(version: str, key: str) -> list[str]:
	"""The choices of a question in one wording, by their places, in the reader's language."""
	content = versions.load(version)
	for question in content.get("questions", ()):
		if question["key"] == key:
			language = frappe.local.lang or ""
			return [
				survey_texts.translated(content, option, language)
				for option in survey_content.options(question)
			]
	return []


_MOST_BARS = 12


def _numbers(name: str, counts: Counter, behind: card_counts.Behind | None) -> dict:
	"""A question for a number: its mean with a t interval, and bars of about a dozen equal steps."""
	low, high = min(counts), max(counts)
	given = sum(counts.values())
	people = behind.people if behind else given
	worth = min(behind.effective, given) if behind and behind.effective > 1 else None
	if given > 1:
		result = intervals.mean_t(counts, effective=worth)
	else:
		result = intervals.Estimate(
			float(low), float(low), float(low), 1, None, _("one answer has no interval")
		)
	step = max(1, -(-(high - low + 1) // _MOST_BARS))
	bars: Counter = Counter()
	for value, count in counts.items():
		bars[low + (value - low) // step * step] += count
	listed = [
		(str(start) if step == 1 else f"{start}–{start + step - 1}", bars[start])
		for start in range(low, high + 1, step)
	]
	return {
		"name": name,
		"what": _("Mean"),
		"unit": "mean",
		"ends": (float(low), float(max(high, low + 1))),
		"score": estimate_dict(result) | {"n": people, "answers": given},
		"counts": listed,
		"asked": None,
		"response": None,
		"band": "",
		"few": people < scores.FEW_ANSWERS,
	}
