"""Charts as SVG text. Colours come from the page's custom properties, so light, dark and print each fit.

Every chart has a text alternative; what it shows by colour it also shows by shape or place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cx_desk.core.render.text import escape, short, show


def _at(value: float) -> str:
	return f"{value:.1f}".rstrip("0").rstrip(".")


def interval_bar(
	value: float, low: float, high: float, ends: tuple[float, float], mark: float | None, label: str
) -> str:
	"""One figure as a dot on its interval, on a scale from ends[0] to ends[1]; mark: a line to compare with."""
	width, height = 180.0, 18.0
	start, stop = ends
	if not start < stop:
		raise ValueError("the scale of a bar must have two different ends")

	def x(number: float) -> float:
		return 6 + (width - 12) * (min(stop, max(start, number)) - start) / (stop - start)

	parts = [f'<line class="axis" x1="6" y1="9" x2="{_at(width - 6)}" y2="9"/>']
	if mark is not None:
		parts.append(f'<line class="mark" x1="{_at(x(mark))}" y1="1" x2="{_at(x(mark))}" y2="17"/>')
	parts.append(f'<line class="interval" x1="{_at(x(low))}" y1="9" x2="{_at(x(high))}" y2="9"/>')
	parts += [
		f'<line class="end" x1="{_at(x(end))}" y1="5" x2="{_at(x(end))}" y2="13"/>' for end in (low, high)
	]
	parts.append(f'<circle class="dot" cx="{_at(x(value))}" cy="9" r="4"/>')
	return (
		f'<svg class="bar" viewBox="0 0 {_at(width)} {_at(height)}" width="180" height="18" role="img" '
		f'aria-label="{escape(label, 300)}">{"".join(parts)}</svg>'
	)


def _ticks(low: float, high: float) -> list[float]:
	"""About four round numbers between the ends."""
	rough = (high - low) / 4
	step = 10 ** math.floor(math.log10(rough))
	step *= next(factor for factor in (1, 2, 5, 10) if factor * step >= rough)
	first = math.ceil(low / step - 1e-9)
	return [index * step for index in range(first, math.floor(high / step + 1e-9) + 1)]


def control_chart(
	points: Sequence[dict[str, Any]], centre: float, signals: Sequence[dict[str, Any]], unit: str, label: str
) -> str:
	"""A control chart: points with name, value, lower, upper; the centre; the points that signal.

	A point outside its limits is a square, the eighth of a run a diamond, any other a dot.
	"""
	if not points:
		raise ValueError("a chart needs at least one point")
	width, height, left, right, top, bottom = 760.0, 260.0, 58.0, 12.0, 14.0, 30.0
	numbers = [number for point in points for number in (point["value"], point["lower"], point["upper"])]
	low, high = min(numbers), max(numbers)
	room = (high - low) * 0.06 or abs(high) * 0.05 or 0.05
	low, high = low - room, high + room

	def x(index: int) -> float:
		return left + (width - left - right) * ((index + 0.5) / len(points))

	def y(number: float) -> float:
		return top + (height - top - bottom) * (high - number) / (high - low)

	half = (width - left - right) / len(points) / 2
	parts = []
	for tick in _ticks(low, high):
		parts.append(
			f'<line class="grid" x1="{_at(left)}" y1="{_at(y(tick))}" x2="{_at(width - right)}" y2="{_at(y(tick))}"/>'
		)
		text = f"{100 * tick:.0f} %" if unit == "share" else short(tick)
		parts.append(f'<text x="{_at(left - 6)}" y="{_at(y(tick) + 4)}" text-anchor="end">{text}</text>')
	for end in ("lower", "upper"):
		steps = "".join(
			f"{'M' if index == 0 else 'L'}{_at(x(index) - half)} {_at(y(point[end]))}H{_at(x(index) + half)}"
			for index, point in enumerate(points)
		)
		parts.append(f'<path class="limit" d="{steps}"/>')
	parts.append(
		f'<line class="centre" x1="{_at(left)}" y1="{_at(y(centre))}" x2="{_at(width - right)}" y2="{_at(y(centre))}"/>'
	)
	line = "".join(
		f"{'M' if index == 0 else 'L'}{_at(x(index))} {_at(y(point['value']))}"
		for index, point in enumerate(points)
	)
	parts.append(f'<path class="line" d="{line}"/>')
	rules: dict[int, str] = {}
	for signal in signals:
		# Outside the limits is the stronger of the two and keeps its square.
		if rules.get(signal["index"]) != "outside the limits":
			rules[signal["index"]] = signal["rule"]
	for index, point in enumerate(points):
		here = f"{_at(x(index))} {_at(y(point['value']))}"
		title = f"<title>{escape(point['name'])}: {show(point['value'], unit)}, n {point['n']}</title>"
		if index not in rules:
			parts.append(
				f'<circle class="dot" cx="{_at(x(index))}" cy="{_at(y(point["value"]))}" r="3">{title}</circle>'
			)
		elif rules[index] == "outside the limits":
			parts.append(f'<path class="signal" d="M{here}m-6-6h12v12h-12z">{title}</path>')
		else:
			parts.append(f'<path class="signal" d="M{here}m0-8l8 8l-8 8l-8-8z">{title}</path>')
	every = max(1, math.ceil(len(points) / 8))
	for index in range(0, len(points), every):
		# A label in the middle of its point, but never beyond the frame.
		place = min(x(index), width - 36)
		parts.append(
			f'<text x="{_at(place)}" y="{_at(height - 8)}" text-anchor="middle">{escape(points[index]["name"], 12)}</text>'
		)
	return (
		f'<svg class="chart" viewBox="0 0 {_at(width)} {_at(height)}" role="img" aria-label="{escape(label, 400)}">'
		f"{''.join(parts)}</svg>"
	)


def count_bars(counts: Sequence[tuple[str, int]], label: str) -> str:
	"""Counts by scale value as standing bars with their numbers."""
	width, height, foot, head = 300.0, 120.0, 18.0, 16.0
	if not counts:
		raise ValueError("a chart needs at least one bar")
	most = max((count for _, count in counts), default=0) or 1
	step = width / len(counts)
	parts = []
	for index, (name, count) in enumerate(counts):
		tall = (height - foot - head) * count / most
		middle = _at(step * (index + 0.5))
		top = height - foot - tall
		parts.append(
			f'<rect class="count" x="{_at(step * index + step * 0.15)}" y="{_at(top)}" width="{_at(step * 0.7)}" '
			f'height="{_at(tall)}"/>'
			f'<text x="{middle}" y="{_at(top - 4)}" text-anchor="middle">{show(count, "count")}</text>'
			f'<text x="{middle}" y="{_at(height - 4)}" text-anchor="middle">{escape(name, 8)}</text>'
		)
	return (
		f'<svg class="counts" viewBox="0 0 {_at(width)} {_at(height)}" role="img" aria-label="{escape(label, 400)}">'
		f"{''.join(parts)}</svg>"
	)


def share_bar(parts: Sequence[tuple[str, int]], label: str) -> str:
	"""Counts as parts of one lying bar, each with its class (part-1, part-2 ...) and its number where there is room."""
	width, height = 460.0, 22.0
	total = sum(count for _, count in parts)
	if total <= 0:
		raise ValueError("a bar of shares needs something to share")
	drawn, left = [], 0.0
	for number, (name, count) in enumerate(parts, 1):
		wide = width * count / total
		if not count:
			continue
		drawn.append(
			f'<rect class="part part-{number}" x="{_at(left)}" y="1" width="{_at(wide)}" height="{_at(height - 2)}">'
			f"<title>{escape(name, 60)}: {show(count, 'count')}</title></rect>"
		)
		if wide >= 24:
			drawn.append(
				f'<text class="part-text-{number}" x="{_at(left + wide / 2)}" y="{_at(height / 2 + 4)}" '
				f'text-anchor="middle" font-size="11">{show(count, "count")}</text>'
			)
		left += wide
	return (
		f'<svg class="shares" viewBox="0 0 {_at(width)} {_at(height)}" width="{_at(width)}" height="{_at(height)}" '
		f'role="img" aria-label="{escape(label, 300)}">{"".join(drawn)}</svg>'
	)
