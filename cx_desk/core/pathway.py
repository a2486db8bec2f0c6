"""Where somebody of the desk can go with what they know of the business, shown to themselves alone. Pure.

Destinations are those of domain.md 3. Each uses some kind of business knowledge; the pathway says which of one's own it
would use, and one next step where none does yet. It rates nobody: no score, no share, no order by person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cx_desk.core.knowledge import ARTICLE, BRIEFING, CONFIRMED, TICKETS, VISIT, Evidence
from cx_desk.core.words import N_


@dataclass(frozen=True)
class Destination:
	"""A role to grow into: the kinds of evidence that it builds on, in how many units, what for, and a next step."""

	name: str
	kinds: frozenset[str]
	units: int
	uses: str
	step: str


_SEEN = frozenset({VISIT, CONFIRMED})
_SERVED = frozenset({TICKETS, CONFIRMED})

DESTINATIONS = (
	Destination(
		N_("Liaison"),
		_SERVED,
		1,
		N_("Answers for a unit: knows its people, its work and what must not fail."),
		N_("Take the tickets of one unit for a quarter, and visit it."),
	),
	Destination(
		N_("Business analyst"),
		_SEEN,
		2,
		N_("Describes how work is done before anything is built or bought."),
		N_("Visit two units and write down how a morning runs there."),
	),
	Destination(
		N_("Trainer"),
		frozenset({ARTICLE, CONFIRMED}),
		1,
		N_("Teaches in the words of the work that people do."),
		N_("Write an article for one unit from what its people asked."),
	),
	Destination(
		N_("Problem or knowledge manager"),
		frozenset({ARTICLE, TICKETS}),
		1,
		N_("Sees which failures come again, and writes down what helps."),
		N_("Handle the tickets of one unit, and draft an article from a visit."),
	),
	Destination(
		N_("Project delivery"),
		frozenset({TICKETS, BRIEFING, CONFIRMED}),
		1,
		N_("Speaks for the desk and for the unit before something goes live."),
		N_("Come to a briefing of a unit whose initiative is on its way."),
	),
	Destination(
		N_("Product or service owner"),
		frozenset({CONFIRMED}),
		1,
		N_("Decides what a service must do for those who use it."),
		N_("Visit a unit and ask your host to confirm that you know their work."),
	),
	Destination(
		N_("System administration"),
		_SERVED,
		1,
		N_("Knows what stands still when a system does."),
		N_("Take the tickets of one unit for a quarter."),
	),
	Destination(
		N_("Data centre and cloud operations"),
		_SEEN,
		1,
		N_("Plans maintenance around the hours that must not be disturbed."),
		N_("Visit a unit and note its critical hours."),
	),
	Destination(
		N_("Network"),
		_SEEN,
		1,
		N_("Has walked the sites: where devices stand and reception ends."),
		N_("Go along on a floor-walk."),
	),
	Destination(
		N_("Security"),
		_SEEN,
		1,
		N_("Knows how work is really done, and which rules it walks around."),
		N_("Shadow somebody for half a day, without judging."),
	),
)


@dataclass(frozen=True)
class Step:
	"""A destination, the units whose knowledge it would use, and whether that is as much as it builds on."""

	destination: Destination
	units: tuple[str, ...]

	@property
	def open(self) -> bool:
		return len(self.units) >= self.destination.units


def pathway(evidence: Mapping[str, Collection[Evidence]]) -> list[Step]:
	"""Every destination with the units that it would use; evidence: unit -> one's own evidence of it."""
	return [
		Step(
			destination,
			tuple(
				sorted(
					unit for unit, pieces in evidence.items() if destination.kinds & {p.kind for p in pieces}
				)
			),
		)
		for destination in DESTINATIONS
	]
