"""Which units' answers may stand under their own name, and which hide in a larger group.

An answer that names nobody is still somebody's if only one person of its unit was asked. Units with too few people
are pooled upwards in the tree until enough stand together; the pool bears the name of the unit where that happens.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

# So many people are asked behind every group that an anonymous answer may name.
LEAST_ASKED = 10


def pools(
	people: Mapping[str, int],
	parents: Mapping[str, str | None],
	floor: int,
	tops: Collection[str] = (),
) -> dict[str, str | None]:
	"""The group that each unit's people stand in: the nearest unit upwards where at least `floor` come together.

	people: heads by unit. parents: unit to the one above it, None at the top. tops: units that nothing is pooled
	beyond. None for a unit whose people are too few even there. Pools share nobody: who stands in one nearer below is
	not in the one above.
	"""
	if floor < 1:
		raise ValueError(f"a group has at least one person; got {floor!r}")
	waiting: dict[str, list[str]] = {unit: [unit] for unit, count in people.items() if count > 0}
	found: dict[str, str | None] = {}
	passed = set()
	for unit in sorted(_upwards(waiting, parents), key=lambda name: (-_depth(name, parents), name)):
		members = waiting.get(unit)
		passed.add(unit)
		if not members:
			continue
		above = parents.get(unit)
		if sum(people[member] for member in members) >= floor:
			found.update(dict.fromkeys(members, unit))
		elif not above or unit in tops or above in passed:
			found.update(dict.fromkeys(members, None))
		else:
			waiting.setdefault(above, []).extend(members)
	return found


def groups(
	asked: Mapping[str, int], parents: Mapping[str, str | None], least: int = LEAST_ASKED
) -> dict[str, str]:
	"""The group under which an anonymous answer of each unit is kept: never one with fewer than `least` people asked.

	Where the last few find no company on their way up, the smallest groups are dissolved into them, under the empty
	name; so it is for all where fewer than `least` were asked altogether.
	"""
	found = pools(asked, parents, least)
	sizes: dict[str, int] = {}
	for unit, group in found.items():
		sizes[group or ""] = sizes.get(group or "", 0) + asked[unit]
	dissolved = {""}
	while 0 < sizes.get("", 0) < least and len(sizes) > 1:
		smallest = min((name for name in sizes if name), key=lambda name: (sizes[name], name))
		sizes[""] += sizes.pop(smallest)
		dissolved.add(smallest)
	return {unit: "" if (group or "") in dissolved else group for unit, group in found.items()}


def _upwards(units: Collection[str], parents: Mapping[str, str | None]) -> set[str]:
	"""These units and all above them; a tree that runs in a circle ends all the same."""
	known: set[str] = set()
	for unit in units:
		current: str | None = unit
		while current and current not in known:
			known.add(current)
			current = parents.get(current)
	return known


def _depth(unit: str, parents: Mapping[str, str | None]) -> int:
	depth, seen, current = 0, {unit}, parents.get(unit)
	while current and current not in seen:
		seen.add(current)
		depth, current = depth + 1, parents.get(current)
	return depth
