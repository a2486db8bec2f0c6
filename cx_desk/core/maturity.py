"""How mature a desk is by its own assessment: four levels, each with criteria that count only with evidence. Pure.

The levels and their first criteria follow SDI's standard, criterion 1.01; a desk adds criteria of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

REACTIVE, PROACTIVE, CUSTOMER_LED, BUSINESS_LED = "Reactive", "Proactive", "Customer-led", "Business-led"
LEVELS = (REACTIVE, PROACTIVE, CUSTOMER_LED, BUSINESS_LED)


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


# What an assessment begins with.
FIRST_CRITERIA: tuple[tuple[str, str], ...] = (
	(
		REACTIVE,
		N_("Managers can name at least three success factors of the customers' business and pass them on."),
	),
	(PROACTIVE, N_("The team knows what a failure does to the business of those who report it.")),
	(CUSTOMER_LED, N_("Services are designed for the customers' success, with them.")),
	(BUSINESS_LED, N_("The desk is a trusted partner with established links into the business.")),
)


@dataclass(frozen=True)
class Criterion:
	"""One criterion of a level: met counts only where evidence is named."""

	level: str
	words: str
	met: bool
	evidence: str = ""

	@property
	def counts(self) -> bool:
		return self.met and bool(self.evidence.strip())


@dataclass(frozen=True)
class Maturity:
	"""level: the highest one reached, None below the first. next_level: the one after it, None at the top.

	missing: criteria of the next level that do not count yet. unproven: criteria called met without evidence.
	"""

	level: str | None
	next_level: str | None
	missing: tuple[Criterion, ...]
	unproven: tuple[Criterion, ...]


def reached(criteria: Iterable[Criterion]) -> Maturity:
	"""The level that is reached: every criterion of it and of all levels below counts; no level is skipped.

	A level without criteria is not reached. ValueError for an unknown level.
	"""
	rows = tuple(criteria)
	for row in rows:
		if row.level not in LEVELS:
			raise ValueError(f"unknown level {row.level!r}; one of {', '.join(LEVELS)}")
	level = None
	for step in LEVELS:
		own = [row for row in rows if row.level == step]
		if not own or not all(row.counts for row in own):
			break
		level = step
	position = LEVELS.index(level) + 1 if level else 0
	following = LEVELS[position] if position < len(LEVELS) else None
	return Maturity(
		level,
		following,
		tuple(row for row in rows if row.level == following and not row.counts),
		tuple(row for row in rows if row.met and not row.counts),
	)
