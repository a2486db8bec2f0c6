"""Which part of the business a ticket belongs to: normalising, candidates, ranking.

Pure. A mapping row says "this person, department, customer, domain or team belongs to that unit". The first
kind that matches wins, in the order of `ORDER`; among mail domains the longest match wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PERSON = "Person"
DEPARTMENT = "Department"
CUSTOMER = "HD Customer"
DOMAIN = "Domain"
TEAM = "Team"

# Kinds of a mapping in the order in which they win.
ORDER = (PERSON, DEPARTMENT, CUSTOMER, DOMAIN, TEAM)

# Rules that are no mapping: set by a person, the only unit there is, and nothing matched.
BY_HAND = "By hand"
ONLY_UNIT = "Only unit"
UNASSIGNED = "Unassigned"

RULES = (BY_HAND, *ORDER, ONLY_UNIT, UNASSIGNED)

VALUE_LENGTH = 140

_DISPLAY_ADDRESS = re.compile(r"<([^<>]*)>\s*$")
_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\Z")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?\Z")


@dataclass(frozen=True)
class Match:
	"""The unit of a ticket and the rule that found it (one of `RULES`)."""

	unit: str
	rule: str


def clean_text(value: object) -> str:
	"""Text with every run of white space made one blank and the ends cut; None becomes ''."""
	return " ".join(str(value if value is not None else "").split())


def clean_address(value: object) -> str:
	"""The bare mail address in lower case: 'Ann <Ann@Bank.example>' -> 'ann@bank.example'; '' if there is none."""
	text = clean_text(value)
	shown = _DISPLAY_ADDRESS.search(text)
	if shown:
		text = shown.group(1).strip()
	if text[:7].lower() == "mailto:":
		text = text[7:]
	text = text.lower()
	return text if _ADDRESS.match(text) else ""


def clean_domain(value: object) -> str:
	"""The mail domain in lower case without '@' and outer dots; '' if it cannot be one ('localhost' can)."""
	text = clean_text(value).lower().removeprefix("mailto:")
	text = text.rsplit("@", 1)[-1].strip().strip(".")
	labels = text.split(".")
	if not text or len(text) > VALUE_LENGTH or not all(_LABEL.match(label) for label in labels):
		return ""
	return text


def normalise(kind: str, value: object) -> str:
	"""The form in which a mapping's value is stored and looked up.

	Addresses and domains in lower case, everything else with its white space tidied and its case kept, since
	it must read as the record it names. A person may be written as an address or as the name of a contact.

	Raises ValueError with what to do when the value cannot be one of that kind.
	"""
	if kind not in ORDER:
		raise ValueError(f"There is no kind '{kind}'. Use one of: {', '.join(ORDER)}.")
	text = clean_text(value)
	if not text:
		raise ValueError("The value is empty.")
	if len(text) > VALUE_LENGTH:
		raise ValueError(f"The value is longer than {VALUE_LENGTH} characters.")
	if kind == DOMAIN:
		domain = clean_domain(text)
		if not domain:
			raise ValueError(
				f"'{text}' is no mail domain. Write the part after the @, for example bank.example."
			)
		return domain
	if kind == PERSON and "@" in text:
		address = clean_address(text)
		if not address:
			raise ValueError(f"'{text}' is no mail address. Write one address, for example ann@bank.example.")
		return address
	return text


def domains_of(address: str) -> list[str]:
	"""The domain of an address and the domains above it with at least two labels, longest first."""
	address = clean_address(address)
	domain = clean_domain(address) if address else ""
	if not domain:
		return []
	labels = domain.split(".")
	found = [".".join(labels[start:]) for start in range(len(labels) - 1)]
	return found or [domain]


def candidates(
	*,
	address: str | None = None,
	contact: str | None = None,
	department: str | None = None,
	customer: str | None = None,
	team: str | None = None,
) -> list[tuple[str, str]]:
	"""Every (kind, value) that may stand in the mapping for such a ticket, best first, without doubles."""
	found: list[tuple[str, str]] = []
	person = clean_address(address)
	if person:
		found.append((PERSON, person))
	for kind, value in (
		(PERSON, contact),
		(DEPARTMENT, department),
		(CUSTOMER, customer),
	):
		text = clean_text(value)
		if text:
			found.append((kind, text))
	found += [(DOMAIN, domain) for domain in domains_of(person)]
	if clean_text(team):
		found.append((TEAM, clean_text(team)))
	return list(dict.fromkeys(found))


def choose(rows: Iterable[tuple[str, str, str]]) -> Match | None:
	"""The winner among mapping rows (kind, value, unit) that match a ticket; None if there is none.

	Order: the kind's place in `ORDER`; within a kind the longer value for domains, then for persons an
	address before a contact's name, then the value and unit themselves, so that the answer never depends on
	the order in which a database returns rows.
	"""

	def rank(row: tuple[str, str, str]) -> tuple:
		kind, value, unit = row
		length = -len(value) if kind == DOMAIN else 0
		return (ORDER.index(kind), length, "@" not in value, value.casefold(), unit)

	known = [row for row in rows if row[0] in ORDER and row[2]]
	if not known:
		return None
	kind, _value, unit = min(known, key=rank)
	return Match(unit, kind)
