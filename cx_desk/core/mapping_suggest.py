"""Suggesting a mapping for tickets that have no unit, from names and from where their neighbours belong. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cx_desk.core.mapping import CUSTOMER, DEPARTMENT, DOMAIN, PERSON, TEAM, clean_address, domains_of

# A whole department, customer, domain or team is suggested when nearly all located tickets agree ...
WHOLE_SHARE, WHOLE_LEAST = 0.9, 5
# ... and only the person when most do.
PERSON_SHARE, PERSON_LEAST = 0.6, 3

NAME = "name"
NEIGHBOURS = "neighbours"


@dataclass(frozen=True)
class Group:
	"""Tickets of one person in one team: their traits, and how many there are."""

	address: str = ""
	department: str = ""
	customer: str = ""
	team: str = ""
	tickets: int = 1

	def traits(self) -> list[tuple[str, str]]:
		"""What the group shares with others, the most telling first."""
		domains = domains_of(self.address)[:1]
		pairs = [(DEPARTMENT, self.department), (CUSTOMER, self.customer)]
		pairs += [(DOMAIN, domain) for domain in domains] + [(TEAM, self.team)]
		return [(kind, value) for kind, value in pairs if value]


@dataclass(frozen=True)
class Suggestion:
	"""A mapping to make, and why: `agree` of `of` located tickets with that trait, or an equal name."""

	kind: str
	value: str
	unit: str
	reason: str
	trait: str
	trait_value: str
	agree: int = 0
	of: int = 0


def tally(located: Iterable[tuple[Group, str]]) -> dict[tuple[str, str], Counter]:
	"""For each trait of located tickets: how many belong to which unit."""
	counts: dict[tuple[str, str], Counter] = {}
	for group, unit in located:
		for kind, value in group.traits():
			counts.setdefault((kind, value.casefold()), Counter())[unit] += group.tickets
	return counts


def suggest(
	group: Group, counts: Mapping[tuple[str, str], Counter], units: Iterable[str]
) -> Suggestion | None:
	"""The best mapping for a group without a unit, or None when nothing points anywhere."""
	by_fold = {unit.casefold(): unit for unit in units}
	for kind, value in group.traits():
		unit = by_fold.get(value.casefold())
		if unit and kind != DOMAIN:
			return Suggestion(kind, value, unit, NAME, kind, value)
	person = clean_address(group.address)
	whole: list[Suggestion] = []
	single: list[Suggestion] = []
	for kind, value in group.traits():
		tickets = counts.get((kind, value.casefold()))
		if not tickets:
			continue
		total = sum(tickets.values())
		unit, agree = min(tickets.items(), key=lambda pair: (-pair[1], pair[0]))
		if total >= WHOLE_LEAST and agree / total >= WHOLE_SHARE:
			whole.append(Suggestion(kind, value, unit, NEIGHBOURS, kind, value, agree, total))
		if person and total >= PERSON_LEAST and agree / total >= PERSON_SHARE:
			single.append(Suggestion(PERSON, person, unit, NEIGHBOURS, kind, value, agree, total))
	return next(iter(whole + single), None)
