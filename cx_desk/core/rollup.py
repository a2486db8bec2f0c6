"""How responses become counts: keys, the difference an answer or an edit makes, and people behind the counts.

Answers are counted on the day of the event asked about; asked and answered people on the day they were asked. An edit
posts -1 for what was and +1 for what is, so that adding up every posting in any order gives the same as counting
the responses anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

ANSWER, ASKED, ANSWERED = "Answer", "Asked", "Answered"


@dataclass(frozen=True, order=True)
class Key:
	"""What a count is of. Empty strings, never None: NULLs defeat a unique key. score is -1 where there is none."""

	day: date
	measure: str
	survey: str
	survey_version: str = ""
	question: str = ""
	question_type: str = ""
	unit: str = ""
	team: str = ""
	channel: str = ""
	score: int = -1

	@cached_property
	def name(self) -> str:
		"""The row's name: a hash, the same for the same key, behind its day, so that the rows of a day lie together."""
		parts = [str(getattr(self, field)) for field in _PARTS]
		text = "|".join(f"{len(part)}:{part}" for part in parts)
		return f"{self.day:%Y%m%d}{hashlib.sha256(text.encode()).hexdigest()[:32]}"


_PARTS = tuple(field.name for field in fields(Key))


def response_counts(response: Mapping) -> Counter[Key]:
	"""The counts of one response of a person.

	response: survey, survey_version, unit, team, channel, event_day, asked_day and answers [(question key, type,
	score or None)]; asked_day is None where nobody was asked (rated on the portal).
	"""
	counts: Counter[Key] = Counter()
	common = {
		"survey": response["survey"] or "",
		"survey_version": response.get("survey_version") or "",
		"unit": response.get("unit") or "",
		"team": response.get("team") or "",
		"channel": response.get("channel") or "",
	}
	for question, kind, score in response["answers"]:
		if score is not None:
			counts[
				Key(
					day=response["event_day"],
					measure=ANSWER,
					question=question,
					question_type=kind,
					score=score,
					**common,
				)
			] += 1
	if response.get("asked_day"):
		counts[Key(day=response["asked_day"], measure=ANSWERED, **common)] += 1
	return counts


def asked_count(invitation: Mapping) -> Counter[Key]:
	"""The count of one person asked, on the day the mail was queued."""
	return Counter(
		{
			Key(
				day=invitation["asked_day"],
				measure=ASKED,
				survey=invitation["survey"] or "",
				survey_version=invitation.get("survey_version") or "",
				unit=invitation.get("unit") or "",
				team=invitation.get("team") or "",
				channel=invitation.get("channel") or "",
			): 1
		}
	)


def difference(before: Mapping[Key, int], after: Mapping[Key, int]) -> list[tuple[Key, int]]:
	"""What to add to each count, in the order of the keys' names so that writers lock rows alike."""
	total = Counter(after)
	total.subtract(before)
	return sorted(((key, count) for key, count in total.items() if count), key=lambda entry: entry[0].name)


def merge(postings: Iterable[Mapping[Key, int]]) -> Counter[Key]:
	"""All postings together, without those that came to nought."""
	total: Counter[Key] = Counter()
	for posting in postings:
		for key, count in posting.items():
			total[key] += count
	return Counter({key: count for key, count in total.items() if count})


@dataclass(frozen=True)
class People:
	"""How many people stand behind answers. effective: equal answers they are worth (Kish)."""

	people: int
	answers: int
	effective: float


def people_behind(answers_by_person: Mapping[str, int]) -> People:
	"""Distinct people, answers and effective n, from the number of answers of each person; noughts are left out.

	The key '' holds the answers of people who cannot be told from others (a poster, a shared link): they are
	answers, each worth one, and never people.
	"""
	counts = [count for person, count in answers_by_person.items() if person and count > 0]
	unknown = max(answers_by_person.get("", 0), 0)
	if not counts and not unknown:
		return People(0, 0, 0.0)
	total = sum(counts) + unknown
	return People(len(counts), total, total * total / (sum(count * count for count in counts) + unknown))


def up_the_tree(
	by_unit: Mapping[str, Mapping[str, int]], parents: Mapping[str, str | None]
) -> dict[str, Counter]:
	"""Answers by person for each unit and all above it: a person of two units counts once in what holds both."""
	result: dict[str, Counter] = {}
	for unit, people in by_unit.items():
		current: str | None = unit
		seen = set()
		while current and current not in seen:
			seen.add(current)
			result.setdefault(current, Counter()).update(people)
			current = parents.get(current)
	return result
