"""The knowledge matrix as a picture: units down, people across, what is known as a number on a ground by freshness.

People stand in the order given (by name), never by what they know; nothing is added up by person. What the ground says
is also said by the cell's shape: a ring for what is known well, a dot for what nobody was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_desk.core.render.text import escape

CELL, NAMES, HEAD = 34, 230, 132
# Points of freshness from which a ground is drawn, the palest first: 20 a level, halved every 180 days, so that a visit
# is worth 40 on its day, 30 after ten weeks and 15 after eight months.
GROUNDS = (0.0, 15.0, 30.0, 60.0)


@dataclass(frozen=True)
class Cell:
	"""What one person knows of one unit: level 1 to 5, freshness 0 to 100, and the sentence for it."""

	level: int
	freshness: float
	text: str

	@property
	def ground(self) -> int:
		"""0 (pale) to 3 (known well)."""
		return sum(self.freshness >= start for start in GROUNDS) - 1


def matrix(
	units: Sequence[str], people: Sequence[str], cells: Mapping[tuple[int, int], Cell], label: str
) -> str:
	"""The picture; cells: (place of the unit, place of the person). ValueError without a unit or a person."""
	if not units or not people:
		raise ValueError("a matrix needs at least one unit and one person")
	width, height = NAMES + CELL * len(people) + 90, HEAD + CELL * len(units) + 8
	parts = []
	for place, name in enumerate(people):
		x = NAMES + CELL * place + CELL / 2 + 4
		parts.append(
			f'<text class="person" x="{x:g}" y="{HEAD - 10}" transform="rotate(-50 {x:g} {HEAD - 10})">'
			f"{escape(name, 22)}</text>"
		)
	for row, unit in enumerate(units):
		y = HEAD + CELL * row
		if row % 2 == 0:
			parts.append(
				f'<rect class="band" x="0" y="{y}" width="{NAMES + CELL * len(people)}" height="{CELL}"/>'
			)
		parts.append(f'<text class="unit" x="8" y="{y + CELL / 2 + 5:g}">{escape(unit, 30)}</text>')
		for place in range(len(people)):
			parts.append(_cell(cells.get((row, place)), row, place, NAMES + CELL * place, y))
	return (
		f'<svg class="cx-matrix" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
		f'aria-label="{escape(label, 400)}">{"".join(parts)}</svg>'
	)


def _cell(cell: Cell | None, row: int, place: int, x: int, y: int) -> str:
	middle_x, middle_y = x + CELL / 2, y + CELL / 2
	if cell is None:
		return f'<circle class="none" cx="{middle_x:g}" cy="{middle_y:g}" r="1.5"/>'
	well = " well" if cell.ground == len(GROUNDS) - 1 else ""
	return (
		f'<g class="cell g{cell.ground}{well}" data-row="{row}" data-person="{place}"><title>{escape(cell.text, 300)}</title>'
		f'<rect x="{x + 4}" y="{y + 4}" width="{CELL - 8}" height="{CELL - 8}" rx="6"/>'
		f'<text x="{middle_x:g}" y="{middle_y + 5:g}" text-anchor="middle">{cell.level}</text></g>'
	)
