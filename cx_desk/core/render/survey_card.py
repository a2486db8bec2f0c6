"""The scorecard of a survey as HTML for the Desk and for paper, from a plain dict; every text through the translator.

Charts are those of `render.svg`, which the command's scorecard draws with too. What a reader may not see is not in the
dict; nothing is decided here. `_` is the caller's translator: it takes an English text and gives the reader's.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

from cx_desk.core.render.scorecard import STYLE as SHARED_STYLE
from cx_desk.core.render.svg import control_chart, count_bars, interval_bar
from cx_desk.core.render.text import SHARE, escape, show, show_change

Translate = Callable[[str], str]
_BANDS = {"Good": "good", "Poor": "poor", "Not clear": "unsure"}
_STATES = {"Met": "good", "Missed": "poor", "Not shown either way": "unsure", "Too few": "unsure"}
MOST_ROWS = 25
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


def survey_card(card: dict[str, Any], _: Translate) -> str:
	"""The whole card as a fragment. card: what `cx_desk.surveys.scorecard.build` gives."""
	parts = [_about(card, _)]
	if card.get("empty"):
		parts.append(f'<p class="empty">{escape(card["empty"], 600)}</p>')
	parts += [
		_head(card, _),
		_funnel(card, _),
		_targets(card, _),
		_chart(card, _),
		_questions(card, _),
		_drivers(card, _),
		_themes(card, _),
		_watermelon(card, _),
		_recovery(card, _),
		_nonresponse(card, _),
		_lost_time(card, _),
		_listing(card, "units", _("By part of the business"), _("Unit"), _),
		_listing(card, "teams", _("By team"), _("Team"), _),
		_listing(card, "months", _("By month"), _("Month"), _),
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


def _between(score: dict[str, Any], unit: str, _: Translate) -> str:
	return escape(_("{0} to {1}").format(show(score["low"], unit), show(score["high"], unit)))


def _change(value: float, unit: str, _: Translate) -> str:
	"""A difference in the reader's words: shares and net scores in points."""
	return show_change(value, unit).replace("points", _("points"))


def _chips(entry: dict[str, Any], _: Translate) -> str:
	chips = []
	if entry.get("band"):
		chips.append(f'<span class="chip {_BANDS[entry["band"]]}">{escape(_(entry["band"]))}</span>')
	if entry.get("few"):
		chips.append(f'<span class="chip unsure">{escape(_("few answers"))}</span>')
	if entry.get("still_coming"):
		chips.append(f'<span class="chip unsure">{escape(_("still coming in"))}</span>')
	return " ".join(chips)


def _bar(entry: dict[str, Any], mark: float | None, _: Translate) -> str:
	score, unit = entry["score"], entry["unit"]
	label = _("{0}, interval {1} to {2}").format(
		*(show(score[key], unit) for key in ("value", "low", "high"))
	)
	return interval_bar(score["value"], score["low"], score["high"], entry["ends"], mark, label)


def _facts(entry: dict[str, Any], _: Translate) -> list[tuple[str, str]]:
	"""What stands beside every score: interval and method, people, answers, asked, response rate."""
	score, unit = entry["score"], entry["unit"]
	facts = [(_("95 % interval"), f"{_between(score, unit, _)} ({escape(_(score['method']))})")]
	facts.append((_("People"), show(score["n"], "count")))
	facts.append((_("Answers"), show(score["answers"], "count")))
	if entry.get("asked") is not None:
		facts.append((_("Asked"), show(entry["asked"], "count")))
	if entry.get("response"):
		rate = entry["response"]
		facts.append((_("Response rate"), f"{show(rate['value'], SHARE)} ({_between(rate, SHARE, _)})"))
	return facts


def _list(facts: Sequence[tuple[str, str]]) -> str:
	return (
		'<dl class="facts">'
		+ "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in facts)
		+ "</dl>"
	)


def _head(card: dict[str, Any], _: Translate) -> str:
	main = card.get("main")
	if not main:
		return ""
	facts = _facts(main, _)
	if card.get("change"):
		change = card["change"]
		facts.append(
			(
				_("Last 3 months"),
				escape(
					_("{0} on the 3 before: {1}").format(
						_change(change["value"], main["unit"], _), _(change["text"])
					)
				),
			)
		)
	return (
		f'<section class="head" aria-label="{escape(_("The score"))}"><div>'
		f'<p class="soft">{escape(main["what"])}</p>'
		f'<p class="big">{show(main["score"]["value"], main["unit"])}</p><p>{_chips(main, _)}</p>{_list(facts)}</div>'
		f'<div><p class="soft">{escape(main["name"], 300)}</p>{_distribution(main, _)}</div></section>'
	)


def _distribution(entry: dict[str, Any], _: Translate) -> str:
	rows = entry["counts"]
	told = ", ".join(_("{0}: {1}").format(name, count) for name, count in rows)
	return count_bars(rows, _("Answers by value") + ": " + told)


def _table(heading: str, head: Sequence[tuple[str, str]], rows: Sequence[str], caption: str = "") -> str:
	"""A table that scrolls on a phone. head: (text, class) of each column."""
	cells = "".join(f'<th scope="col" class="{kind}">{escape(text)}</th>' for text, kind in head)
	told = f"<caption>{caption}</caption>" if caption else ""
	return (
		f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(heading)}"><table>{told}'
		f"<thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
	)


def _section(title: str, body: str, name: str) -> str:
	return f'<section data-part="{name}"><h2>{escape(title)}</h2>{body}</section>' if body else ""


def _funnel(card: dict[str, Any], _: Translate) -> str:
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
	body = _table(
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
			+ _table(_("Why not"), ((_("Reason"), ""), (_("Rows"), "num")), [listed])
			+ "</details>"
		)
	return _section(_("From the event to the answer"), body, "funnel")


def _targets(card: dict[str, Any], _: Translate) -> str:
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
	return _section(_("Experience targets"), _table(_("Experience targets"), head, rows), "targets")


def _chart(card: dict[str, Any], _: Translate) -> str:
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
	return _section(
		_("Over time, by week") if weekly else _("Over time, by month"),
		f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(_("Control chart"))}">{drawn}</div>'
		f'<p class="soft">{escape(legend, 400)} {escape(standing)}</p><ul>{told}</ul>',
		"chart",
	)


def _questions(card: dict[str, Any], _: Translate) -> str:
	parts = []
	for entry in card.get("questions") or []:
		if entry.get("options"):
			body = _options(entry, _)
		elif entry.get("score"):
			body = (
				f"<p><b>{show(entry['score']['value'], entry['unit'])}</b> "
				f'<span class="soft">{escape(entry["what"])}</span> {_chips(entry, _)}</p>'
				f"{_list(_facts(entry, _))}{_distribution(entry, _)}"
			)
		else:
			continue
		parts.append(f'<div class="question"><h3>{escape(entry["name"], 300)}</h3>{body}</div>')
	if not parts:
		return ""
	return _section(_("Every question"), f'<div class="questions">{"".join(parts)}</div>', "questions")


def _options(entry: dict[str, Any], _: Translate) -> str:
	rows = [
		f'<tr><th scope="row">{escape(option["name"])}</th><td class="num">{show(option["count"], "count")}</td>'
		f'<td class="num">{show(option["share"]["value"], SHARE)}</td>'
		f'<td class="num">{_between(option["share"], SHARE, _)}</td>'
		f'<td class="wide">{_bar({"score": option["share"], "unit": SHARE, "ends": (0.0, 1.0)}, None, _)}</td></tr>'
		for option in entry["options"]
	]
	head = (
		(_("Answer"), ""),
		(_("Count"), "num"),
		(_("Share"), "num"),
		(_("Interval"), "num"),
		("", "wide"),
	)
	return _table(entry["name"], head, rows, escape(entry["caption"], 300))


def _drivers(card: dict[str, Any], _: Translate) -> str:
	drivers = card.get("drivers")
	if not drivers:
		return ""
	rows = [
		f'<tr{" class=vital" if driver["vital"] else ""}><th scope="row">{escape(driver["name"])}</th>'
		f'<td class="num">{show(driver["count"], "count")}</td>'
		f'<td class="num">{show(driver["share"]["value"], SHARE)}</td>'
		f'<td class="num">{_between(driver["share"], SHARE, _)}</td>'
		f'<td class="num">{show(driver["running"], SHARE)}</td>'
		f'<td class="num wide">{_times(driver["lift"])}</td></tr>'
		for driver in drivers["listed"]
	]
	head = (
		(_("Reason"), ""),
		(_("Count"), "num"),
		(_("Share"), "num"),
		(_("Interval"), "num"),
		(_("Running share"), "num"),
		(_("Lift"), "num wide"),
	)
	caption = _(
		"{0} reasons on {1} low answers. Lift: how many times as often answers with this reason are low as all answers."
	).format(show(drivers["n"], "count"), show(drivers["low"], "count"))
	return _section(
		_("Reasons behind low answers"),
		_table(_("Reasons behind low answers"), head, rows, escape(caption, 300)),
		"drivers",
	)


def _times(lift: float | None) -> str:
	return "–" if lift is None else f"{lift:.1f} ×"


def _chance(p_value: float) -> str:
	return "&lt; 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _themes(card: dict[str, Any], _: Translate) -> str:
	themes = card.get("themes")
	if not themes or not (themes["listed"] or themes["comments"]):
		return ""
	rows = [
		f'<tr><th scope="row"><a href="#" data-theme="{html.escape(theme["name"])}">{escape(theme["name"])}</a></th>'
		f'<td class="num">{show(theme["count"], "count")}</td><td class="num">{show(theme["share"]["value"], SHARE)}</td>'
		f'<td class="num">{_between(theme["share"], SHARE, _)}</td>'
		f'<td class="num">{show(theme["low"], "count")}</td>'
		f'<td class="num">{show(theme["before"], "count")}</td>'
		f'<td class="wide">{escape(theme["hint"])}</td></tr>'
		for theme in themes["listed"]
	]
	head = (
		(_("Theme"), ""),
		(_("Comments"), "num"),
		(_("Share"), "num"),
		(_("Interval"), "num"),
		(_("Of them low"), "num"),
		(_("Period before"), "num"),
		(_("Tone (hint)"), "wide"),
	)
	caption = _("{0} comments; {1} of them fit no theme. Themes are CX Drivers with key words.").format(
		show(themes["comments"], "count"), show(themes["without"], "count")
	)
	note = f'<p class="soft">{escape(themes["note"], 400)}</p>' if themes.get("note") else ""
	body = (
		_table(_("Themes in comments"), head, rows, escape(caption, 300))
		if rows
		else f"<p>{escape(caption, 300)}</p>"
	)
	return _section(_("Themes in comments"), body + note, "themes")


def _watermelon(card: dict[str, Any], _: Translate) -> str:
	matrix = card.get("watermelon")
	if not matrix:
		return ""

	def row(title: str, good: int, bad: int, red: bool) -> str:
		return (
			f'<tr><th scope="row">{escape(title)}</th><td class="num">{show(good, "count")}</td>'
			f'<td class="num{" red" if red else ""}">{show(bad, "count")}</td></tr>'
		)

	rows = [
		row(_("Agreement met"), matrix["met_good"], matrix["met_bad"], True),
		row(_("Agreement missed"), matrix["missed_good"], matrix["missed_bad"], False),
	]
	said = []
	for key, text in (
		(
			"rate",
			_(
				"Of answers on tickets that met their agreement, {0} were low ({1}): green outside, red inside."
			),
		),
		("rate_missed", _("Where the agreement was missed it was {0} ({1}).")),
	):
		if matrix[key]:
			share = show(matrix[key]["value"], SHARE)
			said.append(f"<p>{escape(text.format(share, _between(matrix[key], SHARE, _)), 300)}</p>")
	contrast = matrix["contrast"]
	if contrast and not (contrast["low"] > 0 or contrast["high"] < 0):
		text = _("The difference is not more than noise: the agreement does not tell bad from good here.")
		said.append(f"<p>{escape(text, 300)}</p>")
	if matrix["unknown"]:
		text = _("{0} further answers are on tickets whose agreement was paused, open or not given.")
		said.append(f'<p class="soft">{escape(text.format(show(matrix["unknown"], "count")), 300)}</p>')
	units = [
		f'<tr><th scope="row">{escape(entry["name"])}</th><td class="num">{show(entry["rate"]["value"], SHARE)}</td>'
		f'<td class="num">{_between(entry["rate"], SHARE, _)}</td>'
		f'<td class="num">{show(entry["rate"]["n"], "count")}</td></tr>'
		for entry in matrix["units"]
	]
	by_unit = ""
	if len(units) > 1:
		caption = _("Units by the low end of their rate; at least 10 answers on met agreements.")
		head = ((_("Unit"), ""), (_("Rate"), "num"), (_("Interval"), "num"), ("n", "num"))
		by_unit = _table(_("Watermelon rate by unit"), head, units, escape(caption, 300))
	head = (("", ""), (_("Good or middling answer"), "num"), (_("Low answer"), "num"))
	table = _table(_("Agreement and experience"), head, rows).replace("<table>", '<table class="matrix">', 1)
	return _section(_("Agreement and experience"), table + "".join(said) + by_unit, "watermelon")


def _recovery(card: dict[str, Any], _: Translate) -> str:
	recovery = card.get("recovery")
	title = _("Recovery beside the rebound")
	if not recovery:
		if not card.get("main") or card["audience"] != "desk":
			return ""
		none = _(
			"No low answer of this period was followed by finished work and another question to the same person yet."
		)
		return _section(title, f'<p class="soft">{escape(none, 300)}</p>', "recovery")
	rows = []
	for key, name in (
		("helped", _("Asked again after finished work: good answer")),
		("unaided", _("Asked again without finished work: good answer")),
		("settled", _("Asked outright whether it is settled: yes")),
	):
		if recovery.get(key):
			found = recovery[key]
			rows.append(
				f'<tr><th scope="row">{escape(name)}</th><td class="num">{show(found["value"], SHARE)}</td>'
				f'<td class="num">{_between(found, SHARE, _)}</td><td class="num">{show(found["n"], "count")}</td></tr>'
			)
	beyond = recovery.get("beyond")
	if beyond:
		text = _("Finished work beyond the rebound: {0} ({1} to {2}).").format(
			*(_change(beyond[key], SHARE, _) for key in ("value", "low", "high"))
		)
		verdict = (
			_("It did more than time alone would have.")
			if recovery["shown"]
			else _("That is not more than noise: low answers are followed by better ones unaided.")
		)
		told = f"<p>{escape(text, 300)} {escape(verdict, 300)}</p>"
	else:
		told = f"<p>{escape(_('There is nothing to compare it with: a rate alone flatters, for low answers rebound unaided.'), 300)}</p>"
	head = ((_("Low answers"), ""), (_("Share"), "num"), (_("Interval"), "num"), ("n", "num"))
	caption = escape(_("Those who did not answer again count as not recovered."))
	return _section(title, _table(title, head, rows, caption) + told, "recovery")


def _nonresponse(card: dict[str, Any], _: Translate) -> str:
	check = card.get("nonresponse")
	if not check:
		return ""
	rows = []
	for field in check["fields"]:
		text = (
			_("unlike: {0} are {1} of those asked, {2} of those who answered").format(
				field["largest"], show(field["asked_share"], SHARE), show(field["answered_share"], SHARE)
			)
			if field["flagged"]
			else _("alike")
		)
		rows.append(
			f'<tr><th scope="row">{escape(field["name"])}</th><td>{escape(text, 200)}</td>'
			f'<td class="num">{_chance(field["p_value"])}</td></tr>'
		)
	said = []
	if check.get("weighted"):
		text = _("Weighted to those asked, the score would be {0} ({1}) instead of {2}.").format(
			show(check["weighted"]["value"], SHARE),
			_between(check["weighted"], SHARE, _),
			show(check["raw"], SHARE),
		)
		said.append(f"<p>{escape(text, 300)}</p>")
	if check.get("late"):
		late = check["late"]
		text = (
			_("Answers after the reminder against those before: {0} ({1}).")
			if late["by"] == "reminder"
			else _("The slower half of the answers against the quicker: {0} ({1}).")
		).format(_change(late["value"], SHARE, _), _(late["text"]))
		said.append(f"<p>{escape(text, 300)}</p>")
	head = ((_("Known of both"), ""), (_("Those who answered are"), ""), (_("p"), "num"))
	caption = escape(
		_("Are those who answered like those who were asked? {0} asked, {1} answered.").format(
			show(check["asked"], "count"), show(check["answered"], "count")
		)
	)
	return _section(
		_("Those who stayed silent"),
		_table(_("Those who stayed silent"), head, rows, caption) + "".join(said),
		"nonresponse",
	)


def _hours(hours: float, _: Translate) -> str:
	return _("{0} h").format(f"{hours:,.0f}" if hours >= 10 else f"{hours:.1f}")


def _lost_time(card: dict[str, Any], _: Translate) -> str:
	lost = card.get("lost_time")
	if not lost:
		return ""
	mean = _("{0} min").format(f"{lost['mean']['value']:.0f}")
	low, high = (_("{0} min").format(f"{lost['mean'][key]:.0f}") for key in ("low", "high"))
	facts = [
		(
			_("Per answer"),
			escape(_("{0} ({1} to {2}; {3})").format(mean, low, high, _(lost["mean"]["method"]))),
		),
		(_("Answers"), show(lost["mean"]["n"], "count")),
		(_("Said to be lost"), escape(_hours(lost["answered"], _))),
	]
	if lost["tickets"]:
		range_of = (_hours(lost[key], _) for key in ("at_least", "likely", "at_most"))
		text = _("{0} at least, {1} likely, {2} at most").format(*range_of)
		facts.append((_("All {0} who were asked").format(show(lost["tickets"], "count")), escape(text)))
	if lost.get("concentration") is not None:
		text = _("80 % of it on {0} of the answers").format(show(lost["concentration"], SHARE))
		facts.append((_("Where it is lost"), escape(text)))
	note = (
		_("At least: the silent lost nothing. At most: as much as the high end of the mean.")
		if lost["tickets"]
		else _("How many others it happened to is not known here, so this is no sum for all.")
	)
	return _section(_("Working time lost"), f'{_list(facts)}<p class="soft">{escape(note)}</p>', "lost_time")


def _listing(card: dict[str, Any], part: str, title: str, heading: str, _: Translate) -> str:
	entries = card.get(part) or []
	hidden = (card.get("hidden") or {}).get(part) or 0
	note = ""
	if hidden:
		text = _("{0} not shown, to keep groups of fewer than {1} people from being read out.")
		note = f'<p class="soft">{escape(text.format(hidden, card["floor"]), 300)}</p>'
	if not entries:
		return _section(title, note, part) if note else ""
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
		chips = _chips(entry, _)
		if chips:
			name += f'<span class="narrow">{chips}</span>'
		rows.append(
			f'<tr><th scope="row"{indent}>{name}</th><td class="num">{show(score["value"], unit)}</td>'
			f'<td class="num">{_between(score, unit, _)}</td><td class="wide">{_bar(entry, mark, _)}</td>'
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
	shown = _table(title, head, rows[:MOST_ROWS], caption)
	if len(rows) > MOST_ROWS:
		more = escape(_("{0} more").format(len(rows) - MOST_ROWS))
		shown += f"<details><summary>{more}</summary>{_table(title, head, rows[MOST_ROWS:])}</details>"
	return _section(title, shown + note, part)


def _notes(card: dict[str, Any], _: Translate) -> str:
	notes = "".join(f"<li>{escape(note, 400)}</li>" for note in card["notes"])
	return _section(_("How to read this"), f"<ul>{notes}</ul>", "notes") if notes else ""
