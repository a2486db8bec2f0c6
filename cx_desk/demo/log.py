"""The incident log as plain data: read, choose, move in time. Imports no Frappe.

A chosen subset is always the same, and a smaller one is part of a larger one. The log is dense for 13 weeks, and those
end in the seven days before today. The 274 incidents that were opened in the nine months after them are left out: they would lie ahead.
"""

import csv
import gzip
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

# In a checkout, and in the app on a bench (where the link cx_desk/fixtures leads there).
SAMPLE = Path(__file__).resolve().parents[1] / "fixtures" / "samples" / "incidents.csv.gz"
DENSE_UNTIL = datetime(2016, 6, 1)
WEEK = timedelta(weeks=1)

OPEN, PAUSED, RESOLVED, CLOSED = "Open", "Paused", "Resolved", "Closed"
STATES = {
	"New": OPEN,
	"Active": OPEN,
	"Awaiting User Info": PAUSED,
	"Awaiting Vendor": PAUSED,
	"Awaiting Problem": PAUSED,
	"Awaiting Evidence": PAUSED,
	"Resolved": RESOLVED,
	"Closed": CLOSED,
}


@dataclass(frozen=True)
class Change:
	"""What one event of an incident left behind; None where it left a thing as it was."""

	at: datetime
	state: str | None = None
	group: str | None = None
	priority: str | None = None


@dataclass(frozen=True)
class Incident:
	number: str
	opened: datetime
	caller: str
	location: str
	category: str
	channel: str
	agent: str
	group: str
	priority: str
	changes: tuple[Change, ...] = field(default_factory=tuple)

	@property
	def ends(self) -> datetime:
		return self.changes[-1].at if self.changes else self.opened

	def resolutions(self) -> list[datetime]:
		"""When it went from not resolved to resolved (closing an unresolved one counts)."""
		found, resolved = [], False
		for change in self.changes:
			if change.state in (RESOLVED, CLOSED):
				if not resolved:
					found.append(change.at)
				resolved = True
			elif change.state:
				resolved = False
		return found


def read(path: Path = SAMPLE) -> list[Incident]:
	"""Every incident of the sample, in the log's order."""
	with gzip.open(path, "rt", encoding="utf-8") as text:
		return list(_incidents(csv.DictReader(text)))


def _incidents(rows: Iterable[dict]) -> Iterator[Incident]:
	own: list[dict] = []
	for row in rows:
		if own and row["number"] != own[0]["number"]:
			yield _incident(own)
			own = []
		own.append(row)
	if own:
		yield _incident(own)


def _incident(rows: list[dict]) -> Incident:
	first = rows[0]
	opened = _moment(first["opened"])
	changes, state = [], OPEN
	group, priority = first["group"], first["priority"]
	for row in rows:
		new = STATES[row["state"]] if row["state"] else state
		change = Change(
			# An event cannot come before the opening; the log has five that do, by minutes.
			at=max(_moment(row["at"]), opened),
			state=new if new != state else None,
			group=row["group"] or None if row is not first else None,
			priority=row["priority"] or None if row is not first else None,
		)
		if change.state or change.group or change.priority:
			changes.append(change)
		state = new
	changes.sort(key=lambda c: c.at)
	once = {name: first[name] for name in ("number", "caller", "location", "category", "channel", "agent")}
	return Incident(**once, opened=opened, group=group, priority=priority, changes=tuple(changes))


def _moment(text: str) -> datetime:
	return datetime.strptime(text, "%Y-%m-%d %H:%M")


def choose(incidents: Iterable[Incident], count: int) -> list[Incident]:
	"""`count` of them, spread evenly over the dense weeks by a stable draw, in order of opening."""

	def draw(incident: Incident):
		# Those that were still open when the dense weeks ended come last.
		return incident.ends >= DENSE_UNTIL, hashlib.sha256(incident.number.encode()).digest()

	dense = (incident for incident in incidents if incident.opened < DENSE_UNTIL)
	return sorted(sorted(dense, key=draw)[:count], key=lambda i: (i.opened, i.number))


def shift_for(today: date) -> timedelta:
	"""By how many whole weeks to move, so that the last of the dense days falls into the seven days before today.

	What happened later to an incident has not happened yet, as far as it then lies ahead.
	"""
	newest = (DENSE_UNTIL - timedelta(days=1)).date()
	return WEEK * ((today - timedelta(days=1) - newest).days // 7)


def move(incident: Incident, shift: timedelta) -> Incident:
	changes = tuple(replace(change, at=change.at + shift) for change in incident.changes)
	return replace(incident, opened=incident.opened + shift, changes=changes)


def homes(incidents: Iterable[Incident]) -> dict[str, str]:
	"""Caller -> the location they call from most; callers whose location nobody knows are left out."""
	seen: dict[str, Counter] = {}
	for incident in incidents:
		if incident.caller and incident.location:
			seen.setdefault(incident.caller, Counter())[incident.location] += 1
	return {
		caller: min(counts, key=lambda place: (-counts[place], int(place))) for caller, counts in seen.items()
	}


def sizes(incidents: Iterable[Incident]) -> Counter:
	"""Incidents by location."""
	return Counter(incident.location for incident in incidents if incident.location)
