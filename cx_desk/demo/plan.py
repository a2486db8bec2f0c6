"""The demo company as data: units, people and texts made from the log's bare numbers. Imports no Frappe.

Names of people, addresses and subjects are invented; whatever is not the log's stands here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cx_desk.demo.log import Incident

LABEL = "incidents of a public log, people and answers simulated"
COMPANY = "Meridian Group"
BUSINESS_DOMAIN = "meridian.example"
DESK_DOMAIN = "desk.example"
PASSWORD = "cx-demo-2026"  # noqa: S105 (printed for everybody to see; the site listens on this machine only)

REGIONS = ("Region North", "Region East", "Region South", "Region West")
OTHER_SITES = "Other sites"
SMALL = 20
NAMED = 3
AGENTS_PER_TEAM = 2
# One caller in this many is mapped by address, as after an import; the others by their department.
MAPPED_BY_ADDRESS = 10

PRIORITIES = {"1": "Urgent", "2": "High", "3": "Medium", "4": "Low"}

FIRST = (
	*("Ada", "Ben", "Carla", "Daniel", "Elif", "Felix", "Greta", "Hamid", "Ines", "Jonas", "Kira", "Leo"),
	*("Mara", "Nils", "Olga", "Paul", "Quirin", "Rosa", "Samir", "Tara", "Udo", "Vera", "Wim", "Xenia"),
	*("Yara", "Zeno", "Amir", "Bianca", "Cem", "Dora", "Emil", "Fatima", "Goran", "Hanna", "Ivo"),
)
LAST = (
	*("Adler", "Brandt", "Costa", "Dvorak", "Eriksen", "Fontana", "Garcia", "Haas", "Ivanova", "Jansen"),
	*("Kowalski", "Lindgren", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka"),
	*("Ulrich", "Vargas", "Weber", "Yilmaz", "Zhang", "Bauer", "Celik", "Diallo", "Engel", "Farkas"),
	*("Gruber", "Horvat", "Iyer", "Jung", "Keller", "Lopez", "Meyer"),
)
SUBJECTS = (
	*("Cannot sign in", "Printer does not print", "Laptop is very slow", "Mail does not arrive"),
	*("No access to the shared folder", "Order form shows an error", "Phone has no dial tone"),
	*("Report comes up empty", "Screen stays black", "Password expired", "Video call drops"),
	*("New colleague needs an account", "Label scanner loses connection", "Payroll page will not load"),
	*("Update failed", "Wireless drops in the warehouse", "Invoice cannot be posted"),
)


@dataclass(frozen=True)
class Person:
	key: str
	first: str
	last: str
	email: str

	@property
	def name(self) -> str:
		return f"{self.first} {self.last}"


@dataclass(frozen=True)
class Unit:
	name: str
	parent: str | None
	is_group: bool = False
	tier: str = "Pooled"
	sites: str = ""
	headcount: int = 0


def person(number: str, domain: str) -> Person:
	"""An invented person for a number of the log; always the same, the address unique."""
	n = int(number)
	first, last = FIRST[n % len(FIRST)], LAST[n // len(FIRST) % len(LAST)]
	return Person(number, first, last, f"{first}.{last}.{n}@{domain}".lower())


# The caller with most incidents of the log can sign in to the portal, under a name that is easily remembered.
BUSINESS_CONTACT = Person("1904", "Carla", "Contact", f"contact@{BUSINESS_DOMAIN}")


def caller(number: str) -> Person:
	return BUSINESS_CONTACT if number == BUSINESS_CONTACT.key else person(number, BUSINESS_DOMAIN)


def agent(number: str) -> Person:
	return person(number, DESK_DOMAIN)


def site_name(location: str) -> str:
	return f"Site {int(location):03d}"


def team_name(group: str) -> str:
	return f"Group {int(group):02d}" if group else ""


def department(location: str) -> str:
	return f"{COMPANY}, site {int(location):03d}"


def subject(incident: Incident) -> str:
	return f"{SUBJECTS[int(incident.category or 0) % len(SUBJECTS)]} ({incident.number})"


def description(incident: Incident) -> str:
	return (
		f"<p>{SUBJECTS[int(incident.category or 0) % len(SUBJECTS)]}.</p>"
		f"<p>Sample data: incident {incident.number} of a public log, category {incident.category or 'unknown'}, "
		f"by {incident.channel.lower()}. Subject and words are invented.</p>"
	)


def region_of(locations: Iterable[str], sizes: Counter) -> dict[str, str]:
	"""Location -> region, so that the four carry about as many incidents."""
	load = Counter(dict.fromkeys(REGIONS, 0))
	placed = {}
	for location in sorted(locations, key=lambda place: (-sizes[place], int(place))):
		region = min(REGIONS, key=lambda name: (load[name], name))
		placed[location] = region
		load[region] += sizes[location]
	return placed


def units(sizes: Counter, homes: dict[str, str], root: str) -> list[Unit]:
	"""The tree below the root: four regions with their sites, and "Other sites" for those with few incidents."""
	people = Counter(homes.values())
	large = [place for place, count in sizes.items() if count >= SMALL]
	small = sorted((place for place in sizes if sizes[place] < SMALL), key=int)
	regions = region_of(large, sizes)
	named = set(sorted(large, key=lambda place: (-sizes[place], int(place)))[:NAMED])
	found = [Unit(name, root, is_group=True, tier="Named") for name in REGIONS]
	found += [
		Unit(
			site_name(place),
			regions[place],
			tier="Named" if place in named else "Pooled",
			sites=site_name(place),
			headcount=people[place],
		)
		for place in sorted(large, key=int)
	]
	found.append(
		Unit(
			OTHER_SITES,
			root,
			tier="Self-service",
			sites="\n".join(site_name(place) for place in small),
			headcount=sum(people[place] for place in small),
		)
	)
	return found


def unit_of(location: str, sizes: Counter) -> str:
	return site_name(location) if sizes[location] >= SMALL else OTHER_SITES


def is_mapped_by_address(number: str) -> bool:
	return int(number) % MAPPED_BY_ADDRESS == 0


def groups(incidents: Iterable[Incident]) -> set[str]:
	"""Every group that had one of the incidents at some time."""
	return {g for i in incidents for g in (i.group, *(change.group for change in i.changes)) if g}


def team_members(incidents: Iterable[Incident]) -> dict[str, list[str]]:
	"""Group -> the numbers of those who took most of its incidents, at most AGENTS_PER_TEAM; never nobody."""
	seen: dict[str, Counter] = {}
	for incident in incidents:
		for group in groups([incident]):
			own = seen.setdefault(group, Counter())
			if incident.agent:
				own[incident.agent] += 1
	return {
		group: sorted(counts, key=lambda n: (-counts[n], int(n)))[:AGENTS_PER_TEAM]
		or [str(5000 + int(group))]
		for group, counts in sorted(seen.items(), key=lambda item: int(item[0]))
	}
