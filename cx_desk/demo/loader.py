"""Load the demo: the company, then the incidents. Repeating it continues; a larger number adds to what is there."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import frappe
from frappe.utils import getdate, now_datetime

from cx_desk.demo import (
	channels,
	experience,
	initiatives,
	log,
	memory,
	outside,
	pulse,
	questions,
	relationships,
	removal,
	site,
	triggers,
	visits,
)
from cx_desk.demo.company import Company
from cx_desk.demo.replay import Replay

DEFAULT = 1000
SMTP_PORT = 1025


@dataclass
class Loaded:
	incidents: int
	happened: Counter
	shift: timedelta
	already: int


def load(
	count: int = DEFAULT,
	*,
	bulk_from: int | None = None,
	smtp_port: int | None = SMTP_PORT,
	progress: Callable[[int, int], None] | None = None,
) -> Loaded:
	"""Make the demo company and bring `count` incidents onto the site.

	bulk_from: so many are replayed, the rest are written in bulk (the default: replay the first thousand).
	smtp_port: of the catcher; None leaves the site's settings and mail accounts as they are.
	"""
	real_now = now_datetime()
	everything = log.read()
	chosen = log.choose(everything, count)
	if memory.noted("replaying"):
		# Cut off in the middle: half-told incidents are taken away and told again from the start.
		removal.remove_tickets()
	shift = _shift()
	moved = [log.move(incident, shift) for incident in chosen]
	done = dict(text.split(" ", 1) for text in memory.remembered("note:incident"))
	if smtp_port is not None:
		site.make_usable(smtp_port)
	Company(everything, chosen, min(i.opened for i in moved).date()).make()
	frappe.db.commit()  # allowed: the company stands before the first incident comes in
	replayed = {incident.number for incident in log.choose(everything, bulk_from or DEFAULT)}
	fresh = [incident for incident in moved if incident.number not in done]
	live = [incident for incident in fresh if incident.number in replayed]
	happened = Counter()
	if rest := [incident for incident in fresh if incident.number not in replayed]:
		from cx_desk.demo import bulk

		happened.update(bulk.load(rest, until=real_now, progress=progress))
	memory.note("replaying", "1")
	happened.update(Replay(live, real_now, progress).run())
	relationships.make()
	initiatives.make()
	visits.make()
	triggers.make()
	outside.make()
	pulse.make()
	questions.make()
	channels.make()
	experience.make()
	# The lights rest on what all of these answered.
	relationships.look()
	memory.forget("note:replaying")
	frappe.db.commit()  # allowed: the end of the command
	return Loaded(len(chosen), happened, shift, len(done))


def _shift() -> timedelta:
	"""The weeks by which the first load moved its times hold for later ones too."""
	noted = memory.noted("weeks")
	if noted is not None:
		return log.WEEK * int(noted)
	shift = log.shift_for(getdate())
	memory.note("weeks", str(shift // log.WEEK))
	return shift
