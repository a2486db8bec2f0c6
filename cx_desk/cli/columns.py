"""Which column is what: guessed from headings, said before use, settled by flags or a small file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_desk.cli.reading import InputError

# The parts of a row that the scorecard knows, with what each is for; the order is that of --help.
ROLES = {
	"score": "the rating or answer",
	"unit": "the part of the business (Helpdesk: customer)",
	"team": "the team that handled it",
	"date": "the day it belongs to",
	"person": "who answered, to count people and not answers",
	"agreement": "whether the service level agreement was met",
	"driver": "the reason given",
	"asked": "whether the person was asked (for the response rate)",
}

# Headings as people and tools write them, best first; compared in small letters without signs.
_KNOWN = {
	"score": (
		"feedbackrating rating score csat csatscore satisfaction satisfactionscore satisfactionrating nps npsscore "
		"ces effort effortscore answer stars note bewertung zufriedenheit surveyscore surveyresult response value"
	),
	"unit": (
		"businessunit unit cxbusinessunit cxunit customer organisation organization company department account "
		"location site division requesterdepartment kunde bereich abteilung standort"
	),
	"team": "agentgroup team assignmentgroup assignedgroup group queue supportgroup resolvergroup gruppe warteschlange",
	"date": (
		"resolutiondate resolvedat resolvedon closedat closeddate dateresolved responsedate answeredat answeredon "
		"submittedat respondedat surveydate openingdate openedat createdat created creation createddate date day "
		"timestamp datum"
	),
	"person": (
		"raisedby raisedbyemail contact caller callerid requester requesteremail requesterid email emailaddress "
		"respondent respondentid person user userid customeremail melder"
	),
	"agreement": "agreementstatus slastatus sla madesla slamet slaresult slaoutcome withinsla agreement",
	"driver": "driver reason feedback feedbackoption cause reasoncode dissatisfactionreason grund",
	"asked": "asked invited sent surveysent invitationsent askedat invitedat surveysentat",
}
_HEADINGS = {role: words.split() for role, words in _KNOWN.items()}

# What the score means, from its heading.
_KINDS = (("nps", ("nps", "recommend", "likelihood", "promoter")), ("ces", ("ces", "effort", "easy")))


@dataclass(frozen=True)
class Mapped:
	"""The column index of each role that a file has, and how it was found: by flag, by file, or guessed."""

	index: Mapping[str, int]
	how: Mapping[str, str]


def plain(heading: str) -> str:
	"""A heading in small letters and digits alone: "Raised By (Email)" -> "raisedbyemail"."""
	return re.sub(r"[^0-9a-z]+", "", heading.casefold())


def map_columns(
	name: str, headings: Sequence[str], given: Mapping[str, str], how: Mapping[str, str]
) -> Mapped:
	"""Find each role's column. given: role to heading or column number as the user said; how: where it was said.

	InputError, naming the columns there are, where a named column is missing or no score can be found.
	"""
	index: dict[str, int] = {}
	found: dict[str, str] = {}
	# What `sample` writes says "simulated" in the heading; it means the same column.
	plains = [plain(heading.replace("(simulated)", "")) for heading in headings]
	for role, wanted in given.items():
		if not wanted:  # named as empty: leave this role out
			continue
		position = _position(wanted, headings, plains)
		if position is None:
			raise InputError(
				f"{name} has no column {wanted!r} (said to be {ROLES[role]}). Its columns: {_listed(headings)}"
			)
		index[role] = position
		found[role] = how.get(role, "by flag")
	taken = set(index.values())
	for role, words in _HEADINGS.items():
		if role in given:
			continue
		for word in words:
			position = next((i for i, text in enumerate(plains) if text == word and i not in taken), None)
			if position is not None:
				index[role] = position
				found[role] = "guessed"
				taken.add(position)
				break
	if "score" not in index:
		raise InputError(
			f"{name} has no column that looks like a rating. Name it with --score COLUMN. "
			f"Its columns: {_listed(headings)}"
		)
	return Mapped(index, found)


def _position(wanted: str, headings: Sequence[str], plains: Sequence[str]) -> int | None:
	for candidates in (headings, [heading.casefold() for heading in headings], plains):
		for text in (wanted, wanted.casefold(), plain(wanted)):
			if text and text in candidates:
				return candidates.index(text)
	if wanted.isdigit() and 1 <= int(wanted) <= len(headings):
		return int(wanted) - 1
	return None


def _listed(headings: Sequence[str]) -> str:
	shown = ", ".join(repr(heading) for heading in headings[:40])
	return shown + (f" and {len(headings) - 40} more" if len(headings) > 40 else "")


def kind_from_heading(heading: str) -> str | None:
	"""nps or ces where the heading says so."""
	text = heading.casefold()
	for kind, words in _KINDS:
		if any(re.search(rf"(^|[^a-z]){word}", text) for word in words):
			return kind
	return None


def read_map_file(path: str) -> dict[str, str]:
	"""Roles and options from a small TOML file: `score = "Rating"`, `scale = "1-5"`, sections ignored.

	Only `key = "text"`, numbers and comments are understood, on every Python; InputError names any other line.
	"""
	settings: dict[str, str] = {}
	try:
		with open(path, encoding="utf-8-sig") as file:
			lines = file.read().splitlines()
	except (OSError, UnicodeDecodeError) as error:
		raise InputError(f"{path} cannot be read: {error}") from None
	for number, line in enumerate(lines, start=1):
		text = line.strip()
		if not text or text.startswith("#") or re.fullmatch(r"\[[\w.\- ]+\]\s*(#.*)?", text):
			continue
		match = re.fullmatch(
			r"""([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w.+-]+))\s*(?:\#.*)?""", text
		)
		if not match:
			raise InputError(
				f'{path}, line {number}: expected a line like score = "Rating"; got {text[:60]!r}'
			)
		key, double, single, bare = match.groups()
		if key not in ROLES and key not in ("scale", "kind", "encoding"):
			raise InputError(
				f"{path}, line {number}: {key!r} is unknown. Known: {', '.join(ROLES)}, scale, kind"
			)
		value = (
			re.sub(r"\\(.)", r"\1", double) if double is not None else single if single is not None else bare
		)
		settings[key] = value
	return settings
