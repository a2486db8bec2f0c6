"""The scorecard as one HTML file: no script, no network, light and dark, fit for paper.

Every figure is a `<data>` element that names its place in the scorecard's dict (`data-path`) and carries its exact
value, so that a test can hold the page against the JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cx_desk.core.render.svg import control_chart, count_bars, interval_bar
from cx_desk.core.render.text import clean, escape, show, show_change

MOST_ROWS = 25

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--ink:#1b2430;--soft:#4c5866;--line:#ccd3db;--blue:#1f5fa8;
--good:#1a6b3c;--poor:#a3261d;--unsure:#6b5200;--warm:#fff4d6;--warm-line:#c79a00}
@media (prefers-color-scheme:dark){:root{--paper:#14181d;--card:#1d232a;--ink:#e7ebf0;--soft:#aab4c0;--line:#3c4653;
--blue:#7db4f0;--good:#7fd3a1;--poor:#ff9d94;--unsure:#e6c766;--warm:#3a3114;--warm-line:#b8921f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif}
main,header,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.5rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.25rem 0 .5rem}
p{margin:.4rem 0;max-width:46rem}
.soft{color:var(--soft)}
.label{display:inline-block;background:var(--warm);border:1px solid var(--warm-line);border-radius:.4rem;
padding:.25rem .7rem;font-weight:600;margin:.5rem 0}
.head{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:1.5rem;background:var(--card);
border:1px solid var(--line);border-radius:.7rem;padding:1.25rem;margin:1rem 0}
.big{font-size:3rem;line-height:1.1;font-weight:700;margin:.25rem 0}
.facts{display:grid;grid-template-columns:auto 1fr;gap:.15rem .9rem;margin:.75rem 0 0}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding-bottom:.4rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:middle}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:8rem;max-width:20rem}
td.num,th.num{text-align:right;white-space:nowrap}
.chip{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.85rem;
white-space:nowrap}
.good{color:var(--good)}.poor{color:var(--poor)}.unsure{color:var(--unsure)}
.matrix{max-width:38rem}.matrix td{text-align:right}.matrix .red{outline:2px solid var(--poor);outline-offset:-2px}
svg{display:block}svg text{fill:var(--soft);font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
svg .axis,svg .grid{stroke:var(--line)}svg .mark{stroke:var(--soft);stroke-dasharray:3 2}
svg .interval{stroke:var(--blue);stroke-width:2}svg .end{stroke:var(--blue);stroke-width:2}
svg .dot,svg .count{fill:var(--blue)}svg .line{fill:none;stroke:var(--blue);stroke-width:1.5}
svg .limit{fill:none;stroke:var(--soft);stroke-dasharray:5 3}svg .centre{stroke:var(--soft)}
svg .signal{fill:var(--poor)}
svg.chart{width:100%;min-width:36rem;height:auto}svg.counts{width:100%;max-width:20rem;height:auto}
ul{padding-left:1.2rem;margin:.4rem 0}li{overflow-wrap:anywhere}
details{margin:.75rem 0}summary{cursor:pointer;min-height:1.75rem}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
footer{color:var(--soft);padding-top:2rem;padding-bottom:2rem;font-size:.9rem}
@media (max-width:40rem){.head{grid-template-columns:minmax(0,1fr);padding:1rem}.big{font-size:2.4rem}.wide{display:none}
th,td{padding:.35rem .4rem}tbody th{min-width:6rem}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#333;--line:#bbb;--blue:#1f5fa8;
--good:#1a6b3c;--poor:#a3261d;--unsure:#6b5200;--warm:#fff;--warm-line:#000}body{font-size:10pt}
main,header,footer{max-width:none;padding-left:0;padding-right:0}h2{break-after:avoid}tr,svg,.head{break-inside:avoid}
.scroll{overflow:visible}svg.chart{min-width:0}thead{display:table-header-group}@page{margin:15mm}}
"""

_BAND_CLASSES = {"Good": "good", "Poor": "poor", "Not clear": "unsure"}
_ENDS = {"share": (0.0, 1.0), "net": (-100.0, 100.0), "mean": (1.0, 7.0)}
_LISTED = {
	"units": ("By part of the business", "Unit"),
	"teams": ("By team", "Team"),
	"months": ("By month", "Month"),
}


def figure(path: str, value: float | None, unit: str) -> str:
	"""A number for the page with its exact value and its place in the scorecard."""
	if value is None:
		return "–"
	return f'<data value="{value!r}" data-path="{escape(path)}">{show(value, unit)}</data>'


def _interval(path: str, figures: dict[str, Any], unit: str) -> str:
	return f"{figure(f'{path}.low', figures['low'], unit)} to {figure(f'{path}.high', figures['high'], unit)}"


def scorecard(card: dict[str, Any]) -> str:
	"""The whole page. card: what `cx_desk.cli.scorecard.build` gives, or a dict of that shape."""
	title = escape(card["title"])
	parts = [
		"<!DOCTYPE html>",
		'<html lang="en"><head><meta charset="utf-8">',
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		'<meta name="referrer" content="no-referrer">',
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
		f"<title>{title}</title><style>{STYLE}</style></head><body>",
		f"<header><h1>{title}</h1>",
		f'<p class="soft">{escape(card["scale"]["title"])}</p>',
	]
	if card["label"]:
		parts.append(f'<p class="label" role="note">{escape(card["label"])}</p>')
	parts.append("</header><main>")
	parts.append(_head(card))
	parts.append(_chart(card))
	for part in ("units", "teams"):
		parts.append(_listing(card, part))
	parts.append(_watermelon(card))
	parts.append(_drivers(card))
	parts.append(_listing(card, "months"))
	parts.append(_reading(card))
	parts.append(_sources(card))
	parts.append(f"</main><footer><p>Made by {escape(card['made_by'])}.</p></footer></body></html>\n")
	return "\n".join(part for part in parts if part)


def _head(card: dict[str, Any]) -> str:
	overall, unit = card["overall"], card["scale"]["unit"]
	score = overall["score"]
	people = score["people"]
	facts = [("95 % interval", f"{_interval('overall.score', score, unit)} ({escape(score['method'])})")]
	if people is not None:
		facts.append(("People", figure("overall.score.people", people, "count")))
	facts.append(("Answers", figure("overall.score.answers", score["answers"], "count")))
	if overall["asked"] is not None:
		facts.append(("Asked", figure("overall.asked", overall["asked"], "count")))
	if overall["response"]:
		facts.append(
			(
				"Response rate",
				f"{figure('overall.response.value', overall['response']['value'], 'share')} "
				f"({_interval('overall.response', overall['response'], 'share')})",
			)
		)
	elif overall["rated"]:
		facts.append(
			("Rated, of all rows", figure("overall.rated.value", overall["rated"]["value"], "share"))
		)
	if card["change"]:
		change = card["change"]
		facts.append(
			(
				"Last 3 months",
				f'<data value="{change["value"]!r}" data-path="change.value">{show_change(change["value"], unit)}</data> '
				f"on the 3 before: {escape(change['text'])}",
			)
		)
	listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
	bars = count_bars(
		[(value, count) for value, count in overall["counts"].items()],
		"Answers by value: "
		+ ", ".join(f"{count} of value {value}" for value, count in overall["counts"].items()),
	)
	return (
		'<section class="head" aria-label="The score"><div>'
		f'<p class="big">{figure("overall.score.value", score["value"], unit)}</p>'
		f"<p>{_reading_of(overall)}</p>"
		f'<dl class="facts">{listed}</dl></div>'
		f'<div><p class="soft">Answers by value</p>{bars}</div></section>'
	)


def _reading_of(entry: dict[str, Any]) -> str:
	chips = []
	if entry["band"]:
		chips.append(f'<span class="chip {_BAND_CLASSES[entry["band"]]}">{escape(entry["band"])}</span>')
	if entry["few"]:
		chips.append('<span class="chip unsure">few answers</span>')
	return " ".join(chips)


def _chart(card: dict[str, Any]) -> str:
	chart = card["chart"]
	if not chart:
		return ""
	unit = card["scale"]["unit"]
	signals = chart["signals"]
	told = (
		"".join(
			f"<li>{escape(signal['name'])}: {escape(signal['rule'])}, {escape(signal['direction'])}</li>"
			for signal in signals
		)
		if signals
		else "<li>No point is more than the usual noise.</li>"
	)
	standing = {
		"too few points": "Fewer than 12 points: take the limits as a hint only.",
		"provisional": "Fewer than 20 points: the limits are provisional.",
		"firm": "",
	}[chart["standing"]]
	drawn = control_chart(
		chart["points"],
		chart["centre"],
		signals,
		unit,
		f"Control chart by {chart['by']}: {len(chart['points'])} points, centre {show(chart['centre'], unit)}, "
		f"{len(signals)} signals",
	)
	return (
		f"<section><h2>Over time, by {escape(chart['by'])}</h2>"
		f'<div class="scroll" tabindex="0" role="region" aria-label="Control chart">{drawn}</div>'
		f'<p class="soft">Solid: the centre, {figure("chart.centre", chart["centre"], unit)}. Dashed: limits of the usual '
		f"noise ({escape(chart['method'])}). Squares lie outside, diamonds end eight on one side. {standing}</p>"
		f"<ul>{told}</ul></section>"
	)


def _hidden_note(card: dict[str, Any], part: str) -> str:
	count = card["hidden"][part]
	if not count:
		return ""
	return (
		f'<p class="soft">{count} not shown, to keep groups of fewer than {card["hidden"]["floor"]} people from being '
		"read out.</p>"
	)


def _listing(card: dict[str, Any], part: str) -> str:
	entries = card[part]
	title, heading = _LISTED[part]
	hidden = _hidden_note(card, part)
	if not entries:
		return f"<section><h2>{title}</h2>{hidden}</section>" if hidden else ""
	unit = card["scale"]["unit"]
	with_response = any(entry["response"] for entry in entries)
	with_band = any(entry["band"] or entry["few"] for entry in entries)
	rows = [
		_row(card, part, index, entry, unit, with_response=with_response, with_band=with_band)
		for index, entry in enumerate(entries)
	]
	head = (
		f'<thead><tr><th scope="col">{heading}</th><th scope="col" class="num">Score</th>'
		'<th scope="col" class="num">Interval</th><th scope="col" class="wide">On the scale</th>'
		f'<th scope="col" class="num">n</th><th scope="col" class="num wide">Answers</th>'
		+ ('<th scope="col" class="num wide">Response</th>' if with_response else "")
		+ ('<th scope="col">Reading</th>' if with_band else "")
		+ "</tr></thead>"
	)
	order = "in order of time" if part == "months" else "most answers first"
	caption = (
		f'<caption>{len(entries)} listed, {order}.<span class="wide"> The dashed line on the scale is the score of '
		"all.</span></caption>"
	)

	def table(body: Sequence[str], with_caption: bool) -> str:
		return (
			f'<div class="scroll" tabindex="0" role="region" aria-label="{title}{"" if with_caption else ", further"}">'
			f"<table>{caption if with_caption else ''}{head}<tbody>{''.join(body)}</tbody></table></div>"
		)

	more = ""
	if len(rows) > MOST_ROWS:
		more = f"<details><summary>{len(rows) - MOST_ROWS} more</summary>{table(rows[MOST_ROWS:], False)}</details>"
	return f"<section><h2>{title}</h2>{table(rows[:MOST_ROWS], True)}{more}{hidden}</section>"


def _row(
	card: dict[str, Any],
	part: str,
	index: int,
	entry: dict[str, Any],
	unit: str,
	*,
	with_response: bool,
	with_band: bool,
) -> str:
	path = f"{part}.{index}"
	name = f'<th scope="row">{escape(entry["name"])}</th>'
	score = entry["score"]
	response = ""
	if with_response:
		shown = entry["response"]
		response = f'<td class="num wide">{figure(f"{path}.response.value", shown["value"] if shown else None, "share")}</td>'
	if not score:
		rest = response + ("<td></td>" if with_band else "")
		return (
			f'<tr>{name}<td class="num">–</td><td class="num">no answers</td><td class="wide"></td><td class="num">0</td>'
			f'<td class="num wide">0</td>{rest}</tr>'
		)
	bar = interval_bar(
		score["value"],
		score["low"],
		score["high"],
		_ENDS[unit],
		card["overall"]["score"]["value"],
		f"{show(score['value'], unit)}, interval {show(score['low'], unit)} to {show(score['high'], unit)}",
	)
	return (
		f'<tr>{name}<td class="num">{figure(f"{path}.score.value", score["value"], unit)}</td>'
		f'<td class="num">{_interval(f"{path}.score", score, unit)}</td><td class="wide">{bar}</td>'
		f'<td class="num">{figure(f"{path}.score.n", score["n"], "count")}</td>'
		f'<td class="num wide">{figure(f"{path}.score.answers", score["answers"], "count")}</td>{response}'
		+ (f"<td>{_reading_of(entry)}</td>" if with_band else "")
		+ "</tr>"
	)


def _watermelon(card: dict[str, Any]) -> str:
	matrix = card["watermelon"]
	if not matrix:
		if card["hidden"]["watermelon"]:
			return (
				"<section><h2>Agreement and experience</h2>"
				'<p class="soft">Not shown: too few people in one of its rows.</p></section>'
			)
		return ""

	def cell(key: str, red: bool = False) -> str:
		return f"<td{' class=red' if red else ''}>{figure(f'watermelon.{key}', matrix[key], 'count')}</td>"

	said = []
	if matrix["rate"]:
		said.append(
			f"<p>Of answers on tickets that met their agreement, "
			f"{figure('watermelon.rate.value', matrix['rate']['value'], 'share')} were low "
			f"({_interval('watermelon.rate', matrix['rate'], 'share')}): green outside, red inside.</p>"
		)
	if matrix["rate_missed"]:
		said.append(
			f"<p>Where the agreement was missed it was "
			f"{figure('watermelon.rate_missed.value', matrix['rate_missed']['value'], 'share')} "
			f"({_interval('watermelon.rate_missed', matrix['rate_missed'], 'share')}).</p>"
		)
	if matrix["contrast"] and not (matrix["contrast"]["low"] > 0 or matrix["contrast"]["high"] < 0):
		said.append(
			"<p>The difference is not more than noise: the agreement does not tell bad from good here.</p>"
		)
	if matrix["unknown"]:
		said.append(
			f'<p class="soft">{figure("watermelon.unknown", matrix["unknown"], "count")} further answers are on tickets '
			"whose agreement was paused, open or not given.</p>"
		)
	units = ""
	if card["watermelon_units"]:
		rows = "".join(
			f'<tr><th scope="row">{escape(entry["name"])}</th>'
			f'<td class="num">{figure(f"watermelon_units.{i}.rate.value", entry["rate"]["value"], "share")}</td>'
			f'<td class="num">{_interval(f"watermelon_units.{i}.rate", entry["rate"], "share")}</td>'
			f'<td class="num">{figure(f"watermelon_units.{i}.rate.n", entry["rate"]["n"], "count")}</td></tr>'
			for i, entry in enumerate(card["watermelon_units"])
		)
		units = (
			'<div class="scroll" tabindex="0" role="region" aria-label="Watermelon rate by unit"><table>'
			"<caption>Units by the low end of their rate of low answers under a met agreement; at least 10 answers."
			'</caption><thead><tr><th scope="col">Unit</th><th scope="col" class="num">Low, of met</th>'
			'<th scope="col" class="num">Interval</th><th scope="col" class="num">Answers</th></tr></thead>'
			f"<tbody>{rows}</tbody></table></div>"
		)
	return (
		'<section><h2>Agreement and experience</h2><div class="scroll" tabindex="0" role="region" '
		'aria-label="Agreement and experience"><table class="matrix"><caption>Answers by the outcome of the service level '
		"agreement and by experience</caption>"
		'<thead><tr><td></td><th scope="col" class="num">Good or middling answer</th>'
		'<th scope="col" class="num">Low answer</th></tr></thead><tbody>'
		f'<tr><th scope="row">Agreement met</th>{cell("met_good")}{cell("met_bad", True)}</tr>'
		f'<tr><th scope="row">Agreement missed</th>{cell("missed_good")}{cell("missed_bad")}</tr>'
		f"</tbody></table></div>{''.join(said)}{units}</section>"
	)


def _drivers(card: dict[str, Any]) -> str:
	drivers = card["drivers"]
	if not drivers:
		return ""
	rows = "".join(
		f'<tr><th scope="row">{escape(driver["name"])}</th>'
		f'<td class="num">{figure(f"drivers.listed.{i}.count", driver["count"], "count")}</td>'
		f'<td class="num">{figure(f"drivers.listed.{i}.share.value", driver["share"]["value"], "share")}</td>'
		f'<td class="num">{_interval(f"drivers.listed.{i}.share", driver["share"], "share")}</td>'
		f'<td class="num">{figure(f"drivers.listed.{i}.running", driver["running"], "share")}</td></tr>'
		for i, driver in enumerate(drivers["listed"])
	)
	return (
		"<section><h2>Reasons behind low answers</h2>"
		'<div class="scroll" tabindex="0" role="region" aria-label="Reasons behind low answers"><table>'
		f"<caption>{figure('drivers.n', drivers['n'], 'count')} {escape(drivers['of'])}</caption>"
		'<thead><tr><th scope="col">Reason</th><th scope="col" class="num">Count</th><th scope="col" class="num">Share</th>'
		'<th scope="col" class="num">Interval</th><th scope="col" class="num">Running share</th></tr></thead>'
		f"<tbody>{rows}</tbody></table></div></section>"
	)


def _reading(card: dict[str, Any]) -> str:
	notes = "".join(f"<li>{escape(note, 400)}</li>" for note in card["notes"])
	bands = ""
	if card["scale"]["unit"] == "share":
		bands = (
			"<li>Good: the low end of the interval is at least 70 %. Poor: its high end is below 70 %. Not clear: "
			"anything between, which is no verdict either way.</li>"
		)
	return f"<section><h2>How to read this</h2><ul>{notes}{bands}</ul></section>"


def _sources(card: dict[str, Any]) -> str:
	parts = []
	for index, source in enumerate(card["sources"]):
		columns = "; ".join(
			f"{escape(role)} from “{escape(column['heading'])}” ({escape(column['how'])})"
			for role, column in source["columns"].items()
		)
		form = ", ".join(
			escape(text)
			for text in (
				source["form"],
				source["encoding"],
				source["separator"] and f"separator {source['separator']}",
			)
			if text
		)
		dates = f"; dates: {escape(source['dates'])}" if source["dates"] else ""
		parts.append(
			f"<li>{escape(source['name'])}: {figure(f'sources.{index}.rows', source['rows'], 'count')} rows ({form}); "
			f"scale {escape(source['scale'])}, {escape(source['scale_found'])}{dates}. Columns: {columns}.</li>"
		)
	problems = card["problems"]
	told = ""
	if problems["count"]:
		listed = "".join(
			f"<li>{escape(each['file'])}{', line ' + str(each['line']) if each['line'] else ''}"
			f"{', column ' + escape(each['column']) if each['column'] else ''}: {escape(each['what'], 200)}"
			f"{' (' + str(each['count']) + ' times, first here)' if each['count'] > 1 else ''}</li>"
			for each in problems["listed"]
		)
		told = (
			f"<h3>Not read</h3><p>{figure('problems.count', problems['count'], 'count')} cells or lines could not be read and "
			f"were skipped:</p><ul>{listed}</ul>"
		)
	return f"<section><h2>What was read</h2><ul>{''.join(parts)}</ul>{told}</section>"


def summary(card: dict[str, Any], width: int = 78) -> str:
	"""The scorecard as a few lines for a terminal; texts from files carry no control marks."""
	unit = card["scale"]["unit"]
	overall = card["overall"]
	score = overall["score"]
	lines = [clean(card["title"])]
	if card["label"]:
		lines.append(f"*** {clean(card['label'])} ***")
	lines.append(clean(card["scale"]["title"]))
	lines.append("")
	lines.append(f"  All: {_line(overall, unit)}")
	if overall["response"]:
		rate = overall["response"]
		lines.append(
			f"  Response rate: {show(rate['value'], 'share')} ({show(rate['low'], 'share')} to {show(rate['high'], 'share')}) "
			f"of {overall['asked']:,} asked"
		)
	elif overall["rated"]:
		lines.append(f"  Rated: {show(overall['rated']['value'], 'share')} of {overall['rows']:,} rows")
	if card["change"]:
		lines.append(
			f"  Last 3 months on the 3 before: {show_change(card['change']['value'], unit)}, {card['change']['text']}"
		)
	for part, most in (("units", 10), ("teams", 10), ("months", 12)):
		entries = card[part][-most:] if part == "months" else card[part][:most]
		if not entries:
			continue
		lines += ["", f"  {_LISTED[part][0]}:"]
		space = min(28, max(len(clean(entry["name"], 28)) for entry in entries))
		for entry in entries:
			lines.append(f"    {clean(entry['name'], 28):<{space}}  {_line(entry, unit)}")
		if len(card[part]) > most:
			lines.append(f"    and {len(card[part]) - most} {'earlier' if part == 'months' else 'more'}")
		if card["hidden"][part]:
			lines.append(
				f"    {card['hidden'][part]} not shown: too few people, or would give such a group away"
			)
	matrix = card["watermelon"]
	if matrix and matrix["rate"]:
		lines += [
			"",
			f"  Agreement met, answer low: {show(matrix['rate']['value'], 'share')} "
			f"({show(matrix['rate']['low'], 'share')} to {show(matrix['rate']['high'], 'share')}) of {matrix['rate']['n']:,}",
		]
	if card["chart"]:
		signals = card["chart"]["signals"]
		told = ", ".join(f"{signal['name']} ({signal['direction']})" for signal in signals[:6]) or "none"
		lines += ["", f"  Signals by {card['chart']['by']}: {told}{' ...' if len(signals) > 6 else ''}"]
	lines += ["", f"  {card['notes'][0]}"]
	if score is not None and card["problems"]["count"]:
		lines += [
			"",
			f"  {card['problems']['count']:,} cells or lines could not be read and were skipped; the first:",
		]
		for each in card["problems"]["listed"][:5]:
			place = f", line {each['line']}" if each["line"] else ""
			column = f", column {clean(each['column'], 40)}" if each["column"] else ""
			times = f" ({each['count']:,} times)" if each["count"] > 1 else ""
			lines.append(f"    {clean(each['file'], 60)}{place}{column}: {clean(each['what'], 100)}{times}")
	return "\n".join(lines) + "\n"


def _line(entry: dict[str, Any], unit: str) -> str:
	score = entry["score"]
	if not score:
		return "no answers"
	marks = [mark for mark in (entry["band"], "few answers" if entry["few"] else None) if mark]
	people = (
		f"n {score['n']:,}"
		if score["people"] is None
		else f"{score['n']:,} people, {score['answers']:,} answers"
	)
	return (
		f"{show(score['value'], unit):>7} ({show(score['low'], unit)} to {show(score['high'], unit)}), {people}"
		+ (f"  [{', '.join(marks)}]" if marks else "")
	)
