"""A unit's scores as its form shows them: rounded texts, the bar's places, and the filters of the list behind."""

import frappe
from frappe import _
from frappe.utils import add_days

from cx_desk.core import answers
from cx_desk.units import scores


def scores_for(unit: str, user: str) -> list[dict]:
	"""One card per survey question on a scale, main questions first; hidden ones say so without a figure."""
	cards = []
	for row in scores.unit_scores(unit):
		card = {
			"survey": row.survey,
			"question": row.text,
			"type": row.type,
			"kind": kind_of(row.type),
			"main": row.main,
			"hidden": not scores.readable(user, unit, row),
			"window": row.window,
		}
		if not card["hidden"]:
			card |= _figures(row) | {"filters": _filters(unit, row)}
		cards.append(card)
	return sorted(cards, key=lambda card: (not card["main"], card["survey"]))


def _figures(row: frappe._dict) -> dict:
	low, high = (1, 7) if row.type == "CES" else (-100, 100) if row.type == "NPS" else (0, 1)

	def place(value: float) -> float:
		return round(100 * (value - low) / (high - low), 2)

	return {
		"value": text_of(row.type, row.value),
		"low": text_of(row.type, row.low),
		"high": text_of(row.type, row.high),
		"at": place(row.value),
		"from": place(row.low),
		"to": place(row.high),
		"target": place(row.target) if row.target is not None else None,
		"n": row.n,
		"answers": row.answers,
		"asked": row.asked,
		"answered": row.answered,
		"response_rate": round(100 * row.response_rate) if row.response_rate is not None else None,
		"band": row.band,
		"few": row.few,
		"method": row.method,
		"still_coming": row.still_coming,
	}


def text_of(kind: str, value: float) -> str:
	"""A figure as it is written: a share in percent, a mean with one decimal, a net score with its sign."""
	if kind == "NPS":
		return f"{value:+.0f}"
	return f"{value:.1f}" if kind == "CES" else f"{100 * value:.0f} %"


def kind_of(kind: str) -> str:
	"""What the figure is, in words."""
	known = {
		"CSAT": _("Satisfied (4 and 5 of 5)"),
		"CES": _("Made it easy (mean of 1 to 7)"),
		"NPS": _("Would recommend (net score)"),
	}
	if kind in known:
		return known[kind]
	high, best = answers.BANDS[kind][1], answers.scale_of(kind)[1]
	if high == best:
		return _("Best value ({0} of {0})").format(best)
	return _("Best values ({0} to {1} of {1})").format(high, best)


def _filters(unit: str, row: frappe._dict) -> dict:
	"""The answers behind the figure, as list filters."""
	return {
		"unit": ["descendants of (inclusive)", unit],
		"survey": row.survey,
		"kind": ["!=", "Suspected machine"],
		"event_day": [">", str(add_days(row.as_of, -row.window))],
	}
