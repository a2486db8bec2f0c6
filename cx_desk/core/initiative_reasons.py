"""Why a step with an initiative is not possible now: one function per stage that is entered, each with every reason.

Nothing here knows the database: what is judged is given as `Facts` of `core/initiative.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cx_desk.core.words import N_

if TYPE_CHECKING:
	from cx_desk.core.initiative import Facts


@dataclass(frozen=True)
class Reason:
	"""An English text with named places, filled from params after translation."""

	text: str
	params: dict[str, object] = field(default_factory=dict)

	def __str__(self) -> str:
		return self.text.format(**self.params)


def request_is_whole(facts: Facts) -> list[Reason]:
	"""A request can be handed in: named, with an outcome, a sponsor and whom it affects."""
	found = []
	if not facts.has_title:
		found.append(Reason(N_("Give it a name, so that people can talk about it.")))
	if not facts.has_outcome:
		found.append(Reason(N_("Say what should be better afterwards.")))
	if not facts.has_sponsor:
		found.append(Reason(N_("Name a sponsor: who in the business wants it and decides about it.")))
	if not facts.has_units:
		found.append(Reason(N_("Say whom it affects: at least one part of the business.")))
	return found


def lead_is_named(facts: Facts) -> list[Reason]:
	"""The business has one person to turn to."""
	return [] if facts.has_lead else [Reason(N_("Name a lead: one person the business can turn to."))]


def assessed(facts: Facts) -> list[Reason]:
	"""Everything mandatory is judged and answered."""
	found = []
	if facts.considerations:
		found.append(
			Reason(N_("Not judged yet, or refused: {names}."), {"names": ", ".join(facts.considerations)})
		)
	if facts.questions:
		found.append(
			Reason(N_("Without an official answer: {names}."), {"names": "; ".join(facts.questions)})
		)
	return found


def may_be_built(facts: Facts) -> list[Reason]:
	"""A lead, a seat for the desk, and where the template asks for it a benefit that somebody owns."""
	found = lead_is_named(facts)
	if not facts.has_representative:
		found.append(Reason(N_("Name the desk's representative: who in the desk follows it from now on.")))
	if facts.needs_benefit and not facts.benefits_owned:
		if facts.benefits_waiting:
			names = "; ".join(facts.benefits_waiting)
			found.append(Reason(N_("No benefit is owned and planned yet: {names}."), {"names": names}))
		else:
			found.append(
				Reason(N_("Add a benefit with an owner in the business and a plan for its baseline."))
			)
	return found


def readying(facts: Facts) -> list[Reason]:
	"""What is judged before go-live is chosen, and how it is supported afterwards is agreed."""
	return [*_criteria_chosen(facts), *_support_agreed(facts)]


def _criteria_chosen(facts: Facts) -> list[Reason]:
	if facts.criteria:
		return []
	return [Reason(N_("Choose the acceptance criteria: by what will you know that it is ready?"))]


def _support_agreed(facts: Facts) -> list[Reason]:
	if not facts.has_support or facts.support_agreed:
		return []
	return [
		Reason(
			N_(
				"Agree on early life support: how many days, how many users, which weekly target, and by what it ends."
			)
		)
	]


def users_are_safe(facts: Facts) -> list[Reason]:
	"""What no template can switch off before users are reached."""
	found = _criteria_chosen(facts)
	if facts.blocking:
		names = ", ".join(facts.blocking)
		found.append(Reason(N_("Mandatory and neither met nor waived: {names}."), {"names": names}))
	if facts.expired:
		names = ", ".join(facts.expired)
		found.append(
			Reason(
				N_("The waiver has run out: {names}. Meet it, or waive it again with a later date."),
				{"names": names},
			)
		)
	if facts.long_waivers:
		names = ", ".join(facts.long_waivers)
		found.append(
			Reason(
				N_("Waived for longer than early life support lasts: {names}. Shorten the waiver."),
				{"names": names},
			)
		)
	if facts.unsent:
		names = ", ".join(facts.unsent)
		found.append(
			Reason(N_("News that users must have before: {names}. Approve and send it."), {"names": names})
		)
	if not facts.sponsor_yes:
		found.append(
			Reason(
				N_("The sponsor's yes to going live is missing. They give it on their page, or you note it.")
			)
		)
	if facts.golive_in_future:
		found.append(
			Reason(
				N_("Go-live is agreed for {day}. Come back then, or change the date."),
				{"day": facts.golive_in_future},
			)
		)
	return found + _support_agreed(facts)


def may_close(facts: Facts) -> list[Reason]:
	"""Nothing is left open: no waiver, no benefit without a result, no review to come."""
	found = []
	if facts.open_waivers:
		found.append(
			Reason(N_("Still waived and not met: {names}."), {"names": ", ".join(facts.open_waivers)})
		)
	if facts.unfinished_benefits:
		found.append(
			Reason(N_("Benefits without a result: {names}."), {"names": ", ".join(facts.unfinished_benefits)})
		)
	if facts.next_review:
		found.append(Reason(N_("The last benefit review is on {day}."), {"day": facts.next_review}))
	return found
