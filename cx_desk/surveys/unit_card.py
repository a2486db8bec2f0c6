"""A unit's scores as its form shows them: rounded texts, the bar's places, and the filters of the list behind."""

import frappe
from frappe import _
from frappe.utils import add_days

from cx_desk.core import measures
from cx_desk.core.render.text import decimal
from cx_desk.units import scores


def scores_for(unit: str, user: str) -> list[dict]:
	"""One card per survey question on a scale, main questions first; hidden ones say so without a figure."""
	cards = []
	for row in scores.shown_to(user, unit):
		card = {
			"survey": row.survey,
			"question": row.text,
			"type": row.type,
			"kind": kind_of(row.type),
			"main": row.main,
			"hidden": bool(row.get("hidden")),
			"quarter": row.get("quarter") or "",
			"window": row.window,
		}
		if not card["hidden"]:
			card |= _figures(row)
			# Whoever sees a closed quarter may not read the answers behind it.
			card["filters"] = None if card["quarter"] else _filters(unit, row)
		cards.append(card)
	return sorted(cards, key=lambda card: (not card["main"], card["survey"]))


def _figures(row: frappe._dict) -> dict:
	low, high = measures.ends_of(row.type)

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
	return decimal(value, 1, frappe.local.lang or "en") if kind == "CES" else f"{100 * value:.0f} %"


def kind_of(kind: str) -> str:
	"""What the figure is, in words."""
	text, places = measures.words_of(kind)
	return _(text).format(*places)


def _filters(unit: str, row: frappe._dict) -> dict:
	"""The answers behind the figure, as list filters."""
	return {
		"unit": ["descendants of (inclusive)", unit],
		"survey": row.survey,
		"kind": ["!=", "Suspected machine"],
		"event_day": [">", str(add_days(row.as_of, -row.window))],
	}
