"""Parts of a survey's scorecard that ask what is behind the score: reasons, themes, agreement, recovery, the silent, time."""

from __future__ import annotations

import html
from typing import Any

from cx_desk.core.render.card_pieces import (
	Translate,
	between,
	change_text,
	list_of,
	section_of,
	table_of,
)
from cx_desk.core.render.text import SHARE, decimal, escape, show


def drivers_part(card: dict[str, Any], _: Translate) -> str:
	drivers = card.get("drivers")
	if not drivers:
		return ""
	rows = [
		f'<tr{" class=vital" if driver["vital"] else ""}><th scope="row">{escape(driver["name"])}</th>'
		f'<td class="num">{show(driver["count"], "count")}</td>'
		f'<td class="num">{show(driver["share"]["value"], SHARE)}</td>'
		f'<td class="num">{between(driver["share"], SHARE, _)}</td>'
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
	return section_of(
		_("Reasons behind low answers"),
		table_of(_("Reasons behind low answers"), head, rows, escape(caption, 300)),
		"drivers",
	)


def _times(lift: float | None) -> str:
	return "–" if lift is None else f"{decimal(lift, 1)} ×"


def _chance(p_value: float) -> str:
	return f"&lt; {decimal(0.001, 3)}" if p_value < 0.001 else decimal(p_value, 3)


def themes_part(card: dict[str, Any], _: Translate) -> str:
	themes = card.get("themes")
	if not themes or not (themes["listed"] or themes["comments"]):
		return ""
	rows = [
		f'<tr><th scope="row"><a href="#" data-theme="{html.escape(theme["name"])}">{escape(_(theme["name"]))}</a></th>'
		f'<td class="num">{show(theme["count"], "count")}</td><td class="num">{show(theme["share"]["value"], SHARE)}</td>'
		f'<td class="num">{between(theme["share"], SHARE, _)}</td>'
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
		table_of(_("Themes in comments"), head, rows, escape(caption, 300))
		if rows
		else f"<p>{escape(caption, 300)}</p>"
	)
	return section_of(_("Themes in comments"), body + note, "themes")


def agreement_part(card: dict[str, Any], _: Translate) -> str:
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
			said.append(f"<p>{escape(text.format(share, between(matrix[key], SHARE, _)), 300)}</p>")
	contrast = matrix["contrast"]
	if contrast and not (contrast["low"] > 0 or contrast["high"] < 0):
		text = _("The difference is not more than noise: the agreement does not tell bad from good here.")
		said.append(f"<p>{escape(text, 300)}</p>")
	if matrix["unknown"]:
		text = _("{0} further answers are on tickets whose agreement was paused, open or not given.")
		said.append(f'<p class="soft">{escape(text.format(show(matrix["unknown"], "count")), 300)}</p>')
	units = [
		f'<tr><th scope="row">{escape(entry["name"])}</th><td class="num">{show(entry["rate"]["value"], SHARE)}</td>'
		f'<td class="num">{between(entry["rate"], SHARE, _)}</td>'
		f'<td class="num">{show(entry["rate"]["n"], "count")}</td></tr>'
		for entry in matrix["units"]
	]
	by_unit = ""
	if len(units) > 1:
		caption = _("Units by the low end of their rate; at least 10 answers on met agreements.")
		head = ((_("Unit"), ""), (_("Rate"), "num"), (_("Interval"), "num"), ("n", "num"))
		by_unit = table_of(_("Watermelon rate by unit"), head, units, escape(caption, 300))
	head = (("", ""), (_("Good or middling answer"), "num"), (_("Low answer"), "num"))
	table = table_of(_("Agreement and experience"), head, rows).replace(
		"<table>", '<table class="matrix">', 1
	)
	return section_of(_("Agreement and experience"), table + "".join(said) + by_unit, "watermelon")


def recovery_part(card: dict[str, Any], _: Translate) -> str:
	recovery = card.get("recovery")
	title = _("Recovery beside the rebound")
	if not recovery:
		if not card.get("main") or card["audience"] != "desk":
			return ""
		none = _(
			"No low answer of this period was followed by finished work and another question to the same person yet."
		)
		return section_of(title, f'<p class="soft">{escape(none, 300)}</p>', "recovery")
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
				f'<td class="num">{between(found, SHARE, _)}</td><td class="num">{show(found["n"], "count")}</td></tr>'
			)
	beyond = recovery.get("beyond")
	if beyond:
		text = _("Finished work beyond the rebound: {0} ({1} to {2}).").format(
			*(change_text(beyond[key], SHARE, _) for key in ("value", "low", "high"))
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
	return section_of(title, table_of(title, head, rows, caption) + told, "recovery")


def nonresponse_part(card: dict[str, Any], _: Translate) -> str:
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
			between(check["weighted"], SHARE, _),
			show(check["raw"], SHARE),
		)
		said.append(f"<p>{escape(text, 300)}</p>")
	if check.get("late"):
		late = check["late"]
		text = (
			_("Answers after the reminder against those before: {0} ({1}).")
			if late["by"] == "reminder"
			else _("The slower half of the answers against the quicker: {0} ({1}).")
		).format(change_text(late["value"], SHARE, _), _(late["text"]))
		said.append(f"<p>{escape(text, 300)}</p>")
	head = ((_("Known of both"), ""), (_("Those who answered are"), ""), (_("p"), "num"))
	caption = escape(
		_("Are those who answered like those who were asked? {0} asked, {1} answered.").format(
			show(check["asked"], "count"), show(check["answered"], "count")
		)
	)
	return section_of(
		_("Those who stayed silent"),
		table_of(_("Those who stayed silent"), head, rows, caption) + "".join(said),
		"nonresponse",
	)


def _hours(hours: float, _: Translate) -> str:
	return _("{0} h").format(show(hours, "count") if hours >= 10 else decimal(hours, 1))


def lost_time_part(card: dict[str, Any], _: Translate) -> str:
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
	return section_of(
		_("Working time lost"), f'{list_of(facts)}<p class="soft">{escape(note)}</p>', "lost_time"
	)
