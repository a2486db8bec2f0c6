"""Parts of a survey's scorecard that count: the way to the answer, targets, the control chart, questions, listings."""

from __future__ import annotations

import html
from typing import Any

from cx_desk.core.render.card_pieces import (
	Translate,
	bar_of,
	between,
	chips_of,
	facts_of,
	list_of,
	section_of,
	table_of,
	values_of,
)
from cx_desk.core.render.svg import control_chart
from cx_desk.core.render.text import SHARE, escape, show

_STATES = {"Met": "good", "Missed": "poor", "Not shown either way": "unsure", "Too few": "unsure"}
MOST_ROWS = 25


def funnel_part(card: dict[str, Any], _: Translate) -> str:
	funnel = card.get("funnel")
	if not funnel or not funnel["steps"][0]["count"]:
		return ""
	most = funnel["steps"][0]["count"]
	rows = []
	for step in funnel["steps"]:
		share = 100 * step["count"] / most
		of = "" if step["of"] is None else show(step["of"], SHARE)
		rows.append(
			f'<tr><th scope="row">{escape(step["name"])}</th><td class="num">{show(step["count"], "count")}</td>'
			f'<td class="num">{of}</td><td class="wide"><span class="fill" style="width:{share:.1f}%"></span></td></tr>'
		)
	body = table_of(
		_("From the event to the answer"),
		((_("Step"), ""), (_("Rows"), "num"), (_("Of the step before"), "num"), ("", "wide")),
		rows,
		escape(_("Every event of the period leaves a row in the ledger, by the day of the event."), 300),
	)
	if funnel["why_not"]:
		listed = "".join(
			f'<tr><th scope="row">{escape(entry["name"])}</th><td class="num">{show(entry["count"], "count")}</td></tr>'
			for entry in funnel["why_not"]
		)
		body += (
			f"<details{' open' if len(funnel['why_not']) <= 6 else ''}><summary>"
			f"{escape(_('Why {0} were not asked').format(show(funnel['not_asked'], 'count')))}</summary>"
			+ table_of(_("Why not"), ((_("Reason"), ""), (_("Rows"), "num")), [listed])
			+ "</details>"
		)
	return section_of(_("From the event to the answer"), body, "funnel")


def targets_part(card: dict[str, Any], _: Translate) -> str:
	rows = [
		f'<tr><th scope="row"><a href="{html.escape(target["link"])}">{escape(target["name"])}</a></th>'
		f'<td class="num">{escape(target["target"])}</td><td class="num">{escape(target["value"])}</td>'
		f'<td class="num">{escape(target["interval"])}</td><td class="num">{escape(target["n"])}</td>'
		f'<td><span class="chip {_STATES.get(target["state"], "unsure")}">{escape(_(target["state"]))}</span></td></tr>'
		for target in card.get("targets") or []
	]
	if not rows:
		return ""
	head = (
		(_("Target"), ""),
		(_("To reach"), "num"),
		(_("Now"), "num"),
		(_("Interval"), "num"),
		("n", "num"),
		(_("State"), ""),
	)
	return section_of(_("Experience targets"), table_of(_("Experience targets"), head, rows), "targets")


def chart_part(card: dict[str, Any], _: Translate) -> str:
	chart = card.get("chart")
	if not chart:
		return ""
	unit = card["main"]["unit"]
	rules = {"outside the limits": _("outside the limits"), "eight on one side": _("eight on one side")}
	sides = {"above": _("above"), "below": _("below")}
	told = (
		"".join(
			f"<li>{escape(_('{0}: {1}, {2}').format(s['name'], rules[s['rule']], sides[s['direction']]))}</li>"
			for s in chart["signals"]
		)
		or f"<li>{escape(_('No point is more than the usual noise.'))}</li>"
	)
	standing = {
		"too few points": _("Fewer than 12 points: take the limits as a hint only."),
		"provisional": _("Fewer than 20 points: the limits are provisional."),
		"firm": "",
	}[chart["standing"]]
	weekly = chart["by"] == "week"
	drawn = control_chart(
		chart["points"],
		chart["centre"],
		chart["signals"],
		unit,
		_("Control chart: {0} points, centre {1}, {2} signals").format(
			len(chart["points"]), show(chart["centre"], unit), len(chart["signals"])
		),
	)
	legend = _(
		"Solid: the centre, {0}. Dashed: limits of the usual noise ({1}). Squares lie outside, diamonds end eight on "
		"one side."
	).format(show(chart["centre"], unit), chart["method"])
	return section_of(
		_("Over time, by week") if weekly else _("Over time, by month"),
		f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(_("Control chart"))}">{drawn}</div>'
		f'<p class="soft">{escape(legend, 400)} {escape(standing)}</p><ul>{told}</ul>',
		"chart",
	)


def questions_part(card: dict[str, Any], _: Translate) -> str:
	parts = []
	for entry in card.get("questions") or []:
		if entry.get("options"):
			body = _options(entry, _)
		elif entry.get("score"):
			body = (
				f"<p><b>{show(entry['score']['value'], entry['unit'])}</b> "
				f'<span class="soft">{escape(entry["what"])}</span> {chips_of(entry, _)}</p>'
				f"{list_of(facts_of(entry, _))}{values_of(entry, _)}"
			)
		else:
			continue
		parts.append(f'<div class="question"><h3>{escape(entry["name"], 300)}</h3>{body}</div>')
	if not parts:
		return ""
	return section_of(_("Every question"), f'<div class="questions">{"".join(parts)}</div>', "questions")


def _options(entry: dict[str, Any], _: Translate) -> str:
	rows = [
		f'<tr><th scope="row">{escape(option["name"])}</th><td class="num">{show(option["count"], "count")}</td>'
		f'<td class="num">{show(option["share"]["value"], SHARE)}</td>'
		f'<td class="num">{between(option["share"], SHARE, _)}</td>'
		f'<td class="wide">{bar_of({"score": option["share"], "unit": SHARE, "ends": (0.0, 1.0)}, None, _)}</td></tr>'
		for option in entry["options"]
	]
	head = (
		(_("Answer"), ""),
		(_("Count"), "num"),
		(_("Share"), "num"),
		(_("Interval"), "num"),
		("", "wide"),
	)
	return table_of(entry["name"], head, rows, escape(entry["caption"], 300))


def listing_part(card: dict[str, Any], part: str, title: str, heading: str, _: Translate) -> str:
	entries = card.get(part) or []
	hidden = (card.get("hidden") or {}).get(part) or 0
	note = ""
	if hidden:
		text = _("{0} not shown, to keep groups of fewer than {1} people from being read out.")
		note = f'<p class="soft">{escape(text.format(hidden, card["floor"]), 300)}</p>'
	if not entries:
		return section_of(title, note, part) if note else ""
	mark = card["main"]["score"]["value"] if card.get("main") else None
	rows = []
	for entry in entries:
		name = escape(entry["name"])
		if entry.get("unit_link"):
			name = f'<a href="#" data-unit="{html.escape(entry["unit_link"])}">{name}</a>'
		indent = (
			f' style="padding-left:{0.6 + 0.9 * entry.get("depth", 0):.1f}rem"' if entry.get("depth") else ""
		)
		score, unit = entry["score"], entry["unit"]
		rate = entry.get("response")
		chips = chips_of(entry, _)
		if chips:
			name += f'<span class="narrow">{chips}</span>'
		rows.append(
			f'<tr><th scope="row"{indent}>{name}</th><td class="num">{show(score["value"], unit)}</td>'
			f'<td class="num">{between(score, unit, _)}</td><td class="wide">{bar_of(entry, mark, _)}</td>'
			f'<td class="num">{show(score["n"], "count")}</td><td class="num wide">{show(score["answers"], "count")}</td>'
			f'<td class="num wide">{"–" if entry.get("asked") is None else show(entry["asked"], "count")}</td>'
			f'<td class="num wide">{show(rate["value"], SHARE) if rate else "–"}</td><td class="wide">{chips}</td></tr>'
		)
	head = (
		(heading, ""),
		(_("Score"), "num"),
		(_("Interval"), "num"),
		(_("On the scale"), "wide"),
		("n", "num"),
		(_("Answers"), "num wide"),
		(_("Asked"), "num wide"),
		(_("Response"), "num wide"),
		(_("Reading"), "wide"),
	)
	caption = escape(card.get("captions", {}).get(part, ""), 300)
	shown = table_of(title, head, rows[:MOST_ROWS], caption)
	if len(rows) > MOST_ROWS:
		more = escape(_("{0} more").format(len(rows) - MOST_ROWS))
		shown += f"<details><summary>{more}</summary>{table_of(title, head, rows[MOST_ROWS:])}</details>"
	return section_of(title, shown + note, part)
