"""The scorecard of a survey as HTML for the Desk and for paper, from a plain dict; every text through the translator.

Charts are those of `render.svg`, which the command's scorecard draws with too. What a reader may not see is not in the
dict; nothing is decided here. `_` is the caller's translator: it takes an English text and gives the reader's.
"""

from __future__ import annotations

from typing import Any

from cx_desk.core.render.card_checks import (
	agreement_part,
	drivers_part,
	lost_time_part,
	nonresponse_part,
	recovery_part,
	themes_part,
)
from cx_desk.core.render.card_parts import (
	chart_part,
	funnel_part,
	listing_part,
	questions_part,
	targets_part,
)
from cx_desk.core.render.card_pieces import (
	Translate,
	change_text,
	chips_of,
	facts_of,
	list_of,
	section_of,
	values_of,
)
from cx_desk.core.render.scorecard import STYLE as SHARED_STYLE
from cx_desk.core.render.text import escape, numbers_in, show

# What this card needs beside the style that it shares with the command's.
STYLE = (
	SHARED_STYLE
	+ """
h3{font-size:1rem;margin:0 0 .4rem;overflow-wrap:anywhere}
.questions{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem}
.question{border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;break-inside:avoid;min-width:0}
.fill{display:block;height:.8rem;background:var(--blue);border-radius:.2rem;min-width:1px}
td.wide:has(.fill){width:22rem}
table{width:auto;min-width:min(100%,44rem)}.question table{min-width:0;width:100%}.question tbody th{min-width:0}.question .wide,.narrow{display:none}
svg.chart{max-width:62rem}
@media (max-width:40rem){.narrow{display:block}}
a{color:inherit}
.empty{font-size:1.1rem;margin:1.5rem 0}
@media print{a{text-decoration:none}.fill{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
)


def survey_card(card: dict[str, Any], _: Translate, language: str = "en") -> str:
	"""The whole card as a fragment. card: what `cx_desk.surveys.scorecard.build` gives. language: of its figures."""
	with numbers_in(language):
		return _fragment(card, _)


def _fragment(card: dict[str, Any], _: Translate) -> str:
	parts = [_about(card, _)]
	if card.get("empty"):
		parts.append(f'<p class="empty">{escape(card["empty"], 600)}</p>')
	parts += [
		_head(card, _),
		funnel_part(card, _),
		targets_part(card, _),
		chart_part(card, _),
		questions_part(card, _),
		drivers_part(card, _),
		themes_part(card, _),
		agreement_part(card, _),
		recovery_part(card, _),
		nonresponse_part(card, _),
		lost_time_part(card, _),
		listing_part(card, "units", _("By part of the business"), _("Unit"), _),
		listing_part(card, "teams", _("By team"), _("Team"), _),
		listing_part(card, "months", _("By month"), _("Month"), _),
		_notes(card, _),
	]
	return "\n".join(part for part in parts if part)


def document(card: dict[str, Any], fragment: str, language: str) -> str:
	"""The fragment as a page of its own, for paper: no script, no network."""
	return (
		f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
		'<meta name="viewport" content="width=device-width, initial-scale=1">'
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
		f"<title>{escape(card['title'])}</title><style>{STYLE}</style></head><body>"
		f"<header><h1>{escape(card['title'])}</h1></header><main>{fragment}</main></body></html>"
	)


def _about(card: dict[str, Any], _: Translate) -> str:
	parts = [f'<p class="soft">{escape(card["about"], 400)}</p>']
	if card.get("label"):
		parts.append(f'<p class="label" role="note">{escape(card["label"])}</p>')
	if card.get("audience_note"):
		parts.append(f'<p class="soft" role="note">{escape(card["audience_note"], 600)}</p>')
	return "".join(parts)


def _head(card: dict[str, Any], _: Translate) -> str:
	main = card.get("main")
	if not main:
		return ""
	facts = facts_of(main, _)
	if card.get("change"):
		change = card["change"]
		facts.append(
			(
				_("Last 3 months"),
				escape(
					_("{0} on the 3 before: {1}").format(
						change_text(change["value"], main["unit"], _), _(change["text"])
					)
				),
			)
		)
	return (
		f'<section class="head" aria-label="{escape(_("The score"))}"><div>'
		f'<p class="soft">{escape(main["what"])}</p>'
		f'<p class="big">{show(main["score"]["value"], main["unit"])}</p><p>{chips_of(main, _)}</p>{list_of(facts)}</div>'
		f'<div><p class="soft">{escape(main["name"], 300)}</p>{values_of(main, _)}</div></section>'
	)


def _notes(card: dict[str, Any], _: Translate) -> str:
	notes = "".join(f"<li>{escape(note, 400)}</li>" for note in card["notes"])
	return section_of(_("How to read this"), f"<ul>{notes}</ul>", "notes") if notes else ""
