"""What the parts of a survey's scorecard are made of: a score with all that stands beside it, tables, sections.

`_` is the caller's translator: it takes an English text and gives the reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cx_desk.core.render.svg import count_bars, interval_bar
from cx_desk.core.render.text import SHARE, escape, show, show_change

Translate = Callable[[str], str]
_BANDS = {"Good": "good", "Poor": "poor", "Not clear": "unsure"}


def between(score: dict[str, Any], unit: str, _: Translate) -> str:
	return escape(_("{0} to {1}").format(show(score["low"], unit), show(score["high"], unit)))


def change_text(value: float, unit: str, _: Translate) -> str:
	"""A difference in the reader's words: shares and net scores in points."""
	return show_change(value, unit).replace("points", _("points"))


def chips_of(entry: dict[str, Any], _: Translate) -> str:
	chips = []
	if entry.get("band"):
		chips.append(f'<span class="chip {_BANDS[entry["band"]]}">{escape(_(entry["band"]))}</span>')
	if entry.get("few"):
		chips.append(f'<span class="chip unsure">{escape(_("few answers"))}</span>')
	if entry.get("still_coming"):
		chips.append(f'<span class="chip unsure">{escape(_("still coming in"))}</span>')
	return " ".join(chips)


def bar_of(entry: dict[str, Any], mark: float | None, _: Translate) -> str:
	score, unit = entry["score"], entry["unit"]
	label = _("{0}, interval {1} to {2}").format(
		*(show(score[key], unit) for key in ("value", "low", "high"))
	)
	return interval_bar(score["value"], score["low"], score["high"], entry["ends"], mark, label)


def facts_of(entry: dict[str, Any], _: Translate) -> list[tuple[str, str]]:
	"""What stands beside every score: interval and method, people, answers, asked, response rate."""
	score, unit = entry["score"], entry["unit"]
	facts = [(_("95 % interval"), f"{between(score, unit, _)} ({escape(_(score['method']))})")]
	facts.append((_("People"), show(score["n"], "count")))
	facts.append((_("Answers"), show(score["answers"], "count")))
	if entry.get("asked") is not None:
		facts.append((_("Asked"), show(entry["asked"], "count")))
	if entry.get("response"):
		rate = entry["response"]
		facts.append((_("Response rate"), f"{show(rate['value'], SHARE)} ({between(rate, SHARE, _)})"))
	return facts


def list_of(facts: Sequence[tuple[str, str]]) -> str:
	return (
		'<dl class="facts">'
		+ "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in facts)
		+ "</dl>"
	)


def values_of(entry: dict[str, Any], _: Translate) -> str:
	rows = entry["counts"]
	told = ", ".join(_("{0}: {1}").format(name, count) for name, count in rows)
	return count_bars(rows, _("Answers by value") + ": " + told)


def table_of(heading: str, head: Sequence[tuple[str, str]], rows: Sequence[str], caption: str = "") -> str:
	"""A table that scrolls on a phone. head: (text, class) of each column."""
	cells = "".join(f'<th scope="col" class="{kind}">{escape(text)}</th>' for text, kind in head)
	told = f"<caption>{caption}</caption>" if caption else ""
	return (
		f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(heading)}"><table>{told}'
		f"<thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
	)


def section_of(title: str, body: str, name: str) -> str:
	return f'<section data-part="{name}"><h2>{escape(title)}</h2>{body}</section>' if body else ""
