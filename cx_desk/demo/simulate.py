"""How the demo's people answer and how the desk deals with it: invented, seeded, the same every time.

Imports no Frappe. Shares are plausible for an internal desk; no figure of the demo says anything about a real one.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

SEED = 20260
RESPONSE_RATE = 0.27
COMMENT_RATE = 0.45

GOOD = (
	"Quick and friendly, thank you.",
	"Solved at the first call.",
	"Very patient with me.",
	"Works again, and I know why it broke.",
)
MIDDLING = (
	"It took two calls.",
	"Fine, but nobody told me it was done.",
	"Works, though I had to explain it twice.",
)
BAD = (
	"Closed without anybody asking me whether it works.",
	"I waited for three days and heard nothing.",
	"The same fault came back the next morning.",
	"I was sent from one team to the next.",
)
OUTCOMES = (
	"Called the person, found the cause, and changed the settings on the device.",
	"Agreed with the team that they call before they close.",
	"Replaced the device and checked it with the person.",
)
WORDS_BACK = (
	"Thank you for telling us. We looked into it: {0}",
	"You told us it was not right. This is what we did: {0}",
)


@dataclass(frozen=True)
class Answer:
	at: datetime
	value: int
	comment: str
	not_solved: bool


def dice(*parts: str) -> random.Random:
	"""A source of chance that depends on what it is for, so that the order of events changes nothing."""
	return random.Random(f"{SEED}/{'/'.join(parts)}")


def _waking(moment: datetime) -> datetime:
	"""People answer by day: a time at night moves to the next morning."""
	if moment.hour < 7:
		return moment.replace(hour=7 + moment.minute % 3)
	if moment.hour >= 22:
		return (moment + timedelta(days=1)).replace(hour=7 + moment.minute % 3)
	return moment


def answer(
	key: str, asked_at: datetime, *, reopened: bool, sla_failed: bool, unit: str | None
) -> Answer | None:
	"""What the person behind a ledger row answers, and when; None for those who stay silent."""
	roll = dice("answer", key)
	if roll.random() > RESPONSE_RATE:
		return None
	# Units differ, a failed promise and a reopened ticket weigh; in the range of published desks.
	mood = 0.86 + (dice("unit", unit or "").random() - 0.6) * 0.22
	mood -= 0.22 * reopened + 0.12 * sla_failed
	happy = roll.random() < mood
	value = roll.choice((5, 5, 5, 4, 4)) if happy else roll.choice((3, 3, 2, 2, 1))
	words = GOOD if value >= 4 else MIDDLING if value == 3 else BAD
	comment = roll.choice(words) if roll.random() < (COMMENT_RATE if value >= 3 else 0.75) else ""
	delay = timedelta(hours=min(roll.lognormvariate(1.6, 1.3), 24 * 12))
	return Answer(_waking(asked_at + delay), value, comment, value <= 2 and roll.random() < 0.4)


@dataclass(frozen=True)
class Handling:
	"""When the desk takes a voice, has done something, and tells; what the person then says."""

	owned: datetime | None
	done: datetime | None
	outcome: str
	told: datetime | None
	message: str
	settled: datetime | None
	yes: bool


def handling(key: str, heard_at: datetime) -> Handling:
	"""Most voices get an owner the same day; some stay lying, as on a real desk."""
	roll = dice("voice", key)
	outcome = roll.choice(OUTCOMES)
	message = roll.choice(WORDS_BACK).format(outcome[0].lower() + outcome[1:])
	if roll.random() < 0.06:
		return Handling(None, None, outcome, None, message, None, True)
	owned = _waking(heard_at + timedelta(hours=roll.uniform(0.5, 20)))
	done = _waking(owned + timedelta(hours=roll.uniform(2, 60))) if roll.random() < 0.93 else None
	told = _waking(done + timedelta(hours=roll.uniform(0.2, 8))) if done and roll.random() < 0.95 else None
	settled = _waking(told + timedelta(hours=roll.uniform(1, 70))) if told and roll.random() < 0.82 else None
	return Handling(owned, done, outcome, told, message, settled, roll.random() < 0.88)
