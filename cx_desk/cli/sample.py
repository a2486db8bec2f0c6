"""Simulated answers for a log of incidents, for demonstrations where there is no desk with answers of its own.

The incidents are those of the log; asked, answered, scores and reasons are drawn from a seeded generator and say
"simulated" in their headings, which every scorecard made from them repeats. Takes one row per event (the state of an
incident is then what its last row with a value says) or one row per incident.
"""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator, Mapping
from datetime import datetime

from cx_desk.cli.columns import plain
from cx_desk.cli.reading import InputError, Problems, open_source
from cx_desk.core.render.text import neutral_cell

# What is taken from a log, by the headings it may stand under.
_COLUMNS = {
	"number": ("number", "name", "id", "ticket", "incident"),
	"unit": ("location", "businessunit", "customer", "unit", "department"),
	"team": ("assignmentgroup", "agentgroup", "team", "group"),
	"person": ("callerid", "caller", "raisedby", "raisedbyemail", "contact", "person"),
	"opened": ("openedat", "opened", "openingdate", "creation", "createdat"),
	"resolved": ("resolvedat", "resolved", "resolutiondate", "closedat", "closed"),
	"at": ("at",),
	"state": ("incidentstate", "state", "status"),
	"priority": ("priority",),
	"reopened": ("reopencount",),
	"sla": ("madesla", "agreementstatus", "slastatus"),
}
HEADINGS = (
	"Ticket",
	"Business Unit",
	"Team",
	"Priority",
	"Opened",
	"Resolution Date",
	"Raised By",
	"SLA Status",
	"Asked (simulated)",
	"Rating (simulated)",
	"Reason (simulated)",
)
_REASONS = (
	"Took too long",
	"Not solved",
	"Passed around",
	"Unclear answer",
	"Had to repeat myself",
	"Unfriendly",
)
_FORMATS = (
	"%Y-%m-%d %H:%M:%S",
	"%Y-%m-%d %H:%M",
	"%Y-%m-%d",
	"%d/%m/%Y %H:%M",
	"%d/%m/%Y",
	"%d-%m-%Y %H:%M:%S",
	"%d-%m-%Y",
)
_UNKNOWN = {"", "?"}
_DONE = {"resolved", "closed"}
# Days that a ticket of a priority may take before its agreement counts as missed, where the log does not say.
_ALLOWED_DAYS = {"1": 1, "2": 2, "3": 5}
_ASKED, _ANSWERED = 0.7, 0.3


def write(path: str, out: str, seed: int, problems: Problems) -> tuple[int, int]:
	"""Write the incidents of a log with simulated answers as CSV; how many there are, and how many are answered."""
	generator = random.Random(seed)
	character: dict[str, float] = {}
	rows = answers = 0
	part = f"{out}.part"
	try:
		with open(part, "w", encoding="utf-8", newline="") as file:
			writer = csv.writer(file, lineterminator="\n")
			writer.writerow(HEADINGS)
			for incident in _incidents(path, problems):
				made = _answered(incident, generator, character, seed)
				writer.writerow([neutral_cell(cell) for cell in made])
				rows += 1
				answers += made[9] != ""
		if not rows:
			raise InputError(f"{path} holds no incidents")
		os.replace(part, out)
	finally:
		if os.path.exists(part):
			os.remove(part)
	return rows, answers


def _incidents(path: str, problems: Problems) -> Iterator[dict[str, str]]:
	"""Each incident with the last known value of each column; rows of one incident stand together."""
	source = open_source(path, problems)
	plains = [plain(heading) for heading in source.headings]
	index = {}
	for role, words in _COLUMNS.items():
		found = next((plains.index(word) for word in words if word in plains), None)
		if found is not None:
			index[role] = found
	missing = [role for role in ("number", "opened") if role not in index]
	if missing:
		raise InputError(
			f"{source.name} is no log of incidents: no column for {' and '.join(missing)} among {source.headings}"
		)
	current: dict[str, str] = {}
	for block in source.blocks():
		for row in block.rows:
			number = row[index["number"]]
			if current and current["number"] != number:
				yield current
				current = {}
			for role, position in index.items():
				value = row[position].strip()
				if value not in _UNKNOWN:
					current[role] = value
			current["number"] = number
			if "at" in index and current.get("state", "").casefold() in _DONE:
				# The moment of the last way into Resolved; closing later does not move it.
				if current["state"].casefold() == "resolved" or "resolved" not in current:
					current["resolved"] = current["at"]
				current["state"] = ""
	if current:
		yield current


def _moment(text: str) -> datetime | None:
	for form in _FORMATS:
		try:
			return datetime.strptime(text, form)
		except ValueError:
			continue
	return None


def _named(kind: str, text: str) -> str:
	"""A bare number of an anonymised log with what it is a number of; a name as it stands."""
	return f"{kind} {text}" if text.isdigit() else text


def _answered(
	incident: Mapping[str, str], generator: random.Random, character: dict[str, float], seed: int
) -> list[object]:
	opened, resolved = _moment(incident.get("opened", "")), _moment(incident.get("resolved", ""))
	unit, team = incident.get("unit", ""), incident.get("team", "")
	priority = incident.get("priority", "")
	days = max(0.0, (resolved - opened).total_seconds() / 86_400) if opened and resolved else None
	met = _agreement(incident.get("sla"), priority, days)
	asked = answered = False
	rating: object = ""
	reason = ""
	# Drawn for every incident, so that one with other values does not move all that follow.
	chance_asked, chance_answered, noise = generator.random(), generator.random(), generator.gauss(0, 1)
	choice = generator.random()
	if resolved:
		asked = chance_asked < _ASKED
		answered = asked and chance_answered < _ANSWERED
	if answered:
		mood = sum(_character(name, character, seed) for name in (f"unit {unit}", f"team {team}"))
		level = 4.75 + 0.3 * mood + 0.95 * noise
		level -= 0.0 if met else 0.7
		level -= min(1.2, 0.06 * (days or 0))
		level -= 0.8 * min(
			2, int(incident.get("reopened") or 0) if incident.get("reopened", "").isdigit() else 0
		)
		rating = min(5, max(1, round(level)))
		if rating <= 3:
			late = 0 if met else 2
			weights = [3 + late + min(4, (days or 0) / 5), 3, 2, 2, 1.5, 0.5]
			reason = _pick(weights, choice)
	return [
		incident["number"],
		_named("Location", unit),
		_named("Group", team),
		priority,
		opened.isoformat(" ", "minutes") if opened else "",
		resolved.isoformat(" ", "minutes") if resolved else "",
		_named("Caller", incident.get("person", "")),
		"" if met is None else "Fulfilled" if met else "Failed",
		"1" if asked else "0",
		rating,
		reason,
	]


def _agreement(said: str | None, priority: str, days: float | None) -> bool | None:
	if said is not None:
		return {"true": True, "1": True, "fulfilled": True, "false": False, "0": False, "failed": False}.get(
			said.casefold()
		)
	if days is None:
		return None
	return days <= _ALLOWED_DAYS.get(priority[:1], 10)


def _character(name: str, known: dict[str, float], seed: int) -> float:
	"""How content a unit, or how good a team, is in this simulation: drawn once by its name."""
	if name not in known:
		known[name] = random.Random(f"{seed}:{name}").gauss(0, 1)
	return known[name]


def _pick(weights: list[float], chance: float) -> str:
	left = chance * sum(weights)
	for reason, weight in zip(_REASONS, weights, strict=True):
		left -= weight
		if left < 0:
			return reason
	return _REASONS[-1]
