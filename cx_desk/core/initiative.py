"""The way of an initiative from request to benefit: stages, gates, who may move it, and the exact reasons why not.

The stage keys are fixed here; a template picks an ordered subset of `MAIN`, labels it and sets gates. The machine is
data; nothing here knows the database. `initiatives/moving.py` is the one place that moves a record.

What no template can switch off: whatever the stages, the first step into one of `REACHES_USERS` asks that every
mandatory criterion is met, does not apply, or is waived by somebody else than the lead until a date not yet past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cx_desk.core import initiative_reasons as why
from cx_desk.core.initiative_reasons import Reason
from cx_desk.core.words import N_

DRAFT, SUBMITTED, TRIAGE, ASSESSING = "Draft", "Submitted", "Triage", "Assessing"
APPROVED, IN_DELIVERY, TRANSITION = "Approved", "In delivery", "Transition"
EARLY_LIFE, HANDED_OVER, BENEFITS, CLOSED = "Early life", "Handed over", "Benefits", "Closed"
MAIN = (
	*(DRAFT, SUBMITTED, TRIAGE, ASSESSING, APPROVED, IN_DELIVERY),
	*(TRANSITION, EARLY_LIFE, HANDED_OVER, BENEFITS, CLOSED),
)
DECLINED, DEFERRED, ON_HOLD, WITHDRAWN = "Declined", "Deferred", "On hold", "Withdrawn"
SIDE = (DECLINED, DEFERRED, ON_HOLD, WITHDRAWN)
STAGES = (*MAIN, *SIDE)

# Whoever is here uses what the initiative brought, or lives with what it took away.
REACHES_USERS = (EARLY_LIFE, HANDED_OVER, BENEFITS, CLOSED)
REQUIRED = (DRAFT, SUBMITTED, TRIAGE, CLOSED)
OVER = (CLOSED, DECLINED, WITHDRAWN)
WAITING = (DEFERRED, ON_HOLD)

REQUESTER, SPONSOR, APPROVER, LEAD = "requester", "sponsor", "approver", "lead"
REPRESENTATIVE, LIAISON, MANAGER, STAFF = "representative", "liaison", "manager", "staff"
ACTORS = (REQUESTER, SPONSOR, APPROVER, LEAD, REPRESENTATIVE, LIAISON, MANAGER, STAFF)

GO, CONDITIONS, HOLD, STOP = "Go", "Go with conditions", "Hold", "Stop"
ADVICE = (GO, CONDITIONS, HOLD, STOP)
AGAINST = (HOLD, STOP)


LABELS = {
	DRAFT: N_("Being written"),
	SUBMITTED: N_("Asked for"),
	TRIAGE: N_("First talk"),
	ASSESSING: N_("Being assessed"),
	APPROVED: N_("Approved"),
	IN_DELIVERY: N_("Being built"),
	TRANSITION: N_("Getting ready"),
	EARLY_LIFE: N_("Live, with extra support"),
	HANDED_OVER: N_("In normal operation"),
	BENEFITS: N_("Checking the benefit"),
	CLOSED: N_("Finished"),
	DECLINED: N_("Declined"),
	DEFERRED: N_("Put off"),
	ON_HOLD: N_("On hold"),
	WITHDRAWN: N_("Withdrawn"),
}


@dataclass(frozen=True)
class Stage:
	"""One stage of a plan. gate: the name of the gate before it, empty for none; at a gate the desk's advice is due."""

	key: str
	label: str = ""
	gate: str = ""


def plan_problems(stages: Sequence[Stage]) -> list[Reason]:
	"""What is wrong with the stages of a template; empty for a sound one."""
	keys = [stage.key for stage in stages]
	found = []
	for key in dict.fromkeys(keys):
		if key not in MAIN:
			found.append(
				Reason(
					N_("{stage} is no stage. Choose one of: {stages}."),
					{"stage": key, "stages": ", ".join(MAIN)},
				)
			)
		elif keys.count(key) > 1:
			found.append(Reason(N_("{stage} stands twice. Take one of the two out."), {"stage": key}))
	for key in REQUIRED:
		if key not in keys:
			found.append(Reason(N_("{stage} is missing. No initiative can do without it."), {"stage": key}))
	known = [key for key in keys if key in MAIN]
	if known != sorted(known, key=MAIN.index):
		found.append(
			Reason(N_("The stages are out of order. The order is: {stages}."), {"stages": ", ".join(MAIN)})
		)
	found += [
		Reason(N_("No gate can stand before {stage}: nobody decides there."), {"stage": stage.key})
		for stage in stages
		if stage.gate and stage.key in (DRAFT, SUBMITTED)
	]
	return found


@dataclass(frozen=True)
class Facts:
	"""What a move is judged by.

	actors: what the person is to this initiative. stages: the plan it was started with. held_stage: where it stood
	before it was held or put off. blocking: mandatory criteria neither met nor validly waived. expired: waivers
	whose date has passed. open_waivers: waivers still running. long_waivers: those that
	would outlast early life support. considerations: mandatory ones not judged yet, or
	refused. questions: mandatory ones without an official answer. advice: the desk's advice at the next gate.
	unsent: news that must have gone out before users are reached. exit_why: why early life support may not end, as
	finished texts; empty when it may. benefits_owned: one has an owner who accepted it and a plan for its baseline.
	benefits_waiting: what the others lack for that. unfinished_benefits, next_review: what still has to be read, and until when.
	"""

	actors: frozenset[str] = frozenset()
	stages: tuple[Stage, ...] = ()
	held_stage: str | None = None
	has_title: bool = True
	has_outcome: bool = True
	has_sponsor: bool = True
	has_requester: bool = True
	has_units: bool = True
	has_lead: bool = True
	has_representative: bool = True
	criteria: int = 1
	blocking: tuple[str, ...] = ()
	expired: tuple[str, ...] = ()
	open_waivers: tuple[str, ...] = ()
	long_waivers: tuple[str, ...] = ()
	considerations: tuple[str, ...] = ()
	questions: tuple[str, ...] = ()
	advice: str | None = None
	needs_benefit: bool = False
	benefits_owned: bool = True
	benefits_waiting: tuple[str, ...] = ()
	support_agreed: bool = True
	unsent: tuple[str, ...] = ()
	sponsor_yes: bool = False
	golive_in_future: str = ""
	exit_why: tuple[str, ...] = ()
	unfinished_benefits: tuple[str, ...] = ()
	next_review: str = ""

	@property
	def has_support(self) -> bool:
		"""Whether early life support is among its stages."""
		return any(one.key == EARLY_LIFE for one in self.stages)

	def __post_init__(self) -> None:
		unknown = set(self.actors) - set(ACTORS)
		if unknown:
			raise ValueError(f"unknown actors {sorted(unknown)}; some of {', '.join(ACTORS)}")


@dataclass(frozen=True)
class Move:
	"""One next step as a screen shows it: `reasons` is empty exactly when it is allowed; needs must come with it."""

	key: str
	to: str
	label: str
	reasons: tuple[Reason, ...] = ()
	needs: tuple[str, ...] = ()

	@property
	def allowed(self) -> bool:
		return not self.reasons


class Blocked(ValueError):
	"""A move that is not allowed now; `move` holds every reason."""

	def __init__(self, move: Move) -> None:
		super().__init__(" ".join(map(str, move.reasons)))
		self.move = move


ADVANCE, SUBMIT, TAKE, GO_LIVE, HAND_OVER, EXCEPTION, FINISH = (
	*("advance", "submit", "take", "go_live", "hand_over", "exception", "finish"),
)
DECLINE, DEFER, HOLD_IT, WITHDRAW, RESUME, ROLL_BACK, REOPEN = (
	*("decline", "defer", "hold", "withdraw", "resume", "roll_back", "reopen"),
)

_WHO = {
	SUBMITTED: (REQUESTER, SPONSOR, LEAD, LIAISON, MANAGER, STAFF),
	TRIAGE: (LEAD, LIAISON, MANAGER),
	ASSESSING: (LEAD, LIAISON, MANAGER),
	APPROVED: (SPONSOR, APPROVER, MANAGER),
	IN_DELIVERY: (LEAD, MANAGER),
	TRANSITION: (LEAD, MANAGER),
	EARLY_LIFE: (MANAGER,),
	HANDED_OVER: (MANAGER,),
	BENEFITS: (LEAD, MANAGER),
	CLOSED: (LEAD, SPONSOR, MANAGER),
}
_WHO_TEXT = {
	(LEAD, LIAISON, MANAGER): N_("Only the lead, the liaison of the unit or a CX Manager can do this."),
	(SPONSOR, APPROVER, MANAGER): N_("Only the sponsor, an approver or a CX Manager can do this."),
	(LEAD, MANAGER): N_("Only the lead or a CX Manager can do this."),
	(MANAGER,): N_("Only a CX Manager can do this: the desk accepts what it will support."),
	(LEAD, SPONSOR, MANAGER): N_("Only the lead, the sponsor or a CX Manager can do this."),
	(SPONSOR, LEAD, MANAGER): N_("Only the sponsor, the lead or a CX Manager can do this."),
	(REQUESTER, SPONSOR, LEAD, MANAGER): N_(
		"Only who asked for it, the sponsor, the lead or a CX Manager can do this."
	),
}

_LABEL_TO = {
	SUBMITTED: N_("Hand in"),
	TRIAGE: N_("Take it up and answer"),
	ASSESSING: N_("Start the assessment"),
	APPROVED: N_("Approve"),
	IN_DELIVERY: N_("Start building"),
	TRANSITION: N_("Get ready for users"),
	EARLY_LIFE: N_("Go live"),
	HANDED_OVER: N_("Hand over"),
	BENEFITS: N_("Follow the benefit"),
	CLOSED: N_("Finish"),
}


def next_stage(stages: Sequence[Stage], stage: str) -> Stage | None:
	"""The stage after this one in the plan; None at its end or beside it."""
	keys = [one.key for one in stages]
	if stage not in keys or keys.index(stage) + 1 >= len(keys):
		return None
	return stages[keys.index(stage) + 1]


def moves(stage: str, facts: Facts) -> list[Move]:
	"""Every step that leads out of this stage, allowed or with all reasons why not. ValueError on a wrong stage."""
	if stage not in STAGES:
		raise ValueError(f"unknown stage {stage!r}; one of {', '.join(STAGES)}")
	found = []
	if stage in MAIN and (following := next_stage(facts.stages, stage)):
		found += _forward(stage, following, facts)
	if stage == EARLY_LIFE and (back := _before_live(facts.stages)):
		found.append(_side(ROLL_BACK, back, N_("Roll back"), (SPONSOR, LEAD, MANAGER), ("reason",), facts))
	if stage in (HANDED_OVER, BENEFITS) and any(one.key == EARLY_LIFE for one in facts.stages):
		found.append(
			_side(REOPEN, EARLY_LIFE, N_("Reopen early life support"), (LEAD, MANAGER), ("reason",), facts)
		)
	if stage in (SUBMITTED, TRIAGE, ASSESSING):
		needs = ("reason", "review_date", "message")
		found.append(_side(DECLINE, DECLINED, N_("Decline"), (LEAD, LIAISON, MANAGER), needs, facts))
		found.append(_side(DEFER, DEFERRED, N_("Put it off"), (LEAD, LIAISON, MANAGER), needs, facts))
	if stage in (TRIAGE, ASSESSING, APPROVED, IN_DELIVERY, TRANSITION):
		needs = ("reason", "review_date")
		found.append(_side(HOLD_IT, ON_HOLD, N_("Put on hold"), (SPONSOR, LEAD, MANAGER), needs, facts))
	if stage not in (*OVER, *REACHES_USERS):
		who = (REQUESTER, SPONSOR, LEAD, MANAGER)
		found.append(_side(WITHDRAW, WITHDRAWN, N_("Withdraw"), who, ("reason",), facts))
	if stage in (*WAITING, DECLINED):
		back = facts.held_stage if facts.held_stage in MAIN else TRIAGE
		# Whatever stood behind a hold never lies beyond a gate that was not passed.
		if back not in REACHES_USERS and any(one.key == back for one in facts.stages):
			found.append(
				_side(RESUME, back, N_("Take it up again"), (LEAD, LIAISON, MANAGER), ("reason",), facts)
			)
	return found


def _forward(stage: str, following: Stage, facts: Facts) -> list[Move]:
	to = following.key
	key = {SUBMITTED: SUBMIT, TRIAGE: TAKE, CLOSED: FINISH}.get(to, ADVANCE)
	needs: tuple[str, ...] = ("message",) if to == TRIAGE and facts.has_requester else ()
	reasons = [*_not_theirs(_WHO[to], facts)]
	for check in _CHECKS.get(to, ()):
		reasons += check(facts)
	if to in REACHES_USERS and stage not in REACHES_USERS:
		key = GO_LIVE
		reasons += why.users_are_safe(facts)
	if following.gate:
		if facts.advice is None:
			reasons.append(_advice_is_missing(following.gate, facts))
		elif facts.advice in AGAINST:
			needs = (*needs, "overrule_reason")
	label = _LABEL_TO[to]
	if stage == EARLY_LIFE and to in (HANDED_OVER, BENEFITS, CLOSED):
		normal = Move(
			HAND_OVER,
			to,
			label,
			(*reasons, *(Reason("{why}", {"why": text}) for text in facts.exit_why)),
			needs,
		)
		if not facts.exit_why:
			return [normal]
		# The signed way out: by a manager, with a reason that stays in the record.
		signed = Move(EXCEPTION, to, N_("Hand over by exception"), tuple(reasons), (*needs, "reason"))
		return [normal, signed]
	return [Move(key, to, label, tuple(reasons), needs)]


def _advice_is_missing(gate: str, facts: Facts) -> Reason:
	if facts.has_representative:
		return Reason(
			N_("The desk's advice at the gate “{gate}” is missing. The desk's representative gives it."),
			{"gate": gate},
		)
	return Reason(
		N_("The desk's advice at the gate “{gate}” is missing. Name a desk representative, who gives it."),
		{"gate": gate},
	)


def _side(key: str, to: str, label: str, who: tuple[str, ...], needs: tuple[str, ...], facts: Facts) -> Move:
	if not facts.has_requester:
		needs = tuple(need for need in needs if need != "message")
	return Move(key, to, label, tuple(_not_theirs(who, facts)), needs)


def _not_theirs(who: tuple[str, ...], facts: Facts) -> list[Reason]:
	if set(who) & facts.actors:
		return []
	return [Reason(_WHO_TEXT.get(who, N_("This step is not yours to take.")))]


def _before_live(stages: Sequence[Stage]) -> str | None:
	before = [one.key for one in stages if one.key not in REACHES_USERS]
	return before[-1] if before and before[-1] not in (DRAFT, SUBMITTED) else None


_CHECKS: dict[str, tuple[Callable[[Facts], list[Reason]], ...]] = {
	SUBMITTED: (why.request_is_whole,),
	ASSESSING: (why.lead_is_named,),
	APPROVED: (why.lead_is_named, why.assessed),
	IN_DELIVERY: (why.may_be_built, why.assessed),
	TRANSITION: (why.readying,),
	CLOSED: (why.may_close,),
}


def find_move(stage: str, to: str, facts: Facts, key: str | None = None) -> Move:
	"""The one step to a stage: by key, else the first allowed, else the first blocked one.

	Blocked with the ways there are where no step leads there at all.
	"""
	every = moves(stage, facts)
	ways = [move for move in every if move.to == to and key in (None, move.key)]
	for move in ways:
		if move.allowed:
			return move
	if ways:
		return ways[0]
	targets = ", ".join(dict.fromkeys(move.to for move in every))
	if targets:
		why = N_("From {stage} it cannot go to {to}. It can go to: {targets}.")
	else:
		why = N_("From {stage} it goes nowhere any more. Start a new initiative.")
	return Move(key or "", to, to, (Reason(why, {"stage": stage, "to": to, "targets": targets}),))


MISSING = {
	"message": N_("Write to the person who asked: a sentence by a human is the first answer."),
	"reason": N_("Say why."),
	"review_date": N_("Say when you will look at it again."),
	"overrule_reason": N_("The desk's advice is against it. Say why it is overruled, or wait."),
}


def check(stage: str, to: str, facts: Facts, given: Iterable[str] = (), key: str | None = None) -> Move:
	"""The step to take. Raises Blocked with every reason when it is not allowed or something is missing."""
	move = find_move(stage, to, facts, key)
	if not move.allowed:
		raise Blocked(move)
	missing = [need for need in move.needs if need not in set(given)]
	if missing:
		raise Blocked(replace(move, reasons=tuple(Reason(MISSING[need]) for need in missing)))
	return move


YOURS, OURS, NOBODY = "Business", "Desk", "Nobody"


def whose_turn(stage: str, open_to_business: int, sponsor_asked: bool = False) -> str:
	"""Who has to move for the initiative to go on: open questions to the business and its yes come first."""
	if stage in OVER:
		return NOBODY
	if stage == DRAFT or open_to_business or sponsor_asked:
		return YOURS
	return OURS


def rests(steps: Iterable[tuple[datetime, str]]) -> list[tuple[datetime, datetime | None]]:
	"""The periods in which the clocks stand still, from (moment, stage it came to), in order.

	Held, put off, or over: nobody is waited for. The last one has no end while it lasts.
	"""
	found: list[tuple[datetime, datetime | None]] = []
	since = None
	for moment, stage in steps:
		still = stage in (*WAITING, *OVER)
		if still and since is None:
			since = moment
		elif not still and since is not None:
			found.append((since, moment))
			since = None
	if since is not None:
		found.append((since, None))
	return found
